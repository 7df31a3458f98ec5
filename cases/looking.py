"""Who may see which part of the record of looking (docs/adr/0014); migration `cases.0008` says the same in SQL.

    everyone            what they did themselves, refusals left out: those would tell what exists
    intern begeleider   what outsiders did in the cases of the school
    director            the own school, but for the restricted kinds
    supervisors         auditor, privacy officer: their school; FG: all schools of the board
    administrator       who signed in and who got which rights; nothing of a dossier
    safeguarding lead   the restricted kinds

An exclusion beats all of it: of a child whose file somebody is kept from, nothing is told. Nor of a signal about
privacy to whom it is about.
"""

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.access import schools_of, schools_traced_by, signals_about
from accounts.models import TRACING, ExpertProfile, Membership, Role
from audit.models import Event
from cases.models import CaseExclusion, GroupPlace, Guardianship, Trajectory

RESTRICTED = ("consent.dutyconflict", "cases.safeguarding")  # Veilig Thuis, meldcode, conflict of duties
RIGHTS = r"^(signin|role|person|invitation|setup)[.]"
SEARCHING = (Role.DIRECTOR, *TRACING)  # they look along the record of others, take it along and judge it


def looks_for(user):
    """Return the events that this person may see, in no order."""
    mine = Q(actor=user.pk) & ~Q(action__startswith="refused.")
    about_me = Q(kind="cases.privacysignal", subject__isnull=False, subject__among=signals_about(user))
    return Event.objects.filter(mine | (_by_role(user) & _tells_nothing_barred(user)), ~about_me)


def searches(user):
    """Whether this person looks along what others did: director, auditor, privacy officer or FG of some school."""
    return _schools(user, [Role.DIRECTOR]).exists() or _schools(user, TRACING).exists()


def _schools(user, roles):
    day = timezone.localdate()
    return Membership.objects.on(day).filter(user=user, role__in=roles)


def _by_role(user):
    directed, led = schools_of(user, [Role.DIRECTOR]), schools_of(user, [Role.COORDINATOR])
    traced = schools_traced_by(user, TRACING)
    administered = schools_of(user, [Role.ADMIN])
    is_open = ~Q(kind__in=RESTRICTED)
    outsiders = ArraySubquery(ExpertProfile.objects.values("user_id"))
    return (
        _at(traced)
        | (_at(directed) & is_open)
        | (Q(school__among=led, dossier__isnull=False, actor__among=outsiders) & is_open)
        | Q(school__among=schools_of(user, [Role.SAFEGUARDING_LEAD]), kind__in=RESTRICTED)
        | (_at(administered) & Q(dossier=None, action__regex=RIGHTS))
    )


def _at(schools):
    """What was done at these schools, and what their people did that belongs to no school (signing in, own lists)."""
    people = ArraySubquery(Membership.objects.filter(school__among=schools).values("user_id"))
    return Q(school__among=schools) | Q(school=None, actor__among=people)


def _tells_nothing_barred(user):
    """Leave out what would tell of a child whose file this person is kept from: its parents, the exclusion."""
    day = timezone.localdate()
    exclusions = list(CaseExclusion.objects.filter(user=user))
    if not exclusions:
        return Q()
    pupils = [row.pupil_id for row in exclusions if row.holds_on(day)]
    others = Guardianship.objects.filter(~Q(pupil__in=pupils), guardian=OuterRef("guardian"))
    relations = Guardianship.objects.filter(pupil__in=pupils)
    cases = list(Trajectory.objects.filter(pupil__in=pupils).values_list("pk", flat=True))
    keys = [
        *pupils,
        *cases,
        *(row.pk for row in exclusions),
        *CaseExclusion.objects.filter(pupil__in=pupils).values_list("pk", flat=True),
        *relations.values_list("pk", flat=True),
        *relations.filter(~Exists(others)).values_list("guardian_id", flat=True),
        *GroupPlace.objects.filter(pupil__in=pupils).values_list("pk", flat=True),
    ]
    refused = Q(detail__subject__in=[str(key) for key in keys])
    return ~Q(dossier__in=cases) & ~Q(subject__in=keys) & (Q(detail__subject__isnull=True) | ~refused)


def place_of(kind, subject):
    """Return (school, dossier) of a record that somebody was refused, whether that person may know or not.

    For the record of looking alone.
    """
    with connection.cursor() as cursor:
        cursor.execute("select school, dossier from place_of(%s, %s)", [kind, subject])
        return cursor.fetchone()


LOOKED = ("looked", "read", "downloaded", "traced", "viewed_as_expert", "parts_looked")


def looks_at_child(trajectory, user):
    """Return the looks at this child's cases and page, as far as `user` may see them, the oldest first.

    For the extract that parents ask for: never the restricted kinds, nor what was refused or only done.
    """
    cases = Trajectory.objects.filter(pupil=trajectory.pupil_id).values("pk")
    rows = looks_for(user).filter(Q(dossier__in=cases) | Q(subject=trajectory.pupil_id))
    rows = rows.filter(action__regex=rf"[.]({'|'.join(LOOKED)})$").exclude(action__startswith="looks.")
    return rows.exclude(kind__in=RESTRICTED).exclude(actor=None).order_by("at", "seq", "pk")


def directs(user, trajectory):
    """Whether this person is director of the school of this case: who decides what parents are told of the record."""
    held = schools_of(user, [Role.DIRECTOR])
    return Trajectory.objects.for_user(user).filter(pk=trajectory.pk, school__among=held).exists()
