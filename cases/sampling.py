"""A sample of last month's looks, and a verdict on each and on reading that stands out: the record used to check.

The sample is kept in the record itself, so that nobody draws again until it suits. Verdicts are only added, and the
record tells of each: nobody takes one back unseen. The note stands apart from the record, sealed.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import schools_of, schools_traced_by
from accounts.actions import saved
from accounts.models import TRACING, LookVerdict, Role, School, time_ordered
from audit.record import record
from cases.looking import LOOKED, RESTRICTED, looks_for
from cases.unusual import LOOKS_BACK, unusual

SAMPLE = 10


def schools_searched(user):
    """Return the schools whose record this person looks along."""
    directed, traced = schools_of(user, [Role.DIRECTOR]), schools_traced_by(user, TRACING)
    return School.objects.filter(models.Q(pk__among=directed) | models.Q(pk__among=traced)).order_by("name")


def month_before(day):
    """Return the first day of the month before this day's."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def sample_of(school, month, looks):
    """Return the event that keeps the sample of this month, or None; `looks` are those that the reader may see."""
    drawn = looks.filter(action="looks.sampled", school=school.pk, detail__month=f"{month:%Y-%m}")
    return drawn.order_by("at").first()


def draw_sample(*, school, month, by):
    """Draw ten looks of that month, once. Returns the event that keeps them.

    Raises ValidationError `drawn` when there is a sample, `no_looks` when there is nothing to draw from.
    """
    mine = looks_for(by)
    if sample_of(school, month, mine):
        raise ValidationError(_("The sample of this month has been drawn already."), code="drawn")
    begin = timezone.make_aware(datetime.combine(month, time()))
    end = timezone.make_aware(datetime.combine((month + timedelta(days=32)).replace(day=1), time()))
    looks = mine.filter(school=school.pk, dossier__isnull=False, actor__isnull=False, at__gte=begin, at__lt=end)
    looks = looks.filter(action__regex=rf"[.]({'|'.join(LOOKED)})$").exclude(action__startswith="looks.")
    keys = list(looks.exclude(actor=by.pk).order_by("?").values_list("pk", flat=True)[:SAMPLE])
    if not keys:
        raise ValidationError(_("Nobody looked at a case in this month."), code="no_looks")
    detail = {"month": f"{month:%Y-%m}", "rows": len(keys), "events": [str(key) for key in keys]}
    return record("looks.sampled", school, by=by, detail=detail)


@transaction.atomic
def judge_look(*, event, verdict, by, note=""):
    """Say whether there was a reason for a look, with a note. Returns the LookVerdict.

    Nobody judges a look of their own: ValidationError `own_look`.
    """
    _refuse(event.actor, verdict, by)
    on, is_restricted = timezone.localdate(event.at), event.kind in RESTRICTED
    row = LookVerdict(event=event.pk, dossier=event.dossier, about=event.actor, on=on, is_restricted=is_restricted)
    _keep(row, event.school, verdict, note, by)
    record("looks.judged", event, by=by, school=event.school, detail={"verdict": row.verdict})
    return row


@transaction.atomic
def judge_unusual(*, school, place, verdict, by, note=""):
    """Say whether there was a reason for what stood out: `place` is that of an Unusual. Returns the LookVerdict.

    Raises ValidationError, `no_finding` when it doesn't stand out for this person.
    """
    if place not in {one.place for one in unusual(school, looks_for(by))}:
        raise ValidationError(_("This doesn't stand out any more."), code="no_finding")
    about, on, why = place
    _refuse(about, verdict, by)
    row = LookVerdict(about=about, on=on, why=why, is_restricted=why == "restricted")
    _keep(row, school.pk, verdict, note, by)
    record("looks.judged", row, by=by, detail={"verdict": row.verdict, "why": why, "person": str(about)})
    return row


def _refuse(about, verdict, by):
    if about == by.pk:
        raise ValidationError(_("Somebody else judges what you looked at yourself."), code="own_look")
    if verdict not in LookVerdict.Verdict.values:
        raise ValidationError(_("Choose what you found."), code="no_verdict")


def _keep(row, school, verdict, note, by):
    row.pk = time_ordered()  # the newest verdict counts, also of two at one moment
    row.school_id, row.verdict, row.note, row.judged_by = school, verdict, note.strip() or None, by
    saved(row, by=by, why="look judged")


@dataclass(frozen=True)
class Found:
    """A verdict as the list shows it."""

    words: str
    who: str
    note: str


def verdicts(school, keys, user):
    """Return the newest verdicts at this school, as Found: {event: one} of these looks, and {Unusual.place: one}."""
    since = timezone.localdate() - LOOKS_BACK - timedelta(days=1)
    asked = models.Q(event__in=keys) | models.Q(event=None, on__gte=since)
    rows = LookVerdict.objects.for_user(user).filter(asked, school=school).select_related("judged_by")
    return {
        row.event or (row.about, row.on, row.why): Found(
            row.get_verdict_display(), row.judged_by.full_name, row.note or ""
        )
        for row in rows.order_by("judged_at", "pk")
    }


def look_to_judge(user, uuid):
    """Return this event as far as this person may judge it, or None."""
    schools = schools_searched(user).values("pk")
    return looks_for(user).filter(pk=uuid, school__in=schools).first()
