"""The way of a trajectory: opened or taken over, up and down the levels, resting, closed, opened again."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import saved
from accounts.models import LEADING, Membership, Role
from audit.record import record
from cases.access import settled
from cases.models import CaseMember, GroupTeacher, Guardianship, LevelPhase, SupportLevel, Topic, Trajectory
from cases.models.talks import TOPICS


@transaction.atomic
def open_trajectory(*, pupil, question, by, on, education_needs=None, upbringing_needs=None):
    """Open a trajectory at the first level with a question the teacher can't answer alone (R3)."""
    first = SupportLevel.objects.filter(school=pupil.school_id).order_by("number").first()
    return _opened(
        pupil,
        first,
        "opened",
        by=by,
        on=on,
        question=question,
        education_needs=education_needs,
        upbringing_needs=upbringing_needs,
    )


@transaction.atomic
def take_over_trajectory(*, pupil, question, level, because, by, on):
    """Enter a trajectory that ran already, at the level it is at, with one reason instead of the skipped steps."""
    return _opened(pupil, level, "taken_over", by=by, on=on, question=question, taken_over_because=because)


def _opened(pupil, level, how, *, by, on, **fields):
    row = Trajectory(
        school_id=pupil.school_id, pupil=pupil, level=level, initials=pupil.initials, opened_on=on, **fields
    )
    trajectory = saved(row, by=by, why=how)
    _enter(trajectory, level, how, by=by, on=on)
    record(f"trajectory.{how}", trajectory, by=by)
    return trajectory


def _enter(trajectory, level, how, *, by, on, **fields):
    row = LevelPhase(
        school_id=trajectory.school_id, trajectory=trajectory, level=level, from_on=on, began_by=how, **fields
    )
    return saved(row, by=by, why=how)


@dataclass(frozen=True)
class Missing:
    """A step of the level being left that was not done: a code, and the words for it."""

    code: str
    text: str


def talks_of_level(trajectory):
    """Return the talks held at the present level, newest first, with who was there and who has the report."""
    return list(
        trajectory.conversations.filter(level=trajectory.level_id)
        .order_by("-held_on", "-pk")
        .prefetch_related("sharings", "attendees")
    )


def told_topics(talks):
    """Return the topics that these talks told."""
    return {topic for talk in talks for topic in talk.topics}


def report_receivers(pupil, on):
    """Return the guardians who get the written report of a talk. Today's relations count, also for a deed that is
    entered afterwards: who was entered today is a parent of yesterday's talk.
    """
    rows = pupil.guardianships.on(max(on, timezone.localdate())).filter(gets_report=True, guardian__no_contact=False)
    return [row.guardian for row in rows.select_related("guardian").order_by("from_on", "pk")]


def receivers_of(present, receivers):
    """Return who of these receivers this talk's report is for: `present` are the uuids of who was there.

    Parents who live apart talk apart: a report is due to who was there and to who lives at the same address. When
    no parent was there, or an address is unknown, it is due to all who get reports; the rest may get it too.
    """
    homes = {guardian.place for guardian in receivers if guardian.pk in present}
    if not homes or None in homes:
        return list(receivers)
    return [one for one in receivers if one.pk in present or one.place is None or one.place in homes]


def receivers_by_child(pupils):
    """Return who gets the reports of these children (a queryset of their uuids), by child, in one question."""
    rows = Guardianship.objects.on(timezone.localdate()).filter(
        pupil__in=pupils, gets_report=True, guardian__no_contact=False
    )
    found = defaultdict(list)
    for row in rows.select_related("guardian").order_by("from_on", "pk"):
        found[row.pupil_id].append(row.guardian)
    return found


def without_report(talk, receivers):
    """Return who still misses the present edition of a talk that was asked for `with_sharing`."""
    return [one for one in receivers_of(talk.present, receivers) if one.pk not in talk.have]


def is_shared(talk, receivers):
    """Whether the present edition of this talk's report is with everyone it is for (R7, R17, R24)."""
    present = {row.guardian_id for row in talk.attendees.all() if row.guardian_id and not row.dropped}
    receivers = receivers_of(present, receivers)
    have = {row.guardian_id for row in talk.sharings.all() if row.edition == talk.edition}
    return bool(receivers) and all(guardian.pk in have for guardian in receivers)


