"""What every page's frame needs: who I am, where I work, whether this is a try-out."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts import sessions
from accounts.models import LEADING, TRACING, Membership, Role, StaffLeave


@dataclass(frozen=True)
class Me:
    """Who is signed in, for the frame of a page. `leads`: schools where this is the intern begeleider or director."""

    name: str
    roles: str
    role_codes: frozenset
    schools: tuple
    leads: frozenset
    signed_in: bool


@dataclass(frozen=True)
class SchoolTag:
    """A school in the header."""

    name: str
    colour: int


NOBODY = Me("", "", frozenset(), (), frozenset(), signed_in=False)


def me(request):
    """Return who asks, read once for each request (one query). Leave pauses every role at that school."""
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return NOBODY
    if not hasattr(request, "me"):
        day = timezone.localdate()
        away = StaffLeave.objects.on(day).filter(user=request.user, school=OuterRef("school"))
        held = list(
            Membership.objects.on(day)
            .filter(~Exists(away), Q(school__isnull=False) | Q(board__isnull=False), user=request.user)
            .select_related("school", "board")
            .order_by("school__name")
        )
        codes = frozenset(_code(row) for row in held)
        schools = {row.school_id: SchoolTag(row.school.name, row.school.colour) for row in held if row.school}
        roles = ", ".join(dict.fromkeys(str(Role(row.role).label) for row in held))
        leads = frozenset(row.school_id for row in held if row.school_id and row.role in LEADING)
        request.user.held_roles = ",".join(sorted(codes))[:60]
        request.me = Me(request.user.full_name, roles, codes, tuple(schools.values()), leads, signed_in=True)
    return request.me


def _code(row):
    """A role at a board counts at its schools for who supervises; a board's director decides on rights, and no more."""
    return row.role if row.school_id or row.role in TRACING else f"board_{row.role}"


def page(request):
    """The context of the frame. Lazy, so that an error page without a user still renders."""
    who = SimpleLazyObject(lambda: me(request))
    return {
        "me": who,
        "schools": SimpleLazyObject(lambda: who.schools),
        "tryout": settings.TRYOUT,
        "session_left": SimpleLazyObject(lambda: session_left(request)),
    }


@dataclass(frozen=True)
class Left:
    """How many seconds a sign-in goes on: when nothing is done, and at most."""

    idle: int
    longest: int


def session_left(request):
    """Return how long this sign-in goes on, or None for who isn't signed in.

    `idle` is on the safe side: not every look is written in the session.
    """
    if not hasattr(request, "session") or not me(request).signed_in:
        return None
    now = int(time.time())
    longest = request.session.get(sessions.BEGAN, now) + sessions.LONGEST - now
    return Left(idle=sessions.IDLE - sessions.WRITTEN_EVERY, longest=max(longest, 0))
