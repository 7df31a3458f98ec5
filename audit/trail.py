"""What is known of the request of this moment: every event of it says so, and no page is shown without one."""

import uuid
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.crypto import salted_hmac

_trail = ContextVar("_trail", default=None)


class Trail:
    """One request: its number, its session (`session_key()`, asked when needed), the rows that came through a door."""

    def __init__(self, session_key):
        self.request = uuid.uuid4()
        self.session_key = session_key
        self.rows = []
        self.events = 0

    @property
    def session(self):
        """A keyed hash of the session, so that who reads the record can take over nobody's session; None without."""
        key = self.session_key()
        return salted_hmac("audit.session", key).hexdigest() if key else None


@contextmanager
def trail(session_key):
    """Begin the trail of a request, until the end of the block."""
    one = Trail(session_key)
    token = _trail.set(one)
    try:
        yield one
    finally:
        _trail.reset(token)


def present():
    """Return the trail of this moment; None outside a request."""
    return _trail.get()


def came_through(row):
    """Note that a row was found through a door."""
    if one := _trail.get():
        one.rows.append(row)
