"""The expert's own pages: the arrangement of each school, and the cases that the answers allow."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import Unseen, get_to_see
from audit.record import record
from cases.access import Reading, Sheet, living_grants
from cases.matrix import Cell, how
from cases.models import Document, Trajectory
from cases.names import ascii_initials
from cases.uploads import ENDINGS
from cases.views.papers import to_read
from consent import actions
from consent.compose import NOTES_AT_ONCE, guidance
from consent.models import Acceptance, ClbDay, ExpertReport

OUTSIDE = (Reading.DOSSIER, Reading.ANONYMOUS)
REPORT_DAYS = timedelta(days=30)  # so long before the end, a report that isn't there yet is asked for


@dataclass(frozen=True)
class Guided:
    """One case in the expert's list: what the sheet tells, until when, and whether a report is still to come."""

    uuid: UUID
    child: str
    short: str
    is_known: bool
    question: str
    until: date
    report_due: bool


@dataclass(frozen=True)
class GuidedSchool:
    """The cases of one school, and the next day on which the expert comes there."""

    name: str
    next_day: date | None
    cases: tuple[Guided, ...]


@require_safe
def guided_list(request):
    """The cases that this expert may see today, by school; above them the arrangements to accept first (R47, R55)."""
    rows = Trajectory.objects.for_user(request.user).filter(reading__in=OUTSIDE)
    rows = list(rows.select_related("school", "level").prefetch_related("grants", "pupil"))
    waiting = Acceptance.objects.of(request.user).filter(accepted_on=None).select_related("school")
    schools = _by_school(rows, request.user, timezone.localdate())
    page = render(request, "consent/guided_list.html", {"by_school": schools, "waiting": waiting})
    record("guidance.listed", by=request.user, detail={"rows": len(rows)})
    return page


def _by_school(rows, user, day):
    reported = set(ExpertReport.objects.of_author(user).values_list("engagement_id", flat=True))
    days = dict(_coming_days(user, day))
    schools = []
    for school, cases in groupby(sorted(rows, key=_place), lambda row: row.school):
        lines = sorted((_guided(row, reported, day) for row in cases), key=lambda line: line.child)
        schools.append(GuidedSchool(school.name, days.get(school.pk), tuple(lines)))
    return schools


def _place(row):
    return row.school.name, row.school_id


def _guided(row, reported, day):
    grant = next(grant for grant in row.grants.all() if grant.user_id == row.reader)
    sheet = Sheet.of(row)
    return Guided(
        uuid=sheet.uuid,
        child=sheet.child,
        short=sheet.short,
        is_known=sheet.shows_dossier,
        question=sheet.question,
        until=grant.until,
        report_due=grant.engagement not in reported and grant.until - REPORT_DAYS <= day,
    )


def _coming_days(user, day):
    """The first coming day at each school: later ones come first, so that the first is the one that stays."""
    rows = ClbDay.objects.of_expert(user).filter(held_on__gte=day, cancelled_on=None).order_by("-held_on")
    return rows.values_list("school_id", "held_on")


def guided_case(request, uuid):
    """Return the case that a living grant opens to this expert, and that grant. Raises Unseen, also for staff."""
    trajectory = get_to_see(Trajectory, request.user, uuid, "school")
    if trajectory.reading not in OUTSIDE:
        raise Unseen(Trajectory, uuid)
    return trajectory, living_grants(request.user).select_related("permission").get(content_object=trajectory)


def called(trajectory, grant):
    """Return how this expert may call the child: on the screen, and in what leaves (a title, a file name)."""
    if how(grant.reading, "names") == Cell.BY_NAME:
        return trajectory.pupil.full_name, trajectory.initials
    return grant.alias, grant.case_code


def deed_page(trajectory, grant, title):
    """What every page of a deed of this expert shows: title, whom it is about, and the way back."""
    child, short = called(trajectory, grant)
    back = reverse("consent:guided_detail", args=[trajectory.pk])
    crumbs = [(_("Guidance"), reverse("consent:guided_list")), (child, back), (title, "")]
    return {"title": title, "child": child, "short": short, "back": back, "crumbs": crumbs}


@require_safe
def guided_detail(request, uuid):
    """One case as its expert reads it: what the answer of the parents allows, today (R28-R37)."""
    trajectory, grant = guided_case(request, uuid)
    try:
        most = max(NOTES_AT_ONCE, min(int(request.GET.get("notities", "")[:9]), 10_000))
    except ValueError:
        most = NOTES_AT_ONCE
    read = guidance(trajectory, grant=grant, reader=request.user, notes=most)
    crumbs = [(_("Guidance"), reverse("consent:guided_list")), (read.child, "")]
    page = render(request, "consent/guided_detail.html", {"guidance": read, "crumbs": crumbs})
    record("guidance.looked", trajectory, by=request.user, ground=grant.reading)
    return page


@require_safe
def guided_document(request, uuid):
    """A document to read in the browser: opened by a heading, or written by this expert. Staff have another door."""
    document = Document.objects.opened_to(request.user).select_related("file").filter(pk=uuid).first()
    if document is None:
        raise Unseen(Document, uuid)
    trajectory, grant = guided_case(request, document.trajectory_id)
    short = ascii_initials(trajectory.initials) if grant.reading == Reading.DOSSIER else grant.case_code
    name = f"document-{short}-{document.received_on:%Y-%m-%d}.{ENDINGS[document.file.content_type]}"
    record("document.read", document, by=request.user, ground=grant.reading)
    return to_read(document.file, name)


@require_http_methods(["GET", "POST"])
def arrangement_accept(request, uuid):
    """Read a school's arrangement and accept it: once for each edition, before anything is seen (R55)."""
    row = Acceptance.objects.of(request.user).select_related("arrangement", "school").filter(pk=uuid).first()
    if row is None:
        raise Unseen(Acceptance, uuid)
    if request.method == "POST":
        actions.accept_arrangement(acceptance=row, by=request.user, on=timezone.localdate())
        messages.success(request, _("You work by the arrangement of %(school)s.") % {"school": row.school.name})
        return redirect("consent:guided_list")
    return render(request, "consent/arrangement_accept.html", {"row": row})
