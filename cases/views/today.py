"""Vandaag: what is due, the earliest term first."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.context import me
from accounts.models import WORKING
from audit.record import record
from cases.today import tasks

AT_FIRST = 10


@require_safe
def today(request):
    """The first page: at most ten things to do, the rest behind one link."""
    due = tasks(request.user, timezone.localdate())
    shows_all = request.GET.get("toon") == "alles"
    context = {
        "tasks": due if shows_all else due[:AT_FIRST],
        "hidden": 0 if shows_all else max(0, len(due) - AT_FIRST),
        "takes_slips": bool(me(request).role_codes & set(WORKING)),
    }
    page = render(request, "cases/today.html", context)
    record("today.listed", by=request.user, detail={"rows": len(due)})
    return page
