"""Words, lines and histories about the parents' choice, for the pages of cases above which consent stands."""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.dates import long_date
from cases import histories, timeline, today
from cases.access import Reading, class_label
from cases.models import Trajectory
from cases.timeline import Moment
from cases.today import Task
from consent.compose import visit_words
from consent.models import (
    ClbDay,
    ClbPlace,
    CoachingNote,
    Consultation,
    Engagement,
    EngagementPart,
    ExpertReport,
    Outcome,
    ParentChoice,
    SharingReason,
    with_decision,
)


def state_words(state):
    """What a state of an engagement is called on a page."""
    return {
        "prepared": _("the letter is not sent yet"),
        "parents_informed": _("the letter is not sent yet"),
        "waiting": _("waiting for the parents' answer"),
        "silent": _("no answer from the parents"),
        "consulted": _("no answer, conferred: the expert may begin"),
        "talk": _("the parents want to talk first"),
        "objects": _("the parents object to the plan"),
        "anonymous": _("answered: anonymous"),
        "known": _("answered: known"),
        "active": _("the expert is at work"),
        "closed": _("ended"),
        "cancelled": _("given up"),
    }[state]


def holds_now(engagement, reading, visit, day):
    """Return what the answers come to today, as sentences for the staff: how known, what visit, which items.

    `reading` is what the expert sees now (None: nothing), `visit` what may be looked at in the classroom.
    """
    outcome = engagement.outcome(day)
    is_over = engagement.ended_on or engagement.cancelled_on or engagement.until < day
    if is_over or (reading is None and outcome not in (Outcome.ANONYMOUS, Outcome.KNOWN)):
        return (_("The expert sees nothing any more.") if is_over else _("The expert sees nothing."),)
    is_known = reading == Reading.DOSSIER if reading else outcome == Outcome.KNOWN
    items = engagement.allowed_items(day)
    told = [
        _("The expert may know the child by name.") if is_known else _("The child stays without a name."),
        visit_words(visit),
    ]
    if not is_known:
        words = _("May be shared without a name: %(items)s.") % {"items": ", ".join(items)}
        told.append(words if items else _("Nothing may be shared without a name."))
    if reading is None:
        told.append(_("The expert has not begun."))
    return tuple(told)


WAITS = ("prepared", "parents_informed", "waiting", "silent", "consulted", "talk", "objects")


OVERDUE = ("silent", "consulted", "tell")


def standing_words(engagement, state):
    """What its state is called, and that the parents were not told yet why it began without their answer (R43)."""
    if state == "active" and engagement.runs_untold:
        return _("began without an answer; the parents do not know why yet")
    return state_words(state)


def _next_words(engagement, state):
    """What to do next on the road without an answer (R40-R43), or what the end shut; "" elsewhere."""
    if state == "silent":
        if engagement.is_reminded:
            return _("Confer with the expert: begin without the answer, or wait longer.")
        return _("Remind the parents once.")
    if state == "consulted":
        return _("You and the expert decided to begin. Let the expert begin.")
    if state == "active" and engagement.runs_untold:
        return _("Tell the parents why the expert began.")
    if state == "closed":  # the proof that what stood open is shut (R50)
        return _("From this day on the expert sees nothing. Shared texts are gone, reports stay.")
    return ""


@timeline.add
def engagement_moments(trajectory):
    """The guidance on the time line, dashed while it waits for the parents; and the talks with the expert about it."""
    day = timezone.localdate()
    rows = with_decision(Engagement.objects.filter(trajectory=trajectory)).select_related("expert__expert")
    for row in rows.prefetch_related("choices"):
        state = row.state(day)
        due = max((choice.due_on for choice in row.choices.all() if choice.due_on), default=None)
        note = _next_words(row, state)
        if due and not note and state in WAITS:
            note = _("Answer asked before %(day)s.") % {"day": long_date(due)}
        name, url = row.expert.expert.name, reverse("consent:engagement_detail", args=[row.pk])
        title = _("Expert %(name)s: %(state)s") % {"name": name, "state": standing_words(row, state)}
        waits = state in WAITS or (state == "active" and row.runs_untold)
        yield Moment(
            on=row.ended_on or row.started_on or row.asked_on or row.prepared_on,
            note=note,
            order=50,
            title=title,
            kind="wait" if waits else "letter",
            url=url,
        )
        if row.last_decision:
            decision = Consultation.Decision(row.last_decision).label
            title = _("Conferred with %(name)s: %(decision)s") % {"name": name, "decision": decision}
            yield Moment(on=row.decided_on, order=49, title=title, kind="talk", url=url)


@today.add
def copies_due(user, day):
    """Reports of experts of which the parents have no copy yet (R51)."""
    rows = ExpertReport.objects.filter(
        trajectory__in=Trajectory.objects.staffed_by(user).running().values("pk"), copy_given_on=None
    ).select_related("trajectory", "school", "document")
    for row in rows.annotate(place=class_label("trajectory__pupil", day)):
        yield Task(
            kind="copy",
            child=row.trajectory.initials,
            group=row.place or "",
            school=row.school.name,
            text=_("Give the parents a copy of the report of the expert"),
            url=reverse("consent:report_copy", args=[row.pk]),
            action=_("Record copy"),
            due=row.document.received_on,
            late=row.document.received_on < day,
        )


NEWS_DAYS = timedelta(days=14)


