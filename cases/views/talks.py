"""Talks with the parents: log one, read it, change it, tick its agreements off."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import get_to_edit, get_to_see
from accounts.forms import page_form
from audit.record import record
from cases.access import Reading
from cases.actions import files, talks
from cases.actions.sharing import left_out_readers
from cases.forms import tell
from cases.forms.talks import CHILD, OTHER, ConversationForm, EvaluateInterventionForm, write_agreements
from cases.models import Agreement, Conversation, Intervention, Trajectory
from cases.readers import experts_reading, readers_of
from cases.views.levels import back_from, case_crumbs, show_form


def _guardians(trajectory):
    rows = trajectory.pupil.guardianships.on(timezone.localdate()).filter(guardian__no_contact=False)
    return list(rows.select_related("guardian").order_by("from_on", "pk"))


@require_http_methods(["GET", "POST"])
def conversation_log(request, uuid):
    """Log a talk: date, with whom, text; save, or save and share."""
    trajectory = get_to_edit(Trajectory, request.user, uuid, "pupil", "level")
    experts = experts_reading(trajectory, talks=True)
    form = ConversationForm(
        request.POST or None,
        trajectory=trajectory,
        guardians=_guardians(trajectory),
        user=request.user,
        experts=experts,
    )
    page_form(form, _("Save talk"), guard=True)
    if form.is_valid():
        try:
            talk = talks.log_conversation(trajectory=trajectory, by=request.user, **form.deed())
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("The talk is saved."))
            return redirect(_after(request), talk.pk)
    context = {
        "trajectory": trajectory,
        "crumbs": case_crumbs(trajectory, _("Log a talk")),
        "readers": readers_of(trajectory, outsiders=False),
        "experts": experts,
    }
    return show_form(request, "cases/conversation_form.html", form, **context)


def _after(request):
    return "letters:report_share" if request.POST.get("do") == "share" else "cases:conversation_detail"


@require_safe
def conversation_detail(request, uuid):
    """One talk with its agreements, what each parent thought, and with whom the report is."""
    talk = get_to_see(Conversation, request.user, uuid, "trajectory__pupil", "level", "led_by")
    trajectory = talk.trajectory
    receivers = files.report_receivers(trajectory.pupil, timezone.localdate())
    sharings = list(talk.sharings.select_related("guardian").order_by("-shared_on", "-pk"))
    present = {row.guardian_id for row in sharings if row.edition == talk.edition}
    attendees = list(talk.attendees.filter(dropped=False).select_related("guardian", "staff"))
    seated = {row.guardian_id for row in attendees if row.guardian_id}
    context = {
        "talk": talk,
        "trajectory": trajectory,
        "sheet_short": trajectory.initials,
        "people": [_name_of(row) for row in attendees],
        "positions": talk.positions.select_related("guardian"),
        "agreements": talk.agreements.filter(dropped=False).order_by("position"),
        "interventions": talk.interventions.order_by("pk"),
        "sharings": sharings,
        "without": [one for one in files.receivers_of(seated, receivers) if one.pk not in present],
        "has_receivers": bool(receivers),
        "may_change": not trajectory.is_closed,
        "crumbs": case_crumbs(trajectory, _("Talk")),
    }
    record("conversation.looked", talk, by=request.user, ground=Reading.STAFF)
    return render(request, "cases/conversation_detail.html", context)


def _name_of(attendee):
    if attendee.is_child:
        return _("the child")
    return attendee.other or (attendee.guardian or attendee.staff).full_name


@require_http_methods(["GET", "POST"])
def conversation_edit(request, uuid):
    """Change a talk; what was shared becomes an older edition."""
    talk = get_to_edit(Conversation, request.user, uuid, "trajectory__pupil", "trajectory__level")
    trajectory = talk.trajectory
    experts = experts_reading(trajectory, talks=True)
    form = ConversationForm(
        request.POST or None,
        initial=_typed(talk),
        trajectory=trajectory,
        guardians=_guardians(trajectory),
        user=request.user,
        experts=experts,
        is_new=False,
    )
    page_form(form, _("Save talk"), guard=True)
    if form.is_valid():
        try:
            talks.change_conversation(
                conversation=talk, by=request.user, version=_seen_version(request, form), **form.deed()
            )
        except ValidationError as refusal:
            tell(form, refusal)
            talk.refresh_from_db()
        else:
            messages.success(request, _("The talk is changed."))
            return redirect(_after(request), talk.pk)
    conflict = any(error.code == "changed_meanwhile" for error in form.non_field_errors().as_data())
    context = {
        "trajectory": trajectory,
        "talk": talk,
        "theirs": talk if conflict else None,
        "crumbs": case_crumbs(trajectory, _("Change the talk")),
        "readers": readers_of(trajectory, outsiders=False),
        "experts": experts,
    }
    return show_form(request, "cases/conversation_form.html", form, **context)


def _seen_version(request, form):
    """The version this edit was begun on; after a conflict, the one that was shown beside it."""
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else form.cleaned_data["version"]


def _typed(talk):
    """The talk as the form shows it."""
    seats = list(talk.attendees.filter(dropped=False))
    staff = [str(row.staff_id) for row in seats if row.staff_id]
    return {
        "present": [
            *(f"g-{row.guardian_id}" for row in seats if row.guardian_id),
            *(CHILD for row in seats if row.is_child),
            *staff,
            *(OTHER for row in seats[:1] if any(seat.other for seat in seats)),
        ],
        "staff": staff,
        "others": ", ".join(row.other for row in seats if row.other),
        "agreements": write_agreements(talk.agreements.filter(dropped=False).order_by("position")),
        **{name: getattr(talk, name) for name in ("held_on", "text", "child_view", "source", "judgement")},
        "judgement_rests_on": talk.judgement_rests_on,
        "not_for": [str(reader) for reader in left_out_readers(talk.pk)],
        "version": talk.version,
    }


@require_POST
def agreement_settle(request, uuid):
    """Tick an agreement off, or open it again."""
    agreement = get_to_edit(Agreement, request.user, uuid)
    talks.settle_agreement(agreement=agreement, by=request.user, on=timezone.localdate())
    return back_from(request) or redirect("cases:trajectory_detail", agreement.trajectory_id)


@require_http_methods(["GET", "POST"])
def intervention_evaluate(request, uuid):
    """Look back: did it help."""
    row = get_to_edit(Intervention, request.user, uuid, "trajectory__pupil")
    form = EvaluateInterventionForm(request.POST or None, initial={"evaluation": row.evaluation})
    page_form(form, _("Save"), guard=True)
    if form.is_valid():
        talks.evaluate_intervention(
            intervention=row, evaluation=form.cleaned_data["evaluation"], by=request.user, on=timezone.localdate()
        )
        return redirect("cases:conversation_detail", row.conversation_id)
    crumbs = case_crumbs(row.trajectory, _("Look back"))
    return show_form(
        request,
        "cases/intervention_evaluate.html",
        form,
        row=row,
        crumbs=crumbs,
        back=reverse("cases:conversation_detail", args=[row.conversation_id]),
    )
