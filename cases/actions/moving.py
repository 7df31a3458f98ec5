"""A record that was written in the file of the wrong child goes to the right one, and leaves nothing of its content."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.actions import saved
from accounts.wall import SYSTEM, acting
from audit.record import record
from cases.models import Conversation, Document, Entry, Guardianship, KeptFile, LeftOutItem, MovedRecord, Trajectory

KIND = {Entry: LeftOutItem.Kind.ENTRY, Document: LeftOutItem.Kind.DOCUMENT, Conversation: LeftOutItem.Kind.TALK}
PARTS = ("attendees", "positions", "interventions", "agreements")
STAYS = {"id", "version", "school", "trajectory", "in_administration_on"}  # what the new record has of its own


@dataclass(frozen=True)
class Moved:
    """The record at its new place, and how many guardians of the talk are none of the other child, and stayed out."""

    row: models.Model
    left_out: int


def targets(row, user):
    """Return the running cases to which this person may move the record: of other children, at the same school."""
    rows = Trajectory.objects.editable_by(user).running().filter(school=row.school_id)
    return rows.exclude(pupil=row.trajectory.pupil_id)


def stays_because(row):
    """Return why this record can't be moved, as a ValidationError with the next step; None when it can.

    A report that is with parents is for them to answer about; and what others rest on stays where they do.
    """
    if isinstance(row, Conversation) and row.sharings.exists():
        return ValidationError(
            _(
                "The report of this talk is with parents already. Ask the privacy officer what to do: a report with the"
                " wrong parents is a data breach."
            ),
            code="shared",
        )
    if (isinstance(row, Document) and row.author_id) or _others_rest_on(row):
        words = {
            Conversation: _(
                "A letter or a guidance by an expert rests on this talk, so it stays. Log the talk with the right child"
                " and ask the privacy officer what to do here."
            ),
            Document: _(
                "This is the paper of an answer or the report of an expert, so it stays. Record it with the right child"
                " and ask the privacy officer what to do here."
            ),
        }
        return ValidationError(words.get(type(row), _("Something rests on this note, so it stays.")), code="in_use")
    return None


def _others_rest_on(row):
    """Whether a record of an app above points at this one.

    Cases doesn't know those apps; but every key that points here stands among the relations of the model, also one
    without a name on this side, and what may not be taken away under it is PROTECTed. Histories are not.
    """
    for relation in row._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and relation.on_delete is models.PROTECT:
            model = relation.related_model
            is_of_others = model._meta.app_label != row._meta.app_label
            if is_of_others and model._base_manager.filter(**{relation.field.name: row}).exists():
                return True
    return False


@transaction.atomic
def move_record(*, row, to, by, on):
    """Move a note, a document or a talk to the file it belongs in (decision 22), and return what Moved.

    There it is a new record, sealed anew, whose history begins today; here it is removed with its history, and a line
    without content stays. Experts who read the other file don't read it until somebody lets them.
    Raises ValidationError.
    """
    # No part is added while it goes; and nobody moves it twice.
    row = type(row).objects.select_related("trajectory").select_for_update(of=("self",)).get(pk=row.pk)
    _refuse(row, to)
    new, left_out = _write(row, to, by=by)
    for reader in {grant.user_id for grant in to.grants.all()}:
        hidden = LeftOutItem(school_id=to.school_id, trajectory=to, reader_id=reader, kind=KIND[type(row)], item=new.pk)
        saved(hidden, by=by, why="left out")
    line = MovedRecord(school_id=row.school_id, trajectory=row.trajectory, kind=KIND[type(row)], moved_on=on)
    saved(line, by=by, why="moved away")
    with acting(SYSTEM):  # nobody else removes what is kept
        _erase(row)
    record(f"{row._meta.model_name}.moved_away", line, by=by)
    record(f"{row._meta.model_name}.moved_here", new, by=by)
    return Moved(new, left_out)


def _refuse(row, to):
    if to.is_closed or row.trajectory.is_closed:
        raise ValidationError(_("This case is closed. Open it again first."), code="closed")
    if to.school_id != row.school_id:
        raise ValidationError(_("This child is at another school."), code="other_school")
    if to.pupil_id == row.trajectory.pupil_id:
        raise ValidationError(_("It stands with this child already."), code="same_child")
    if reason := stays_because(row):
        raise reason


def _copy(row, to, **own):
    """The same content as a record of another file: what was sealed is opened, and sealed anew at its new place."""
    fields = [one for one in row._meta.concrete_fields if one.name not in STAYS | set(own)]
    content = {one.attname: getattr(row, one.attname) for one in fields}
    return type(row)(school_id=to.school_id, trajectory=to, **content, **own)


def _write(row, to, *, by):
    """Write the record into the other file. Returns it, and how many guardians of a talk are not of that child."""
    if isinstance(row, Document):
        kept = KeptFile.keep(row.file.data, content_type=row.file.content_type, trajectory=to)
        return saved(_copy(row, to, file=kept), by=by, why="moved here"), 0
    if isinstance(row, Entry):
        return saved(_copy(row, to), by=by, why="moved here"), 0
    new = saved(_copy(row, to, level=to.level, edition=1), by=by, why="moved here")
    family = set(Guardianship.objects.filter(pupil=to.pupil_id).values_list("guardian_id", flat=True))
    strangers = set()
    for name in PARTS:
        for part in getattr(row, name).order_by("pk"):
            guardian = getattr(part, "guardian_id", None)
            if guardian and guardian not in family:
                strangers.add(guardian)
            elif not getattr(part, "dropped", False):
                saved(_copy(part, to, conversation=new), by=by, why="moved here")
    return new, len(strangers)


def _erase(row):
    """Remove the record, what hangs on it, and all of their history. What still rests on it stops this (PROTECT)."""
    parts = [getattr(row, name).all() for name in PARTS] if isinstance(row, Conversation) else []
    file = getattr(row, "file_id", None)
    gone = [*parts, LeftOutItem.objects.filter(item=row.pk), type(row).objects.filter(pk=row.pk)]
    for rows in gone:
        keys = list(rows.values_list("pk", flat=True))
        rows.model.objects.filter(pk__in=keys).delete()
        rows.model.history.filter(id__in=keys).delete()  # and the line that removing it has just written
    KeptFile.objects.filter(pk=file).delete()
