"""The yearly review of rights: what is not needed any more ends, and the round itself is kept as proof."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import end_role, saved
from accounts.models import GrantReview, Membership, School
from audit.record import record
from cases.actions.files import end_member
from cases.models import CaseMember
from consent.actions.engagements import end_engagement
from consent.models import Engagement


def _end_role(row, by, on):
    end_role(membership=Membership.objects.get(pk=row), by=by, on=on)


def _end_member(row, by, on):
    end_member(member=CaseMember.objects.editable_by(by).get(pk=row), by=by, on=on)


def _end_work(row, by, on):
    end_engagement(engagement=Engagement.objects.editable_by(by).get(pk=row), by=by, on=on)


ENDS = {"role": _end_role, "member": _end_member, "expert": _end_work}


@transaction.atomic
def review_grants(*, school, verdicts, by, on):
    """Keep what is still needed, end the rest, and keep the round. Returns the GrantReview. Raises ValidationError.

    `verdicts` is [(GrantLine, whether it goes on)]. Nobody judges his own rights: these are left for another.
    """
    if not School.objects.directed_by(by).filter(pk=school.pk).exists():
        raise ValidationError(_("A director of the school does this."), code="not_directing")
    if any(line.person == by.pk for line, _kept in verdicts):
        raise ValidationError(_("Let somebody else look at your own rights."), code="own_right")
    for line, kept in verdicts:
        if not kept:
            ENDS[line.kind](line.row, by, on)
    lines = [{"kind": line.kind, "row": str(line.row), "kept": kept} for line, kept in verdicts]
    row = GrantReview(school=school, made_by=by, made_on=on, lines=lines)
    saved(row, by=by, why="rights reviewed")
    ended = sum(not kept for _line, kept in verdicts)
    record("rights.reviewed", row, by=by, detail={"kept": len(lines) - ended, "ended": ended})
    return row
