"""Break-glass: open one file for half an hour, close it, and judge what others opened."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import school_year_of
from accounts.context import me
from accounts.doors import ReadOnly, Unseen, get_to_edit, get_to_see
from accounts.forms import page_form
from accounts.models import LEADING, TRACING
from accounts.stepup import fresh_sign_in
from audit.record import record
from cases.access import Reading, Sheet
from cases.actions import glass as deeds
from cases.forms import tell
from cases.forms.glass import OpenGlassForm, ReviewGlassForm
from cases.glass import OpenedFile
from cases.models import BreakGlass, Trajectory
from cases.views.levels import show_form, to_case


@dataclass(frozen=True)
class GlassBanner:
    """What stands on top of every page of the opened file."""

    uuid: UUID
    minutes: int

    @classmethod
    def of(cls, glass):
        """Return the banner of a break-glass that is open now."""
        return cls(glass.pk, math.ceil(_seconds_left(glass) / 60))


def _seconds_left(glass):
    return max(0, math.ceil((glass.until_at - timezone.now()).total_seconds()))


def glass_open_to(user, trajectory_id):
    """Return the break-glass by which this person has the file open. Raises Unseen when it ended a moment ago."""
    glass = BreakGlass.objects.living().filter(user=user, trajectory=trajectory_id).first()
    if glass is None:
        raise Unseen(Trajectory, trajectory_id)
    return glass


def while_it_is_open(response, glass):
    """Let the browser ask for the page again when the time is over, so that the file stays on no screen."""
    if glass is not None:
        response.headers["Refresh"] = str(_seconds_left(glass) + 1)
    return response


def file_under_glass(request, trajectory, notes):
    """Answer with the opened file: all of its text, with a line that counts the minutes, and nothing to do."""
    glass = glass_open_to(request.user, trajectory.pk)
    context = {
        "sheet": Sheet.of(trajectory),
        "file": OpenedFile.of(trajectory, notes=notes),
        "more_notes": notes + 50,
        "glass": GlassBanner.of(glass),
    }
    page = while_it_is_open(render(request, "cases/trajectory_glass.html", context), glass)
    record("trajectory.looked", trajectory, by=request.user, ground=glass.ground)
    return page


@fresh_sign_in
@require_http_methods(["GET", "POST"])
def glass_open(request, uuid):
    """Open one file for half an hour. Who reads it already is sent to it; who may not find it finds nothing."""
    trajectory = get_to_see(Trajectory, request.user, uuid, "level")
    if trajectory.reading in (Reading.STAFF, Reading.GLASS):
        return to_case(trajectory)
    if trajectory.reading != Reading.TRACE:
        raise Unseen(Trajectory, uuid)
    form = page_form(OpenGlassForm(request.POST or None), _("Open file for 30 minutes"), guard=True)
    if form.is_valid():
        try:
            deeds.open_glass(trajectory=trajectory, by=request.user, at=timezone.now(), **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            return to_case(trajectory)
    other = BreakGlass.objects.living().filter(user=request.user).first()
    times = deeds.times_opened(request.user.pk, trajectory.pupil_id, on=timezone.localdate())
    context = {
        "sheet": Sheet.of(trajectory),
        "other": other and other.trajectory_id,
        "is_often": times + 1 >= deeds.OFTEN,
    }
    return show_form(request, "cases/glass_open.html", form, **context)


@require_POST
def glass_close(request, uuid):
    """Close the file before the half hour is over."""
    glass = get_to_edit(BreakGlass, request.user, uuid)
    deeds.close_glass(glass=glass, by=request.user, at=timezone.now())
    messages.success(request, _("The file is closed."))
    return redirect("cases:trajectory_detail", glass.trajectory_id)


@dataclass(frozen=True)
class GlassLine:
    """One line of the list: who opened a file, when, why, and what was thought of it. Nothing about the child."""

    uuid: UUID
    at: datetime
    who: str
    role: str
    reason: str
    school: str
    minutes: int
    verdict: str
    verdict_label: str
    review_by: date
    is_late: bool
    times: int

    @property
    def is_often(self):
        """Whether this person opened files of this child so often that a role is missing."""
        return self.times >= deeds.OFTEN


def _lines(rows, day):
    """The lines of these rows, the newest first, in one question."""
    rows = list(rows.select_related("user", "school", "trajectory").order_by("-opened_at"))
    times = Counter((row.user_id, row.trajectory.pupil_id) for row in rows)
    return [
        GlassLine(
            uuid=row.pk,
            at=row.opened_at,
            who=row.user.full_name,
            role=row.get_role_display(),
            reason=row.get_kind_display(),
            school=row.school.name,
            minutes=round(((row.ended_at or row.until_at) - row.opened_at).total_seconds() / 60),
            verdict=row.verdict,
            verdict_label=row.get_verdict_display() if row.verdict else _("not judged yet"),
            review_by=row.review_by,
            is_late=row.verdict in ("", BreakGlass.Verdict.ASK) and row.review_by < day,
            times=times[row.user_id, row.trajectory.pupil_id],
        )
        for row in rows
    ]


@require_safe
def glass_list(request):
    """Every break-glass of one's schools: counted by school year, school and reason, and what is still to be judged."""
    if not me(request).role_codes & {*LEADING, *TRACING}:
        raise Http404
    lines = _lines(BreakGlass.objects.for_user(request.user), timezone.localdate())
    years = sorted({_year(line) for line in lines} | {school_year_of(timezone.localdate())}, reverse=True)
    year = request.GET.get("jaar", years[0])
    schools = sorted({line.school for line in lines})
    school, shown = request.GET.get("school", ""), request.GET.get("toon", "")
    of_year = [line for line in lines if _year(line) == year and school in ("", line.school)]
    context = {
        "lines": [line for line in of_year if shown != "open" or line.verdict in ("", "ask")],
        "reasons": Counter(line.reason for line in of_year).most_common(),
        "total": len(of_year),
        "unjust": sum(line.verdict == "unjust" for line in of_year),
        "unjudged": sum(line.verdict in ("", "ask") for line in of_year),
        "is_empty": not lines,
        "years": years,
        "year": year,
        "school_names": schools if len(schools) > 1 else [],  # the frame has a `schools` of its own
        "school": school,
        "shown": shown,
    }
    page = render(request, "cases/glass_list.html", context)
    record("glass.listed", by=request.user, detail={"rows": len(context["lines"])})
    return page


