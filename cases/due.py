"""What cases itself puts on Vandaag: reports to share, what is due, silence towards parents."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from cases import today
from cases.access import class_label
from cases.actions.files import receivers_by_child, without_report
from cases.models import Agreement, CaseTerms, Conversation, Intervention, ReportSharing, Trajectory
from cases.today import Task

SOON = timedelta(days=3)
A_SCHOOL_YEAR = timedelta(days=365)


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


# --- what must stand in the pupil administration too, where the school asks that (docs/rules.md, decision 6) ----------


def to_administer(day, since):
    """Rows of the last school year that the school wants in its administration and that are not ticked. `since` is
    the field that says when such a row became ready for it.
    """
    asks = Exists(CaseTerms.objects.filter(school=OuterRef("school"), asks_administration=True))
    return Q(asks, in_administration_on=None, **{f"{since}__gte": day - A_SCHOOL_YEAR})


def administration_task(row, what, url, due):
    """Return the task for a row of a file, with its class as `place`; a closed case is a file of its own."""
    return Task(
        kind="administration",
        child=getattr(row, "trajectory", row).initials,
        group=row.place or "",
        school=row.school.name,
        text=_("Put it in ParnasSys and tick it: %(what)s") % {"what": what},
        url=url,
        action=_("Look at it"),
        due=due,
    )


@today.add
def reports_to_administer(user, day):
    """Reports that were shared and do not stand in the pupil administration yet."""
    shared = ReportSharing.objects.filter(conversation=OuterRef("pk"), edition=OuterRef("edition"))
    rows = Conversation.objects.filter(
        Exists(shared), to_administer(day, "held_on"), trajectory__in=Trajectory.objects.staffed_by(user).values("pk")
    )
    rows = rows.select_related("trajectory", "school").annotate(place=class_label("trajectory__pupil", day))
    for row in rows.defer("text", "child_view", "judgement", "judgement_rests_on", "source"):
        url = reverse("cases:conversation_detail", args=[row.pk])
        yield administration_task(row, _("report of the talk"), url, row.held_on)


@today.add
def cases_to_administer(user, day):
    """Closed cases of which the summary does not stand in the pupil administration yet."""
    rows = Trajectory.objects.staffed_by(user).filter(to_administer(day, "closed_on"), state=Trajectory.State.CLOSED)
    for row in rows.select_related("school").annotate(place=class_label("pupil", day)):
        url = reverse("cases:trajectory_detail", args=[row.pk])
        yield administration_task(row, _("closed case"), url, row.closed_on)