def missing_to_leave(trajectory, *, on, told=()):
    """Return what the present level asks before the case may go up (R4, R11-R18, R20-R24), as a list of Missing.

    `told` are topics that the person who raises the case says were told.
    """
    level = trajectory.level
    talks = talks_of_level(trajectory)
    right = [talk for talk in talks if _has_the_right_people(talk, level.kind)]
    missing = []
    if level.asks_talk and not right:
        missing.append(Missing("talk", _LED_BY[level.kind]()))
    elif level.asks_talk and not any(is_shared(talk, report_receivers(trajectory.pupil, on)) for talk in right):
        missing.append(Missing("shared", _("the report of that talk, shared in writing with the parents")))
    if level.asks_topics:
        untold = [topic for topic in TOPICS[level.kind] if topic not in told_topics(talks) | set(told)]
        missing.extend(Missing(f"topic_{topic}", str(Topic(topic).label)) for topic in untold)
    return missing


_LED_BY = {
    SupportLevel.Kind.TEACHER: lambda: _("a talk of the teacher with the parents"),
    SupportLevel.Kind.INTERNAL: lambda: _("a talk of the intern begeleider with the parents"),
    SupportLevel.Kind.EXTERNAL: lambda: _("a talk of teacher and intern begeleider together with the parents"),
}


def _has_the_right_people(talk, kind):
    """Whether the one who must lead at this level was there: R4 the teacher, R11 the ib'er, R20 both."""
    people = {talk.led_by_id} | {row.staff_id for row in talk.attendees.all() if row.staff_id and not row.dropped}
    if kind == SupportLevel.Kind.TEACHER:
        return _teaches(talk, [talk.led_by_id])
    if kind == SupportLevel.Kind.INTERNAL:
        return _coordinates(talk, [talk.led_by_id])
    return _teaches(talk, people) and _coordinates(talk, people)


def _teaches(talk, people):
    held = Membership.objects.on(talk.held_on).filter(user__in=people, school=talk.school_id)
    in_group = GroupTeacher.objects.on(talk.held_on).filter(
        user__in=people, group__places__pupil=talk.trajectory.pupil_id
    )
    return held.filter(role=Role.TEACHER).exists() or in_group.exists()


def _coordinates(talk, people):
    held = Membership.objects.on(talk.held_on).filter(user__in=people, school=talk.school_id, role=Role.COORDINATOR)
    return held.exists()


@transaction.atomic
def raise_level(*, trajectory, by, on, told=(), outcome=None, skip_because=None):
    """Go up one level, or skip what misses with a reason that stays visible (R4, R11, R19).

    Topics in `told` are ticked on the newest talk of the level. Raises ValidationError.
    """
    _refuse_closed(trajectory)
    level = trajectory.level
    above = SupportLevel.objects.filter(school=trajectory.school_id, number__gt=level.number).order_by("number").first()
    if above is None:
        raise ValidationError(_("This is the highest level."), code="highest_level")
    if level.asks_outcome and not outcome and not skip_because:
        raise ValidationError(
            {"outcome": ValidationError(_("Write down what this level brought."), code="outcome_missing")}
        )
    missing = missing_to_leave(trajectory, on=on, told=told)
    if missing and not skip_because:
        text = _("Not done yet: %(steps)s.") % {"steps": "; ".join(step.text for step in missing)}
        raise ValidationError(text, code="steps_missing")
    if level.asks_outcome and not outcome:
        missing.append(Missing("outcome", _("what this level brought")))
    tick_told(trajectory, told, by=by)
    _leave(trajectory, by=by, on=on, outcome=outcome)
    _enter(
        trajectory,
        above,
        "raised",
        by=by,
        on=on,
        skipped=[step.code for step in missing],
        skipped_because=skip_because if missing else None,
    )
    trajectory.level = above
    trajectory.state = Trajectory.State.OPEN
    saved(trajectory, by=by, why="raised")
    record(
        "trajectory.raised",
        trajectory,
        by=by,
        detail={"level": above.number, "skipped": [step.code for step in missing]},
    )
    return trajectory


def tick_told(trajectory, told, *, by):
    """Tick topics that were told on the newest talk of the level: a checklist, asked when the case moves on."""
    talks = talks_of_level(trajectory)
    if talks and (new := set(told) - told_topics(talks)):
        talks[0].topics = sorted({*talks[0].topics, *new})
        saved(talks[0], by=by, why="told")


