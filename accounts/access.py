"""Which schools somebody works for today: the ground under every door. Says in Python what the wall says in SQL."""

from functools import lru_cache

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db.models import Exists, Expression, ForeignKey, Lookup, OuterRef, Q, UUIDField
from django.utils import timezone


@UUIDField.register_lookup
@ForeignKey.register_lookup
class Among(Lookup):
    """`= any(array)`: the array is made once, before the scan."""

    lookup_name = "among"
    prepare_rhs = False

    def get_prep_lookup(self):
        """Take the array as it is."""
        return self.rhs

    def as_sql(self, compiler, connection):
        """Write the comparison."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = compiler.compile(self.rhs)
        return f"{left} = any({right})", [*left_params, *right_params]


class Array(Expression):
    """The uuids that a query of one column gives, for `__among`. It names no table of the query round it.

    Its SQL is written here and now: what stands in six places of a rule is put into words once. It holds no answer:
    the database finds that anew in each query.
    """

    def __init__(self, rows):
        super().__init__(output_field=ArrayField(UUIDField()))
        try:
            sql, self.params = rows.query.sql_with_params()
        except EmptyResultSet:
            sql, self.params = "select null::uuid where false", ()
        self.sql = f"array({sql})"

    @property
    def identity(self):
        """What makes two of them the same."""
        return (type(self), self.sql, self.params)

    def as_sql(self, compiler, connection):
        """Return what was written."""
        return self.sql, self.params


once_a_day = lru_cache(maxsize=1024)  # the words of a rule for one person on one day


def memberships(user, roles, day=None):
    """Return the roles of these kinds that this person holds at schools on that day, leave left out."""
    day = day or timezone.localdate()
    away = apps.get_model("accounts", "StaffLeave").objects.on(day).filter(user=user, school=OuterRef("school"))
    return (
        apps.get_model("accounts", "Membership")
        .objects.on(day)
        .filter(~Exists(away), Q(school__isnull=False), user=user, role__in=roles)
    )


def schools_of(user, roles):
    """Return the array of schools where this person holds one of these roles today."""
    return _schools_of(user.pk, tuple(roles), timezone.localdate())


@once_a_day
def _schools_of(user, roles, day):
    return Array(memberships(user, roles, day).values("school_id"))


def memberships_tracing(user, roles, school_id):
    """Return the roles of these kinds by which this person supervises this school today, there or at its board."""
    held = apps.get_model("accounts", "Membership").objects.on(timezone.localdate()).filter(user=user, role__in=roles)
    return held.filter(Q(school=school_id) | Q(board__schools=school_id))


def schools_traced_by(user, roles):
    """Return the array of schools that this person supervises today, at the school or through its board.

    Leave at a school pauses that too, whichever way the role is held.
    """
    return _schools_traced_by(user.pk, tuple(roles), timezone.localdate())


@once_a_day
def _schools_traced_by(user, roles, day):
    held = apps.get_model("accounts", "Membership").objects.on(day).filter(user=user, role__in=roles)
    away = apps.get_model("accounts", "StaffLeave").objects.on(day).filter(user=user, school=OuterRef("pk"))
    supervised = Q(pk__in=held.values("school_id")) | Q(board__in=held.values("board_id"))
    return Array(apps.get_model("accounts", "School").objects.filter(supervised, ~Exists(away)).values("pk"))


def signals_about(user):
    """Return the array of signals about privacy that are about this person, who sees none of them."""
    return Array(apps.get_model("accounts", "Concern").objects.filter(user=user).values("signal"))


def boards_of(user, roles):
    """Return the array of boards at which this person holds one of these roles today."""
    held = apps.get_model("accounts", "Membership").objects.on(timezone.localdate())
    return Array(held.filter(user=user, role__in=roles, board__isnull=False).values("board_id"))


def school_year_of(day):
    """Return the school year of this day, as "2026-2027": it begins on the first of August."""
    first = day.year if day.month >= 8 else day.year - 1
    return f"{first}-{first + 1}"
