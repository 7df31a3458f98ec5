"""A day on which an expert comes: planned, children put on it, called off, and what came of it (R48, R54)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import saved
from audit.record import record
from cases.access import SEE_DOSSIER
from cases.actions.papers import add_entry
from consent.days import readings_on
from consent.models import Acceptance, ClbDay, ClbPlace


@transaction.atomic
def plan_day(*, school, expert, held_on, by, on):
    """Plan a CLB day with an expert of this school. Returns the ClbDay. Raises ValidationError."""
    if held_on < on:
        raise ValidationError({"held_on": ValidationError(_("This date has already passed."), code="past")})
    if not Acceptance.objects.filter(school=school, user=expert).exists():
        raise ValidationError(_("This expert does not work with this school."), code="not_of_this_school")
    day = saved(ClbDay(school=school, expert=expert, held_on=held_on), by=by, why="planned")
    record("clb_day.planned", day, by=by, detail={"person": str(expert.pk)})
    return day


@transaction.atomic
def place_case(*, day, engagement, by, on):
    """Put a running guidance on a CLB day: in the expert's group when the child is known, else apart (R48).

    Returns the ClbPlace. Put there again, it stands where the child belongs now. Raises ValidationError.
    """
    _refuse_over(day, on)
    if (engagement.expert_id, engagement.school_id) != (day.expert_id, day.school_id):
        raise ValidationError(_("This guidance is by another expert."), code="other_expert")
    reading = readings_on(day).get(engagement.trajectory_id)
    if reading is None or engagement.reading(on) is None:
        raise ValidationError(_("The expert reads nothing of this case on that day."), code="not_running")
    row = ClbPlace.objects.filter(day=day, engagement=engagement).first() or ClbPlace(
        school_id=day.school_id, trajectory_id=engagement.trajectory_id, day=day, engagement=engagement,
        position=ClbPlace.objects.filter(day=day).count(),
    )  # fmt: skip
    row.in_group, row.dropped = reading == SEE_DOSSIER, False
    saved(row, by=by, why="placed")
    record("clb_day.placed", row, by=by, detail={"group": row.in_group})
    return row


@transaction.atomic
def free_place(*, place, by, on):
    """Take a case off a CLB day. Raises ValidationError."""
    _refuse_over(place.day, on)
    place.dropped = True
    saved(place, by=by, why="taken off")
    record("clb_day.freed", place, by=by)
    return place


@transaction.atomic
def cancel_day(*, day, by, on):
    """Call a CLB day off: the expert finds it no more. Raises ValidationError."""
    _refuse_over(day, on)
    day.cancelled_on = on
    saved(day, by=by, why="called off")
    record("clb_day.cancelled", day, by=by)
    return day


@transaction.atomic
def record_outcomes(*, day, outcomes, heading, by, on):
    """Write down what came of a CLB day: `outcomes` are (ClbPlace, text); each becomes a note in the file of its child.

    An empty text is skipped. Returns the Entries. Raises ValidationError.
    """
    if day.cancelled_on:
        raise ValidationError(_("This day was called off."), code="cancelled")
    if day.held_on > on:
        raise ValidationError(_("This day is yet to come."), code="not_yet")
    rows = [
        add_entry(trajectory=place.trajectory, heading=heading, text=text.strip(), observed_on=day.held_on, by=by)
        for place, text in outcomes
        if text.strip()
    ]
    record("clb_day.written", day, by=by, detail={"notes": len(rows)})
    return rows


def _refuse_over(day, on):
    if day.cancelled_on:
        raise ValidationError(_("This day was called off."), code="cancelled")
    if day.held_on < on:
        raise ValidationError(_("This day is over."), code="day_over")
