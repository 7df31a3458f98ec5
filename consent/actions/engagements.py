"""The guidance by an expert: prepared, begun after the answer or without one, ended (R19-R25, R39-R44, R50)."""

import secrets
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import saved
from accounts.models import Holiday, check_version
from audit.record import record
from cases.access import settled
from cases.actions.files import missing_to_leave, tick_told
from cases.actions.school import headings_that_open
from cases.models import Conversation, SharedItem, SupportLevel
from consent.actions.naming import check_nameless, suggest_alias
from consent.actions.sharing import remove_item
from consent.models import ClbPlace, Consultation, Engagement, EngagementPart, Outcome

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that look alike


def _code(length):
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def end_of_school_year(school_id, day):
    """Return the last school day: the day before the holiday that runs over the first of August, else 31 July."""
    august = date(day.year if day.month < 8 else day.year + 1, 8, 1)
    summer = Holiday.objects.filter(school=school_id, from_on__lt=august, until_on__gte=august).first()
    last = date.fromordinal((summer.from_on if summer else august).toordinal() - 1)
    # In the last days of July this year is over: what begins now runs through the next one.
    return last if last > day else end_of_school_year(school_id, august)


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
    whole_because=None,
    told=(),
):
    """Prepare the guidance by one expert for one question, before the letter (R19-R25).

    `parts` are (Heading, from-date) that open when parents choose B; nothing is opened by default, and all of them
    together need a reason, `whole_because` (decision 5). The talk
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
    parts = list(parts)
    is_whole = _is_whole(parts, trajectory.school_id)
    if is_whole and not whole_because:
        message = _("You open the whole file. Say why the expert needs all of it, or tick less.")
        raise ValidationError({"whole_because": ValidationError(message, code="whole_without_reason")})
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
        whole_because=whole_because if is_whole else None,
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


def _is_whole(parts, school_id):
    """Whether every heading opens that may. Raises ValidationError for one that never does."""
    opened, openable = (
        {heading.pk for heading, _from_on in parts},
        set(headings_that_open(school_id).values_list("pk", flat=True)),
    )
    if opened - openable:
        message = _("What parents signed for others does not open to an expert.")
        raise ValidationError({"parts": ValidationError(message, code="never_opens")})
    return bool(opened) and opened == openable


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


def draft_consultation(*, engagement, decision, reason, on, school_agrees=False, expert_agrees=False, until=None):
    """Return the Consultation as it would be kept, to be looked at first; nothing is saved. Raises ValidationError.

    Only after the term, and after the one reminder (R40). Beginning asks that both agree; waiting asks until when.
    """
    _refuse_ended(engagement)
    if engagement.started_on:
        raise ValidationError(_("This guidance has begun already."), code="started")
    if engagement.outcome(on) != Outcome.SILENT:
        raise ValidationError(_("There is nothing to confer about: nobody is late with an answer."), code="not_silent")
    if not engagement.is_reminded:
        raise ValidationError(_("First remind the parents once: that is what the letter says."), code="not_reminded")
    waits = decision == Consultation.Decision.WAIT
    if waits and until is not None and until <= on:
        raise ValidationError({"until": ValidationError(_("Choose a day that is yet to come."), code="not_past")})
    row = Consultation(
        school_id=engagement.school_id,
        trajectory_id=engagement.trajectory_id,
        engagement=engagement,
        held_on=on,
        decision=decision,
        school_agrees=school_agrees,
        expert_agrees=expert_agrees,
        reason=reason,
        wait_until=until if waits else None,
    )
    row.validate_constraints()
    return row


@transaction.atomic
def record_consultation(*, engagement, by, **held):
    """Record that school and expert conferred because parents stay silent (R40). Returns the Consultation.

    `held` is what `draft_consultation` takes. To wait longer gives who has not answered a new term. The reason goes
    into the letter that tells the parents: it is theirs to read. Raises ValidationError.
    """
    row = saved(draft_consultation(engagement=engagement, **held), by=by, why="conferred")
    if row.wait_until:
        for choice in engagement.choices.filter(choice=""):
            choice.due_on = row.wait_until
            saved(choice, by=by, why="waiting longer")
    record("engagement.conferred", engagement, by=by, detail={"decision": str(row.decision)})
    return row


@transaction.atomic
def start_engagement(*, engagement, by, on):
    """Let the expert begin (R39-R42): after the answer to the letter of this engagement. Raises ValidationError.

    When the parents stay silent past the term, after a consultation in which school and expert agreed: then the
    child is anonymous, and the engagement stays flagged until the parents are told why (R43).
    """
    _refuse_ended(engagement)
    if engagement.trajectory.is_closed:
        raise ValidationError(_("This case is closed. Open it again first."), code="closed")
    outcome = engagement.outcome(on)
    if outcome == Outcome.SILENT and not engagement.agreement_to_begin:
        raise ValidationError(_("Confer with the expert first: the parents have not answered."), code="not_consulted")
    if outcome not in (Outcome.ANONYMOUS, Outcome.KNOWN, Outcome.SILENT):
        raise ValidationError(_("The parents have not answered yet."), code="no_answer")
    if engagement.started_on:
        raise ValidationError(_("This guidance has begun already."), code="started")
    if engagement.trajectory.level.kind != SupportLevel.Kind.EXTERNAL:
        raise ValidationError(_("First raise the case to the level of an external expert."), code="level")
    engagement.started_on, engagement.started_without_answer = on, outcome == Outcome.SILENT
    saved(engagement, by=by, why="started")
    settled(engagement.trajectory)
    record("engagement.started", engagement, by=by, detail={"outcome": str(outcome)})
    return engagement


def _refuse_ended(engagement):
    if engagement.cancelled_on or engagement.ended_on:
        raise ValidationError(_("This guidance has ended."), code="ended")


@transaction.atomic
def end_engagement(*, engagement, by, on):
    """End the guidance (R50): the expert sees nothing from the next request on.

    What was shared without a name is taken away, and the places on coming CLB days; reports stay in the file. What
    was closed is written down as proof. Raises ValidationError.
    """
    _refuse_ended(engagement)
    if not engagement.started_on:
        raise ValidationError(_("This guidance has not begun."), code="not_started")
    shared = SharedItem.objects.filter(pk__in=engagement.sharing_reasons.values("item"), removed_on=None)
    items = [remove_item(item=item, by=by, on=on) for item in shared]
    places = [
        _free(place, by=by)
        for place in ClbPlace.objects.filter(engagement=engagement, dropped=False, day__held_on__gt=on)
    ]
    engagement.ended_on = on
    saved(engagement, by=by, why="ended")
    settled(engagement.trajectory)
    record("engagement.ended", engagement, by=by, detail={"items": len(items), "places": len(places)})
    return engagement


def _free(place, *, by):
    place.dropped = True
    return saved(place, by=by, why="guidance ended")


@transaction.atomic
def cancel_engagement(*, engagement, by, on):
    """Give a guidance up before it begins. Raises ValidationError."""
    _refuse_ended(engagement)
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
