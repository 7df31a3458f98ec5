"""The doors: find a row through the access rule, or refuse without telling what exists."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from audit.trail import came_through


class Unseen(Http404):
    """Nothing here for this reader: not theirs, or not there. Recorded, outside the view's transaction."""

    def __init__(self, model, uuid):
        self.kind, self.uuid = model._meta.label_lower, uuid
        super().__init__(self.kind)


class ReadOnly(PermissionDenied):
    """This reader may look but not change. Recorded likewise."""

    def __init__(self, row):
        self.kind, self.uuid = row._meta.label_lower, row.pk
        super().__init__(self.kind)


def get_to_see(model, user, uuid, *along):
    """Return the row that this user may see, marked with how when its queryset marks. Raises Unseen.

    `along` are rows to fetch with it. The wall hides a joined row that this reader may not see, and then the row
    itself is not found: fetch along only what every reader of the row may see.
    """
    row = model.objects.for_user(user).select_related(*along or (None,)).filter(pk=uuid).first()
    if row is None:
        raise Unseen(model, uuid)
    came_through(row)
    return row


def get_to_edit(model, user, uuid, *along):
    """Return the row that this user may change, locked until the end of the request. Raises Unseen or ReadOnly.

    It looks first and locks then: who may only read would find nothing to lock, and get a 404 for a 403.
    """
    seen = get_to_see(model, user, uuid)
    rows = model.objects.editable_by(user).select_related(*along or (None,)).filter(pk=uuid)
    row = rows.select_for_update(of=("self",), no_key=True).first()
    if row is None:
        raise ReadOnly(seen)
    return row
