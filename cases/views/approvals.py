"""Requests for a right that takes two people: who asks, who agrees; and the one-time link that comes of it (ADR 13)."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions, approvals
from accounts.doors import ReadOnly, get_to_see
from accounts.forms import page_form
from accounts.models import EXPERT, RightsApproval, Role
from accounts.stepup import fresh_sign_in
from cases.forms import tell
from cases.forms.setup import EXPLAINED, RefuseForm
from cases.views.levels import show_form

BADGES = {"open": "wait", "approved": "ok", "refused": "stop", "withdrawn": "quiet"}


@dataclass(frozen=True)
class ApprovalLine:
    """One request: for whom, which right, asked by whom, and how it stands."""

    uuid: UUID
    name: str
    right: str
    from_on: date
    until_on: date | None
    asked_by: str
    asked_on: date
    badge: str
    outcome: str
    decided_by: str
    decided_on: date | None
    because: str


def approval_lines(rows):
    """Return requests as ApprovalLines, the newest first."""
    return [
        ApprovalLine(
            uuid=row.pk,
            name=row.user.full_name,
            right=row.get_role_display(),
            from_on=row.from_on,
            until_on=row.until_on,
            asked_by=row.asked_by.full_name,
            asked_on=row.asked_on,
            badge=BADGES[row.outcome],
            outcome=row.get_outcome_display(),
            decided_by=row.decided_by.full_name if row.decided_by else "",
            decided_on=row.decided_on,
            because=row.refused_because,
        )
        for row in rows.select_related("user", "asked_by", "decided_by").order_by("-asked_on", "-pk")
    ]


def waiting_lines(rows):
    """Return those that wait for a second person."""
    return approval_lines(rows.open())


def ask_words(user):
    """What is told to who asked."""
    return _("Asked. %(name)s gets this right as soon as a second person agrees.") % {"name": user.full_name}


def show_link(request, user, token, back, crumbs):
    """Show a fresh one-time link: on the answer to the deed itself, since it is kept nowhere."""
    link = request.build_absolute_uri(reverse("accounts:invitation_accept", args=[token]))
    until = timezone.localdate() + timedelta(days=actions.INVITATION_DAYS)
    return render(
        request,
        "cases/setup_invitation.html",
        {"person": user, "link": link, "until": until, "back": back, "crumbs": crumbs},
    )


def _explained(approval):
    if approval.role == EXPERT:
        return _("sees a child's file only while the parents' answer and a guidance allow it")
    return EXPLAINED[Role(approval.role)]


@require_http_methods(["GET", "POST"])
def approval_detail(request, uuid):
    """What is asked, and two ways to answer; a POST refuses, with the reason."""
    approval = get_to_see(RightsApproval, request.user, uuid, "school", "user")
    may_decide = RightsApproval.objects.decidable_by(request.user).filter(pk=uuid).exists()
    if request.method == "POST" and not may_decide:
        raise ReadOnly(approval)
    form = page_form(RefuseForm(request.POST or None), _("Refuse"))
    if form.is_valid():
        try:
            approvals.refuse_right(approval=approval, by=request.user, on=timezone.localdate(), **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Refused. Who asked reads your reason."))
            return redirect("cases:approval_detail", uuid)
    (line,) = approval_lines(RightsApproval.objects.filter(pk=uuid))
    return show_form(
        request,
        "cases/approval_detail.html",
        form,
        line=line,
        school=approval.school,
        explained=_explained(approval),
        may_decide=may_decide,
        may_withdraw=approval.asked_by_id == request.user.pk and approval.outcome == "open",
        asks_board=approval.role == Role.DIRECTOR,
        crumbs=[(_("Today"), reverse("cases:today")), (_("Second person"), "")],
    )


@fresh_sign_in
@require_POST
def approval_approve(request, uuid):
    """Agree. Who has no password yet gets a link, which the second person hands over."""
    approval = get_to_see(RightsApproval, request.user, uuid, "school", "user")
    back = reverse("cases:approval_detail", args=[uuid])
    try:
        approvals.approve_right(approval=approval, by=request.user, on=timezone.localdate())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect(back)
    user, school = approval.user, approval.school
    messages.success(request, _("Approved: %(name)s has this right.") % {"name": user.full_name})
    if approval.role == EXPERT:
        return redirect("consent:school_experts", school.pk)
    if user.has_usable_password() or not actions.may_manage(user, request.user):
        return redirect(back)
    token = actions.renew_invitation(user=user, by=request.user, school=school)
    return show_link(request, user, token, back, [(_("Second person"), back), (_("New link"), "")])


@require_POST
def approval_withdraw(request, uuid):
    """Take one's own request back."""
    approval = get_to_see(RightsApproval, request.user, uuid)
    try:
        approvals.withdraw_right(approval=approval, by=request.user, on=timezone.localdate())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The request is taken back."))
    return redirect("cases:approval_detail", uuid)
