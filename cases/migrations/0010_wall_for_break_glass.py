"""The wall round break-glass, and the tables that it opens: to look for half an hour, and to do nothing.

Reading alone: who adds and who changes is said by the older policies, which know nothing of it.
"""

from django.db import migrations

from accounts.wall import also_see, guard
from cases.wall import LED, OF_FILE, STAYS_IN_FILE

DEFINER = "returns uuid[] stable language sql security definer set search_path = public, pg_temp as $$"

# Only who would find no more than that the case exists: an outsider with a grant opens nothing this way.
# `kept_from` tells who works with a child which colleagues are left out of its file today, so that the list of its
# readers is right; it tells nobody else.
FUNCTIONS = f"""
create function glassed_trajectories() {DEFINER}
    select coalesce(array_agg(g.trajectory_id), '{{}}') from cases_breakglass g
    where g.user_id = app_user() and g.ended_at is null and g.until_at > app_now()
      and g.school_id = any((select traced_schools())::uuid[])
      and not g.trajectory_id = any((select barred_trajectories())::uuid[])
      and not g.trajectory_id = any((select granted_trajectories('see_dossier'))::uuid[])
      and not g.trajectory_id = any((select granted_trajectories('see_anonymous'))::uuid[])
$$;
create function glassed_pupils() {DEFINER}
    select coalesce(array_agg(t.pupil_id), '{{}}') from cases_trajectory t
    where t.id = any((select glassed_trajectories())::uuid[])
$$;
create function board_fg_schools() {DEFINER}
    select coalesce(array_agg(s.id), '{{}}') from accounts_school s
    where s.id = any((select traced_schools())::uuid[]) and exists (
        select 1 from accounts_membership m
        where m.user_id = app_user() and m.role = 'fg' and (m.school_id = s.id or m.board_id = s.board_id)
          and m.from_on <= app_today() and (m.until_on is null or m.until_on >= app_today()))
$$;
create function kept_from(pupil uuid) {DEFINER}
    select coalesce(array_agg(e.user_id), '{{}}') from cases_caseexclusion e
    where e.pupil_id = $1 and e.from_on <= app_today() and (e.until_on is null or e.until_on >= app_today())
      and not $1 = any((select barred_pupils())::uuid[])
      and (app_system() or $1 = any((select my_pupils())::uuid[])
           or e.school_id = any((select led_schools())::uuid[]))
$$;
"""
NAMES = ("kept_from(uuid)", "board_fg_schools()", "glassed_pupils()", "glassed_trajectories()")

OWN = "user_id = (select app_user())"
TRACED = "school_id = any((select traced_schools())::uuid[])"
OPEN_TO_ALL = "not trajectory_id = any((select barred_trajectories())::uuid[])"
LIVING = "ended_at is null and until_at > (select app_now())"
# Who works in the file sees that it is open to somebody now; afterwards only who opened it, leads or supervises.
GLASS = f"(({OWN} or {LED} or {TRACED} or {LIVING} and {OF_FILE}) and {OPEN_TO_ALL})"
OVERSEEN = f"(({OWN} or {LED} or {TRACED}) and {OPEN_TO_ALL})"
OPENS = f"({OWN} and {TRACED} and {OPEN_TO_ALL} and school_id = school_of_trajectory(trajectory_id))"
CHANGES = f"(({OWN} or {LED} or school_id = any((select board_fg_schools())::uuid[])) and {OPEN_TO_ALL})"

GLASSED = "trajectory_id = any((select glassed_trajectories())::uuid[])"
OPENED = (
    *("levelphase", "conversation", "attendee", "position", "intervention", "agreement", "reportsharing"),
    *("entry", "document", "movedrecord"),
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_wall_for_signals")]
    operations = [
        migrations.RunSQL(FUNCTIONS, "".join(f"drop function {name};" for name in NAMES)),
        guard(
            "cases_breakglass",
            see=GLASS,
            make=OPENS,
            change=CHANGES,
            # Whose, which file, why and until when: it never becomes longer, nor somebody else's.
            fixed=(*STAYS_IN_FILE, "user_id", "role", "kind", "opened_at", "until_at"),
            see_history=OVERSEEN,
        ),
        also_see(
            *(f"cases_{model}" for model in OPENED),
            *(f"cases_historical{model}" for model in OPENED),
            name="see_by_glass",
            see=GLASSED,
        ),
        also_see(
            "cases_historicaltrajectory", name="see_by_glass", see="id = any((select glassed_trajectories())::uuid[])"
        ),
        also_see("cases_pupil", name="see_by_glass", see="id = any((select glassed_pupils())::uuid[])"),
    ]
