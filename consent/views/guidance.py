"""The expert's own pages: the arrangement of each school, and the cases that the answers allow."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import Unseen
from audit.record import record
from cases.access import Reading, Sheet
from cases.models import Trajectory
from consent import actions
from consent.models import Acceptance


@dataclass(frozen=True)
class Guided:
    """One case in the expert's list: what the sheet tells, at which school, until when."""

    sheet: Sheet
    school: str
    until: date


@require_safe
def guided_list(request):
    """The cases that this expert may see today, by school; above them the arrangements to accept first (R47, R55)."""
    rows = Trajectory.objects.for_user(request.user).filter(reading__in=(Reading.DOSSIER, Reading.ANONYMOUS))
    guided = [_guided(row) for row in rows.select_related("school", "level").prefetch_related("grants", "pupil")]
    guided.sort(key=lambda line: (line.school, line.sheet.child))
    waiting = Acceptance.objects.of(request.user).filter(accepted_on=None).select_related("school")
    schools = [(school, list(lines)) for school, lines in groupby(guided, key=lambda line: line.school)]
    page = render(request, "consent/guided_list.html", {"schools": schools, "waiting": waiting})
    record("guidance.listed", by=request.user, detail={"rows": len(guided)})
    return page


def _guided(row):
    grant = next(grant for grant in row.grants.all() if grant.user_id == row.reader)
    return Guided(Sheet.of(row), row.school.name, grant.until)


@require_http_methods(["GET", "POST"])
def arrangement_accept(request, uuid):
    """Read a school's arrangement and accept it: once for each edition, before anything is seen (R55)."""
    row = Acceptance.objects.of(request.user).select_related("arrangement", "school").filter(pk=uuid).first()
    if row is None:
        raise Unseen(Acceptance, uuid)
    if request.method == "POST":
        actions.accept_arrangement(acceptance=row, by=request.user, on=timezone.localdate())
        messages.success(request, _("You work by the arrangement of %(school)s.") % {"school": row.school.name})
        return redirect("consent:guided_list")
    return render(request, "consent/arrangement_accept.html", {"row": row})
