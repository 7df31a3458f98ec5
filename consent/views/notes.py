"""Advice to a teacher about the teacher's own work: written, read by the teacher alone, taken away (R52)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import ReadOnly, get_to_edit
from accounts.forms import page_form
from audit.record import record
from cases.access import Reading
from cases.forms import tell
from cases.models import Trajectory
from cases.views.levels import case_crumbs, show_form, to_case
from consent import actions
from consent.forms.guidance import WriteNoteForm
from consent.models import CoachingNote
from consent.views.guidance import deed_page, guided_case


@dataclass(frozen=True)
class NoteLine:
    """One advice in the list of who reads it: of whom, or for whom, and what. No word about a case."""

    uuid: UUID
    on: date
    person: str
    school: str
    text: str
    until: date | None


@require_safe
def note_list(request):
    """The advice for this teacher, and what this person wrote while that work goes on (R52, decision 17)."""
    rows = CoachingNote.objects.for_user(request.user).select_related("teacher", "author", "school")
    mine, written = [], []
    for row in rows.order_by("-written_on", "-pk"):
        is_mine = row.teacher_id == request.user.pk
        person = row.author if is_mine else row.teacher
        line = NoteLine(row.pk, row.written_on, person.full_name, row.school.name, row.text, row.lasts_until)
        (mine if is_mine else written).append(line)
    page = render(request, "consent/note_list.html", {"mine": mine, "written": written})
    record("note.listed", by=request.user, detail={"rows": len(mine) + len(written)})
    return page


@require_http_methods(["GET", "POST"])
def note_write(request, uuid):
    """Write advice to a teacher, as the expert of a running guidance."""
    trajectory, grant = guided_case(request, uuid)
    form = WriteNoteForm(
        request.POST or None,
        teachers=actions.teachers_to_advise(trajectory, grant.reading),
        initial={"seen": grant.reading},
    )
    page_form(form, _("Give advice"), guard=True)
    if form.is_valid():
        try:
            actions.write_note(trajectory=trajectory, by=request.user, on=timezone.localdate(), **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
            form.look_again(grant.reading)
        else:
            messages.success(request, _("Your advice is there for the teacher. Nobody else at the school reads it."))
            return redirect("consent:guided_detail", trajectory.pk)
    page = deed_page(trajectory, grant, _("Advice to a teacher"))
    return show_form(request, "consent/note_write.html", form, **page)


@require_http_methods(["GET", "POST"])
def note_write_internal(request, uuid):
    """Write advice to the teacher of a case at a level of the school's own, as who leads the school."""
    trajectory = get_to_edit(Trajectory, request.user, uuid, "pupil", "level")
    if not Trajectory.objects.led_by(request.user).filter(pk=uuid).exists():
        raise ReadOnly(trajectory)
    form = WriteNoteForm(request.POST or None, teachers=actions.teachers_to_advise(trajectory, Reading.STAFF))
    page_form(form, _("Give advice"), guard=True)
    if form.is_valid():
        typed = dict(form.cleaned_data)
        del typed["seen"]
        try:
            actions.write_internal_note(trajectory=trajectory, by=request.user, on=timezone.localdate(), **typed)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Your advice is there for the teacher. Nobody else at the school reads it."))
            return to_case(trajectory)
    title = _("Advice to a teacher")
    page = {
        "title": title,
        "child": trajectory.pupil.full_name,
        "short": trajectory.initials,
        "back": reverse("cases:trajectory_detail", args=[trajectory.pk]),
        "crumbs": case_crumbs(trajectory, title),
    }
    return show_form(request, "consent/note_write.html", form, **page)


@require_POST
def note_remove(request, uuid):
    """Take advice away, as the teacher it was for."""
    note = get_to_edit(CoachingNote, request.user, uuid)
    if note.teacher_id != request.user.pk:
        raise ReadOnly(note)
    actions.remove_note(note=note, by=request.user, on=timezone.localdate())
    messages.success(request, _("The advice is gone."))
    return redirect("consent:note_list")
