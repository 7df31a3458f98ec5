"""What the expert reads, for the staff: looked at, made less, shared without a name (R29, R30, R32)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import F, prefetch_related_objects
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import get_to_edit, get_to_see
from accounts.forms import page_form
from audit.record import record
from cases.access import Reading
from cases.forms import tell
from cases.models import SharedItem, Trajectory, TrajectoryGrant
from cases.views.levels import show_form
from consent import actions, compose, grants
from consent.forms.names import offer_alias, put_alias
from consent.forms.opened import ShareItemForm
from consent.models import Engagement, coaching_notes_of

CHOICES = {"a": Reading.ANONYMOUS, "b": Reading.DOSSIER}


def engagement_crumbs(engagement, last):
    """The way back from a page about a guidance."""
    trajectory = engagement.trajectory
    return [
        (trajectory.pupil.full_name, reverse("cases:trajectory_detail", args=[trajectory.pk])),
        (_("Guidance by an expert"), reverse("consent:engagement_detail", args=[engagement.pk])),
        (last, ""),
    ]


@require_safe
def engagement_view(request, uuid):
    """Exactly what the expert reads: now, or when it begins; after the end nothing (R32)."""
    engagement = get_to_see(
        Engagement, request.user, uuid, "trajectory__pupil", "trajectory__level", "trajectory__school", "expert__expert"
    )
    prefetch_related_objects([engagement], "choices", "parts")
    trajectory, day = engagement.trajectory, timezone.localdate()
    guidance, chosen, possible = _as_read(engagement, request.GET.get("keuze", ""), day)
    counted = Trajectory.objects.filter(pk=trajectory.pk).values_list(coaching_notes_of(F("pk")), flat=True)
    context = {
        "engagement": engagement,
        "trajectory": trajectory,
        "expert": engagement.expert.expert,
        "guidance": guidance,
        "is_to_come": bool(possible),
        "chosen": chosen,
        "tabs": [("a", _("If A: anonymous")), ("b", _("If B: known"))] if len(possible) > 1 else [],
        "waits_for_arrangement": guidance is None and engagement.reading(day) is not None,
        "coaching_notes": counted.first(),
        "crumbs": engagement_crumbs(engagement, _("What the expert sees")),
    }
    record("engagement.viewed_as_expert", engagement, by=request.user, ground=Reading.STAFF)
    return render(request, "consent/engagement_view.html", context)


def _as_read(engagement, wanted, day):
    """Return (the Guidance or None, which answer it supposes, which readings are still possible)."""
    trajectory, reader = engagement.trajectory, engagement.expert
    possible = grants.possible_readings(engagement, day)
    if not possible:
        standing = TrajectoryGrant.objects.filter(content_object=trajectory, user=reader, until__gte=day)
        grant = standing.select_related("permission").first() if engagement.reading(day) else None
        return grant and compose.guidance(trajectory, grant=grant, reader=reader), "", ()
    chosen = wanted if CHOICES.get(wanted) in possible else next(k for k, v in CHOICES.items() if v in possible)
    grant, headings = grants.expected_grant(engagement, CHOICES[chosen], day)
    return compose.guidance(trajectory, grant=grant, reader=reader, headings=headings), chosen, possible


@require_http_methods(["GET", "POST"])
def engagement_parts(request, uuid):
    """What opens to the expert, heading by heading and item by item. It can only become less."""
    engagement = get_to_edit(Engagement, request.user, uuid, "trajectory__pupil", "expert__expert")
    parts = compose.parts_of(engagement)
    if request.method == "POST":
        try:
            _make_less(request, engagement, parts)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        return redirect("consent:engagement_parts", engagement.pk)
    context = {
        "engagement": engagement,
        "trajectory": engagement.trajectory,
        "expert": engagement.expert.expert,
        "parts": parts,
        "has_items": any(part.items for part in parts),
        "may_change": not engagement.ended_on and not engagement.cancelled_on,
        "crumbs": engagement_crumbs(engagement, _("What opens")),
    }
    record("engagement.parts_looked", engagement, by=request.user, ground=Reading.STAFF)
    return render(request, "consent/engagement_parts.html", context)


def _make_less(request, engagement, parts):
    """Close the heading whose button was pressed; else leave out what is ticked, and let in what is not any more."""
    closed = next((part for part in parts if str(part.uuid) == request.POST.get("close")), None)
    if closed:
        actions.close_part(part=engagement.parts.get(pk=closed.uuid), by=request.user)
        messages.success(request, _("This heading is closed. The expert reads nothing of it from the next click on."))
        return
    ticked, shown = set(request.POST.getlist("left_out")), set(request.POST.getlist("shown"))
    changed = {
        (item.kind, item.uuid): str(item.uuid) in ticked
        for part in parts
        for item in part.items
        if str(item.uuid) in shown and item.is_left_out != (str(item.uuid) in ticked)
    }
    actions.leave_out_items(engagement=engagement, items=changed, by=request.user)
    messages.success(request, _("Saved: the expert does not read what is ticked."))


@require_http_methods(["GET", "POST"])
def item_share(request, uuid):
    """Share a text without a name: one that the parents allow, typed anew, with why it is needed (R29, R30)."""
    engagement = get_to_edit(Engagement, request.user, uuid, "trajectory__pupil", "expert__expert")
    prefetch_related_objects([engagement], "choices")
    day = timezone.localdate()
    may_share = engagement.reading(day) == Reading.ANONYMOUS and bool(engagement.allowed_items(day))
    form = page_form(
        ShareItemForm(request.POST or None, allowed=engagement.allowed_items(day)), _("Share text"), guard=True
    )
    replaced = put_alias(form, engagement.trajectory.pupil, alias=engagement.alias, fields=["text"])
    if not replaced and form.is_valid():
        try:
            actions.share_item(engagement=engagement, by=request.user, on=day, **form.deed())
        except ValidationError as refusal:
            tell(form, refusal)
            offer_alias(form, refusal, engagement.alias)
        else:
            messages.success(request, _("The expert can read this text now."))
            return redirect("consent:engagement_detail", engagement.pk)
    return show_form(
        request,
        "consent/item_share.html",
        form,
        engagement=engagement,
        trajectory=engagement.trajectory,
        expert=engagement.expert.expert,
        may_share=may_share,
        crumbs=engagement_crumbs(engagement, _("Share without a name")),
    )


@require_POST
def item_remove(request, uuid):
    """Take a shared text away; the expert finds it no more."""
    item = get_to_edit(SharedItem, request.user, uuid)
    if item.removed_on is None:
        actions.remove_item(item=item, by=request.user, on=timezone.localdate())
        messages.success(request, _("The text is taken away. The expert finds it no more."))
    reason = item.trajectory.sharingreasons.filter(item=item).first()
    if reason is None:
        return redirect("cases:trajectory_detail", item.trajectory_id)
    return redirect("consent:engagement_detail", reason.engagement_id)
