"""Who can read a case, since when and on what ground: the box "Wie mag dit zien?", the line "Dit lezen straks: …"."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.apps import apps
from django.db.models import CharField, F, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import LEADING, WORKING, Membership, Role, StaffLeave
from cases.access import SEE_DOSSIER, TALKS_AT, places_taught


@dataclass(frozen=True)
class Reader:
    """One person: by name, with the ground and, when it ends by itself, until when."""

    name: str
    ground: str
    until: date | None


@dataclass(frozen=True)
class ReadingExpert:
    """An expert of a known child who reads what is written under an opened heading: (its name, from which day on)."""

    uuid: UUID
    called: str
    function: str
    headings: tuple[tuple[str, date], ...]


def _rows(name):
    return apps.get_model("cases", name).objects


FIELDS = ("user__first_name", "user__prefix", "user__last_name", "ground", "until_on")


def _named(rows, ground):
    return rows.annotate(ground=ground).values_list(*FIELDS).order_by()


def _groups_with(pupil_id, day):
    """The groups whose teachers read this child: those it sits in, and those that are handed over with it."""
    return places_taught(day).filter(pupil=pupil_id).values("group_id")


def readers_of(trajectory, *, outsiders=True):
    """Return everyone who may read this case today (one query); without `outsiders` the staff alone.

    Who is excluded isn't in it, and nothing tells that a restricted record exists.
    """
    day = timezone.localdate()
    out = _rows("CaseExclusion").on(day).filter(pupil=trajectory.pupil_id).values("user_id")
    away = StaffLeave.objects.on(day).filter(school=trajectory.school_id).values("user_id")
    working = Membership.objects.on(day).filter(school=trajectory.school_id, role__in=WORKING).exclude(user__in=away)
    leading = working.filter(role__in=LEADING).exclude(user__in=out)
    at_work = working.values("user_id")
    teachers = _rows("GroupTeacher").on(day).filter(user__in=at_work, group__in=_groups_with(trajectory.pupil_id, day))
    members = _rows("CaseMember").on(day).filter(trajectory=trajectory, user__in=at_work)
    kinds = [
        _named(teachers.exclude(user__in=out), Value("group", CharField())),
        _named(members.exclude(user__in=out), Value("member", CharField())),
    ]
    if outsiders:
        grants = _rows("TrajectoryGrant").filter(content_object=trajectory, until__gte=day)
        kinds.append(_named(grants.annotate(until_on=F("until")), F("permission__codename")))
    rows = _named(leading, F("role")).union(*kinds)
    words = _words()
    found = {}
    for first, prefix, last, ground, until in rows:
        name = " ".join(filter(None, (first, prefix, last)))
        found.setdefault(name, Reader(name, words[ground], until))
    return sorted(found.values(), key=lambda reader: reader.name)


def experts_reading(trajectory, *, talks=False):
    """Return the experts who read what is written from now on, by the headings that are open to them (one query).

    With `talks` only those to whom the talks are open. The expert of an anonymous child reads nothing of the file.
    """
    rows = _rows("GrantedHeading").filter(trajectory=trajectory, grant__until__gte=timezone.localdate())
    if talks:
        rows = rows.filter(heading__position=TALKS_AT)
    found = {}
    for row in rows.select_related("reader__expert", "heading").order_by("reader__last_name", "heading__position"):
        found.setdefault(row.reader, []).append((row.heading.name, row.from_on))
    return [
        ReadingExpert(reader.pk, reader.expert.name, reader.expert.function, tuple(headings))
        for reader, headings in found.items()
    ]


def _words():
    return {
        Role.COORDINATOR: _("intern begeleider"),
        Role.DIRECTOR: _("director"),
        "group": _("teacher of the group"),
        "member": _("involved in this case"),
        SEE_DOSSIER: _("expert, by name"),
        "see_anonymous": _("expert, without a name"),
    }
