"""Whether an account opens at all: switched off by somebody, or asleep because nothing needs it any more.

Both follow at the next request from what stands in the database; no job has to run. Apps above that give rights of
their own (an expert's guidance) say until when these last, by `needed_by`.
"""

from collections.abc import Callable
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import close_links, may_change, not_yours
from accounts.models import Membership, RightsApproval
from audit.record import SYSTEM, record

SLEEPS_AFTER = 30  # days without any right (docs/rules.md: 3i, 3k)
BECAUSE = {
    "left": _("no longer works here"),
    "lost": _("phone, laptop or password lost"),
    "misused": _("somebody else may be using the account"),
    "other": _("another reason"),
}

BACK_BECAUSE = {
    "works_here": _("works here again"),
    "safe": _("the account is safe again"),
    "mistake": _("it was switched off by mistake"),
    "other": _("another reason"),
}

_sources: list[Callable[..., dict]] = []


def needed_by(source):
    """Let an app above say until when rights last: `source(people)` gives {person's uuid: last day}."""
    _sources.append(source)
    return source


def _roles_last_until(people):
    """The last day of somebody's roles; of a request that waits for a second person, the day it was asked."""
    roles = Membership.objects.filter(user__in=people).order_by().values_list("user_id", "until_on")
    asked = RightsApproval.objects.filter(user__in=people).order_by().values_list("user_id", "asked_on")
    lasts = {}
    for person, last in roles.union(asked, all=True):
        lasts[person] = max(lasts.get(person, date.min), last or date.max)
    return lasts


def sleepers(people, day=None):
    """Return {uuid: since which day} of the accounts among these that sleep.

    An account is awake while a right lasts, and for thirty days after it; a new role, offer or guidance wakes it. Who
    never had a right has nothing that could end, and opens nothing.
    """
    day = day or timezone.localdate()
    awake_from, newest = day - timedelta(days=SLEEPS_AFTER), {}
    left = set(people)
    for source in (*_sources, _roles_last_until):
        if not left:
            break
        for person, last in source(left).items():
            newest[person] = max(last, newest.get(person, last))
        left -= {person for person, last in newest.items() if last >= awake_from}
    return {person: newest[person] + timedelta(days=SLEEPS_AFTER + 1) for person in left if person in newest}


def asleep_since(user, day=None):
    """Return since which day this account sleeps, or None."""
    return sleepers([user.pk], day).get(user.pk)


@transaction.atomic
def switch_off(*, user, because, by, on, school=None):
    """Switch an account off, everywhere and from the next request on. Raises ValidationError."""
    _refuse_others(user, by)
    return close_account(user=user, because=because, by=by, on=on, school=school)


@transaction.atomic
def close_account(*, user, because, by, on, school=None):
    """The same, for whoever has made sure that this person may: the apps above know an expert's schools."""
    if user.is_active:
        user.is_active, user.off_since, user.off_because = False, on, because
        user.save(update_fields=["is_active", "off_since", "off_because"])
        close_links(user)
        record("person.switched_off", by=by, school=school and school.pk, detail=_detail(user, because))
    return user


@transaction.atomic
def bring_back(*, user, because, by, school=None):
    """Let somebody sign in again. Raises ValidationError."""
    _refuse_others(user, by)
    if not user.is_active:
        user.is_active, user.off_since, user.off_because = True, None, ""
        user.save(update_fields=["is_active", "off_since", "off_because"])
        record("person.brought_back", by=by, school=school and school.pk, detail=_detail(user, because))
    return user


def _refuse_others(user, by):
    if by != SYSTEM and not may_change(user, by):
        raise not_yours()


def _detail(user, because):
    return {"person": str(user.pk), "because": because}
