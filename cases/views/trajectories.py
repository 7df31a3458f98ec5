"""The case page and the list of cases."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.context import me
from accounts.doors import Unseen, get_to_see
from audit.record import record
from cases.access import Reading, Sheet, class_label
from cases.actions.files import receivers_by_child, report_receivers, without_report
from cases.models import CaseExclusion, CaseTerms, Conversation, MovedRecord, Trajectory
from cases.readers import experts_reading, readers_of
from cases.timeline import Moment, moments
from cases.views.glass import file_under_glass
from cases.views.levels import case_crumbs

ENTRIES_A_PAGE = 50


@dataclass(frozen=True)
class CaseLine:
    """One line of the list of cases."""

    uuid: UUID
    child: str
    group: str
    level: str
    state: str
    state_label: str
    last_talk: date | None
    contact_is_late: bool
    unshared: int
    school: str
    sort_key: tuple

    @classmethod
    def of(cls, row, unshared, weeks, day):
        """The line of a trajectory with `last_talk` and `place`."""
        last = row.last_talk or row.opened_on
        return cls(
            uuid=row.pk,
            child=row.pupil.list_name,
            group=row.place or "",
            level=row.level.name,
            state=row.state,
            state_label=row.get_state_display(),
            last_talk=row.last_talk,
            contact_is_late=row.state == Trajectory.State.OPEN and last < day - timedelta(weeks=weeks),
            unshared=unshared,
            school=row.school.name,
            sort_key=row.pupil.sort_key,
        )


def case_lines(rows, day):
    """Return the lines of these trajectories, in four questions however many there are, sorted by name."""
    receivers = receivers_by_child(rows.values("pupil_id"))
    unshared = Counter(
        talk.trajectory_id
        for talk in Conversation.objects.filter(trajectory__in=rows.values("pk"))
        .select_related("trajectory")
        .with_sharing()
        if without_report(talk, receivers[talk.trajectory.pupil_id])
    )
    weeks = dict(CaseTerms.objects.values_list("school_id", "contact_weeks"))
    rows = rows.select_related("pupil", "level", "school").with_last_talk().annotate(place=class_label("pupil", day))
    lines = (CaseLine.of(row, unshared[row.pk], weeks[row.school_id], day) for row in rows)
    return sorted(lines, key=lambda line: line.sort_key)


@require_safe
def trajectory_list(request):
    """All cases this person works in: level, last contact with the parents (R16), what was not shared yet."""
    shown = request.GET.get("toon", "lopend")
    rows = Trajectory.objects.staffed_by(request.user)
    rows = rows.filter(state=Trajectory.State.CLOSED) if shown == "afgesloten" else rows.running()
    lines = case_lines(rows, timezone.localdate())
    levels = sorted({line.level for line in lines})
    level = request.GET.get("niveau", "")
    if level in levels:
        lines = [line for line in lines if line.level == level]
    context = {"lines": lines, "levels": levels, "level": level, "shown": shown}
    context["several_schools"] = len({line.school for line in lines}) > 1
    context["leads"] = bool(me(request).leads)
    page = render(request, "cases/trajectory_list.html", context)
    record("trajectory.listed", by=request.user, detail={"rows": len(lines)})
    return page


@require_safe
def trajectory_detail(request, uuid):
    """The case page: for staff the whole file, for a supervisor no more than that it exists, or the file opened by
    break-glass. An expert has a page of its own.
    """
    try:
        trajectory = get_to_see(Trajectory, request.user, uuid, "pupil", "level")
    except Unseen:  # a supervisor, or the reader of an anonymous child: the wall hides the pupil's row from them
        trajectory = get_to_see(Trajectory, request.user, uuid, "level")
    if trajectory.reading in (Reading.DOSSIER, Reading.ANONYMOUS):
        return redirect("consent:guided_detail", trajectory.pk)
    if trajectory.reading == Reading.GLASS:
        return file_under_glass(request, trajectory, entries_shown(request))
    record("trajectory.looked", trajectory, by=request.user, ground=trajectory.reading)
    if trajectory.reading != Reading.STAFF:
        return render(request, "cases/trajectory_sheet.html", {"sheet": Sheet.of(trajectory)})
    return render(request, "cases/trajectory_detail.html", _file(trajectory, request))


def entries_shown(request):
    """How many notes are asked for: a page of them, or more after "meer"."""
    try:
        return max(ENTRIES_A_PAGE, min(int(request.GET.get("notities", "")[:9]), 10_000))
    except ValueError:
        return ENTRIES_A_PAGE


def _file(trajectory, request):
    """What the case page shows: the same number of queries however long the file is."""
    moves = MovedRecord.objects.filter(trajectory=OuterRef("trajectory")).order_by("moved_on")
    phases = list(  # of one day: the one that goes on comes last, and a case mostly goes up
        trajectory.levelphases.select_related("level")
        .annotate(moves=ArraySubquery(moves.values(line=JSONObject(kind="kind", on="moved_on"))))
        .order_by("-from_on", F("until_on").desc(nulls_first=True), "-level__number")
    )
    documents = list(trajectory.documents.select_related("heading", "author").order_by("-received_on"))
    receivers = report_receivers(trajectory.pupil, timezone.localdate())
    talks = talk_lines(trajectory, receivers)
    shown = entries_shown(request)
    entries = list(trajectory.entrys.select_related("heading", "author").order_by("-observed_on", "-pk")[: shown + 1])
    return {
        "trajectory": trajectory,
        "pupil": trajectory.pupil,
        "sheet": Sheet.of(trajectory),
        "crumbs": [(_("Cases"), reverse("cases:trajectory_list")), (trajectory.pupil.full_name, "")],
        "moments": moments(
            trajectory,
            *_phase_moments(phases),
            *_talk_moments(talks),
            *_moved_moments(phases),
            *_report_moments(documents),
        ),
        "unshared": [line for line in talks if not line.is_shared],
        "has_receivers": bool(receivers),
        "agreements": trajectory.agreements.filter(dropped=False, done_on=None).order_by(
            F("due_on").asc(nulls_last=True)
        ),
        "entries": entries[:shown],
        "more_entries": shown + ENTRIES_A_PAGE if len(entries) > shown else None,
        "documents": documents,
        "readers": readers_of(trajectory),
        "skipped": [phase for phase in phases if phase.skipped_because],
        "kind": trajectory.level.kind,
        "leads": trajectory.school_id in me(request).leads,
        "may_move": not trajectory.is_closed,
    }


@require_safe
def trajectory_readers(request, uuid):
    """Who can see this case, since when, until when, on what ground and how much of it. For the staff of the case."""
    trajectory = get_to_see(Trajectory, request.user, uuid, "pupil", "level")
    if trajectory.reading != Reading.STAFF:
        raise Unseen(Trajectory, uuid)
    opened = {expert.uuid: expert.headings for expert in experts_reading(trajectory)}
    leads = trajectory.school_id in me(request).leads
    left_out = CaseExclusion.objects.for_user(request.user).on(timezone.localdate()).filter(pupil=trajectory.pupil_id)
    context = {
        "sheet": Sheet.of(trajectory),
        "readers": [(reader, opened.get(reader.uuid, ())) for reader in readers_of(trajectory)],
        "left_out": [(row.user.full_name, row.until_on) for row in left_out.select_related("user")] if leads else [],
        "leads": leads,
        "may_add": leads and not trajectory.is_closed,
        "crumbs": case_crumbs(trajectory, _("Who may see this?")),
    }
    record("trajectory.readers_looked", trajectory, by=request.user, ground=trajectory.reading)
    return render(request, "cases/trajectory_readers.html", context)


@dataclass(frozen=True)
class TalkLine:
    """A talk on the case page."""

    uuid: UUID
    on: date
    level: str
    led_by: str
    edition: int
    is_shared: bool
    was_shared: bool


def talk_lines(trajectory, receivers):
    """Return the talks of this file in one query, each with whether everyone has its present edition."""
    rows = trajectory.conversations.select_related("level", "led_by").with_sharing()
    return [
        TalkLine(
            row.pk,
            row.held_on,
            row.level.name,
            row.led_by.full_name,
            row.edition,
            bool(receivers) and not without_report(row, receivers),
            bool(row.ever),
        )
        for row in rows.order_by("-held_on", "-pk")
    ]


def _talk_moments(lines):
    for line in lines:
        badge, kind = (
            (_("shared"), "ok")
            if line.is_shared
            else ((_("share again"), "warn") if line.was_shared else (_("not shared yet"), "warn"))
        )
        yield Moment(
            on=line.on,
            kind="talk",
            title=_("Talk with the parents"),
            note=_("Led by %(name)s") % {"name": line.led_by},
            url=reverse("cases:conversation_detail", args=[line.uuid]),
            badge=badge,
            badge_kind=kind,
            order=1,
        )


def _phase_moments(phases):
    words = {"opened": _("opened"), "raised": _("raised"), "lowered": _("lowered"), "taken_over": _("taken over")}
    for number, phase in enumerate(reversed(phases)):
        yield Moment(
            on=phase.from_on,
            kind="level",
            title=phase.level.name,
            note=phase.outcome or "",
            badge=words[phase.began_by],
            badge_kind="quiet",
            order=-100 + number,
        )


def _report_moments(documents):
    """The reports that experts handed in (R51)."""
    for row in documents:
        if row.author:
            yield Moment(
                on=row.received_on,
                kind="paper",
                title=_("Report of %(name)s") % {"name": row.author.full_name},
                url=reverse("cases:document_file", args=[row.pk]),
                order=60,
            )


def _moved_moments(phases):
    """What was written here by mistake and went to the right child: the line says nothing of it.

    Every phase of a case brings the same lines along, and there is always one: so it is no question more.
    """
    words = {
        "entry": _("A note stood here by mistake and was moved"),
        "document": _("A document stood here by mistake and was moved"),
        "talk": _("A talk stood here by mistake and was moved"),
    }
    for row in phases[0].moves if phases else ():
        yield Moment(on=date.fromisoformat(row["on"]), kind="paper", title=words[row["kind"]], order=2)