@today.add
def new_advice(user, day):
    """Advice for this teacher that came lately (R52): of whom, and no word about a case."""
    rows = CoachingNote.objects.for_user(user).filter(teacher=user, written_on__gte=day - NEWS_DAYS)
    for row in rows.select_related("author", "school"):
        yield Task(
            kind="advice",
            child=_("For you"),
            group="",
            school=row.school.name,
            text=_("Advice of %(name)s") % {"name": row.author.full_name},
            url=reverse("consent:note_list"),
            action=_("Read advice"),
            due=row.written_on,
        )


@today.add
def answers_due(user, day):
    """Letters to send, answers that are late, parents who want to talk, experts to confer with (R25-R41); and parents
    who must still be told why it began without their answer, which is late at once (R43).
    """
    untold = Q(started_without_answer=True, parents_told_on=None)
    rows = Engagement.objects.filter(
        untold | Q(ended_on=None, started_on=None),
        trajectory__in=Trajectory.objects.staffed_by(user).running().values("pk"),
        cancelled_on=None,
    )
    rows = (
        with_decision(rows)
        .select_related("trajectory", "school")
        .prefetch_related("choices")
        .annotate(place=class_label("trajectory__pupil", day))
    )
    for row in rows:
        state = "tell" if row.runs_untold else row.state(day)
        confers = state == "silent" and row.is_reminded
        if line := _lines().get("confer" if confers else state):
            due = max((choice.due_on for choice in row.choices.all() if choice.due_on), default=row.prepared_on)
            page = "consent:consultation_record" if confers else "consent:engagement_detail"
            yield Task(
                kind="confer" if confers else state,
                child=row.trajectory.initials,
                group=row.place or "",
                school=row.school.name,
                text=line[0],
                action=line[1],
                url=reverse(page, args=[row.pk]),
                due=row.started_on if state == "tell" else due,
                late=state in OVERDUE or (state in ("prepared", "parents_informed") and due < day),
            )


def _lines():
    return {
        "prepared": (_("Send the letter to the parents"), _("Send letter")),
        "parents_informed": (_("Send the letter to the parents"), _("Send letter")),
        "waiting": (_("Letter is out: answer of the parents"), _("Look at letter")),
        "silent": (_("No answer of the parents yet: remind them once"), _("Remind parents")),
        "confer": (_("Still no answer after the reminder: confer with the expert"), _("Record consultation")),
        "consulted": (_("You decided to begin without the answer: let the expert begin"), _("Let expert begin")),
        "talk": (_("Parents want to talk first: call them"), _("Call parents")),
        "objects": (_("Parents object to the plan"), _("Look at it")),
        "tell": (_("The expert began without an answer: tell the parents why"), _("Tell parents")),
    }


histories.add("begeleiding", Engagement, parts=("parts", "choices", "consultations", "reports", "sharing_reasons"))
histories.add("onderdeel", EngagementPart)
histories.add("keuze", ParentChoice)
histories.add("overleg", Consultation)
histories.add("rapport", ExpertReport)
histories.add("reden", SharingReason)
histories.add("clb-plaats", ClbPlace)
histories.add("clb-dag", ClbDay, child="", parts=())
# Read by the teacher and the author alone (R52); the page names no child, for an author may not know it.
histories.add("coaching", CoachingNote, child="", ground="own")
histories.trace_with("traced_history_consent")

histories.call_fields(
    {
        "asked_on": gettext_lazy("asked on"),
        "cancelled_on": gettext_lazy("given up on"),
        "case_code": gettext_lazy("case code"),
        "day": gettext_lazy("CLB day"),
        "document": gettext_lazy("document"),
        "due_on": gettext_lazy("due on"),
        "ended_on": gettext_lazy("ended on"),
        "engagement": gettext_lazy("guidance by an expert"),
        "heading": gettext_lazy("heading"),
        "in_group": gettext_lazy("in the group"),
        "informed_on": gettext_lazy("parents informed on"),
        "lasts_until": gettext_lazy("kept until"),
        "letter_of": gettext_lazy("reference of the letter"),
        "parents_told_on": gettext_lazy("parents told why on"),
        "phase": gettext_lazy("time at a level"),
        "prepared_on": gettext_lazy("prepared on"),
        "reminded_on": gettext_lazy("reminded on"),
        "scan": gettext_lazy("answer on paper"),
        "started_on": gettext_lazy("began on"),
        "started_without_answer": gettext_lazy("began without an answer"),
    }
)
histories.call_reasons(
    {
        "advised": gettext_lazy("advice written"),
        "answered": gettext_lazy("answer recorded"),
        "asked": gettext_lazy("parents asked"),
        "called off": gettext_lazy("day called off"),
        "cancelled": gettext_lazy("given up"),
        "choice": gettext_lazy("choice added to the report"),
        "conferred": gettext_lazy("school and expert conferred"),
        "copy given": gettext_lazy("copy given to the parents"),
        "ended": gettext_lazy("guidance ended"),
        "guidance ended": gettext_lazy("guidance ended"),
        "handed in": gettext_lazy("handed in by the expert"),
        "part": gettext_lazy("part of the file chosen"),
        "planned": gettext_lazy("day planned"),
        "prepared": gettext_lazy("letter prepared"),
        "removed": gettext_lazy("taken away"),
        "taken off": gettext_lazy("taken off the agenda"),
        "rephrased": gettext_lazy("written in other words"),
        "started": gettext_lazy("expert began"),
        "waiting longer": gettext_lazy("waiting longer"),
        "withdrawn": gettext_lazy("answer taken back"),
    }
)
