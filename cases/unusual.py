"""Reading that stands out in the record of looking: who, on which day, why. Never the hour of the day.

    many cases              more than twenty cases within an hour
    many refusals           more than ten on one day
    no relation             a file of a child that this person had nothing to do with, nor did anything in
    after the end           a file of a child of a group, a case or a guidance that had ended
    restricted kinds        records that only few may read

Whoever is intern begeleider of a school has to do with each of its children. What is read by supervision or by
break-glass is looked over in its own way, and left out here.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Q
from django.db.models.functions import TruncDay, TruncHour
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.looking import LOOKED, RESTRICTED

MANY_CASES, MANY_REFUSALS, LOOKS_BACK = 20, 10, timedelta(days=30)
WHY = {
    "many_cases": _("many cases within an hour"),
    "many_refusals": _("refused many times on one day"),
    "no_relation": _("no relation to the child"),
    "after_end": _("after an assignment ended"),
    "restricted": _("restricted records read"),
}
LOOK = Q(action__regex=rf"[.]({'|'.join(LOOKED)})$")


@dataclass(frozen=True)
class Unusual:
    """Reading that stands out: of whom, on which day, why (a code of WHY), and how often."""

    actor: UUID
    name: str
    on: date
    why: str
    count: int

    @property
    def words(self):
        """Why it stands out, in words."""
        return str(WHY[self.why])

    @property
    def place(self):
        """Which finding it is: the same on the next day."""
        return self.actor, self.on, self.why


def unusual(school, looks):
    """Return the reading of the last thirty days that stands out at this school, the newest first (four questions).

    `looks` are the events that the reader may see (`looks_for`): what is hidden from somebody doesn't stand out either.
    """
    rows = looks.filter(school=school.pk, actor__isnull=False, at__gte=timezone.now() - LOOKS_BACK)
    many = rows.filter(dossier__isnull=False).annotate(when=TruncHour("at")).values("actor", "when")
    many = many.annotate(name=Max("actor_name"), n=Count("dossier", distinct=True)).filter(n__gt=MANY_CASES)
    by_day = (
        rows.annotate(when=TruncDay("at"))
        .values("actor", "when")
        .annotate(
            name=Max("actor_name"),
            refused=Count("pk", filter=Q(action__startswith="refused.")),
            restricted=Count("pk", filter=LOOK & Q(kind__in=RESTRICTED)),
        )
    )
    by_day = list(by_day.filter(Q(refused__gt=MANY_REFUSALS) | Q(restricted__gt=0)))
    found = [_one(row, "many_cases", row["n"]) for row in many]
    found += [_one(row, "many_refusals", row["refused"]) for row in by_day if row["refused"] > MANY_REFUSALS]
    found += [_one(row, "restricted", row["restricted"]) for row in by_day if row["restricted"]]
    unique = {one.place: one for one in sorted(found, key=lambda one: one.count)}  # of two hours of one day, the fuller
    found = [*unique.values(), *_untied(rows)]
    return sorted(found, key=lambda one: (-one.on.toordinal(), one.name, one.why))


def _one(row, why, count):
    return Unusual(row["actor"], row["name"], timezone.localdate(row["when"]), why, count)


def _untied(rows):
    """What was read without a tie to the child, or after one had ended; of that also what was only tried."""
    rows = rows.filter(LOOK | Q(action__startswith="refused."), dossier__isnull=False)
    rows = rows.exclude(Q(action__startswith="looks.") | Q(ground="trace") | Q(ground__startswith="glass"))
    rows = rows.exclude(kind__in=RESTRICTED).annotate(when=TruncDay("at")).values("actor", "dossier", "when")
    read = Count("pk", filter=~Q(action__startswith="refused."))
    lines = list(rows.annotate(name=Max("actor_name"), read=read))
    ties = _ties([(row["dossier"], row["actor"], timezone.localdate(row["when"])) for row in lines])
    counted = {}
    for row in lines:
        on = timezone.localdate(row["when"])
        tie = ties.get((row["dossier"], row["actor"], on), "")
        why = {"ended": "after_end", "none": "no_relation" if row["read"] else ""}.get(tie)
        if why:
            one = counted.get((row["actor"], on, why), _one(row, why, 0))
            counted[one.place] = _one(row, why, one.count + 1)
    return counted.values()


def _ties(asked):
    """Return {(case, person, day): the word of the database for what tied them}; nothing of who may not know."""
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select dossier, person, on_day, tie from ties_of(%s::uuid[], %s::uuid[], %s::date[])",
            [list(column) for column in zip(*asked, strict=True)],
        )
        return {tuple(row[:3]): row[3] for row in cursor.fetchall()}
