"""How an expert hears of a child, and what no text may hold that reaches a reader who may not know the child (R28)."""

import re
from collections import defaultdict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.dates import long_date, short_date
from accounts.sealing import is_whole
from accounts.wall import SYSTEM, acting
from cases.models import GroupPlace, Guardianship, Pupil
from cases.names import Name, find_names, fold, is_nickname, names_of, pet_names, strange_signs


def suggest_alias(pupil, *, on):
    """Return how an expert may hear of this child: narrow when five or more fit, else wider (R28, T8).

    Returns (alias, how many children it fits). The class's nickname never stands in it.
    """
    place = pupil.places.on(on).select_related("group").order_by("-from_on").first()
    if place is None:
        return _("a pupil"), 0
    mates = [row.pupil for row in place.group.places.on(on).select_related("pupil")]
    years = place.group.year or "/".join(sorted({row.year for row in place.group.places.on(on) if row.year}))
    fits = sum(mate.sex == pupil.sex for mate in mates)
    if pupil.sex in ("boy", "girl") and fits >= SMALLEST_POOL:
        word = {"boy": "een jongen", "girl": "een meisje"}[pupil.sex]
        return f"{word} uit groep {years}", fits
    if len(mates) >= SMALLEST_POOL:
        return f"een leerling uit groep {years}", len(mates)
    return f"een leerling uit de {_building(place.year)}", len(mates)


SMALLEST_POOL = 5


def _building(year):
    return {"1": "onderbouw", "2": "onderbouw", "3": "middenbouw", "4": "middenbouw", "5": "middenbouw"}.get(
        year, "bovenbouw"
    )


def check_nameless(text, pupil, *, field):
    """The naamcontrole: refuse text for a reader who may not know the child when it gives the child away.

    It looks for names, initials and pet names of the child and its people, for brothers and sisters, the street, the
    date of birth and the nickname of the class; signs that hide a name from it are refused. Raises ValidationError
    for `field`, with the place shown.
    """
    text = _plain(text, field)
    names, birthdays = _what_gives_away(pk=pupil.pk)
    _refuse(_found(text, names, birthdays), field)


def check_nameless_at(text, school_id, *, field):
    """The naamcontrole on what is written by who may not know the child. Raises ValidationError for `field`.

    It looks for everyone at the school, and for initials of anybody: refusing the names of this one child alone, it
    would tell a writer with a class list, word by word, who the child is.
    """
    text = _plain(text, field)
    names, birthdays = _what_gives_away(school=school_id)
    folded = fold(text)
    near = [name for name in names if name.kind != "initials" and any(word in folded for word in _words(name))]
    initials = [match.group() for match in ANY_INITIALS.finditer(text)]
    _refuse(initials + _found(text, near, birthdays), field)


def without_names(text, pupil, *, alias):
    """Return the text with the alias wherever the naamcontrole finds a name of this child or of its people.

    For who works in the file and reads it again: an alias in the place of a street is no good sentence, and what this
    doesn't find is not replaced.
    """
    names, _birthdays = _what_gives_away(pk=pupil.pk)
    for hit in reversed(find_names(text, names)):
        before = A_LETTER_BEFORE.sub("", text[: hit.start])  # "E. Kaya": the letter goes with the name
        text = before + alias + text[hit.end :]
    return text


A_LETTER_BEFORE = re.compile(r"(?:\b[^\W\d_a-z]\.\s?)+$")
ANY_INITIALS = re.compile(r"\b[A-Z]\.\s?(?:\w{1,3}\.\s?)*[A-Z]\.?(?![\w])")


def _words(name):
    return re.findall(r"[^\W\d_]+", fold(name.text))


def _plain(text, field):
    text = " ".join((text or "").splitlines())
    if strange := strange_signs(text):
        message = _("Write this in plain letters. Leave out: %(signs)s.") % {"signs": " ".join(strange)}
        raise ValidationError({field: ValidationError(message, code="strange_signs")})
    return text


def _found(text, names, birthdays):
    """What in this text is a name, or one of these days of birth."""
    found = [text[hit.start : hit.end] for hit in find_names(text, names)]
    days = {words for born in birthdays for words in _birthday_words(born)}
    return found + sorted(words for words in days if words in text.casefold())


def _refuse(found, field):
    if found:
        shown = ", ".join(dict.fromkeys(found))
        message = _("This text may reach a reader who does not know the child. Leave out: %(names)s.") % {
            "names": shown
        }
        raise ValidationError({field: ValidationError(message, code="names_child")})


def _check_names_open(rows):
    """What can't be read can't be looked for: then no text goes out at all."""
    if not all(is_whole(row) for row in rows):
        raise ValidationError(
            _("The names of this family can't all be opened, so this text can't be checked. Ask your administrator."),
            code="broken_seal",
        )


def _what_gives_away(**whose):
    """All names to look for and all days of birth, of the children that `whose` finds and of their people.

    As SYSTEM: who writes need not see a brother, whose name gives the child away too; nor the child itself.
    """
    with acting(SYSTEM):
        pupils = {pupil.pk: pupil for pupil in Pupil.objects.filter(**whose)}
        relations = defaultdict(list)
        for row in Guardianship.objects.filter(pupil__in=pupils).select_related("guardian"):
            relations[row.pupil_id].append(row)
        people = {row.guardian for rows in relations.values() for row in rows}
        family = Pupil.objects.filter(guardianships__guardian__in=people).distinct()
        places = GroupPlace.objects.filter(pupil__in=pupils).order_by()
        groups = places.values_list("group__name", flat=True).distinct()
        _check_names_open([*pupils.values(), *people, *family])
        names = [name for pupil in pupils.values() for name in names_of(pupil, relations[pupil.pk])]
        names += (name for pupil in pupils.values() for name in pet_names(pupil.call_name))
        names += (Name(child.call_name) for child in family)
        names += (Name(person.street, "whole") for person in people if person.street)
        names += (Name(name) for name in groups if is_nickname(name))
        return names, {pupil.born_on for pupil in pupils.values()}


def _birthday_words(born):
    """The ways in which a date of birth is written."""
    if born is None:
        return ()
    return long_date(born), short_date(born), f"{born.day}-{born.month}-{born.year}"
