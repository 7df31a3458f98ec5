"""Children, the grown-ups round them, and who teaches which group."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access import memberships
from accounts.actions import give_leave, saved
from accounts.models import WORKING, StaffLeave, check_version
from accounts.wall import SYSTEM, acting
from audit.record import record
from cases.access import settled
from cases.models import CaseExclusion, Group, GroupPlace, GroupTeacher, Guardian, Guardianship, Pupil, Trajectory


@transaction.atomic
def create_group(*, school, name, school_year, by, year="", source_key=""):
    """Add a class of one school year."""
    return saved(
        Group(school=school, name=name, year=year, school_year=school_year, source_key=source_key), by=by, why="group"
    )


@transaction.atomic
def create_pupil(*, school, by, **fields):
    """Add a pupil. `fields` are those of Pupil."""
    return saved(Pupil(school=school, **fields), by=by, why="pupil")


@transaction.atomic
def place_pupil(*, pupil, group, from_on, by, year="", until_on=None):
    """Put a pupil in a group from a day on; an earlier place ends the day before."""
    for earlier in pupil.places.on(from_on).filter(from_on__lt=from_on):
        earlier.until_on = from_on - timedelta(days=1)
        saved(earlier, by=by, why="moved")
    row = GroupPlace(
        school_id=pupil.school_id, pupil=pupil, group=group, from_on=from_on, until_on=until_on, year=year or group.year
    )
    return saved(row, by=by, why="placed")


@transaction.atomic
def assign_teacher(*, group, user, from_on, by, kind=GroupTeacher.Kind.OWN, until_on=None):
    """Let somebody teach a group from a day on: the ground on which its pupils are seen. Raises ValidationError."""
    if not memberships(user, WORKING, from_on).filter(school=group.school_id).exists():
        raise ValidationError(_("This person does not work at this school on that day."), code="not_at_this_school")
    if _overlaps(group.teachers.filter(user=user, kind=kind), from_on, until_on):
        raise ValidationError(_("This person has this group already in that time."), code="assigned_already")
    row = GroupTeacher(school_id=group.school_id, group=group, user=user, kind=kind, from_on=from_on, until_on=until_on)
    saved(row, by=by, why="teacher assigned")
    record("group.teacher_assigned", row, by=by, detail={"person": str(user.pk), "kind": str(kind)})
    return row


@transaction.atomic
def end_assignment(*, assignment, on, by):
    """Let a teacher's work in a group end on that day. Raises ValidationError for what has ended before."""
    end_on(assignment, on)
    saved(assignment, by=by, why="assignment ended")
    record("group.teacher_ended", assignment, by=by, detail={"person": str(assignment.user_id)})


@transaction.atomic
def pause_teacher(*, assignment, from_on, by, until_on=None):
    """Give the teacher of a group leave: access to the whole school pauses, and comes back by itself.

    Returns the StaffLeave. Raises ValidationError for oneself, and for leave on top of leave.
    """
    if assignment.user == by:
        raise ValidationError(_("Ask somebody else to do this: you would lock yourself out."), code="own_leave")
    if _overlaps(_leaves(assignment), from_on, until_on):
        raise ValidationError(_("This person is on leave already in that time."), code="on_leave_already")
    row = give_leave(user=assignment.user, school=assignment.school, from_on=from_on, until_on=until_on, by=by)
    record("leave.given", row, by=by, detail={"person": str(assignment.user_id)})
    return row


@transaction.atomic
def bring_teacher_back(*, assignment, last_day, by):
    """End the leave that runs or is still to come; the day after `last_day` access is back. Raises ValidationError."""
    leave = _leaves(assignment).filter(Q(until_on=None) | Q(until_on__gt=last_day)).order_by("from_on").first()
    if leave is None:
        raise ValidationError(_("This person is not on leave."), code="not_on_leave")
    leave.until_on = last_day
    saved(leave, by=by, why="back")
    record("leave.ended", leave, by=by, detail={"person": str(assignment.user_id)})
    return leave


def _leaves(assignment):
    return StaffLeave.objects.filter(user=assignment.user_id, school=assignment.school_id)


