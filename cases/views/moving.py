"""A record in the file of the wrong child: where it belongs, and off it goes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import get_to_edit
from accounts.forms import page_form
from cases.access import class_label
from cases.actions.moving import move_record, stays_because, targets
from cases.forms import tell
from cases.forms.moving import MoveRecordForm
from cases.models import Conversation, Document, Entry, Trajectory
from cases.views.levels import case_crumbs, show_form, to_case

MOVABLE = {"gesprek": Conversation, "notitie": Entry, "document": Document}


@require_http_methods(["GET", "POST"])
def record_move(request, kind, uuid):
    """Move a talk, note or document to the child it is about; what can't be moved says why and what to do."""
    if kind not in MOVABLE:
        raise Http404
    row = get_to_edit(MOVABLE[kind], request.user, uuid, "trajectory__pupil")
    form = MoveRecordForm(request.POST or None, targets=_choices(row, request.user))
    page_form(form, _("Move to this child"))
    if form.is_valid():
        to = get_to_edit(Trajectory, request.user, form.cleaned_data["to"], "level")
        try:
            moved = move_record(row=row, to=to, by=request.user, on=timezone.localdate())
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            return _arrived(request, moved, to)
    reason = stays_because(row)
    context = {
        "row": row,
        "kind": str(row._meta.verbose_name),
        "is_talk": isinstance(row, Conversation),
        "day": _day(row),
        "stays": reason.message if reason else "",
        "has_targets": bool(form.fields["to"].choices),
        "back": _back(row),
        "crumbs": case_crumbs(row.trajectory, _("Belongs to another child")),
    }
    return show_form(request, "cases/record_move.html", form, **context)


def _choices(row, user):
    """The cases to choose from, as (uuid, name and group), sorted by name."""
    rows = targets(row, user).select_related("pupil").annotate(place=class_label("pupil", timezone.localdate()))
    return [
        (str(case.pk), " · ".join(filter(None, (case.pupil.list_name, case.place))))
        for case in sorted(rows, key=lambda case: case.pupil.sort_key)
    ]


def _day(row):
    return next(getattr(row, name) for name in ("held_on", "observed_on", "received_on") if hasattr(row, name))


def _back(row):
    if isinstance(row, Conversation):
        return reverse("cases:conversation_detail", args=[row.pk])
    return reverse("cases:trajectory_detail", args=[row.trajectory_id])


def _arrived(request, moved, to):
    """Answer with the new place: a talk is looked at, for who was there may be somebody else."""
    messages.success(request, _("It now stands with the right child, and here only a line says that something moved."))
    if not isinstance(moved.row, Conversation):
        return to_case(to)
    if moved.left_out:
        messages.warning(request, _("Check who was there: a parent of the other child was left out."))
    return redirect("cases:conversation_detail", moved.row.pk)
