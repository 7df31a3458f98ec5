"""What an expert reads of one case: a case and a grant go in, a frozen `Guidance` comes out.

The expert's own page, "Bekijk als expert" of the staff and the page for the parents all show this one value (R32, R35).
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import WORKING, Membership, Role, StaffLeave, User
from cases.access import TALKS_AT, Reading, class_label
from cases.matrix import Cell, how, opens
from cases.models import (
    Agreement,
    Conversation,
    Document,
    Entry,
    GrantedHeading,
    GroupPlace,
    GroupTeacher,
    LeftOutItem,
    SharedItem,
    Trajectory,
    Visit,
)

NOTES_AT_ONCE = 50


@dataclass(frozen=True)
class OpenedTalk:
    """A talk with the parents, without who thought what of it."""

    uuid: UUID
    on: date
    text: str
    child_view: str
    judgement: str
    rests_on: str
    agreements: tuple[str, ...]


@dataclass(frozen=True)
class OpenedNote:
    """A note; a judgement or hypothesis with the facts it rests on."""

    uuid: UUID
    on: date
    heading: str
    kind: str
    is_fact: bool
    text: str
    rests_on: str
    source: str


@dataclass(frozen=True)
class OpenedDocument:
    """A paper that may be opened to read. `is_own`: this expert wrote it."""

    uuid: UUID
    on: date
    heading: str
    title: str
    is_own: bool


@dataclass(frozen=True)
class SharedText:
    """A text without a name, under A."""

    on: date
    title: str
    text: str


@dataclass(frozen=True)
class OpenedHeading:
    """A part that the parents were told of."""

    name: str
    from_on: date


@dataclass(frozen=True)
class Contact:
    """Somebody at the school: whom the expert can reach, and how."""

    name: str
    function: str
    phone: str
    works_on: str


@dataclass(frozen=True)
class Guidance:
    """One case as its expert reads it. `child` is for the screen, `short` for whatever leaves."""

    uuid: UUID
    is_known: bool
    child: str
    short: str
    school: str
    group: str
    question: str
    from_on: date
    until: date
    visit: str
    visit_words: str
    people: tuple[Contact, ...]
    headings: tuple[OpenedHeading, ...]
    talks: tuple[OpenedTalk, ...]
    notes: tuple[OpenedNote, ...]
    more_notes: bool
    documents: tuple[OpenedDocument, ...]
    shared: tuple[SharedText, ...]

    @property
    def facts(self):
        """The notes that tell what somebody saw or heard."""
        return tuple(note for note in self.notes if note.is_fact)

    @property
    def judgements(self):
        """The notes that say what somebody thinks of it, each with its facts."""
        return tuple(note for note in self.notes if not note.is_fact)

    @property
    def next_notes(self):
        """How many notes to ask for when these are not all."""
        return len(self.notes) + NOTES_AT_ONCE


@dataclass(frozen=True)
class PartItem:
    """A talk, note or document under a heading that opens. `words` are its first ones, for who works in the file."""

    uuid: UUID
    kind: str
    kind_words: str
    on: date
    words: str
    is_left_out: bool


@dataclass(frozen=True)
class Part:
    """A heading that opens under B, from a day on, and what stands under it since then."""

    uuid: UUID
    name: str
    from_on: date
    items: tuple[PartItem, ...]


FIRST_WORDS = 90


def parts_of(engagement):
    """Return the Parts that open to this expert, or will under B, for the staff: what is left out is among them."""
    parts = list(engagement.parts.filter(dropped=False).select_related("heading").order_by("heading__position"))
    out = set(
        LeftOutItem.objects.filter(
            trajectory=engagement.trajectory_id, reader=engagement.expert_id, dropped=False
        ).values_list("item", flat=True)
    )
    rows = _under_parts(engagement, parts) if parts else []
    rows.sort(key=lambda row: row[2], reverse=True)
    return tuple(Part(part.pk, part.heading.name, part.from_on, tuple(_items(part, rows, out))) for part in parts)


def _items(part, rows, out):
    """What of these rows stands under this part since its day."""
    for uuid, kind, on, words, heading in rows:
        stands_here = part.heading.position == TALKS_AT if kind == TALK else heading == part.heading_id
        if stands_here and on >= part.from_on:
            label = LeftOutItem.Kind(kind).label
            yield PartItem(uuid, kind, label, on, Truncator(words).chars(FIRST_WORDS), uuid in out)


TALK = LeftOutItem.Kind.TALK


def _under_parts(engagement, parts):
    """(uuid, kind, day, words, heading) of everything in the file since the first of these days: three queries."""
    since = min(part.from_on for part in parts)
    headings = [part.heading_id for part in parts]
    of_case = {"trajectory": engagement.trajectory_id}
    talks = Conversation.objects.filter(**of_case, held_on__gte=since)
    if not any(part.heading.position == TALKS_AT for part in parts):
        talks = talks.none()
    notes = Entry.objects.filter(**of_case, observed_on__gte=since, heading__in=headings)
    papers = Document.objects.filter(**of_case, received_on__gte=since, heading__in=headings)
    found = [(row.pk, TALK, row.held_on, row.text, None) for row in talks.only("held_on", "text")]
    found += [
        (row.pk, LeftOutItem.Kind.ENTRY, row.observed_on, row.text, row.heading_id)
        for row in notes.only("observed_on", "text", "heading")
    ]
    found += [
        (row.pk, LeftOutItem.Kind.DOCUMENT, row.received_on, row.title, row.heading_id)
        for row in papers.only("received_on", "title", "heading")
    ]
    return found


def visit_words(visit):
    """Return what the expert may look at in the classroom, in words."""
    return {
        Visit.NO: _("Not in the classroom: a parent does not want that."),
        Visit.CLASS: _("In the classroom: at the teacher and the group, not at this child."),
        Visit.CHILD: _("In the classroom: at the teacher and this child."),
    }[visit]


def guidance(trajectory, *, grant, reader, headings=None, notes=NOTES_AT_ONCE):
    """Return the Guidance that this grant gives `reader` of this case.

    A grant that stands opens by `opened_to`, for whoever looks. For one that is yet to come, `headings` says what it
    would open, as {Heading: from which day on}. What goes in, `cases.matrix` says; the pupil is read only for a known
    child: the wall hides it otherwise.
    """
    reading = grant.reading
    is_named = how(reading, "names") == Cell.BY_NAME
    opened = _Opened(trajectory, reader, headings)
    notes_read = opened.notes(notes) if opens(reading, "notes") else ()
    return Guidance(
        uuid=trajectory.pk,
        is_known=reading == Reading.DOSSIER,
        child=trajectory.pupil.full_name if is_named else grant.alias,
        short=trajectory.initials if is_named else grant.case_code,
        school=trajectory.school.name,
        group=_class_of(trajectory) if opens(reading, "group") else "",
        question=grant.question,
        from_on=grant.from_on,
        until=grant.until,
        visit=grant.visit,
        visit_words=visit_words(grant.visit),
        people=_people(trajectory, with_teachers=opens(reading, "group")),
        headings=opened.headings() if opens(reading, "opened") else (),
        talks=opened.talks() if opens(reading, "talks") else (),
        notes=notes_read[:notes],
        more_notes=len(notes_read) > notes,
        documents=opened.documents(all_opened=how(reading, "documents") == Cell.OPENED),
        shared=_shared(trajectory, reader, is_standing=headings is None) if opens(reading, "shared") else (),
    )


def _class_of(trajectory):
    day = timezone.localdate()
    row = Trajectory.objects.filter(pk=trajectory.pk).annotate(place=class_label("pupil", day))
    return row.values_list("place", flat=True).first() or ""


def teachers_of(trajectory):
    """Return who teaches this child today, as Users by surname: for who may know the child."""
    places = GroupPlace.objects.on(timezone.localdate()).filter(pupil=trajectory.pupil_id)
    return _teaching(trajectory.school_id, group__in=places.values("group_id"))


def teachers_at(school_id):
    """Return everyone who teaches a group of this school today, as Users by surname, without which group."""
    return _teaching(school_id)


def _teaching(school_id, **where):
    rows = GroupTeacher.objects.on(timezone.localdate()).filter(school=school_id, **where)
    rows = rows.exclude(kind=GroupTeacher.Kind.HANDOVER)
    return _working(school_id, WORKING).filter(pk__in=rows.values("user_id"))


def _working(school_id, roles):
    """Who works at this school today in one of these roles, as Users by surname; who is away is not asked."""
    day = timezone.localdate()
    away = StaffLeave.objects.on(day).filter(school=school_id).values("user_id")
    held = Membership.objects.on(day).filter(school=school_id, role__in=roles).exclude(user__in=away)
    return User.objects.filter(pk__in=held.values("user_id")).order_by("last_name", "first_name", "pk")


def _people(trajectory, *, with_teachers):
    """The intern begeleider, and for who may know the class its teachers: whom the expert works with."""
    found = [(user, _("teacher")) for user in teachers_of(trajectory)] if with_teachers else []
    found += [(user, _("intern begeleider")) for user in _working(trajectory.school_id, [Role.COORDINATOR])]
    return tuple(
        Contact(name=user.full_name, function=function, phone=user.phone, works_on=user.works_on)
        for user, function in dict(found).items()
    )


def _shared(trajectory, reader, *, is_standing):
    rows = SharedItem.objects.filter(trajectory=trajectory, reader=reader, removed_on=None)
    if is_standing:
        rows = rows.of_reader(reader)
    return tuple(SharedText(row.shared_on, row.title, row.text) for row in rows.order_by("shared_on", "pk"))


class _Opened:
    """The rows that are open to one reader of one case."""

    def __init__(self, trajectory, reader, headings):
        self.trajectory, self.reader, self.planned = trajectory, reader, headings

    def _of(self, model):
        rows = model.objects.filter(trajectory=self.trajectory)
        return rows.opened_to(self.reader) if self.planned is None else rows.under(self.planned, reader=self.reader)

    def headings(self):
        """What the parents were told that opens, in the order of the file."""
        if self.planned is None:
            rows = GrantedHeading.objects.filter(trajectory=self.trajectory).of_reader(self.reader)
            found = {row.heading: row.from_on for row in rows.select_related("heading")}
        else:
            found = self.planned
        ordered = sorted(found.items(), key=lambda pair: pair[0].position)
        return tuple(OpenedHeading(heading.name, from_on) for heading, from_on in ordered)

    def talks(self):
        """The talks, newest first."""
        lines = Agreement.objects.filter(dropped=False).order_by("position")
        rows = self._of(Conversation).prefetch_related(Prefetch("agreements", lines, to_attr="standing"))
        return tuple(
            OpenedTalk(
                uuid=row.pk,
                on=row.held_on,
                text=row.text,
                child_view=row.child_view or "",
                judgement=row.judgement or "",
                rests_on=row.judgement_rests_on or "",
                agreements=tuple(line.what for line in row.standing),
            )
            for row in rows.order_by("-held_on", "-pk")
        )

    def notes(self, most):
        """The newest notes, one more than asked when there are more."""
        rows = self._of(Entry).select_related("heading").order_by("-observed_on", "-pk")[: most + 1]
        return tuple(
            OpenedNote(
                uuid=row.pk,
                on=row.observed_on,
                heading=row.heading.name,
                kind=row.get_kind_display(),
                is_fact=row.kind == Entry.Kind.FACT,
                text=row.text,
                rests_on=row.rests_on or "",
                source=row.source or "",
            )
            for row in rows
        )

    def documents(self, *, all_opened):
        """The papers, newest first: opened ones, and what this expert wrote; of an anonymous child the latter alone."""
        rows = self._of(Document) if all_opened else self._of(Document).filter(author=self.reader)
        rows = rows.select_related("heading").order_by("-received_on", "-pk")
        return tuple(
            OpenedDocument(row.pk, row.received_on, row.heading.name, row.title, row.author_id == self.reader.pk)
            for row in rows
        )
