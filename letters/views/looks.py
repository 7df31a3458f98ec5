"""Who looked at a child's file, for parents who ask: a look at it first, then the PDF. Decided by the director."""

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import Unseen, get_to_see
from accounts.stepup import fresh_sign_in
from audit.record import record
from cases.access import Reading
from cases.looking import directs
from cases.models import Trajectory
from cases.views.levels import case_crumbs
from letters import actions, compose
from letters.views.administration import to_save


def _case(request, uuid):
    """The case, for the director of its school. Raises Unseen."""
    trajectory = get_to_see(Trajectory, request.user, uuid, "pupil", "school")
    if not directs(request.user, trajectory):
        raise Unseen(Trajectory, uuid)
    return trajectory


@require_safe
def extract_preview(request, uuid):
    """What the parents would read."""
    trajectory = _case(request, uuid)
    letter = compose.looks_extract(trajectory, by=request.user, on=timezone.localdate())
    context = {
        "letter": letter,
        "uuid": trajectory.pk,
        "short": letter.initials,
        "crumbs": case_crumbs(trajectory, _("Who looked: for the parents")),
    }
    detail = {"rows": len(letter.rows), "as": "preview"}
    record("looks.looked", trajectory, by=request.user, ground=Reading.STAFF, detail=detail)
    return render(request, "letters/extract_preview.html", context)


@fresh_sign_in
@require_POST
def extract_issue(request, uuid):
    """The same as a PDF, to give to the parents."""
    trajectory = _case(request, uuid)
    return to_save(*actions.looks_for_parents(trajectory=trajectory, by=request.user, on=timezone.localdate()))
