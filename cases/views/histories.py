"""What happened to a record, for who reads it; and that something happened in a case, for who supervises."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.doors import Unseen, get_to_see
from audit.record import record
from cases import histories
from cases.access import Reading, Sheet
from cases.matrix import Cell, how, opens
from cases.models import Pupil, Trajectory
from cases.views.glass import GlassBanner, glass_open_to, while_it_is_open
from cases.views.levels import case_crumbs

A_PAGE = 50


def _shown(request):
    """How many lines are asked for: a page of them, or more after "meer"."""
    text = request.GET.get("rijen", "")
    return max(A_PAGE, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else A_PAGE


@require_safe
def record_history(request, kind, uuid):
    """Who changed this record, when and why, with what each field was and became; newest first."""
    kind = histories.kind_at(kind)
    if kind is None:
        raise Http404
    row, glass = _row_to_look_at(kind, request.user, uuid)
    shown = _shown(request)
    steps, has_more = histories.steps(kind, row, user=request.user, shown=shown)
    record("history.looked", row, by=request.user, ground=glass.ground if glass else kind.ground)
    pupil = _pupil(kind, row)
    context = {
        "name": kind.name,
        "pupil": pupil,
        "steps": steps,
        "more": shown + A_PAGE if has_more else None,
        "parts": histories.parts_of(kind, row),
        "trace": reverse("cases:trajectory_trace", args=[row.pk]) if isinstance(row, Trajectory) else "",
        "crumbs": None if glass else _crumbs(row, pupil),
        "glass": GlassBanner.of(glass) if glass else None,
        "case": reverse("cases:trajectory_detail", args=[glass.trajectory_id]) if glass else "",
    }
    return while_it_is_open(render(request, "cases/record_history.html", context), glass)


def _row_to_look_at(kind, user, uuid):
    """Return the record through its own door, with the break-glass that opened it or None. Raises Unseen.

    An expert and a supervisor find the case alone and no history, but for the file that is open by break-glass.
    """
    child = [kind.child] if kind.child else []
    if kind.model is Trajectory:
        row = get_to_see(Trajectory, user, uuid, *child)
        if not opens(row.reading, "history"):
            raise Unseen(Trajectory, uuid)
        return row, glass_open_to(user, row.pk) if row.reading == Reading.GLASS else None
    try:
        return get_to_see(kind.model, user, uuid, *child), None
    except Unseen:
        opened = kind.model.objects.under_glass(user) if kind.opens_under_glass else kind.model.objects.none()
        row = opened.select_related(*child or (None,)).filter(pk=uuid).first()
        if row is None:
            raise
        return row, glass_open_to(user, row.trajectory_id)


def _pupil(kind, row):
    """The child that the record is of; None when the page may not name one."""
    for step in filter(None, kind.child.split("__")):
        row = getattr(row, step)
    return row if isinstance(row, Pupil) else None


def _crumbs(row, pupil):
    """The way back: to the case, else to the child, else none."""
    trajectory = row if isinstance(row, Trajectory) else getattr(row, "trajectory", None)
    if pupil is None:
        return None
    if trajectory is not None:
        return case_crumbs(trajectory, _("History"))
    url = reverse("cases:pupil_detail", args=[pupil.pk])
    return [(_("Pupils"), reverse("cases:pupil_list")), (pupil.full_name, url), (_("History"), "")]


@require_safe
def trajectory_trace(request, uuid):
    """All saves in one case: who, when, why and which fields, never what they hold. For supervisors and the staff."""
    trajectory = get_to_see(Trajectory, request.user, uuid, "level")
    if how(trajectory.reading, "history") == Cell.NOTHING:
        raise Unseen(Trajectory, uuid)
    glass = glass_open_to(request.user, uuid) if trajectory.reading == Reading.GLASS else None
    shown = _shown(request)
    lines, has_more = histories.traced(trajectory, shown=shown)
    record("trajectory.traced", trajectory, by=request.user, ground=glass.ground if glass else trajectory.reading)
    context = {
        "sheet": Sheet.of(trajectory),
        "lines": lines,
        "more": shown + A_PAGE if has_more else None,
        "back": reverse("cases:trajectory_detail", args=[trajectory.pk]),
        "glass": GlassBanner.of(glass) if glass else None,
    }
    return while_it_is_open(render(request, "cases/trajectory_trace.html", context), glass)
