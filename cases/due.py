"""What cases itself puts on Vandaag: reports to share, what is due, silence towards parents."""

from datetime import timedelta

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from cases import today
from cases.access import class_label
from cases.actions.files import receivers_by_child, without_report
from cases.models import Agreement, CaseTerms, Conversation, Intervention, Trajectory
from cases.today import Task

SOON = timedelta(days=3)


def _mine(user):
    return Trajectory.objects.staffed_by(user).running().values("pk")


@today.add
def reports_to_share(user, day):
    """Talks whose present edition is not with everyone it is for (R7)."""
    receivers = receivers_by_child(Trajectory.objects.staffed_by(user).running().values("pupil_id"))
    talks = (
        Conversation.objects.filter(trajectory__in=_mine(user)).with_sharing().select_related("trajectory", "school")
    )
    for talk in talks.annotate(place=class_label("trajectory__pupil", day)):
        if without_report(talk, receivers[talk.trajectory.pupil_id]):
            is_changed = talk.ever and not talk.have
            yield Task(
                kind="share",
                child=talk.trajectory.initials,
                group=talk.place or "",
                school=talk.school.name,
                text=_("Share the changed report again") if is_changed else _("Share the report of the talk"),
                url=reverse("letters:report_share", args=[talk.pk]),
                action=_("Share report"),
                due=talk.held_on,
                late=talk.held_on < day,
            )


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
        .with_last_talk()
        .annotate(
            weeks=Subquery(weeks),
            place=class_label("pupil", day),
        )
    )
    for row in rows:
        due = (row.last_talk or row.opened_on) + timedelta(weeks=row.weeks)
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
