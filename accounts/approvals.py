"""Four eyes: a second person decides on a right that opens children's files, or that gives such rights (ADR 13).

Consent stands above and lets experts in: it says once, by `give_with`, how that right is given.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import actions
from accounts.models import RightsApproval
from audit.record import SYSTEM, record

Outcome = RightsApproval.Outcome
_givers = {}


def give_with(role, giver):
    """Let an app above say how it gives a right: `giver(approval, by=…, on=…)`."""
    _givers[role] = giver


def _locked(approval, by):
    """Return the request as it stands now, locked. Raises ValidationError when it isn't this person's to decide."""
    row = RightsApproval.objects.select_for_update(of=("self",)).get(pk=approval.pk)
    if row.outcome != Outcome.OPEN:
        raise ValidationError(_("This request is decided already."), code="decided")
    if by != SYSTEM and not RightsApproval.objects.decidable_by(by).filter(pk=row.pk).exists():
        raise ValidationError(_("Somebody else has to decide on this."), code="own_request")
    return row


def _decided(row, outcome, *, by, on, why):
    row.outcome, row.decided_on = outcome, on
    row.decided_by = None if by == SYSTEM else by
    actions.saved(row, by=by, why=why)
    detail = {"role": row.role, "person": str(row.user_id), "asked_by": str(row.asked_by_id)}
    record(f"right.{outcome}", row, by=by, detail=detail)
    return row


@transaction.atomic
def approve_right(*, approval, by, on):
    """Agree, as the second person: from now on the right exists. Raises ValidationError.

    Links that were made before close: with one, the first person would sign in as who got the right.
    """
    row = _locked(approval, by)
    _givers.get(row.role, actions.give_approved)(row, by=by, on=on)
    return _decided(row, Outcome.APPROVED, by=by, on=on, why="right approved")


@transaction.atomic
def refuse_right(*, approval, because, by, on):
    """Refuse, with the reason for who asked. Raises ValidationError."""
    row = _locked(approval, by)
    row.refused_because = because
    return _decided(row, Outcome.REFUSED, by=by, on=on, why="right refused")


@transaction.atomic
def withdraw_right(*, approval, by, on):
    """Take one's own request back. Raises ValidationError."""
    row = RightsApproval.objects.select_for_update(of=("self",)).get(pk=approval.pk)
    if row.outcome != Outcome.OPEN:
        raise ValidationError(_("This request is decided already."), code="decided")
    if row.asked_by_id != by.pk:
        raise ValidationError(_("Only who asked takes a request back."), code="not_yours")
    return _decided(row, Outcome.WITHDRAWN, by=by, on=on, why="right withdrawn")
