"""Notes and papers in a file."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import get_to_edit, get_to_see
from accounts.forms import page_form
from audit.record import record
from cases.access import Reading
from cases.actions import papers
from cases.forms import tell
from cases.forms.papers import DocumentForm, EntryForm
from cases.models import Document, Trajectory
from cases.names import ascii_initials
from cases.readers import experts_reading, readers_of
from cases.uploads import ENDINGS
from cases.views.levels import back_from, case_crumbs, show_form, to_case


@require_http_methods(["GET", "POST"])
def entry_add(request, uuid):
    """Add a note."""
    trajectory = get_to_edit(Trajectory, request.user, uuid, "pupil")
    experts = experts_reading(trajectory)
    form = EntryForm(request.POST or None, school=trajectory.school_id, experts=experts)
    page_form(form, _("Save note"), guard=True)
    if form.is_valid():
        try:
            papers.add_entry(trajectory=trajectory, by=request.user, **form.deed())
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("The note is saved."))
            return to_case(trajectory)
    context = {
        "trajectory": trajectory,
        "crumbs": case_crumbs(trajectory, _("Add a note")),
        "readers": readers_of(trajectory, outsiders=False),
        "experts": experts,
    }
    return show_form(request, "cases/entry_add.html", form, **context)


@require_http_methods(["GET", "POST"])
def document_add(request, uuid):
    """File a paper that came in."""
    trajectory = get_to_edit(Trajectory, request.user, uuid, "pupil")
    experts = experts_reading(trajectory)
    form = DocumentForm(request.POST or None, request.FILES or None, school=trajectory.school_id, experts=experts)
    page_form(form, _("File document"), guard=True)
    if form.is_valid():
        try:
            papers.add_document(trajectory=trajectory, by=request.user, **form.deed())
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("The document is in the file."))
            return to_case(trajectory)
    context = {
        "trajectory": trajectory,
        "crumbs": case_crumbs(trajectory, _("Add a document")),
        "readers": readers_of(trajectory, outsiders=False),
        "experts": experts,
    }
    return show_form(request, "cases/document_add.html", form, **context)


@require_safe
def document_file(request, uuid):
    """The bytes of a document, as an attachment that no browser runs; initials in its name."""
    document = get_to_see(Document, request.user, uuid, "file", "trajectory")
    record("document.downloaded", document, by=request.user, ground=Reading.STAFF)
    initials = ascii_initials(document.trajectory.initials)
    name = f"document-{initials}-{document.received_on:%Y-%m-%d}.{ENDINGS[document.file.content_type]}"
    return attachment(document.file, name)


@require_POST
def administration_tick(request, uuid, model):
    """Tick that something stands in the pupil administration too, or take the tick back; in a closed case as well."""
    seen = get_to_see(model, request.user, uuid)
    trajectory = get_to_edit(Trajectory, request.user, seen.dossier_id)  # who may work in the case may tick
    row = model.objects.for_user(request.user).select_for_update(of=("self",), no_key=True).get(pk=uuid)
    on = timezone.localdate() if request.POST.get("staat") == "ja" else None
    try:
        papers.tick_administration(row=row, by=request.user, on=on)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return back_from(request) or to_case(trajectory)


def attachment(kept, name):
    """Answer with kept bytes: to be saved, not to be run."""
    response = HttpResponse(kept.data, content_type=kept.content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def to_read(kept, name):
    """Answer with kept bytes for the reader in the browser, which may draw and nothing else: no download is offered."""
    response = HttpResponse(kept.data, content_type=kept.content_type)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
