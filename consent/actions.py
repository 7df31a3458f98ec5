"""Deeds on the parents' choice and the expert whose work waits for it (R25-R50)."""

import secrets
from datetime import date

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import create_expert, invite, saved, term
from accounts.dates import long_date, short_date
from accounts.models import Holiday, User, check_version
from accounts.wall import SYSTEM, acting
from audit.record import record
from cases.access import settled
from cases.actions.files import missing_to_leave, tick_told
from cases.actions.school import terms_of
from cases.models import Conversation, Pupil, SupportLevel
from cases.names import Name, find_names, is_nickname, names_of, pet_names, strange_signs
from consent.grants import settle_for
from consent.models import (
    Acceptance,
    Engagement,
    EngagementPart,
    Outcome,
    ParentChoice,
    WorkingArrangement,
    who_must_answer,
)

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that look alike


def _code(length):
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def newest_arrangement(school):
    """Return the edition of the school's arrangement that is offered now, or None."""
    return WorkingArrangement.objects.filter(school=school).order_by("-edition").first()


@transaction.atomic
def publish_arrangement(*, school, text, by, on):
    """Add a new edition of the school's arrangement with its experts (R45)."""
    newest = newest_arrangement(school)
    row = WorkingArrangement(school=school, text=text, edition=newest.edition + 1 if newest else 1, from_on=on)
    saved(row, by=by, why="arrangement")
    record("arrangement.published", row, by=by, detail={"edition": row.edition})
    return row


@transaction.atomic
def renew_arrangement(*, school, text, after, by, on):
    """Publish a new edition and offer it to all experts of the school (R45, R55). Raises ValidationError.

    `after` is the edition that the writer had before the eyes (0 for none). What an expert accepted earlier goes
    on to count until the new edition is accepted.
    """
    newest = newest_arrangement(school)
    if (newest.edition if newest else 0) != after:
        raise ValidationError(
            _("Someone else has published a new edition. Your text is still here; look at theirs first."),
            code="changed_meanwhile",
        )
    if newest and newest.text == text:
        raise ValidationError({"text": ValidationError(_("Nothing has changed in this text."), code="same_text")})
    row = publish_arrangement(school=school, text=text, by=by, on=on)
    for expert in User.objects.filter(acceptances__school=school).distinct():
        offer_arrangement(arrangement=row, expert=expert, by=by, on=on)
    return row


@transaction.atomic
def offer_arrangement(*, arrangement, expert, by, on):
    """Offer the arrangement to an expert: from now on one of this school's experts."""
    row = Acceptance(school_id=arrangement.school_id, arrangement=arrangement, user=expert, offered_on=on)
    saved(row, by=by, why="offered")
    record("arrangement.offered", row, by=by, detail={"person": str(expert.pk), "edition": arrangement.edition})
    return row


@transaction.atomic
def offer_newest(*, school, expert, by, on):
    """Offer the newest edition to an expert, once. Returns the Acceptance. Raises ValidationError."""
    arrangement = newest_arrangement(school)
    if arrangement is None:
        raise ValidationError(_("First write down how you work together with experts."), code="no_arrangement")
    if not hasattr(expert, "expert"):
        raise ValidationError(_("This person is not an external expert."), code="no_expert")
    offered = Acceptance.objects.filter(arrangement=arrangement, user=expert).first()
    return offered or offer_arrangement(arrangement=arrangement, expert=expert, by=by, on=on)


@transaction.atomic
def add_expert(*, school, by, on, **about):
    """Add a new external expert and offer the arrangement (R46, R55). Returns (User, token). Raises ValidationError."""
    user = create_expert(by=by, school=school, **about)
    offer_newest(school=school, expert=user, by=by, on=on)
    return user, invite(user=user, by=by, school=school)


def renewable(school):
    """Return the experts for whom this school may make a new link: the account is unused, and only its own.

    An expert who works elsewhere too has one account; a link made here would open the other school's files.
    """
    elsewhere = Acceptance.objects.exclude(school=school).values("user")
    unused = User.objects.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX, memberships=None)
    return unused.filter(acceptances__school=school).exclude(pk__in=elsewhere).distinct()


@transaction.atomic
def renew_expert_invitation(*, expert, school, by):
    """Return a new one-time token for an expert who has chosen no password yet. Raises ValidationError."""
    if not renewable(school).filter(pk=expert.pk).exists():
        # One answer for every reason: a school doesn't hear that its expert works elsewhere.
        raise ValidationError(_("You can't make a link here. Ask the maintainer of Zorgvuldig."), code="not_yours")
    return invite(user=expert, by=by, school=school)


@transaction.atomic
def accept_arrangement(*, acceptance, by, on):
    """Accept it, as the expert it was offered to (R55). Raises ValidationError."""
    if acceptance.user_id != by.pk:
        raise ValidationError(_("Only the expert accepts this."), code="not_yours")
    acceptance.accepted_on = on
    saved(acceptance, by=by, why="accepted")
    settle_for(by, school=acceptance.school_id)
    return acceptance


