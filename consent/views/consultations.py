"""Parents stay silent: school and expert confer, and that is written down (R40, R41). One rare, weighty step."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.dates import long_date
from accounts.doors import get_to_edit
from accounts.forms import page_form
from audit.record import record
from cases.access import Reading
from cases.forms import tell
from cases.views.levels import case_crumbs, show_form
from consent import actions
from consent.forms.consultations import ConsultationForm
from consent.models import Consultation, Engagement

WHERE = {
    "not_silent": "on",
    "not_reminded": "decision",
    "not_agreed": "decision",
    "until_missing": "until",
    "not_past": "until",
}


@require_http_methods(["GET", "POST"])
def consultation_record(request, uuid):
    """Write down what school and expert decided: typed, looked at once more, and only then saved."""
    engagement = get_to_edit(Engagement, request.user, uuid, "trajectory__pupil", "trajectory__level", "expert__expert")
    form = page_form(ConsultationForm(request.POST or None), _("Check answers"), guard=True)
    step = request.POST.get("step", "check")
    if step != "back" and form.is_valid():
        try:
            if step == "save":
                return _save(request, engagement, form.deed())
            return _look_once_more(request, engagement, form)
        except ValidationError as refusal:
            tell(form, refusal, **WHERE)
    return _form_page(request, engagement, form)


def _save(request, engagement, held):
    row = actions.record_consultation(engagement=engagement, by=request.user, **held)
    if row.decision == Consultation.Decision.START:
        told = _(
            "The consultation is recorded. The next step is on this page: let the expert begin. Until then the expert "
            "sees nothing."
        )
    else:
        told = _("The consultation is recorded. The parents have until %(day)s to answer. Today tells you then.")
    messages.success(request, told % {"day": long_date(row.wait_until)} if row.wait_until else told)
    return redirect("consent:engagement_detail", engagement.pk)


def _look_once_more(request, engagement, form):
    """Show what was typed; nothing is saved. Raises ValidationError for what would be refused."""
    row = actions.draft_consultation(engagement=engagement, **form.deed())
    context = {
        "row": row,
        "form": form,
        "expert": engagement.expert.expert.name,
        "begins": row.decision == Consultation.Decision.START,
        "engagement": engagement,
        "crumbs": _crumbs(engagement),
    }
    return render(request, "consent/consultation_check.html", context)


def _form_page(request, engagement, form):
    """Show the form; instead of an empty one that can't be sent, what has to be done first."""
    state = engagement.state(timezone.localdate())
    context = {
        "engagement": engagement,
        "trajectory": engagement.trajectory,
        "expert": engagement.expert.expert.name,
        "is_late": state in ("silent", "consulted"),
        "is_reminded": engagement.is_reminded,
        "crumbs": _crumbs(engagement),
        "back": reverse("consent:engagement_detail", args=[engagement.pk]),
    }
    page = show_form(request, "consent/consultation_record.html", form, **context)
    record("engagement.looked", engagement, by=request.user, ground=Reading.STAFF, detail={"page": "consultation"})
    return page


def _crumbs(engagement):
    return case_crumbs(engagement.trajectory, _("Confer with the expert"))
