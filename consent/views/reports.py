"""Reports of experts: handed in by the expert, a copy given to the parents by the school (R51)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import get_to_edit
from accounts.forms import page_form
from cases.forms import tell
from cases.views.levels import case_crumbs, show_form, to_case
from consent import actions
from consent.forms.guidance import CopyGivenForm, HandInReportForm
from consent.models import ExpertReport
from consent.views.guidance import deed_page, guided_case


@require_http_methods(["GET", "POST"])
def report_hand_in(request, uuid):
    """Hand in a report, as the expert of a running guidance."""
    trajectory, grant = guided_case(request, uuid)
    form = HandInReportForm(request.POST or None, request.FILES or None, initial={"seen": grant.reading})
    page_form(form, _("Hand in report"), guard=True)
    if form.is_valid():
        typed = dict(form.cleaned_data)
        try:
            actions.receive_report(
                trajectory=trajectory,
                accepted=typed.pop("file"),
                by=request.user,
                on=timezone.localdate(),
                **typed,
            )
        except ValidationError as refusal:
            tell(form, refusal)
            form.look_again(grant.reading)
        else:
            words = _(
                "Your report is in the file of the child. The intern begeleider, the director and the teacher read it; "
                "the school gives the parents a copy."
            )
            messages.success(request, words)
            return redirect("consent:guided_detail", trajectory.pk)
    page = deed_page(trajectory, grant, _("Hand in a report"))
    return show_form(request, "consent/report_hand_in.html", form, **page)


@require_http_methods(["GET", "POST"])
def report_copy(request, uuid):
    """Record when and how the parents got their copy of a report."""
    report = get_to_edit(ExpertReport, request.user, uuid, "trajectory__pupil", "author__expert", "document")
    initial = {"how": report.copy_how, **({"on": report.copy_given_on} if report.copy_given_on else {})}
    form = page_form(CopyGivenForm(request.POST or None, initial=initial), _("Save"))
    if form.is_valid():
        try:
            actions.give_copy(report=report, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("It is written down that the parents have their copy."))
            return to_case(report.trajectory)
    crumbs = case_crumbs(report.trajectory, _("Copy for the parents"))
    return show_form(request, "consent/report_copy.html", form, report=report, crumbs=crumbs)
