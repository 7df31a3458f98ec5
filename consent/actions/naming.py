"""How an expert hears of a child, and what no text may hold that reaches a reader who may not know the child (R28)."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.dates import long_date, short_date
from accounts.wall import SYSTEM, acting
from cases.models import Pupil
from cases.names import Name, find_names, is_nickname, names_of, pet_names, strange_signs


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
    text = " ".join((text or "").splitlines())
    if strange := strange_signs(text):
        message = _("Write this in plain letters. Leave out: %(signs)s.") % {"signs": " ".join(strange)}
        raise ValidationError({field: ValidationError(message, code="strange_signs")})
    names = _what_gives_away(pupil)
    found = [text[hit.start : hit.end] for hit in find_names(text, names)]
    found += (day for day in _birthday_words(pupil.born_on) if day in text.casefold())
    if found:
        shown = ", ".join(dict.fromkeys(found))
        message = _("This text may reach a reader who does not know the child. Leave out: %(names)s.") % {
            "names": shown
        }
        raise ValidationError({field: ValidationError(message, code="names_child")})


def _what_gives_away(pupil):
    """All names to look for, as SYSTEM: who writes need not see a brother, whose name gives the child away too."""
    with acting(SYSTEM):
        relations = list(pupil.guardianships.select_related("guardian"))
        people = [row.guardian_id for row in relations]
        family = Pupil.objects.filter(guardianships__guardian__in=people).exclude(pk=pupil.pk).distinct()
        names = [*names_of(pupil, relations), *pet_names(pupil.call_name)]
        names += (Name(child.call_name) for child in family)
        names += (Name(row.guardian.street, "whole") for row in relations if row.guardian.street)
        groups = pupil.places.select_related("group").values_list("group__name", flat=True)
        names += (Name(name) for name in groups if is_nickname(name))
    return names


def _birthday_words(born):
    """The ways in which a date of birth is written."""
    if born is None:
        return ()
    return long_date(born), short_date(born), f"{born.day}-{born.month}-{born.year}"
