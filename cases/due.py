"""What cases itself puts on Vandaag: reports to share, what is due, silence towards parents."""

from datetime import date, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import GrantReview, Membership, RightsApproval, School
from cases import today
from cases.access import class_label
from cases.actions.files import receivers_by_child, without_report
from cases.models import Agreement, BreakGlass, CaseTerms, Conversation, Intervention, PrivacySignal, Trajectory
from cases.models.privacy import HOURS_TO_REPORT
from cases.today import Task

SOON = timedelta(days=3)
A_SCHOOL_YEAR = timedelta(days=365)


def _mine(user):
    return Trajectory.objects.staffed_by(user).running().values("pk")


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
def reports_to_share(user, day):
    """Talks whose present edition is not with everyone it is for (R7), or not in the pupil administration (decision 6);
    and what was tried since a talk, to look back on (R19).

    All at the cost of one question: a page of what is due asks few.
    """
    cases = Trajectory.objects.staffed_by(user)
    receivers = receivers_by_child(cases.running().values("pupil_id"))
    runs, to_keep = Q(trajectory__closed_on=None), to_administer(day, "held_on")
    talks = Conversation.objects.filter(runs | to_keep, trajectory__in=cases.values("pk")).with_sharing()
    tried = Intervention.objects.filter(conversation=OuterRef("pk"), evaluated_on=None, evaluate_on__lte=day + SOON)
    tried = tried.order_by("evaluate_on", "pk").values(line=JSONObject(uuid="pk", on="evaluate_on"))
    talks = talks.select_related("trajectory", "school").annotate(
        runs=runs, is_to_administer=to_keep, tried=ArraySubquery(tried)
    )
    for talk in talks.annotate(place=class_label("trajectory__pupil", day)):
        if talk.is_to_administer and talk.have:
            url = reverse("cases:conversation_detail", args=[talk.pk])
            yield administration_task(talk, _("report of the talk"), url, talk.held_on)
        for line in talk.tried if talk.runs else ():
            yield _look_back(talk, line["uuid"], date.fromisoformat(line["on"]), day)
        if talk.runs and without_report(talk, receivers[talk.trajectory.pupil_id]):
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


def _look_back(talk, intervention, due, day):
    return Task(
        kind="evaluate",
        child=talk.trajectory.initials,
        group=talk.place or "",
        school=talk.school.name,
        text=_("Look back: did it help?"),
        url=reverse("cases:intervention_evaluate", args=[intervention]),
        action=_("Look back"),
        due=due,
        late=due < day,
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
def parents_unheard(user, day):
    """Running cases without a talk with the parents for longer than the school wants (R16); and, at the cost of the
    same question, closed ones of which the summary does not stand in the pupil administration yet (decision 6).
    """
    weeks = CaseTerms.objects.filter(school=OuterRef("school")).values("contact_weeks")
    rows = (
        Trajectory.objects.staffed_by(user)
        .filter(Q(state=Trajectory.State.OPEN) | to_administer(day, "closed_on"))
        .select_related("school")
        .with_last_talk()
        .annotate(
            weeks=Subquery(weeks),
            place=class_label("pupil", day),
        )
    )
    for row in rows:
        url = reverse("cases:trajectory_detail", args=[row.pk])
        if row.is_closed:
            yield administration_task(row, _("closed case"), url, row.closed_on)
            continue
        due = (row.last_talk or row.opened_on) + timedelta(weeks=row.weeks)
        if due < day:
            yield Task(
                kind="contact",
                child=row.initials,
                group=row.place or "",
                school=row.school.name,
                text=_("Talk with the parents: it has been a while"),
                url=url,
                action=_("Open case"),
                due=due,
                late=True,
            )


def _waiting(user, day):
    """Rights that wait for this person's agreement, open signals about privacy, schools whose rights are to be looked
    at again, and files opened by break-glass (for who judges it until there is a last word, for the FG until seen), as
    rows (kind, uuid, first name, prefix, surname, code, school, due): one question for all.
    """
    nobody = [Value(""), Value(""), Value("")]
    name = ["user__first_name", "user__prefix", "user__last_name"]
    approvals = RightsApproval.objects.decidable_by(user).order_by()
    approvals = approvals.values_list(Value("approval"), "pk", *name, "role", "school__name", "asked_on")
    due = TruncDate(F("discovered_at") + timedelta(hours=HOURS_TO_REPORT))
    reports = PrivacySignal.objects.handled_by(user).open().order_by()
    reports = reports.values_list(Value("signal"), "pk", *nobody, "state", "school__name", due)
    rounds = GrantReview.objects.filter(school=OuterRef("pk")).order_by("-made_on").values("made_on")[:1]
    roles = Membership.objects.filter(school=OuterRef("pk")).order_by("from_on").values("from_on")[:1]
    schools = School.objects.directed_by(user).order_by().annotate(last=Coalesce(Subquery(rounds), Subquery(roles)))
    schools = schools.filter(last__lte=day - A_SCHOOL_YEAR)
    schools = schools.values_list(Value("review"), "pk", *nobody, Value(""), "name", "last")
    unjudged = BreakGlass.objects.reviewable_by(user).unjudged().order_by()
    unheard = BreakGlass.objects.told_to(user).filter(~Q(pk__in=unjudged.values("pk")), fg_seen_on=None).order_by()
    opened = [
        rows.values_list(Value(kind), "pk", *name, "kind", "school__name", on)
        for kind, rows, on in (("judge", unjudged, F("review_by")), ("hear", unheard, TruncDate(F("opened_at"))))
    ]
    return approvals.union(reports, schools, *opened, all=True)


@today.add
def rights_and_privacy(user, day):
    """What asks a second person, what somebody says is wrong with privacy (R56), the yearly look at all rights, and
    the files that a supervisor opened."""
    for kind, uuid, first, prefix, last, code, school, on in _waiting(user, day):
        if kind == "approval":
            yield Task(
                kind=kind,
                child=" ".join(filter(None, (first, prefix, last))),
                group=str(dict(RightsApproval._meta.get_field("role").flatchoices)[code]),
                school=school,
                text=_("Somebody asks this right. Do you agree?"),
                url=reverse("cases:approval_detail", args=[uuid]),
                action=_("Look at request"),
                due=on,
            )
        elif kind == "signal":
            yield Task(
                kind=kind,
                child=_("Privacy"),
                group=str(PrivacySignal.State(code).label),
                school=school,
                text=_("Somebody says that something is wrong with privacy"),
                url=reverse("cases:signal_detail", args=[uuid]),
                action=_("Look at signal"),
                due=on,
                late=True,
                is_urgent=True,
            )
        elif kind in ("judge", "hear"):
            who = " ".join(filter(None, (first, prefix, last)))
            words = {"who": who, "why": BreakGlass.Kind(code).label}
            yield Task(
                kind="glass",
                child=_("A pupil"),
                group="",
                school=school,
                text=_("%(who)s opened a file by break-glass: %(why)s") % words,
                url=reverse("cases:glass_review", args=[uuid]),
                action=_("Judge it") if kind == "judge" else _("Look at it"),
                due=on,
                late=kind == "judge" and on < day,
                is_urgent=True,
            )
        else:
            yield Task(
                kind=kind,
                child=_("Rights"),
                group=school,
                school=school,
                text=_("Look once a year whether everybody still needs the rights that they have"),
                url=reverse("consent:grant_review", args=[uuid]),
                action=_("Look at rights"),
                due=on + A_SCHOOL_YEAR,
                late=on + A_SCHOOL_YEAR < day,
            )
