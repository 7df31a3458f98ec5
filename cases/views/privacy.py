""" "Er klopt iets niet met de privacy": said by anyone who signs in, handled by the school (R56)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import ReadOnly, get_to_edit, get_to_see
from accounts.forms import page_form
from accounts.models import School
from audit.record import record
from cases.access import Reading, Sheet
from cases.actions import privacy
from cases.forms import tell
from cases.forms.privacy import SignalStepForm, TakeUpSignalForm, WriteSignalForm
from cases.models import PrivacySignal, Trajectory
from cases.privacy import cases_to_name, looks_url, people_to_name, schools_to_warn
from cases.views.levels import show_form

BADGES = {"new": "warn", "looking": "wait", "closed": "ok"}


@dataclass(frozen=True)
class SignalLine:
    """One signal in a list: when, at which school, and how it stands."""

    uuid: UUID
    written_at: datetime
    school: str
    badge: str
    state: str
    clock: str


@dataclass(frozen=True)
class StepLine:
    """One step: who wrote what down."""

    at: datetime
    who: str
    kind: str
    is_decision: bool
    text: str


@dataclass(frozen=True)
class Case:
    """The case that a signal is about, as this reader may call it."""

    name: str
    url: str


@dataclass(frozen=True)
class SignalPage:
    """A signal as its handlers read it, or (`is_handled` False) as its writer does."""

    uuid: UUID
    school: str
    badge: str
    state: str
    writer: str
    written_at: datetime
    noticed_on: date
    data_left: str
    text: str
    is_handled: bool
    is_new: bool
    is_closed: bool
    closed_on: date | None
    discovered_at: datetime
    report_by: datetime
    clock: str


def clock_words(signal, now):
    """Return how long the school still has to report, in words; "" once it is closed."""
    if signal.state == PrivacySignal.State.CLOSED:
        return ""
    seconds = (signal.report_by - now).total_seconds()
    if seconds < 0:
        hours = int(-seconds // 3600)
        return ngettext("%(n)s hour too late", "%(n)s hours too late", hours) % {"n": hours}
    hours = int(seconds // 3600)
    return (
        ngettext("%(n)s hour left", "%(n)s hours left", hours) % {"n": hours} if hours else _("less than an hour left")
    )


def _lines(rows):
    now = timezone.now()
    return [
        SignalLine(
            row.pk, row.written_at, row.school.name, BADGES[row.state], row.get_state_display(), clock_words(row, now)
        )
        for row in rows.select_related("school").order_by("-written_at", "-pk")
    ]


def _crumbs(last):
    return [(_("Privacy"), reverse("cases:signal_list")), (last, "")]


@require_safe
def signal_list(request):
    """One's own signals; and for who handles them, those of the school."""
    context = {
        "reviews": [
            (school.name, reverse("consent:grant_review", args=[school.pk]))
            for school in School.objects.watched_by(request.user).order_by("name", "pk")
        ],
        "own": _lines(PrivacySignal.objects.written_by(request.user)),
        "handled": _lines(PrivacySignal.objects.handled_by(request.user).exclude(writer=request.user)),
    }
    page = render(request, "cases/signal_list.html", context)
    record("signal.listed", by=request.user, detail={"rows": len(context["own"]) + len(context["handled"])})
    return page


@require_http_methods(["GET", "POST"])
def signal_write(request):
    """Say that something is wrong; `?zaak=` fills in the case that one came from."""
    schools, cases = schools_to_warn(request.user), cases_to_name(request.user)
    initial = {"case": request.GET.get("zaak", "")}
    initial["school"] = next((str(row.school_id) for row, _name in cases if str(row.pk) == initial["case"]), "")
    people = people_to_name(request.user, schools)
    form = WriteSignalForm(request.POST or None, initial=initial, schools=schools, cases=cases, people=people)
    form = page_form(form, _("Send"), guard=True)
    if form.is_valid():
        try:
            signal = privacy.write_signal(by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal, not_your_school="school", not_of_this_school="concerns")
        else:
            messages.success(request, _("Sent. You see here how it stands. Is it urgent? Then call the school too."))
            return redirect("cases:signal_detail", signal.pk)
    title = _("Something is wrong with privacy")
    return show_form(request, "cases/signal_write.html", form, schools=schools, crumbs=_crumbs(title))


