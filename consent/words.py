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
from consent.models import Engagement, Outcome


def state_words(state):
    """What a state of an engagement is called on a page."""
    return {
        "prepared": _("the letter is not sent yet"),
        "parents_informed": _("the letter is not sent yet"),
        "waiting": _("waiting for the parents' answer"),
        "silent": _("no answer from the parents"),
        "talk": _("the parents want to talk first"),
        "objects": _("the parents object to the plan"),
        "anonymous": _("answered: anonymous"),
        "known": _("answered: known"),
        "active": _("the expert is at work"),
        "closed": _("ended"),
        "cancelled": _("given up"),
    }[state]


WAITS = ("prepared", "parents_informed", "waiting", "silent", "talk", "objects")


@timeline.add
def engagement_moments(trajectory):
    """The guidance on the time line: dashed while it waits for the parents."""
    day = timezone.localdate()
    rows = Engagement.objects.filter(trajectory=trajectory).select_related("expert__expert").prefetch_related("choices")
    for row in rows:
        state = row.state(day)
        due = max((choice.due_on for choice in row.choices.all() if choice.due_on), default=None)
        note = _("Answer asked before %(day)s.") % {"day": long_date(due)} if due and state in WAITS else ""
        title = _("Expert %(name)s: %(state)s") % {"name": row.expert.expert.name, "state": state_words(state)}
        yield Moment(
            on=row.ended_on or row.started_on or row.asked_on or row.prepared_on,
            note=note,
            order=50,
            title=title,
            kind="wait" if state in WAITS else "letter",
            url=reverse("consent:engagement_detail", args=[row.pk]),
            badge=_("parents not told yet") if row.runs_untold else "",
            badge_kind="warn",
        )


@today.add
def answers_due(user, day):
    """Letters to send, answers that are late, parents who want to talk (R25-R40)."""
    rows = Engagement.objects.filter(
        trajectory__in=Trajectory.objects.staffed_by(user).running().values("pk"),
        cancelled_on=None,
        ended_on=None,
        started_on=None,
    )
    rows = (
        rows.select_related("trajectory", "school")
        .prefetch_related("choices")
        .annotate(place=class_label("trajectory__pupil", day))
    )
    for row in rows:
        state = row.state(day)
        if line := _lines().get(state):
            due = max((choice.due_on for choice in row.choices.all() if choice.due_on), default=row.prepared_on)
            yield Task(
                kind=state,
                child=row.trajectory.initials,
                group=row.place or "",
                school=row.school.name,
                text=line[0],
                action=line[1],
                url=reverse("consent:engagement_detail", args=[row.pk]),
                due=due,
                late=state == Outcome.SILENT or (state in ("prepared", "parents_informed") and due < day),
            )


def _lines():
    return {
        "prepared": (_("Send the letter to the parents"), _("Send letter")),
        "parents_informed": (_("Send the letter to the parents"), _("Send letter")),
        "waiting": (_("Letter is out: answer of the parents"), _("Look at letter")),
        "silent": (_("No answer of the parents yet: remind or call"), _("Remind parents")),
        "talk": (_("Parents want to talk first: call them"), _("Call parents")),
        "objects": (_("Parents object to the plan"), _("Look at it")),
    }
