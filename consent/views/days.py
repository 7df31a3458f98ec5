"""CLB days: planned by who leads the school, seen by its staff, and by the expert who comes (R48, R54)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.context import me
from accounts.doors import Unseen, get_to_edit, get_to_see
from accounts.forms import page_form
from accounts.models import WORKING, School
from audit.record import record
from cases.forms import tell
from cases.views.levels import show_form
from consent import actions
from consent.days import day_page, guided_day, heading_of_outcomes, running_with
from consent.forms.days import OutcomesForm, PlanDayForm
from consent.models import ClbDay, ClbPlace

DAYS_SHOWN = 50


@dataclass(frozen=True)
class DayRow:
    """One day in the list."""

    uuid: UUID
    held_on: date
    expert: str
    school: str
    is_cancelled: bool


def day_crumbs(*rest):
    """The way back from a page about CLB days."""
    return [(_("CLB days"), reverse("consent:day_list")), *rest]


@require_safe
def day_list(request):
    """The coming and past days of the schools where this person works."""
    if not me(request).role_codes & set(WORKING):
        raise Http404
    now = timezone.localdate()
    rows = ClbDay.objects.for_user(request.user).select_related("expert__expert", "school")
    rows = rows.order_by("-held_on", "-pk")[:DAYS_SHOWN]
    days = [
        DayRow(row.pk, row.held_on, row.expert.expert.name, row.school.name, row.cancelled_on is not None)
        for row in rows
    ]
    context = {
        "coming": [day for day in reversed(days) if day.held_on >= now and not day.is_cancelled],
        "past": [day for day in days if day.held_on < now or day.is_cancelled],
        "several_schools": len({day.school for day in days}) > 1,
        "may_plan": bool(me(request).leads),
    }
    page = render(request, "consent/day_list.html", context)
    record("clb_day.listed", by=request.user, detail={"rows": len(days)})
    return page


@require_http_methods(["GET", "POST"])
def day_plan(request):
    """Plan a day: which expert, and when."""
    schools = list(School.objects.led_by(request.user).order_by("name", "pk"))
    if not schools:
        raise Http404
    form = page_form(PlanDayForm(request.POST or None, schools=schools), _("Plan CLB day"))
    if form.is_valid():
        try:
            day = actions.plan_day(by=request.user, on=timezone.localdate(), **form.deed())
        except ValidationError as refusal:
            tell(form, refusal, day_twice="held_on")
        else:
            messages.success(request, _("The day stands. Put the children on the agenda next."))
            return redirect("consent:day_detail", day.pk)
    context = {"has_experts": bool(form.found), "crumbs": day_crumbs((_("Plan a CLB day"), ""))}
    return show_form(request, "consent/day_plan.html", form, **context)


ALONG = ("school", "expert__expert")


@require_safe
def day_detail(request, uuid):
    """A day: the group of known children, apart from it those without a name; each only to who works in its file."""
    day = get_to_see(ClbDay, request.user, uuid, *ALONG)
    leads = day.school_id in me(request).leads
    is_open = day.cancelled_on is None and day.held_on >= timezone.localdate()
    shown = day_page(day, user=request.user, offers=leads and is_open)
    context = {
        "day": shown,
        "leads": leads,
        "may_change": leads and is_open,
        "may_write": leads and day.cancelled_on is None and day.held_on <= timezone.localdate(),
        "crumbs": day_crumbs((_("CLB day"), "")),
    }
    page = render(request, "consent/day_detail.html", context)
    record("clb_day.looked", day, by=request.user, detail={"rows": len(shown.known) + len(shown.nameless)})
    return page


@require_POST
def day_place(request, uuid):
    """Put one running guidance on the agenda, or all of them at once."""
    day = get_to_edit(ClbDay, request.user, uuid)
    wanted = request.POST.get("begeleiding")
    shown = day_page(day, user=request.user, offers=True)
    offered = {line.engagement for line in shown.offered if not wanted or str(line.engagement) == wanted}
    for engagement in running_with(day, request.user).filter(pk__in=offered):
        try:
            actions.place_case(day=day, engagement=engagement, by=request.user, on=timezone.localdate())
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            break
    return redirect("consent:day_detail", day.pk)


@require_POST
def day_free(request, uuid):
    """Take one case off the agenda."""
    day = get_to_edit(ClbDay, request.user, uuid)
    rows = ClbPlace.objects.for_user(request.user).filter(day=day, dropped=False).select_related("day")
    place = next((row for row in rows if str(row.pk) == request.POST.get("plaats")), None)
    if place:
        return _done(request, uuid, actions.free_place, place=place)
    return redirect("consent:day_detail", day.pk)


@require_POST
def day_cancel(request, uuid):
    """Call the day off."""
    day = get_to_edit(ClbDay, request.user, uuid)
    return _done(request, uuid, actions.cancel_day, day=day)


def _done(request, uuid, deed, **what):
    try:
        deed(by=request.user, on=timezone.localdate(), **what)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("consent:day_detail", uuid)


@require_http_methods(["GET", "POST"])
def day_outcomes(request, uuid):
    """Afterwards: one screen with a short text for each child."""
    day = get_to_edit(ClbDay, request.user, uuid, *ALONG)
    shown = day_page(day, user=request.user)
    places = ClbPlace.objects.editable_by(request.user).filter(day=day, dropped=False).select_related("trajectory")
    places = {row.pk: row for row in places}
    lines = [line for line in (*shown.known, *shown.nameless, *shown.gone) if line.place in places]
    form = page_form(OutcomesForm(request.POST or None, lines=lines), _("Save outcomes"), guard=True)
    if form.is_valid():
        try:
            written = actions.record_outcomes(
                day=day, outcomes=[(places[place], text) for place, text in form.texts()],
                heading=heading_of_outcomes(day.school_id), by=request.user, on=timezone.localdate(),
            )  # fmt: skip
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("%(number)s outcomes are written in the files.") % {"number": len(written)})
            return redirect("consent:day_detail", day.pk)
    context = {
        "day": shown,
        "crumbs": day_crumbs((_("CLB day"), reverse("consent:day_detail", args=[day.pk])), (_("Outcomes"), "")),
    }
    return show_form(request, "consent/day_outcomes.html", form, **context)


@require_safe
def guided_day_detail(request, uuid):
    """The day as its expert reads it: known children by name, the others by alias and code."""
    day = ClbDay.objects.of_expert(request.user).select_related(*ALONG).filter(pk=uuid, cancelled_on=None).first()
    if day is None:
        raise Unseen(ClbDay, uuid)
    page = render(request, "consent/guided_day.html", {"day": guided_day(day, user=request.user)})
    record("clb_day.looked", day, by=request.user)
    return page
