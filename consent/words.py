"""Words and lines about the parents' choice, for the pages of cases above which consent stands."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.dates import long_date
from cases import timeline, today
from cases.access import class_label
from cases.models import Trajectory
from cases.timeline import Moment
from cases.today import Task
from consent.models import Engagement


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


WAITS = ("prepared", "parents_informed", "waiting", "silent", "consulted", "talk", "objects")


def standing_words(engagement, state):
    """What its state is called, and that the parents were not told yet why it began without their answer (R43)."""
    if state == "active" and engagement.runs_untold:
        return _("began without an answer; the parents do not know why yet")
    return state_words(state)


def _next_words(engagement, state):
    """What to do next on the road without an answer, in a sentence; "" elsewhere (R40-R43)."""
    if state == "silent":
        if engagement.is_reminded:
            return _("Confer with the expert: begin without the answer, or wait longer.")
        return _("Remind the parents once.")
    if state == "consulted":
        return _("You and the expert decided to begin. Let the expert begin.")
    if state == "active" and engagement.runs_untold:
        return _("Tell the parents why the expert began.")
    return ""


@timeline.add
def engagement_moments(trajectory):
    """The guidance on the time line, dashed while it waits for the parents; and the talks with the expert about it."""
    day = timezone.localdate()
    rows = Engagement.objects.filter(trajectory=trajectory).select_related("expert__expert")
    for row in rows.prefetch_related("choices", "consultations"):
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
        for talk in row.consultations.all():
            title = _("Conferred with %(name)s: %(decision)s") % {
                "name": name,
                "decision": talk.get_decision_display(),
            }
            yield Moment(on=talk.held_on, order=49, title=title, kind="talk", url=url)


@today.add
def answers_due(user, day):
    """Letters to send, answers that are late, parents who want to talk, experts to confer with (R25-R41)."""
    rows = Engagement.objects.filter(
        trajectory__in=Trajectory.objects.staffed_by(user).running().values("pk"),
        cancelled_on=None,
        ended_on=None,
        started_on=None,
    )
    rows = (
        rows.select_related("trajectory", "school")
        .prefetch_related("choices", "consultations")
        .annotate(place=class_label("trajectory__pupil", day))
    )
    for row in rows:
        state = row.state(day)
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
                due=due,
                late=state in ("silent", "consulted") or (state in ("prepared", "parents_informed") and due < day),
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
    }
