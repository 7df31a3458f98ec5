"""Advice to a teacher about the teacher's own work, without a child in it (R52, decision 17)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import saved
from audit.record import record
from cases.access import Reading
from cases.models import SupportLevel
from consent.actions.living import check_written, living_grant
from consent.actions.naming import check_nameless
from consent.compose import teachers_at, teachers_of
from consent.models import CoachingNote, end_of_the_next_school_year


def teachers_to_advise(trajectory, reading):
    """Return to whom advice can go: the teachers of a known child; else everyone who teaches at the school today.

    Who teaches an anonymous child would tell in which class it sits.
    """
    return teachers_at(trajectory.school_id) if reading == Reading.ANONYMOUS else teachers_of(trajectory)


@transaction.atomic
def write_note(*, trajectory, teacher, text, seen, by, on):
    """Write advice to a teacher as the expert of a running guidance. Returns the CoachingNote. Raises ValidationError.

    It stays until the end of the school year after the guidance; the author reads it while the guidance runs.
    """
    grant = living_grant(trajectory=trajectory, by=by, seen=seen)
    check_written(text, trajectory, seen=seen, field="text")
    until = end_of_the_next_school_year(grant.until)
    return _write(trajectory, teacher, seen, text, by, on, engagement_id=grant.engagement, lasts_until=until)


@transaction.atomic
def write_internal_note(*, trajectory, teacher, text, by, on):
    """Write advice to a teacher at a level of the school's own. Returns the CoachingNote. Raises ValidationError.

    It stays as long as the case is at this level.
    """
    if trajectory.level.kind != SupportLevel.Kind.INTERNAL:
        raise ValidationError(
            _("Advice of the intern begeleider belongs to the level of the school itself."), code="level"
        )
    check_nameless(text, trajectory.pupil, field="text")
    phase = trajectory.levelphases.filter(level=trajectory.level_id, until_on=None).order_by("-from_on").first()
    return _write(trajectory, teacher, Reading.STAFF, text, by, on, phase=phase)


def _write(trajectory, teacher, reading, text, by, on, **until):
    if not teachers_to_advise(trajectory, reading).filter(pk=teacher.pk).exists():
        raise ValidationError(
            {"teacher": ValidationError(_("This colleague doesn't teach here today."), code="not_teaching")}
        )
    note = CoachingNote(
        school_id=trajectory.school_id,
        trajectory=trajectory,
        teacher=teacher,
        author=by,
        text=text,
        written_on=on,
        **until,
    )
    saved(note, by=by, why="advised")
    record("note.written", note, by=by)
    return note


@transaction.atomic
def remove_note(*, note, by, on):
    """Take advice away, as the teacher it was for: from then on nobody reads it. Raises ValidationError."""
    if note.teacher_id != by.pk:
        raise ValidationError(_("Only the teacher takes this away."), code="not_yours")
    note.removed_on = on
    saved(note, by=by, why="removed")
    record("note.removed", note, by=by)
    return note
