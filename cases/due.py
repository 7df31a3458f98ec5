"""What cases itself puts on Vandaag: reports to share, what is due, silence towards parents."""

from collections import defaultdict
from datetime import timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Max, OuterRef, Q, Subquery, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from cases import today
from cases.access import class_label
from cases.actions.files import receivers_of
from cases.models import Agreement, CaseTerms, Conversation, Guardianship, Intervention, Trajectory
from cases.today import Task

SOON = timedelta(days=3)


def _mine(user):
    return Trajectory.objects.staffed_by(user).running().values("pk")


@today.add
def reports_to_share(user, day):
    """Talks whose present edition is not with everyone it is for (R7)."""
    there = Q(attendees__guardian__isnull=False, attendees__dropped=False)
    talks = (
        Conversation.objects.filter(trajectory__in=_mine(user))
        .select_related("trajectory", "school")
        .annotate(
            present=ArrayAgg("attendees__guardian", filter=there, distinct=True, default=Value([])),
            have=ArrayAgg(
                "sharings__guardian", filter=Q(sharings__edition=F("edition")), distinct=True, default=Value([])
            ),
            ever=Count("sharings", distinct=True),
            place=class_label("trajectory__pupil", day),
        )
        .defer("text", "child_view", "judgement", "judgement_rests_on", "source")
    )
    receivers = _receivers(user, day)
    for talk in talks:
        wanted = receivers_of(talk.present, receivers[talk.trajectory.pupil_id])
        if wanted and any(guardian.pk not in talk.have for guardian in wanted):
            yield Task(
                kind="share",
                child=talk.trajectory.initials,
                group=talk.place or "",
                school=talk.school.name,
                text=_("Share the changed report again")
                if talk.ever and not talk.have
                else _("Share the report of the talk"),
                url=reverse("letters:report_share", args=[talk.pk]),
                action=_("Share report"),
                due=talk.held_on,
                late=talk.held_on < day,
            )


def _receivers(user, day):
    """Who gets the reports of the children in this person's cases, by child, in one question."""
    pupils = Trajectory.objects.staffed_by(user).running().values("pupil_id")
    rows = Guardianship.objects.on(day).filter(pupil__in=pupils, gets_report=True, guardian__no_contact=False)
    found = defaultdict(list)
    for row in rows.select_related("guardian").order_by("from_on", "pk"):
        found[row.pupil_id].append(row.guardian)
    return found


@today.add
def agreements_due(user, day):
    """Agreements whose day has come."""
    rows = Agreement.objects.filter(trajectory__in=_mine(user), dropped=False, done_on=None, due_on__lte=day + SOON)
    for row in rows.select_related("trajectory", "school").annotate(place=class_label("trajectory__pupil", day)):
        yield Task(
            kind="agreement",
            child=row.trajectory.initials,
            group=row.place or "",
            school=row.school.name,
            text=_("Agreement: %(what)s") % {"what": row.what},
            url=reverse("cases:conversation_detail", args=[row.conversation_id]),
            action=_("Look at agreement"),
            due=row.due_on,
            late=row.due_on < day,
        )


@today.add
def interventions_due(user, day):
    """Interventions to look back on (R19)."""
    rows = Intervention.objects.filter(trajectory__in=_mine(user), evaluated_on=None, evaluate_on__lte=day + SOON)
    for row in rows.select_related("trajectory", "school").annotate(place=class_label("trajectory__pupil", day)):
        yield Task(
            kind="evaluate",
            child=row.trajectory.initials,
            group=row.place or "",
            school=row.school.name,
            text=_("Look back: did it help?"),
            url=reverse("cases:intervention_evaluate", args=[row.pk]),
            action=_("Look back"),
            due=row.evaluate_on,
            late=row.evaluate_on < day,
        )


@today.add
def parents_unheard(user, day):
    """Running cases without a talk with the parents for longer than the school wants (R16)."""
    weeks = CaseTerms.objects.filter(school=OuterRef("school")).values("contact_weeks")
    rows = (
        Trajectory.objects.staffed_by(user)
        .filter(state=Trajectory.State.OPEN)
        .select_related("school")
        .annotate(
            last=Max("conversations__held_on", filter=Q(conversations__attendees__guardian__isnull=False)),
            weeks=Subquery(weeks),
            place=class_label("pupil", day),
        )
    )
    for row in rows:
        due = (row.last or row.opened_on) + timedelta(weeks=row.weeks)
        if due < day:
            yield Task(
                kind="contact",
                child=row.initials,
                group=row.place or "",
                school=row.school.name,
                text=_("Talk with the parents: it has been a while"),
                url=reverse("cases:trajectory_detail", args=[row.pk]),
                action=_("Open case"),
                due=due,
                late=True,
            )