def _case(signal, user):
    """The case of a signal as this person may call it, or None when it is not theirs to see (any more)."""
    row = Trajectory.objects.for_user(user).filter(pk=signal.about).select_related("level").first()
    if row is None or row.reading in (Reading.DOSSIER, Reading.ANONYMOUS):
        return None
    sheet = Sheet.of(row)
    return Case(
        sheet.child if row.reading == Reading.TRACE else sheet.short, reverse("cases:trajectory_detail", args=[row.pk])
    )


def _page(signal, *, is_handled):
    return SignalPage(
        uuid=signal.pk,
        school=signal.school.name,
        badge=BADGES[signal.state],
        state=signal.get_state_display(),
        writer=signal.writer.full_name,
        written_at=signal.written_at,
        noticed_on=signal.noticed_on,
        data_left=signal.get_data_left_display(),
        text=signal.text,
        is_handled=is_handled,
        is_new=signal.state == PrivacySignal.State.NEW,
        is_closed=signal.state == PrivacySignal.State.CLOSED,
        closed_on=signal.closed_on,
        discovered_at=signal.discovered_at,
        report_by=signal.report_by,
        clock=clock_words(signal, timezone.now()),
    )


@require_safe
def signal_detail(request, uuid):
    """A signal: for its writer the words and how it stands, for who handles it the clock, the steps and what next."""
    signal = get_to_see(PrivacySignal, request.user, uuid, "school", "writer")
    is_handled = PrivacySignal.objects.handled_by(request.user).filter(pk=uuid).exists()
    record("signal.looked", signal, by=request.user, ground="handler" if is_handled else "writer")
    context = {"page": _page(signal, is_handled=is_handled), "crumbs": _crumbs(_("Signal"))}
    if is_handled:
        steps = list(signal.steps.select_related("taken_by").order_by("-taken_at", "-pk"))
        reported, told = privacy.decisions(steps)
        concerned = privacy.whom_it_is_about(signal)
        context |= {
            "steps": [
                StepLine(
                    row.taken_at, row.taken_by.full_name, row.get_kind_display(), row.kind != row.Kind.NOTE, row.text
                )
                for row in steps
            ],
            "concerned": concerned and concerned.full_name,
            "reported": reported and reported.get_kind_display(),
            "told": told and told.get_kind_display(),
            "case": _case(signal, request.user),
            "looks_url": looks_url(signal),
            "may_decide": PrivacySignal.objects.editable_by(request.user).filter(pk=uuid).exists(),
        }
    return render(request, "cases/signal_detail.html", context)


@require_http_methods(["GET", "POST"])
def signal_take_up(request, uuid):
    """Begin to look at it, or set the clock right."""
    signal = get_to_edit(PrivacySignal, request.user, uuid)
    form = page_form(TakeUpSignalForm.of(request.POST or None, signal), _("Save moment"))
    if form.is_valid():
        try:
            privacy.take_up_signal(signal=signal, discovered_at=form.cleaned_data["discovered_at"], by=request.user)
        except ValidationError as refusal:
            tell(form, refusal, future="at")
        else:
            messages.success(request, _("Saved. The 72 hours count from this moment."))
            return redirect("cases:signal_detail", uuid)
    title = _("Since when does the school know?")
    back = reverse("cases:signal_detail", args=[uuid])
    intro = _("A breach is reported to the Autoriteit Persoonsgegevens within 72 hours after the school heard of it.")
    return show_form(
        request, "cases/setup_form.html", form, title=title, back=back, school=signal.school, intro=intro,
        crumbs=_crumbs(title),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def signal_step(request, uuid):
    """Write a note or a decision down; the FG notes alone."""
    signal = get_to_see(PrivacySignal, request.user, uuid, "school")
    if not PrivacySignal.objects.handled_by(request.user).filter(pk=uuid).exists():
        raise ReadOnly(signal)
    may_decide = PrivacySignal.objects.editable_by(request.user).filter(pk=uuid).exists()
    form = page_form(SignalStepForm(request.POST or None, may_decide=may_decide), _("Save"), guard=True)
    back = reverse("cases:signal_detail", args=[uuid])
    if form.is_valid():
        try:
            privacy.add_step(signal=signal, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    title = _("Add a step")
    return show_form(
        request, "cases/setup_form.html", form, title=title, back=back, school=signal.school, crumbs=_crumbs(title)
    )


@require_POST
def signal_close(request, uuid):
    """Close it, once everything is decided."""
    signal = get_to_edit(PrivacySignal, request.user, uuid)
    try:
        privacy.close_signal(signal=signal, by=request.user, on=timezone.localdate())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("Closed. Who wrote it sees that."))
    return redirect("cases:signal_detail", uuid)
