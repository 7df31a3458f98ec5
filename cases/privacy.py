"""To which schools somebody may say that something is wrong with privacy, and about which cases (R56)."""

from collections.abc import Callable

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.access import memberships
from accounts.dates import short_date
from accounts.models import LEADING, Membership, Role, School
from cases.access import Reading, Sheet
from cases.models import Trajectory

HANDLING = (*LEADING, Role.PRIVACY_OFFICER, Role.FG)  # as in cases.models.privacy
_sources: list[Callable] = []


def add(source):
    """Let an app above tell for which schools somebody works without a role: `source(user)` gives their uuids."""
    _sources.append(source)
    return source


def schools_to_warn(user):
    """Return the schools that this person works for, by any role, also at the board, or as an expert."""
    day = timezone.localdate()
    held = Membership.objects.on(day).filter(user=user)
    where = Q(pk__in=memberships(user, list(Role)).values("school_id")) | Q(board__in=held.values("board_id"))
    for source in _sources:
        where |= Q(pk__in=source(user))
    return list(School.objects.filter(where).order_by("name", "pk"))


def people_to_name(user, schools):
    """Return [(school's uuid, User)] of who handles signals at these schools: one may be about one of them."""
    held = Membership.objects.on(timezone.localdate()).filter(role__in=HANDLING).exclude(user=user)
    at = Q(school__in=schools) | Q(board__schools__in=schools)
    rows = (
        held.filter(at).select_related("user", "board").prefetch_related("board__schools").order_by("user__last_name")
    )
    wanted, found = {school.pk for school in schools}, {}
    for row in rows:
        for school in {row.school_id} if row.school_id else {one.pk for one in row.board.schools.all()} & wanted:
            found[school, row.user_id] = (school, row.user)
    return list(found.values())


def cases_to_name(user):
    """Return [(Trajectory, what it is called for this reader)] of the running cases that this person reads."""
    rows = Trajectory.objects.for_user(user).running().select_related("level").prefetch_related("grants")
    rows = rows.exclude(reading=Reading.TRACE)
    named = [row for row in rows.select_related("pupil") if row.reading != Reading.ANONYMOUS]
    hidden = [row for row in rows if row.reading == Reading.ANONYMOUS]  # the wall hides the pupil's row from its reader
    lines = [(row, Sheet.of(row)) for row in named + hidden]
    return sorted(((row, f"{sheet.child} ({sheet.short})") for row, sheet in lines), key=lambda pair: pair[1])


def looks_url(signal):
    """Return the page that answers the one question of a breach: who saw what of this case, from then until today.

    "" without a case.
    """
    if not signal.about:
        return ""
    first, last = short_date(signal.noticed_on), short_date(timezone.localdate())
    return f"{reverse('cases:look_list')}?{urlencode({'zaak': signal.about, 'van': first, 'tot': last})}"