def _leave(trajectory, *, by, on, outcome=None):
    phase = trajectory.levelphases.filter(until_on=None).order_by("-from_on").first()
    if phase is not None:
        phase.until_on, phase.outcome = max(on, phase.from_on), outcome or phase.outcome
        saved(phase, by=by, why="left")


def _refuse_closed(trajectory):
    if trajectory.is_closed:
        raise ValidationError(_("This case is closed. Open it again first."), code="closed")


@transaction.atomic
def lower_level(*, trajectory, by, on, outcome):
    """Go down one level with what the higher one brought. Raises ValidationError."""
    _refuse_closed(trajectory)
    below = SupportLevel.objects.filter(school=trajectory.school_id, number__lt=trajectory.level.number).order_by(
        "-number"
    )
    if not below:
        raise ValidationError(_("This is the lowest level."), code="lowest_level")
    _refuse_while_an_expert_reads(trajectory)
    _leave(trajectory, by=by, on=on, outcome=outcome)
    _enter(trajectory, below[0], "lowered", by=by, on=on)
    trajectory.level = below[0]
    saved(trajectory, by=by, why="lowered")
    settled(trajectory)
    record("trajectory.lowered", trajectory, by=by, detail={"level": below[0].number})
    return trajectory


def _refuse_while_an_expert_reads(trajectory):
    if trajectory.grants.exists():
        raise ValidationError(_("End the guidance by the expert first."), code="expert_reads")


@transaction.atomic
def rest_trajectory(*, trajectory, by):
    """Follow from afar: nothing is due for a while."""
    _refuse_closed(trajectory)
    return _turn(trajectory, Trajectory.State.RESTING, "rested", by=by)


@transaction.atomic
def resume_trajectory(*, trajectory, by):
    """Go on with a case that rested."""
    _refuse_closed(trajectory)
    return _turn(trajectory, Trajectory.State.OPEN, "resumed", by=by)


@transaction.atomic
def close_trajectory(*, trajectory, outcome, by, on):
    """Close a case with how it ended. Raises ValidationError while an expert can still read."""
    _refuse_closed(trajectory)
    _refuse_while_an_expert_reads(trajectory)
    _leave(trajectory, by=by, on=on, outcome=outcome)
    trajectory.closed_on, trajectory.outcome = on, outcome
    _turn(trajectory, Trajectory.State.CLOSED, "closed", by=by)
    settled(trajectory)
    return trajectory


@transaction.atomic
def reopen_trajectory(*, trajectory, by, on):
    """Open a closed case again at the level where it was."""
    if not trajectory.is_closed:
        raise ValidationError(_("This case is not closed."), code="not_closed")
    trajectory.closed_on = None
    _turn(trajectory, Trajectory.State.OPEN, "reopened", by=by)
    _enter(trajectory, trajectory.level, "opened", by=by, on=on)
    settled(trajectory)
    return trajectory


def _turn(trajectory, state, why, *, by):
    trajectory.state = state
    saved(trajectory, by=by, why=why)
    record(f"trajectory.{why}", trajectory, by=by)
    return trajectory


@transaction.atomic
def add_member(*, trajectory, user, reason, from_on, by, until_on=None):
    """Let a colleague or the director into one case for a reason and a while. Raises ValidationError."""
    held = Membership.objects.on(from_on).filter(user=user, school=trajectory.school_id)
    if not held.exists():
        raise ValidationError(_("This person does not work at this school on that day."), code="not_at_this_school")
    if not Membership.objects.on(from_on).filter(user=by, school=trajectory.school_id, role__in=LEADING).exists():
        raise ValidationError(_("Only the intern begeleider or the director adds a colleague."), code="not_leading")
    row = CaseMember(
        school_id=trajectory.school_id,
        trajectory=trajectory,
        user=user,
        reason=reason,
        from_on=from_on,
        until_on=until_on,
    )
    saved(row, by=by, why="member")
    record("case.member_added", row, by=by, detail={"person": str(user.pk)})
    return row


@transaction.atomic
def end_member(*, member, by, on):
    """Let a colleague's part in a case end at once: yesterday was the last day of it."""
    member.until_on = on - timedelta(days=1)
    member.from_on = min(member.from_on, member.until_on)
    saved(member, by=by, why="member ended")
    record("case.member_ended", member, by=by, detail={"person": str(member.user_id)})
