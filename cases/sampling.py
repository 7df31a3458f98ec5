"""A sample of last month's looks with a verdict of each, and reading that stands out: how the record is used to check.

Both are kept in the record itself, so that nobody draws again until it suits, nor takes a verdict back unseen.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Max
from django.db.models.functions import TruncDay, TruncHour
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import schools_of, schools_traced_by
from accounts.models import TRACING, Role, School
from audit.record import record
from cases.looking import LOOKED, looks_for

SAMPLE = 10
MANY_CASES, MANY_REFUSALS, LOOKS_BACK = 20, 10, timedelta(days=30)


class Verdict(models.TextChoices):
    """What somebody found who asked whether there was a reason to look."""

    REASON = "reason", gettext_lazy("reason seen")
    ASKED = "asked", gettext_lazy("asked the person")
    NONE = "none", gettext_lazy("no reason seen")


@dataclass(frozen=True)
class Unusual:
    """Reading that stands out: who, on which day, why. Never the hour of the day."""

    actor: UUID
    name: str
    on: date
    why: str
    count: int


def schools_searched(user):
    """Return the schools whose record this person looks along."""
    directed, traced = schools_of(user, [Role.DIRECTOR]), schools_traced_by(user, TRACING)
    return School.objects.filter(models.Q(pk__among=directed) | models.Q(pk__among=traced)).order_by("name")


def month_before(day):
    """Return the first day of the month before this day's."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def sample_of(school, month, user):
    """Return the event that keeps the sample of this month, or None when nobody drew one."""
    drawn = looks_for(user).filter(action="looks.sampled", school=school.pk, detail__month=f"{month:%Y-%m}")
    return drawn.order_by("at").first()


def draw_sample(*, school, month, by):
    """Draw ten looks of that month, once. Returns the event that keeps them.

    Raises ValidationError `drawn` when there is a sample, `no_looks` when there is nothing to draw from.
    """
    if sample_of(school, month, by):
        raise ValidationError(_("The sample of this month has been drawn already."), code="drawn")
    begin = timezone.make_aware(datetime.combine(month, time()))
    end = timezone.make_aware(datetime.combine((month + timedelta(days=32)).replace(day=1), time()))
    looks = looks_for(by).filter(
        school=school.pk, dossier__isnull=False, actor__isnull=False, at__gte=begin, at__lt=end
    )
    looks = looks.filter(action__regex=rf"[.]({'|'.join(LOOKED)})$").exclude(action__startswith="looks.")
    keys = list(looks.exclude(actor=by.pk).order_by("?").values_list("pk", flat=True)[:SAMPLE])
    if not keys:
        raise ValidationError(_("Nobody looked at a case in this month."), code="no_looks")
    detail = {"month": f"{month:%Y-%m}", "rows": len(keys), "events": [str(key) for key in keys]}
    return record("looks.sampled", school, by=by, detail=detail)


def judge_look(*, event, verdict, by):
    """Say whether there was a reason for a look. Nobody judges a look of their own: ValidationError `own_look`."""
    if event.actor == by.pk:
        raise ValidationError(_("Somebody else judges what you looked at yourself."), code="own_look")
    if verdict not in Verdict.values:
        raise ValidationError(_("Choose what you found."), code="no_verdict")
    return record("looks.judged", event, by=by, school=event.school, detail={"verdict": verdict})


def verdicts_on(keys, user):
    """Return {event: (verdict in words, by whom)} of these looks, the newest verdict of each."""
    rows = looks_for(user).filter(action="looks.judged", subject__in=keys).order_by("at", "seq")
    return {row.subject: (Verdict(row.detail["verdict"]).label, row.actor_name) for row in rows}


def unusual(school, user):
    """Return the reading of the last thirty days that stands out at this school, the newest first (two questions)."""
    rows = looks_for(user).filter(school=school.pk, actor__isnull=False, at__gte=timezone.now() - LOOKS_BACK)
    many = rows.filter(dossier__isnull=False).annotate(when=TruncHour("at")).values("actor", "when")
    many = many.annotate(name=Max("actor_name"), n=Count("dossier", distinct=True)).filter(n__gt=MANY_CASES)
    refused = rows.filter(action__startswith="refused.").annotate(when=TruncDay("at")).values("actor", "when")
    refused = refused.annotate(name=Max("actor_name"), n=Count("pk")).filter(n__gt=MANY_REFUSALS)
    found = [_unusual(row, _("many cases within an hour")) for row in many.order_by("-when")]
    found += [_unusual(row, _("refused many times on one day")) for row in refused.order_by("-when")]
    return sorted(found, key=lambda one: one.on, reverse=True)


def _unusual(row, why):
    return Unusual(row["actor"], row["name"], timezone.localdate(row["when"]), why, row["n"])


def look_to_judge(user, uuid):
    """Return this event as far as this person may judge it, or None."""
    schools = schools_searched(user).values("pk")
    return looks_for(user).filter(pk=uuid, school__in=schools).first()
