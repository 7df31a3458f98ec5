"""Break-glass: a supervisor opens one file for half an hour; two are told at once, and one of them judges it."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import memberships_tracing
from accounts.actions import next_working_day, saved
from accounts.models import TRACING
from audit.record import record
from cases.access import Reading
from cases.models import BreakGlass, Trajectory
from cases.models.glass import MINUTES

REVIEW_DAYS = 5  # school days
OFTEN = 3  # so many times the same person and child: then a role is missing


@transaction.atomic
def open_glass(*, trajectory, kind, sentence, by, at):
    """Open one file for half an hour to who may find no more than that it exists. Returns the BreakGlass.

    Raises ValidationError: for who reads the file already or may not find it, and while another file is open.
    """
    mine = Trajectory.objects.for_user(by).filter(pk=trajectory.pk, reading=Reading.TRACE)
    if not mine.exists():
        raise ValidationError(_("You can't open this file."), code="glass_not_yours")
    if BreakGlass.objects.living().filter(user=by).exists():
        raise ValidationError(_("You have another file open. Close that one first."), code="glass_open_elsewhere")
    row = BreakGlass(
        school_id=trajectory.school_id,
        trajectory=trajectory,
        user=by,
        role=memberships_tracing(by, TRACING, trajectory.school_id).values_list("role", flat=True).order_by("role")[0],
        kind=kind,
        sentence=sentence,
        opened_at=at,
        until_at=at + MINUTES,
        review_by=_school_days_after(trajectory.school_id, timezone.localdate(at), REVIEW_DAYS),
    )
    saved(row, by=by, why="glass opened")
    record("glass.opened", row, by=by, ground=row.ground, detail={"kind": kind, "role": row.role})
    return row


def _school_days_after(school, day, count):
    for _number in range(count):
        day = next_working_day(school, day + timedelta(days=1))
    return day


@transaction.atomic
def close_glass(*, glass, by, at):
    """Close the file before the half hour is over; what is over stays as it is. Raises ValidationError."""
    if glass.user_id != by.pk:
        raise ValidationError(_("Somebody else opened this file."), code="glass_not_yours")
    if not glass.is_living:
        return glass
    glass.ended_at = at
    saved(glass, by=by, why="glass closed")
    record("glass.closed", glass, by=by, ground=glass.ground)
    return glass


@transaction.atomic
def review_glass(*, glass, verdict, by, on, note=None):
    """Say what somebody else thinks of it: a leader of the school; of what a leader opened, the FG of the board.

    "To be asked about" is no last word: it stays due. Raises ValidationError.
    """
    if glass.user_id == by.pk:
        raise ValidationError(_("Somebody else judges this."), code="own_glass")
    if not BreakGlass.objects.reviewable_by(by).filter(pk=glass.pk).exists():
        raise ValidationError(_("Somebody else judges this."), code="glass_not_yours")
    glass.verdict, glass.note, glass.reviewed_by, glass.reviewed_on = verdict, note or None, by, on
    saved(glass, by=by, why="glass reviewed")
    record("glass.reviewed", glass, by=by, detail={"verdict": verdict})
    return glass


@transaction.atomic
def mark_glass_seen(*, glass, by, on):
    """Write down that the FG of the board knows of it. Raises ValidationError."""
    if not BreakGlass.objects.told_to(by).filter(pk=glass.pk).exists():
        raise ValidationError(_("Only the FG ticks this."), code="glass_not_yours")
    if glass.fg_seen_on is None:
        glass.fg_seen_on = on
        saved(glass, by=by, why="glass seen")
        record("glass.seen", glass, by=by)
    return glass


def times_opened(user_id, pupil_id, *, on):
    """Return how often this person opened a file of this child in the year before; of what the reader may see."""
    since = on - timedelta(days=365)
    rows = BreakGlass.objects.filter(user=user_id, trajectory__pupil=pupil_id, opened_at__date__gt=since)
    return rows.count()