def _year(line):
    return school_year_of(timezone.localdate(line.at))


@dataclass(frozen=True)
class GlassSheet:
    """One break-glass as its page tells it. `case` is there for who works in the file alone."""

    uuid: UUID
    who: str
    role: str
    reason: str
    sentence: str
    school: str
    child: str
    case: UUID | None
    opened_at: datetime
    until_at: datetime
    was_closed: bool
    is_living: bool
    review_by: date
    fg_seen_on: date | None
    verdict_label: str
    reviewed_by: str
    reviewed_on: date | None
    note: str
    times: int
    is_often: bool

    @classmethod
    def of(cls, row, *, leads, times):
        """Return the sheet; for who leads the school with the child's initials and the way to the case."""
        return cls(
            uuid=row.pk,
            who=row.user.full_name,
            role=row.get_role_display(),
            reason=row.get_kind_display(),
            sentence=row.sentence,
            school=row.school.name,
            child=row.trajectory.initials if leads else _("a pupil"),
            case=row.trajectory_id if leads else None,
            opened_at=row.opened_at,
            until_at=row.ended_at or row.until_at,
            was_closed=row.ended_at is not None,
            is_living=row.is_living,
            review_by=row.review_by,
            fg_seen_on=row.fg_seen_on,
            verdict_label=row.get_verdict_display() if row.verdict else "",
            reviewed_by=row.reviewed_by.full_name if row.reviewed_by else "",
            reviewed_on=row.reviewed_on,
            note=row.note or "",
            times=times,
            is_often=times >= deeds.OFTEN,
        )


@require_http_methods(["GET", "POST"])
def glass_review(request, uuid):
    """One break-glass with its reason; for whoever judges it the verdict, for the FG a tick that it was seen."""
    glass = get_to_see(BreakGlass, request.user, uuid, "user", "school", "reviewed_by", "trajectory")
    day = timezone.localdate()
    may_review = BreakGlass.objects.reviewable_by(request.user).filter(pk=uuid).exists()
    may_tick = glass.fg_seen_on is None and BreakGlass.objects.told_to(request.user).filter(pk=uuid).exists()
    ticks = request.POST.get("do") == "seen"
    if request.method == "POST" and not (may_tick if ticks else may_review):
        raise ReadOnly(glass)
    if ticks:
        deeds.mark_glass_seen(glass=glass, by=request.user, on=day)
        messages.success(request, _("Ticked: you have seen this."))
        return redirect("cases:glass_list")
    form = ReviewGlassForm(request.POST or None, initial={"verdict": glass.verdict, "note": glass.note})
    page_form(form, _("Save verdict"), guard=True)
    if form.is_valid():
        deeds.review_glass(glass=glass, by=request.user, on=day, **form.cleaned_data)
        messages.success(request, _("The verdict is saved."))
        return redirect("cases:glass_list")
    times = deeds.times_opened(glass.user_id, glass.trajectory.pupil_id, on=day)
    context = {
        "glass": GlassSheet.of(glass, leads=glass.school_id in me(request).leads, times=times),
        "may_review": may_review,
        "may_tick": may_tick,
        "crumbs": [(_("Break-glass"), reverse("cases:glass_list")), (_("Look at it"), "")],
    }
    record("glass.looked", glass, by=request.user)
    return show_form(request, "cases/glass_review.html", form, **context)
