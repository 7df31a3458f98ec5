"""Notes and papers that come into a file."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import saved
from audit.record import record
from cases.actions.sharing import leave_out_for
from cases.models import Document, Entry, KeptFile, LeftOutItem, Trajectory


def _refuse_closed(trajectory):
    if trajectory.is_closed:
        raise ValidationError(_("This case is closed. Open it again first."), code="closed")


@transaction.atomic
def tick_administration(*, row, by, on):
    """Write down since when a report, letter, document or closed case stands in the pupil administration too; with
    None for `on`, that it does not after all (docs/rules.md, decision 6). Raises ValidationError.
    """
    if isinstance(row, Trajectory) and not row.is_closed:
        raise ValidationError(_("Close the case first: the summary says how it ended."), code="not_closed")
    if row.in_administration_on == on or (row.in_administration_on and on):
        return row
    row.in_administration_on = on
    saved(row, by=by, why="in administration" if on else "not in administration")
    record("administration.ticked" if on else "administration.cleared", row, by=by)
    return row


@transaction.atomic
def add_entry(
    *,
    trajectory,
    heading,
    text,
    observed_on,
    by,
    kind=Entry.Kind.FACT,
    rests_on=None,
    source=None,
    left_out=None,
):
    """Add a note under a heading: a fact, or a judgement that says which facts it rests on (R60-R65).

    `left_out` are the experts who don't read it: {User: True}.
    """
    _refuse_closed(trajectory)
    row = Entry(
        school_id=trajectory.school_id,
        trajectory=trajectory,
        heading=heading,
        text=text,
        observed_on=observed_on,
        kind=kind,
        rests_on=rests_on,
        source=source,
        author=by,
    )
    saved(row, by=by, why="noted")
    leave_out_for(left_out, row=row, kind=LeftOutItem.Kind.ENTRY, by=by)
    record("entry.added", row, by=by)
    return row


@transaction.atomic
def add_document(*, trajectory, heading, title, received_on, accepted, by, left_out=None):
    """File a paper that came in: `accepted` is what `cases.uploads.accept` gave back.

    `left_out` are the experts who don't read it: {User: True}.
    """
    _refuse_closed(trajectory)
    kept = KeptFile.keep(accepted.data, content_type=accepted.content_type, trajectory=trajectory)
    row = Document(
        school_id=trajectory.school_id,
        trajectory=trajectory,
        heading=heading,
        title=title,
        received_on=received_on,
        file=kept,
    )
    saved(row, by=by, why="filed")
    leave_out_for(left_out, row=row, kind=LeftOutItem.Kind.DOCUMENT, by=by)
    record("document.added", row, by=by)
    return row