def _overlaps(rows, from_on, until_on):
    """Whether one of these dated rows shares a day with this time."""
    rows = rows.filter(Q(until_on=None) | Q(until_on__gte=from_on))
    return rows.filter(from_on__lte=until_on).exists() if until_on else rows.exists()


@transaction.atomic
def add_guardian(*, pupil, person, relation, from_on, by):
    """Add a grown-up to a child: `person` holds fields of Guardian (or the Guardian of a brother or sister), and
    `relation` those of Guardianship. Gezag is told for each child apart (R96). Returns the Guardianship.
    """
    if not isinstance(person, Guardian):
        person = saved(Guardian(school_id=pupil.school_id, **person), by=by, why="guardian")
    row = Guardianship(school_id=pupil.school_id, pupil=pupil, guardian=person, from_on=from_on, **relation)
    saved(row, by=by, why="guardian")
    record("guardian.added", row, by=by, detail={"relation": row.relation, "gezag": row.has_authority})
    _settle_all_of(person)
    return row


@transaction.atomic
def change_guardian(*, guardianship, person, relation, by, seen=None):
    """Change a grown-up's data and what he or she is to this child. Raises ValidationError.

    `seen` holds the versions of the Guardian and of the Guardianship on which this edit was begun: who was
    overtaken is told, and nothing is saved.
    """
    guardianship.guardian = Guardian.objects.select_for_update(of=("self",), no_key=True).get(
        pk=guardianship.guardian_id
    )
    if seen is not None:
        check_version(guardianship.guardian, seen[0])
        check_version(guardianship, seen[1])
    changed = []
    for row, fields in ((guardianship.guardian, person), (guardianship, relation)):
        if names := _put(row, fields):
            saved(row, by=by, why="guardian changed")
            changed += names
    if changed:
        record("guardian.changed", guardianship, by=by, detail={"fields": sorted(changed)})
    _settle_all_of(guardianship.guardian)
    return guardianship


def _put(row, fields):
    """Put these values on the row, and return the names of those that differ: no version for a save of the same."""
    before = {name: getattr(row, name) for name in fields}
    for name, value in fields.items():
        setattr(row, name, value)
    return [name for name in fields if getattr(row, name) != before[name]]


@transaction.atomic
def end_guardianship(*, guardianship, on, by):
    """Let somebody be a parent or carer of this child until that day: asked, told and called no more after it."""
    end_on(guardianship, on)
    saved(guardianship, by=by, why="guardian ended")
    record("guardian.ended", guardianship, by=by)
    _settle_all_of(guardianship.guardian)
    return guardianship


@transaction.atomic
def exclude_colleague(*, pupil, user, reason, from_on, by, until_on=None):
    """Keep a colleague out of one child's file, whatever the role. Raises ValidationError for oneself."""
    if user == by:
        raise ValidationError(_("Ask somebody else to do this: you would lock yourself out."), code="own_exclusion")
    if _overlaps(pupil.exclusions.filter(user=user), from_on, until_on):
        raise ValidationError(_("This person is left out already in that time."), code="excluded_already")
    row = CaseExclusion(
        school_id=pupil.school_id, pupil=pupil, user=user, reason=reason, from_on=from_on, until_on=until_on
    )
    saved(row, by=by, why="excluded")
    record("case.excluded", row, by=by, detail={"person": str(user.pk)})
    return row


@transaction.atomic
def end_exclusion(*, exclusion, on, by):
    """Let an exclusion end on that day; the day after, the role counts again."""
    end_on(exclusion, on)
    saved(exclusion, by=by, why="exclusion ended")
    record("case.exclusion_ended", exclusion, by=by, detail={"person": str(exclusion.user_id)})
    return exclusion


def end_on(row, day):
    """Let a dated row end on that day; what has ended already does not come back by ending later."""
    if row.until_on and day > row.until_on:
        raise ValidationError(_("This has ended already."), code="ended_already")
    row.until_on = day


def _settle_all_of(guardian):
    """Settle the cases of every child of this grown-up, also of those that who acts here does not see."""
    with acting(SYSTEM):
        for trajectory in Trajectory.objects.filter(pupil__guardianships__guardian=guardian).distinct():
            settled(trajectory)
