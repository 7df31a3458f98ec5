"""The agenda of a CLB day on paper: initials and codes, and nobody's name (R48, R54)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.doors import get_to_edit
from audit.record import record
from consent.days import day_page
from consent.models import ClbDay
from letters import pdf
from letters.compose import agenda


@require_safe
def agenda_pdf(request, uuid):
    """The agenda as it stands now, for who leads the school. It belongs to no file, so it is made anew each time."""
    day = get_to_edit(ClbDay, request.user, uuid, "school", "expert__expert")
    page = day_page(day, user=request.user)
    try:
        paper = agenda(day, page, on=timezone.localdate(), by=request.user)
        made = pdf.render("letters/agenda.html", paper)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("consent:day_detail", day.pk)
    response = HttpResponse(made.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{paper.file_name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    detail = {"known": len(paper.known), "nameless": len(paper.nameless)}
    record("clb_day.agenda_made", day, by=request.user, detail=detail)
    return response
