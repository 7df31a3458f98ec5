"""A file as break-glass opens it: all of its text on one page, as a value. No paper, no parent's data, no deed."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from cases.models import Agreement, Attendee, Intervention, Position


@dataclass(frozen=True)
class Line:
    """A short text that hangs on a talk, with what stands beside it."""

    text: str
    beside: str = ""
    on: date | None = None


@dataclass(frozen=True)
class OpenedTalk:
    """A talk with everything that was written of it; a parent has no name here."""

    uuid: UUID
    on: date
    level: str
    led_by: str
    people: tuple[str, ...]
    text: str
    child_view: str
    judgement: str
    rests_on: str
    source: str
    positions: tuple[Line, ...]
    agreements: tuple[Line, ...]
    interventions: tuple[Line, ...]


@dataclass(frozen=True)
class OpenedNote:
    """A note."""

    uuid: UUID
    on: date
    heading: str
    author: str
    kind: str
    text: str
    rests_on: str
    source: str


@dataclass(frozen=True)
class OpenedPaper:
    """That a document is there, under which title. Its file stays closed: it could be taken along."""

    uuid: UUID
    on: date
    heading: str
    title: str


@dataclass(frozen=True)
class OpenedFile:
    """What the page shows beside the Sheet."""

    education_needs: str
    upbringing_needs: str
    taken_over_because: str
    outcome: str
    phases: tuple[Line, ...]
    talks: tuple[OpenedTalk, ...]
    notes: tuple[OpenedNote, ...]
    more_notes: bool
    papers: tuple[OpenedPaper, ...]

    @classmethod
    def of(cls, trajectory, *, notes):
        """Return the file of a row that came through `for_user`, with so many notes; eight questions in all."""
        phases = trajectory.levelphases.select_related("level").order_by("-from_on", "-level__number")
        found = list(trajectory.entrys.select_related("heading", "author").order_by("-observed_on", "-pk")[: notes + 1])
        papers = trajectory.documents.select_related("heading").order_by("-received_on", "-pk")
        return cls(
            education_needs=trajectory.education_needs or "",
            upbringing_needs=trajectory.upbringing_needs or "",
            taken_over_because=trajectory.taken_over_because or "",
            outcome=trajectory.outcome or "",
            phases=tuple(_phase(row) for row in phases),
            talks=tuple(_talk(row) for row in _talks(trajectory)),
            notes=tuple(_note(row) for row in found[:notes]),
            more_notes=len(found) > notes,
            papers=tuple(OpenedPaper(row.pk, row.received_on, row.heading.name, row.title) for row in papers),
        )


def _phase(row):
    texts = filter(None, (row.outcome, row.skipped_because))
    return Line(row.level.name, " ".join(str(text) for text in texts), row.from_on)


def _note(row):
    kind = "" if row.kind == row.Kind.FACT else row.get_kind_display()
    return OpenedNote(
        row.pk,
        row.observed_on,
        row.heading.name,
        row.author.full_name,
        kind,
        row.text,
        row.rests_on or "",
        row.source or "",
    )


def _talks(trajectory):
    """The talks with what hangs on them. The wall hides every parent: no row may be asked along with one."""
    rows = trajectory.conversations.select_related("level", "led_by").order_by("-held_on", "-pk")
    return rows.prefetch_related(
        Prefetch("attendees", Attendee.objects.filter(dropped=False).select_related("staff").order_by("pk")),
        Prefetch("positions", Position.objects.order_by("pk")),
        Prefetch("agreements", Agreement.objects.filter(dropped=False).order_by("position")),
        Prefetch("interventions", Intervention.objects.order_by("pk")),
    )


def _talk(row):
    return OpenedTalk(
        uuid=row.pk,
        on=row.held_on,
        level=row.level.name,
        led_by=row.led_by.full_name,
        people=tuple(_who(one) for one in row.attendees.all()),
        text=row.text,
        child_view=row.child_view or "",
        judgement=row.judgement or "",
        rests_on=row.judgement_rests_on or "",
        source=row.source or "",
        positions=tuple(_position(one) for one in row.positions.all()),
        agreements=tuple(Line(one.what, one.who or "", one.due_on) for one in row.agreements.all()),
        interventions=tuple(Line(one.text, one.evaluation or "", one.evaluate_on) for one in row.interventions.all()),
    )


def _who(attendee):
    if attendee.is_child:
        return _("the child")
    if attendee.guardian_id:
        return _("a parent or carer")
    return attendee.other or attendee.staff.full_name


def _position(row):
    reasons = row.reasons or (_("did not want to give a reason") if row.gave_no_reason else "")
    return Line(row.get_stance_display(), reasons)
