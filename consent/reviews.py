"""The yearly look at every right that somebody holds at a school: "does this person still need it?".

It gathers what three floors give: roles, colleagues in one case, guidances by an expert. A row is shown to who may see
it: a director who is kept from a child finds nothing of that child's case here either.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import GrantReview, Membership
from cases.models import CaseMember
from consent.models import Engagement


@dataclass(frozen=True)
class GrantLine:
    """One right: whose, what, on what ground, from and until when, and when somebody last confirmed it."""

    kind: str
    row: UUID
    person: UUID
    name: str
    what: str
    ground: str
    from_on: date
    until_on: date | None
    confirmed_on: date | None
    is_own: bool

    @property
    def field(self):
        """The name of its field in the form."""
        return f"{self.kind}-{self.row}"


def last_rounds(school, user):
    """Return the rounds of this school that this person may see, the newest first."""
    return list(
        GrantReview.objects.for_user(user).filter(school=school).select_related("made_by").order_by("-made_on", "-pk")
    )


def grant_lines(school, user, rounds):
    """Return every right that somebody holds at this school today and that this person may see, as GrantLines.

    Three questions, however many there are. Who looks after the privacy without leading sees the roles alone.
    """
    day = timezone.localdate()
    confirmed = {}
    for one in reversed(rounds):
        confirmed |= {line["row"]: one.made_on for line in one.lines if line["kept"]}
    found = [
        _line(confirmed, user, *parts)
        for parts in (*_roles(school, day), *_members(school, user, day), *_work(school, user, day))
    ]
    return sorted(found, key=lambda line: (line.name.casefold(), line.what, line.from_on))


def _line(confirmed, user, kind, row, person, what, ground, until_on):
    from_on = getattr(row, "from_on", None) or getattr(row, "started_on", None) or row.prepared_on
    return GrantLine(
        kind=kind,
        row=row.pk,
        person=person.pk,
        name=person.full_name,
        what=what,
        ground=ground,
        from_on=from_on,
        until_on=until_on,
        confirmed_on=confirmed.get(str(row.pk)),
        is_own=person == user,
    )


def _roles(school, day):
    for row in Membership.objects.on(day).filter(school=school).select_related("user"):
        yield "role", row, row.user, row.get_role_display(), _("role at this school"), row.until_on


def _members(school, user, day):
    for row in CaseMember.objects.for_user(user).on(day).filter(school=school).select_related("user", "trajectory"):
        what = _("reads the case of %(child)s") % {"child": row.trajectory.initials}
        yield "member", row, row.user, what, row.reason, row.until_on


def _work(school, user, day):
    rows = Engagement.objects.for_user(user).filter(
        school=school, ended_on=None, cancelled_on=None, until__gte=day, started_on__isnull=False
    )
    for row in rows.select_related("expert", "trajectory"):
        what = _("expert in the case of %(child)s") % {"child": row.trajectory.initials}
        yield (
            "expert",
            row,
            row.expert,
            what,
            _("answer of the parents, guidance %(reference)s") % {"reference": row.reference},
            row.until,
        )
