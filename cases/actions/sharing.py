"""What an expert of a known child does not read, though its heading is open (docs/rules.md, decision 5)."""

from django.db import transaction

from accounts.actions import saved
from audit.record import record
from cases.models import LeftOutItem


@transaction.atomic
def leave_out(*, trajectory, reader, kind, item, by, is_out=True):
    """Leave one note, document or talk out of what this expert reads, or let it in again. Returns the row or None."""
    row = LeftOutItem.objects.filter(trajectory=trajectory, reader=reader, item=item).first()
    if row is None and not is_out:
        return None
    row = row or LeftOutItem(
        school_id=trajectory.school_id, trajectory=trajectory, reader=reader, kind=kind, item=item, dropped=True
    )
    if row.dropped != is_out:
        return row
    row.dropped = not is_out
    saved(row, by=by, why="left out" if is_out else "let in")
    record("item.left_out" if is_out else "item.let_in", row, by=by, detail={"person": str(reader.pk)})
    return row


def leave_out_for(left_out, *, row, kind, by):
    """Do so for each expert of `left_out`, {User: whether it is left out}, in the transaction that saves `row`."""
    for reader, is_out in (left_out or {}).items():
        leave_out(trajectory=row.trajectory, reader=reader, kind=kind, item=row.pk, by=by, is_out=is_out)


def left_out_readers(item):
    """Return the uuids of the experts who don't read this note, document or talk."""
    return set(LeftOutItem.objects.filter(item=item, dropped=False).values_list("reader_id", flat=True))
