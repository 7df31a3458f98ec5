"""The second wall: row-level security in PostgreSQL, under `for_user`.

The application's role owns nothing. Outside `acting` it sees no care data; inside, it sees what the
person who acts may see, by policies that the migrations own.
"""

from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations import RunPython, RunSQL
from django.utils import timezone

from audit.record import SYSTEM

__all__ = ["SYSTEM", "acting", "also_see", "as_owner", "guard", "only_grows", "regard"]


def _tell(who):
    """Say who acts. Whose account is off acts as nobody: to the policies he isn't there."""
    known = (
        "%s"
        if who in ("", SYSTEM)
        else "coalesce((select %s::text from accounts_user where id = %s and is_active), '')"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"select set_config('app.user_id', {known}, true), set_config('app.today', %s, true),"
            " set_config('app.now', %s, true)",
            [*[who] * known.count("%s"), timezone.localdate().isoformat(), timezone.now().isoformat()],
        )
    connection.who_acts = who


@contextmanager
def acting(who):
    """Act as this person (a user's uuid, or SYSTEM; "" is nobody) until the end of the block; always in a transaction.

    The day and the moment are told by the application too, so that both walls always speak of the same ones.
    """
    before = getattr(connection, "who_acts", "") if connection.in_atomic_block else ""
    with transaction.atomic():
        _tell(str(who))
        try:
            yield
            if not transaction.get_rollback():
                _tell(before)
        finally:  # a rollback puts the setting itself back
            connection.who_acts = before


@contextmanager
def as_owner():
    """Connect as the role that owns the tables (to migrate), then go back. Raises RuntimeError without one."""
    if settings.DATABASE_OWNER is None:
        raise RuntimeError("Set DATABASE_OWNER_URL: the application's own role may not change tables.")
    mine = {key: connection.settings_dict.get(key) for key in ("USER", "PASSWORD")}
    _become({key: settings.DATABASE_OWNER.get(key) for key in mine})
    try:
        yield
    finally:
        _become(mine)


def _become(role):
    connection.close()
    connection.settings_dict.update(role)


def guard(table, *, see, make, change=None, history=True, fixed=("school_id",), see_history=None):
    """Return the operation that puts the wall round a table and its history.

    Four policies: who sees, who adds, who changes, and nobody but SYSTEM removes. The columns in `fixed` never
    change, for nobody: keys and policies hang on them. The history follows the reading rule (or the narrower
    `see_history`), can be added to by whoever may save, and is never changed.
    """
    change = change or make
    see_history = see_history or see
    moved = " or ".join(f"old.{column} is distinct from new.{column}" for column in fixed)
    sql = _wall(table, see, make, change) + (
        f"create trigger stays before update on {table} for each row when ({moved}) execute function refuse_move();"
    )
    undo = f"drop trigger stays on {table};" + _unwall(table)
    if history:
        app, _, model = table.partition("_")
        sql += _wall(f"{app}_historical{model}", see_history, "true", "false")
        undo += _unwall(f"{app}_historical{model}")
    return RunSQL(sql, undo)


def regard(table, *, see, before_see, make=None, before_make=None):
    """Return the operation that says anew who reads (or adds to) one guarded table; nothing else changes.

    `before_see` and `before_make` are what the wall said until now: for the way back.
    """
    return RunSQL(_policies(table, see, make), _policies(table, before_see, before_make))


def also_see(*tables, name, see):
    """Return the operation that lets others read these tables too, beside what their own policies say.

    One more policy of reading: what may be added or changed, and who reads by the table's own rule, stays as it is.
    """
    return RunSQL(
        "".join(f"create policy {name} on {table} for select using ({see});" for table in tables),
        "".join(f"drop policy {name} on {table};" for table in tables),
    )


def _policies(table, see, make):
    sql = f"alter policy see on {table} using ((select app_system()) or {see});"
    if make:
        sql += f"alter policy make on {table} with check ((select app_system()) or {make});"
    return sql


def only_grows(*tables):
    """Return the operation that lets the application add to these tables and read them, and nothing more.

    For the history of what tells nothing about a child and has no policy: who had which role is no less a record.
    """

    def take_away(apps, schema_editor):
        role = schema_editor.quote_name(settings.APPLICATION_ROLE)
        for table in tables:
            schema_editor.execute(f"revoke update, delete, truncate on {schema_editor.quote_name(table)} from {role}")

    return RunPython(take_away, RunPython.noop)


def _wall(table, see, make, change):
    return f"""
        alter table {table} enable row level security;
        create policy see on {table} for select using ((select app_system()) or {see});
        create policy make on {table} for insert with check ((select app_system()) or {make});
        create policy change on {table} for update using ((select app_system()) or {change});
        create policy remove on {table} for delete using ((select app_system()));
    """


def _unwall(table):
    return "".join(f"drop policy {name} on {table};" for name in ("see", "make", "change", "remove")) + (
        f"alter table {table} disable row level security;"
    )
