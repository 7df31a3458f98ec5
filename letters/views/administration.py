"""PDFs for the pupil administration of the school: made when asked, and not kept."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.doors import Unseen, get_to_see
from accounts.stepup import fresh_sign_in
from cases.access import Reading
from cases.models import Conversation, Trajectory
from cases.views.papers import administration_tick
from letters import actions
from letters.models import IssuedLetter


def letter_administered(request, uuid):
    """Tick that a letter stands in the pupil administration too, or take the tick back."""
    return administration_tick(request, uuid, model=IssuedLetter)


@require_safe
def conversation_pdf(request, uuid):
    """The report of a talk with everything in it, for the school's own file."""
    talk = get_to_see(Conversation, request.user, uuid, "trajectory__pupil", "school", "level", "led_by")
    try:
        made = actions.report_for_administration(talk=talk, by=request.user, on=timezone.localdate())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("cases:conversation_detail", talk.pk)
    return to_save(*made)


@fresh_sign_in
@require_safe
def trajectory_pdf(request, uuid):
    """The summary of a closed case."""
    trajectory = get_to_see(Trajectory, request.user, uuid, "pupil", "school")
    if trajectory.reading != Reading.STAFF:
        raise Unseen(Trajectory, uuid)
    try:
        made = actions.summary_for_administration(trajectory=trajectory, by=request.user, on=timezone.localdate())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("cases:trajectory_detail", trajectory.pk)
    return to_save(*made)


def to_save(pdf, name):
    """Answer with a PDF to save, with initials in its name."""
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
