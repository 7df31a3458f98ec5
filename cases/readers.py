"""Who can read a case, since when and on what ground: the box "Wie mag dit zien?", the line "Dit lezen straks: …"."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, DateField, DateTimeField, Exists, F, Func, OuterRef, UUIDField, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import LEADING, WORKING, Membership, Role, StaffLeave
from cases.access import SEE_ANONYMOUS, SEE_DOSSIER, TALKS_AT, places_taught, school_year_begins


@dataclass(frozen=True)
class Reader:
    """One person: by name, with the ground, since when and, when it ends by itself, until when.

    `until_at` is there for who has the file open by break-glass; `kind` is the ground in a word of the code. Who reads
    on several grounds stands with the strongest; `also` holds the words of the others.
    """

    uuid: UUID
    name: str
    kind: str
    ground: str
    since: date
    until: date | None
    until_at: datetime | None
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadingExpert:
    """An expert of a known child who reads what is written under an opened heading: (its name, from which day on)."""

    uuid: UUID
    called: str
    function: str
    headings: tuple[tuple[str, date], ...]


def _rows(name):
    return apps.get_model("cases", name).objects


FIELDS = ("user_id", "user__first_name", "user__prefix", "user__last_name", "ground", "since", "ends_on", "ends_at")
SINCE, UNTIL = F("from_on"), F("until_on")
NEVER, NO_MOMENT = Cast(Value(None), DateField()), Cast(Value(None), DateTimeField())
GLASS = "glass"
# The strongest first: a ground without an end before one that ends by itself, staff before outsiders.
KINDS = (
    *LEADING,
    *("own", "duo", "member", "substitute", "handover"),
    *(SEE_DOSSIER, SEE_ANONYMOUS, GLASS),
)


def _named(rows, ground, since=SINCE, ends_on=UNTIL, ends_at=NO_MOMENT):
    rows = rows.annotate(ground=ground, since=since, ends_on=ends_on, ends_at=ends_at)
    return rows.values_list(*FIELDS).order_by()


def _kept_from(trajectory):
    """Array of the people who are kept from this child: the database tells it to who works with the child."""
    return Func(Value(trajectory.pupil_id), function="kept_from", output_field=ArrayField(UUIDField()))


def _staff(trajectory, day):
    """Who reads as staff: leaders of the school, teachers of the group (not of what was closed before), colleagues."""
    away = StaffLeave.objects.on(day).filter(school=trajectory.school_id).values("user_id")
    working = Membership.objects.on(day).filter(school=trajectory.school_id, role__in=WORKING).exclude(user__in=away)
    at_work = working.values("user_id")
    yield _named(working.filter(role__in=LEADING), F("role"))
    if trajectory.closed_on is None or trajectory.closed_on >= school_year_begins(day):
        taught = places_taught(day, pupil=trajectory.pupil_id, group__teachers=OuterRef("pk"))
        teachers = _rows("GroupTeacher").filter(Exists(taught), user__in=at_work)
        yield _named(teachers, F("kind"))
    members = _rows("CaseMember").on(day).filter(trajectory=trajectory, user__in=at_work)
    yield _named(members, Value("member", CharField()))


def _outsiders(trajectory, day):
    """Who reads by a grant, and who has the file open by break-glass now."""
    grants = _rows("TrajectoryGrant").filter(content_object=trajectory, until__gte=day)
    yield _named(grants, F("permission__codename"), ends_on=F("until"))
    opened = _rows("BreakGlass").living().filter(trajectory=trajectory)
    ground, since = Value(GLASS, CharField()), F("opened_at__date")
    yield _named(opened, ground, since, ends_on=NEVER, ends_at=F("until_at"))


def readers_of(trajectory, *, outsiders=True):
    """Return everyone who may read this case at this moment (one query); without `outsiders` the staff alone.

    Who is kept from the child isn't in it, and nothing tells that a restricted record exists. Supervisors have no
    names here: they find that the case exists, and read it by break-glass alone.
    """
    day = timezone.localdate()
    kinds = [*_staff(trajectory, day), *(_outsiders(trajectory, day) if outsiders else ())]
    kept_from = _kept_from(trajectory)
    first, *others = (rows.exclude(user__among=kept_from) for rows in kinds)
    words, found = _words(), {}
    for row in sorted(first.union(*others), key=lambda row: KINDS.index(row[4])):
        found.setdefault(row[0], []).append(row)
    return sorted((_reader(rows, words) for rows in found.values()), key=lambda reader: (reader.name, reader.uuid))


def _reader(rows, words):
    uuid, first, prefix, last, kind, since, until, until_at = rows[0]
    also = tuple(dict.fromkeys(words[row[4]] for row in rows[1:] if words[row[4]] != words[kind]))
    name = " ".join(filter(None, (first, prefix, last)))
    return Reader(uuid, name, kind, words[kind], since, until, until_at, also)


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
        "own": _("teacher of the group"),
        "duo": _("teacher of the group"),
        "substitute": _("substitute in the group"),
        "handover": _("handing over of the group"),
        "member": _("involved in this case"),
        SEE_DOSSIER: _("expert, by name"),
        SEE_ANONYMOUS: _("expert, without a name"),
        GLASS: _("break-glass, opened for half an hour"),
    }
