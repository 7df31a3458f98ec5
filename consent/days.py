"""A CLB day as each may read it: a day goes in, a frozen `DayPage` comes out (R48, R54).

Who stands in the group of known children follows from what the expert may read now, never from where the case was put:
a child whose parents changed their minds stands apart at once.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.dates import long_date
from cases import today
from cases.access import SEE_DOSSIER, Reading, Sheet, class_label
from cases.models import Heading, Trajectory, TrajectoryGrant
from cases.today import Task
from consent.models import ClbDay, ClbPlace, Engagement

TOLD_BEFORE = 7  # days
CLB_AT = 4  # the place of the heading under which the outcomes stand: a school may rename it, its place stays


def heading_of_outcomes(school_id):
    """Return the heading of a school under which the outcomes of a CLB day are noted."""
    return Heading.objects.get(school_id=school_id, position=CLB_AT)


@dataclass(frozen=True)
class DayLine:
    """One child of a CLB day. `child` is for this reader's screen, `short` is what may leave: initials or a code.

    `alias` is how the expert hears of the child, for who works in the file; `place` is where it stands on the day, None
    for what may still be added.
    """

    trajectory: UUID
    engagement: UUID | None
    place: UUID | None
    child: str
    short: str
    alias: str
    code: str
    group: str
    question: str
    is_known: bool


@dataclass(frozen=True)
class DayPage:
    """A CLB day: the expert's group of known children, apart from it those without a name, and who may be added.

    `gone` stand on the day and the expert reads nothing of them then: the guidance ends before it, or has ended.
    """

    uuid: UUID
    school: str
    expert: str
    function: str
    held_on: date
    is_cancelled: bool
    is_past: bool
    known: tuple[DayLine, ...]
    nameless: tuple[DayLine, ...]
    gone: tuple[DayLine, ...] = ()
    offered: tuple[DayLine, ...] = ()


def readings_on(day):
    """Return how the expert of this day will read each case, as {trajectory's uuid: "see_dossier" or "see_anonymous"}.

    From the grants that stand now and last until that day: what consent settled, and nothing else.
    """
    rows = TrajectoryGrant.objects.filter(user=day.expert_id, school=day.school_id, until__gte=day.held_on)
    return dict(rows.values_list("content_object_id", "permission__codename"))


def running_with(day, user):
    """Return the engagements of this day's expert at this school that run today, for who works in their files."""
    now = timezone.localdate()
    rows = Engagement.objects.for_user(user).filter(
        expert=day.expert_id, school=day.school_id, started_on__lte=now, until__gte=now, ended_on=None,
        cancelled_on=None, trajectory__closed_on=None,
    )  # fmt: skip
    return rows.annotate(place=class_label("trajectory__pupil", now)).select_related("trajectory__pupil")


def day_page(day, *, user, offers=False):
    """Return the DayPage of a day for somebody of the school: each child only to who works in its file.

    `offers` adds the running guidances that may still be put on it. Costs three queries or four.
    """
    readings = readings_on(day)
    rows = ClbPlace.objects.for_user(user).filter(day=day, dropped=False)
    rows = rows.select_related("engagement", "trajectory__pupil")
    rows = rows.annotate(place=class_label("trajectory__pupil", timezone.localdate())).order_by("position", "pk")
    placed = [_line(row.engagement, row.trajectory, row.place, readings, place=row.pk) for row in rows]
    gone = [line for line in placed if line.trajectory not in readings]
    offered = []
    if offers:
        standing = {line.engagement for line in placed}
        found = [row for row in running_with(day, user) if row.pk not in standing and row.trajectory_id in readings]
        offered = [_line(row, row.trajectory, row.place, readings) for row in found]
        offered.sort(key=lambda line: line.child)
    return _page(day, [line for line in placed if line not in gone], gone=tuple(gone), offered=tuple(offered))


def guided_day(day, *, user):
    """Return the DayPage of a day for its expert: known children by name on the screen, the others by alias and code.

    Only what a grant opens today and still opens on that day.
    """
    placed = ClbPlace.objects.filter(day=day, dropped=False).values("trajectory")
    rows = Trajectory.objects.for_user(user).filter(
        pk__in=placed, reading__in=(Reading.DOSSIER, Reading.ANONYMOUS), grants__user=user,
        grants__until__gte=day.held_on,
    )  # fmt: skip
    sheets = [Sheet.of(row) for row in rows.select_related("level").prefetch_related("grants", "pupil")]
    lines = [
        DayLine(
            trajectory=sheet.uuid, engagement=None, place=None, child=sheet.child, short=sheet.short, alias="",
            code="" if sheet.shows_dossier else sheet.short, group="", question=sheet.question,
            is_known=sheet.shows_dossier,
        )
        for sheet in sheets
    ]  # fmt: skip
    return _page(day, sorted(lines, key=lambda line: line.child))


def _line(engagement, trajectory, group, readings, *, place=None):
    is_known = readings.get(trajectory.pk) == SEE_DOSSIER
    return DayLine(
        trajectory=trajectory.pk,
        engagement=engagement.pk,
        place=place,
        child=trajectory.pupil.full_name,
        short=trajectory.initials if is_known else engagement.case_code,
        alias=engagement.alias,
        code=engagement.case_code,
        group=group or "",
        question=engagement.question,
        is_known=is_known,
    )


def _page(day, lines, **more):
    profile = day.expert.expert
    # Without a name there is no order by which a child could be found: the codes are random.
    return DayPage(
        uuid=day.pk,
        school=day.school.name,
        expert=profile.name,
        function=profile.function,
        held_on=day.held_on,
        is_cancelled=day.cancelled_on is not None,
        is_past=day.held_on < timezone.localdate(),
        known=tuple(line for line in lines if line.is_known),
        nameless=tuple(sorted((line for line in lines if not line.is_known), key=lambda line: line.code)),
        **more,
    )


@today.add
def days_to_prepare(user, day):
    """The CLB days of this week, for who leads the school: put the children on the agenda and send it (R48, R54)."""
    rows = ClbDay.objects.editable_by(user).filter(
        cancelled_on=None, held_on__gte=day, held_on__lte=day + timedelta(days=TOLD_BEFORE)
    )
    for row in rows.select_related("expert__expert", "school"):
        yield Task(
            kind="clb_day",
            child=_("CLB day"),
            group="",
            school=row.school.name,
            text=_("%(name)s comes on %(day)s: check the agenda")
            % {"name": row.expert.expert.name, "day": long_date(row.held_on)},
            action=_("Prepare day"),
            url=reverse("consent:day_detail", args=[row.pk]),
            due=row.held_on,
        )