def end_of_school_year(school_id, day):
    """Return the last school day: the day before the holiday that runs over the first of August, else 31 July."""
    august = date(day.year if day.month < 8 else day.year + 1, 8, 1)
    summer = Holiday.objects.filter(school=school_id, from_on__lt=august, until_on__gte=august).first()
    last = date.fromordinal((summer.from_on if summer else august).toordinal() - 1)
    # In the last days of July this year is over: what begins now runs through the next one.
    return last if last > day else end_of_school_year(school_id, august)


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


def missing_for_letter(trajectory, *, on, told=()):
    """Return what the talk of level 2 still misses before the letter (R20-R24); the letter may be its sharing."""
    return [step for step in missing_to_leave(trajectory, on=on, told=told) if step.code != "shared"]


@transaction.atomic
def prepare_engagement(
    *,
    trajectory,
    expert,
    question,
    by,
    on,
    parts=(),
    items="",
    own_words="",
    conversation=None,
    alias=None,
    until=None,
    skip_because=None,
    told=(),
):
    """Prepare the guidance by one expert for one question, before the letter (R19-R25).

    `parts` are (Heading, from-date) that open when parents choose B; nothing is opened by default. The talk
    of level 2 must have been held, or a reason says why it is skipped. The question goes to a reader who may not
    know the child: it holds no name. `told` are topics of that talk, ticked now. Raises ValidationError.
    """
    if trajectory.is_closed:
        raise ValidationError(_("This case is closed. Open it again first."), code="closed")
    if trajectory.level.kind != SupportLevel.Kind.EXTERNAL:
        raise ValidationError(_("First raise the case to the level of an external expert."), code="level")
    missing = missing_for_letter(trajectory, on=on, told=told)
    if missing and not skip_because:
        text = _("Not done yet: %(steps)s.") % {"steps": "; ".join(step.text for step in missing)}
        raise ValidationError(text, code="steps_missing")
    alias = alias or suggest_alias(trajectory.pupil, on=on)[0]
    for field, text in (("question", question), ("items", items), ("alias", alias)):
        check_nameless(text, trajectory.pupil, field=field)
    engagement = Engagement(
        school_id=trajectory.school_id,
        trajectory=trajectory,
        expert=expert,
        question=question,
        items=items,
        own_words=own_words,
        conversation=conversation,
        alias=alias,
        case_code=f"K-{_code(4)}",
        reference=_code(4),
        prepared_on=on,
        until=until or end_of_school_year(trajectory.school_id, on),
        skipped_because=skip_because if missing else None,
    )
    saved(engagement, by=by, why="prepared")
    tick_told(trajectory, told, by=by)
    for heading, from_on in parts:
        part = EngagementPart(
            school_id=trajectory.school_id,
            trajectory=trajectory,
            engagement=engagement,
            heading=heading,
            from_on=from_on,
        )
        saved(part, by=by, why="part")
    record("engagement.prepared", engagement, by=by)
    return engagement


@transaction.atomic
def rephrase_engagement(*, engagement, version, by, **words):
    """Change the words of the letter before it is made: question, alias, items, own_words. Raises ValidationError."""
    check_version(engagement, version)
    if engagement.asked_on:
        raise ValidationError(_("The letter has been made; its words stand."), code="issued_once")
    for name, text in words.items():
        if name not in ("question", "alias", "items", "own_words"):
            raise TypeError(f"{name} is not changed here")
        if name != "own_words":
            check_nameless(text, engagement.trajectory.pupil, field=name)
        setattr(engagement, name, text)
    saved(engagement, by=by, why="rephrased")
    record("engagement.rephrased", engagement, by=by)
    return engagement


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


@transaction.atomic
def ask_choices(*, engagement, letters, by, on):
    """Put the choice to everybody who must answer (R25, R27): `letters` maps each Guardian (None: the pupil) to the
    reference of the letter that asks. The term skips holidays. Returns the ParentChoices. Raises ValidationError.
    """
    # As the family stands today, also for a letter that is entered afterwards.
    today = timezone.localdate()
    people = [respondent.guardian for respondent in who_must_answer(engagement.trajectory.pupil, on=today)]
    if not people:
        raise ValidationError(
            _("Nobody can be asked yet: write down who has gezag over this child."), code="nobody_to_ask"
        )
    if {person and person.pk for person in people} - {person and person.pk for person in letters}:
        raise ValidationError(_("Everyone who must answer gets the letter."), code="somebody_left_out")
    due = term(engagement.school, start=on, days=terms_of(engagement.school_id).answer_days)
    rows = []
    for person in people:
        row = engagement.choices.filter(guardian=person).first() or ParentChoice(
            school_id=engagement.school_id,
            trajectory_id=engagement.trajectory_id,
            engagement=engagement,
            guardian=person,
        )
        row.asked_on, row.due_on, row.letter_of = on, due, letters[person]
        rows.append(saved(row, by=by, why="asked"))
    engagement.asked_on = on
    engagement.informed_on = engagement.informed_on or on
    saved(engagement, by=by, why="asked")
    settled(engagement.trajectory)
    return rows


