"""Somebody says that something is wrong with privacy, and the school handles it: the breach procedure (R56)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import saved
from accounts.models import Concern
from audit.record import record
from cases.models import PrivacySignal, SignalStep
from cases.models.privacy import REPORTING, TELLING
from cases.privacy import people_to_name, schools_to_warn

State, Kind = PrivacySignal.State, SignalStep.Kind


@transaction.atomic
def write_signal(*, school, text, data_left, noticed_on, by, case=None, concerns=None):
    """Say that something is wrong. `case` is a trajectory that the writer sees. Raises ValidationError.

    `concerns` is the person of that school whom it is about: who sees nothing of it, so somebody else must.

    The clock of a breach starts when the school can know of it: now.
    """
    if school not in schools_to_warn(by):
        raise ValidationError(_("You don't work for this school."), code="not_your_school")
    if case is not None and case.school_id != school.pk:
        raise ValidationError({"case": ValidationError(_("This case is of another school."), code="other_school")})
    if concerns is not None:
        _check_concerned(school, concerns, by)
    now = timezone.now()
    row = PrivacySignal(
        school=school,
        writer=by,
        about=case and case.pk,
        child=case and case.pupil_id,
        text=text,
        data_left=data_left,
        noticed_on=noticed_on,
        written_at=now,
        discovered_at=now,
    )
    if concerns is not None:
        Concern.objects.create(signal=row.pk, user=concerns)
    saved(row, by=by, why="signal written")
    detail = {"data_left": str(data_left), "case": case is not None, "about_somebody": concerns is not None}
    record("signal.written", row, by=by, detail=detail)
    return row


def _check_concerned(school, concerns, by):
    people = {user.pk for at, user in people_to_name(by, [school]) if at == school.pk}
    if concerns.pk not in people:
        raise ValidationError(_("Choose somebody of this school."), code="not_of_this_school")
    if people == {concerns.pk}:
        words = _("Nobody else at this school sees to privacy. Turn to the board.")
        raise ValidationError({"concerns": ValidationError(words, code="nobody_left")})


def whom_it_is_about(signal):
    """Return the person whom a signal is about, or None: for who handles it."""
    one = Concern.objects.filter(signal=signal.pk).select_related("user").first()
    return one and one.user


def _refuse_closed(signal):
    if signal.state == State.CLOSED:
        raise ValidationError(_("This signal is closed."), code="closed")


@transaction.atomic
def take_up_signal(*, signal, discovered_at, by):
    """Begin to look at it; the 72 hours count from when the school knows. Raises ValidationError."""
    _refuse_closed(signal)
    if discovered_at > timezone.now():
        raise ValidationError(_("This moment is still to come."), code="future")
    signal.state, signal.discovered_at = State.LOOKING, discovered_at
    saved(signal, by=by, why="signal taken up")
    record("signal.taken_up", signal, by=by)
    return signal


@transaction.atomic
def add_step(*, signal, kind, text, by):
    """Add a note or a decision with its reason. Raises ValidationError.

    Who only supervises (the FG) adds notes: an advice, never a decision.
    """
    _refuse_closed(signal)
    may_decide = PrivacySignal.objects.editable_by(by).filter(pk=signal.pk).exists()
    if not may_decide and (kind != Kind.NOTE or not PrivacySignal.objects.handled_by(by).filter(pk=signal.pk).exists()):
        raise ValidationError(_("The school decides on this; you may add a note."), code="not_deciding")
    row = SignalStep(
        school_id=signal.school_id, signal=signal, kind=kind, text=text, taken_by=by, taken_at=timezone.now()
    )
    saved(row, by=by, why="signal step")
    record("signal.step", signal, by=by, detail={"kind": str(kind)})
    return row


def decisions(steps):
    """Return (the newest step about reporting, the newest about telling) of these steps; None where none is."""
    newest = sorted(steps, key=lambda step: (step.taken_at, step.pk), reverse=True)
    return tuple(next((step for step in newest if step.kind in kinds), None) for kinds in (REPORTING, TELLING))


@transaction.atomic
def close_signal(*, signal, by, on):
    """Close it, once was decided on reporting and on telling. Raises ValidationError."""
    _refuse_closed(signal)
    reported, told = decisions(signal.steps.all())
    if reported is None:
        raise ValidationError(_("First decide whether it is reported to the AP, and write down why."), code="undecided")
    if told is None or told.kind == Kind.TOLD_LATER:
        raise ValidationError(
            _("First write down whether the people concerned were told, or why they are not."), code="untold"
        )
    signal.state, signal.closed_on = State.CLOSED, on
    saved(signal, by=by, why="signal closed")
    record("signal.closed", signal, by=by, detail={"reported": str(reported.kind), "told": str(told.kind)})
    return signal
