"""Reading in a file: choose it, look at what it would do, confirm."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.context import me
from accounts.doors import get_to_edit
from accounts.forms import page_form
from audit.record import record
from cases.actions import imports
from cases.forms.imports import ImportForm
from cases.incoming import UnreadableFile
from cases.models import ImportRun
from cases.views.levels import show_form


def _import(request, *, template, help_text, read, last):
    """Ask for a file of a school that this person leads, read it, and show what it would do."""
    leads = me(request).leads
    if not leads:
        raise Http404
    form = ImportForm(request.POST or None, request.FILES or None, schools=leads, help_text=help_text)
    page_form(form, _("Look at file"))
    if form.is_valid():
        try:
            run = read(form.cleaned_data["school"], form.cleaned_data["file"])
        except UnreadableFile as refusal:
            form.add_error("file", ValidationError(refusal.message, code=refusal.code))
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            return redirect("cases:import_preview", run.pk)
    crumbs = [(_("Pupils"), reverse("cases:pupil_list")), (last, "")]
    return show_form(request, template, form, crumbs=crumbs)


@require_http_methods(["GET", "POST"])
def pupil_import(request):
    """Read in the pupils of a school from an EDEXML file."""
    return _import(
        request,
        template="cases/pupil_import.html",
        help_text=_("The file EDEX.XML that your pupil administration exports. At most 20 MB."),
        last=_("Read in pupils"),
        read=lambda school, file: imports.preview_pupils(
            school=school, data=file.read(), by=request.user, on=timezone.localdate()
        ),
    )


@require_http_methods(["GET", "POST"])
def guardian_import(request):
    """Read in parents from a list."""
    return _import(
        request,
        template="cases/guardian_import.html",
        help_text=_("A list as CSV or Excel (XLSX), with a line for each parent. At most 20 MB."),
        last=_("Read in parents"),
        read=lambda school, file: imports.preview_guardians(
            school=school, data=file.read(), filename=file.name, by=request.user, on=timezone.localdate()
        ),
    )


@require_safe
def import_preview(request, uuid):
    """What the file would do: counts, names, problems by line. For who read it in, and nobody else."""
    run = get_to_edit(ImportRun, request.user, uuid, "school")
    content = imports.to_show(run, by=request.user, on=timezone.localdate())
    record("import.looked", run, by=request.user)
    counts = run.counts
    context = {
        "run": run,
        "content": content,
        "counts": counts,
        "dropped": sorted(counts.get("dropped", {}).items()),
        "is_pupils": run.kind == ImportRun.Kind.PUPILS,
        "changes": any(counts.get(name) for name in ("new", "changed", "gone")),
        "crumbs": [(_("Pupils"), reverse("cases:pupil_list")), (_("Look at file"), "")],
    }
    return render(request, "cases/import_preview.html", context)


@require_POST
def import_confirm(request, uuid):
    """Do what the preview showed."""
    run = get_to_edit(ImportRun, request.user, uuid, "school")
    confirm = imports.confirm_pupils if run.kind == ImportRun.Kind.PUPILS else imports.confirm_guardians
    try:
        confirm(run=run, by=request.user, on=timezone.localdate())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The file is read in. Nothing of the file itself is kept."))
    return redirect("cases:pupil_list")