@transaction.atomic
def adopt_old_letter(*, engagement, document, by, on):
    """Enter a letter that went out before this system was used: its Document in the file stands for it.

    Everyone who must answer counts as asked on that day; their answers are recorded with the old slip.
    """
    if document.trajectory_id != engagement.trajectory_id:
        raise ValidationError(_("This document is of another case."), code="other_case")
    # As the family stands today, also for a letter that is entered afterwards.
    today = timezone.localdate()
    people = [respondent.guardian for respondent in who_must_answer(engagement.trajectory.pupil, on=today)]
    # Only who lives at one address may answer for both: others had a letter of their own.
    homes = list(dict.fromkeys(_home(person) for person in people))
    letters = {person: f"{OLD_LETTER}-{homes.index(_home(person)) + 1}" for person in people}
    return ask_choices(engagement=engagement, letters=letters, by=by, on=on)


def _home(person):
    """An address, or the person where none is known."""
    return (person and person.place) or person


OLD_LETTER = "oud"


@transaction.atomic
def record_choice(
    *, choice, answer, how, by, on, class_visit="", observe=None, items="", remark="", for_both=False, scan=None
):
    """Record what one parent answered, or a change of mind; it counts at once (R25-R39). Raises ValidationError."""
    if choice.engagement.ended_on or choice.engagement.cancelled_on:
        raise ValidationError(_("This guidance has ended."), code="ended")
    check_nameless(items, choice.trajectory.pupil, field="items")
    if choice.asked_on is None or on < choice.asked_on:
        raise ValidationError(_("The answer can't be older than the letter."), code="before_the_letter")
    if how == ParentChoice.How.OLD_LETTER and scan is None:
        raise ValidationError({"scan": ValidationError(_("Add the old answer itself."), code="scan_missing")})
    choice.choice, choice.how, choice.answered_on = answer, how, on
    anonymous, known = answer == ParentChoice.Choice.ANONYMOUS, answer == ParentChoice.Choice.KNOWN
    choice.class_visit = class_visit if anonymous else ""
    choice.items = (items or None) if anonymous else None
    choice.observe = observe if known else None
    choice.remark, choice.for_both, choice.scan = remark, for_both, scan or choice.scan
    saved(choice, by=by, why="answered")
    settled(choice.trajectory)
    record("choice.recorded", choice, by=by, detail={"choice": answer})
    return choice


@transaction.atomic
def withdraw_choice(*, choice, by):
    """Take an answer back: what stood open closes in the same transaction."""
    choice.choice, choice.how, choice.answered_on, choice.for_both = "", "", None, False
    choice.class_visit, choice.observe, choice.items = "", None, None
    saved(choice, by=by, why="withdrawn")
    settled(choice.trajectory)
    record("choice.withdrawn", choice, by=by)
    return choice


@transaction.atomic
def start_engagement(*, engagement, by, on):
    """Let the expert begin (R39): after the answer to the letter of this engagement. Raises ValidationError."""
    outcome = engagement.outcome(on)
    if outcome not in (Outcome.ANONYMOUS, Outcome.KNOWN):
        raise ValidationError(_("The parents have not answered yet."), code="no_answer")
    if engagement.cancelled_on or engagement.ended_on:
        raise ValidationError(_("This guidance has ended."), code="ended")
    if engagement.started_on:
        raise ValidationError(_("This guidance has begun already."), code="started")
    if engagement.trajectory.level.kind != SupportLevel.Kind.EXTERNAL:
        raise ValidationError(_("First raise the case to the level of an external expert."), code="level")
    engagement.started_on = on
    saved(engagement, by=by, why="started")
    settled(engagement.trajectory)
    record("engagement.started", engagement, by=by)
    return engagement


@transaction.atomic
def end_engagement(*, engagement, by, on):
    """End the guidance: the expert sees nothing from the next request on (R50)."""
    if not engagement.started_on:
        raise ValidationError(_("This guidance has not begun."), code="not_started")
    engagement.ended_on = on
    saved(engagement, by=by, why="ended")
    settled(engagement.trajectory)
    record("engagement.ended", engagement, by=by)
    return engagement


@transaction.atomic
def cancel_engagement(*, engagement, by, on):
    """Give a guidance up before it begins."""
    if engagement.started_on:
        raise ValidationError(_("This guidance has begun: end it."), code="started")
    engagement.cancelled_on = on
    saved(engagement, by=by, why="cancelled")
    settled(engagement.trajectory)
    record("engagement.cancelled", engagement, by=by)
    return engagement


def joint_talk(trajectory):
    """Return the newest talk at the present level, or None: its agreements flow into the letter."""
    return (
        Conversation.objects.filter(trajectory=trajectory, level=trajectory.level_id)
        .order_by("-held_on", "-pk")
        .first()
    )


def agreed_words(conversation):
    """Return a talk's agreements as one line for the letter, so that nobody types them twice (R34)."""
    if conversation is None:
        return ""
    rows = conversation.agreements.filter(dropped=False).order_by("position")
    whats = [row.what.rstrip(".") for row in rows]
    return f"Wij spraken af: {'; '.join(whats)}."[:200] if whats else ""
