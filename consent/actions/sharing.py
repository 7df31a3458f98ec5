"""What an expert reads: texts without a name, parts closed (R29, R30, decision 5)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import saved
from audit.record import record
from cases.access import Reading, settled
from cases.actions.sharing import leave_out
from cases.models import SharedItem
from consent.actions.naming import check_nameless
from consent.models import SharingReason


@transaction.atomic
def share_item(*, engagement, title, text, necessity, by, on):
    """Share a text without a name with the expert of an anonymous child (R29, R30). Returns the SharedItem.

    Two tests, both: everyone who was asked allowed it (`title` is one of `engagement.allowed_items`), and the expert
    needs it (`necessity` says why). No scan and no file: the text is typed anew, and checked for names. Raises
    ValidationError.
    """
    if engagement.reading(on) != Reading.ANONYMOUS:
        raise ValidationError(
            _("Only during the guidance of an anonymous child something is shared like this."), code="not_anonymous"
        )
    if title.casefold() not in {item.casefold() for item in engagement.allowed_items(on)}:
        raise ValidationError(
            {"title": ValidationError(_("The parents did not all allow this to be shared."), code="not_allowed")}
        )
    for field, words in (("title", title), ("text", text)):
        check_nameless(words, engagement.trajectory.pupil, field=field)
    item = SharedItem(
        school_id=engagement.school_id,
        trajectory_id=engagement.trajectory_id,
        reader_id=engagement.expert_id,
        title=title,
        text=text,
        shared_on=on,
    )
    saved(item, by=by, why="shared")
    reason = SharingReason(
        school_id=engagement.school_id,
        trajectory_id=engagement.trajectory_id,
        engagement=engagement,
        item=item,
        necessity=necessity,
    )
    saved(reason, by=by, why="shared")
    record("item.shared", item, by=by, detail={"person": str(engagement.expert_id)})
    return item


@transaction.atomic
def remove_item(*, item, by, on):
    """Take a shared text away: the expert finds it no more from the next request on."""
    item.removed_on = on
    saved(item, by=by, why="removed")
    record("item.removed", item, by=by)
    return item


@transaction.atomic
def remove_forbidden_items(*, engagement, by, on):
    """Take away what stands shared and is no longer allowed by everyone, after a change of mind."""
    allowed = {item.casefold() for item in engagement.allowed_items(on)}
    shared = SharedItem.objects.filter(pk__in=engagement.sharing_reasons.values("item"), removed_on=None)
    return [remove_item(item=item, by=by, on=on) for item in shared if item.title.casefold() not in allowed]


@transaction.atomic
def leave_out_items(*, engagement, items, by):
    """Leave items out of what the expert reads, or let them in again: {(kind, uuid): whether it stays out}."""
    _refuse_ended(engagement)
    for (kind, item), is_out in items.items():
        leave_out(
            trajectory=engagement.trajectory, reader=engagement.expert, kind=kind, item=item, by=by, is_out=is_out
        )


def _refuse_ended(engagement):
    if engagement.cancelled_on or engagement.ended_on:
        raise ValidationError(_("This guidance has ended."), code="ended")


@transaction.atomic
def close_part(*, part, by):
    """Close a heading that was open to the expert. What the letter named can become less, never more."""
    part.dropped = True
    saved(part, by=by, why="closed")
    settled(part.trajectory)
    record("part.closed", part, by=by)
    return part
