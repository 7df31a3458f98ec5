"""The wall under `for_user`: the same access rule in SQL, on every table that carries a child's data and its history."""

from django.db import migrations

from accounts.wall import guard, only_grows
from cases.wall import (
    AT_WORK,
    INTO_FILE,
    INTO_PUPIL,
    LED,
    OF_FILE,
    OF_PUPIL,
    STAYS_IN_FILE,
    STAYS_WITH_PUPIL,
)

DEFINER = "returns uuid[] stable language sql security definer set search_path = public, pg_temp as $$"
HOLDS = "{0}.from_on <= app_today() and ({0}.until_on is null or {0}.until_on >= app_today())"

FUNCTIONS = f"""
create function school_of_trajectory(uuid) returns uuid stable language sql
    security definer set search_path = public, pg_temp as $$ select school_id from cases_trajectory where id = $1 $$;
create function school_of_pupil(uuid) returns uuid stable language sql
    security definer set search_path = public, pg_temp as $$ select school_id from cases_pupil where id = $1 $$;
create function school_of_guardian(uuid) returns uuid stable language sql
    security definer set search_path = public, pg_temp as $$ select school_id from cases_guardian where id = $1 $$;
create function barred_pupils() {DEFINER}
    select coalesce(array_agg(e.pupil_id), '{{}}') from cases_caseexclusion e
    where e.user_id = app_user() and {HOLDS.format("e")}
$$;
create function barred_trajectories() {DEFINER}
    select coalesce(array_agg(t.id), '{{}}') from cases_trajectory t where t.pupil_id = any((select barred_pupils())::uuid[])
$$;
create function own_pupils() {DEFINER}
    select coalesce(array_agg(distinct p.pupil_id), '{{}}') from cases_groupplace p
    join cases_groupteacher g on g.group_id = p.group_id and g.user_id = app_user() and {HOLDS.format("g")}
    join cases_group c on c.id = p.group_id
    join cases_pupil k on k.id = p.pupil_id
    where ({HOLDS.format("p")} or g.kind = 'handover' and (k.left_on is null or k.left_on >= app_today())
        and not exists (select 1 from cases_groupplace o join cases_group d on d.id = o.group_id
            where o.pupil_id = p.pupil_id and d.school_year = c.school_year
              and o.from_on > p.from_on and o.from_on <= app_today()))
      and p.school_id = any((select staff_schools())::uuid[]) and not p.pupil_id = any((select barred_pupils())::uuid[])
$$;
create function joined_trajectories() {DEFINER}
    select coalesce(array_agg(m.trajectory_id), '{{}}') from cases_casemember m
    where m.user_id = app_user() and {HOLDS.format("m")} and m.school_id = any((select staff_schools())::uuid[])
      and not m.trajectory_id = any((select barred_trajectories())::uuid[])
$$;
create function my_trajectories() {DEFINER}
    select coalesce(array_agg(t.id), '{{}}') from cases_trajectory t
    where t.id = any((select joined_trajectories())::uuid[]) or (t.pupil_id = any((select own_pupils())::uuid[]) and (t.closed_on is null
        or t.closed_on >= make_date(extract(year from app_today() - interval '7 months')::int, 8, 1)))
$$;
create function my_pupils() {DEFINER}
    select own_pupils() || coalesce(array_agg(t.pupil_id), '{{}}') from cases_trajectory t
    where t.id = any((select joined_trajectories())::uuid[])
$$;
create function my_guardians() {DEFINER}
    select coalesce(array_agg(g.guardian_id), '{{}}') from cases_guardianship g where g.pupil_id = any((select my_pupils())::uuid[])
$$;
create function barred_guardians() {DEFINER}
    select coalesce(array_agg(g.guardian_id), '{{}}') from cases_guardianship g
    where g.pupil_id = any((select barred_pupils())::uuid[]) and not exists (select 1 from cases_guardianship o
        where o.guardian_id = g.guardian_id and not o.pupil_id = any((select barred_pupils())::uuid[]))
$$;
create function granted_trajectories(codename text) {DEFINER}
    select coalesce(array_agg(g.content_object_id), '{{}}') from cases_trajectorygrant g
    join auth_permission p on p.id = g.permission_id and p.codename = granted_trajectories.codename
    where g.user_id = app_user() and g.until >= app_today()
$$;
create function known_pupils() {DEFINER}
    select coalesce(array_agg(t.pupil_id), '{{}}') from cases_trajectory t
    where t.id = any((select granted_trajectories('see_dossier'))::uuid[])
$$;
"""
NAMES = (
    "known_pupils()",
    "granted_trajectories(text)",
    "barred_guardians()",
    "my_guardians()",
    "my_pupils()",
    "my_trajectories()",
    "joined_trajectories()",
    "own_pupils()",
    "barred_trajectories()",
    "barred_pupils()",
    "school_of_guardian(uuid)",
    "school_of_pupil(uuid)",
    "school_of_trajectory(uuid)",
)

PUPIL = f"""(id = any((select my_pupils())::uuid[]) or id = any((select known_pupils())::uuid[]) or {LED})
    and not id = any((select barred_pupils())::uuid[])"""
LEADING_PUPIL = f"{LED} and not id = any((select barred_pupils())::uuid[])"
# Who is kept out of one child's file doesn't find its parents either, unless a brother or sister leads there.
GUARDIAN = f"""(id = any((select my_guardians())::uuid[])
    or ({LED} and not id = any((select barred_guardians())::uuid[])))"""
STAFFED = f"""(id = any((select my_trajectories())::uuid[])
    or ({LED} and not pupil_id = any((select barred_pupils())::uuid[])))"""
TRAJECTORY = f"""({STAFFED} or not pupil_id = any((select barred_pupils())::uuid[]) and (
    id = any((select granted_trajectories('see_dossier'))::uuid[])
    or id = any((select granted_trajectories('see_anonymous'))::uuid[])
    or school_id = any((select traced_schools())::uuid[])))"""
LED_PUPIL = f"({LED} and school_id = school_of_pupil(pupil_id))"
RELATION = f"({INTO_PUPIL} and school_id = school_of_guardian(guardian_id))"
MEMBER = f"({LED} and {INTO_FILE})"
EXCLUSION = f"({LED} or user_id = (select app_user()))"
EXCLUSION_OF_OTHERS = f"({LED_PUPIL} and user_id <> (select app_user()))"
# Who works in a file sees which outsider reads it: a case isn't closed while one does.
GRANT = f"""(user_id = (select app_user()) or content_object_id = any((select my_trajectories())::uuid[])
    or ({LED} and not content_object_id = any((select barred_trajectories())::uuid[])))"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("accounts", "0002_wall")]
    operations = [
        migrations.RunSQL(FUNCTIONS, "".join(f"drop function {name};" for name in NAMES)),
        guard("cases_pupil", see=PUPIL, make=LED, change=LEADING_PUPIL),
        guard("cases_groupplace", see=OF_PUPIL, make=LED_PUPIL, fixed=STAYS_WITH_PUPIL),
        guard("cases_guardian", see=GUARDIAN, make=AT_WORK, change=GUARDIAN),
        guard("cases_guardianship", see=OF_PUPIL, make=RELATION, fixed=(*STAYS_WITH_PUPIL, "guardian_id")),
        guard("cases_importrun", see=LED, make=LED),
        guard("cases_trajectory", see=TRAJECTORY, make=INTO_PUPIL, change=STAFFED, fixed=STAYS_WITH_PUPIL),
        guard("cases_levelphase", see=OF_FILE, make=INTO_FILE, fixed=STAYS_IN_FILE),
        guard("cases_casemember", see=OF_FILE, make=MEMBER, fixed=STAYS_IN_FILE),
        guard("cases_caseexclusion", see=EXCLUSION, make=EXCLUSION_OF_OTHERS, fixed=(*STAYS_WITH_PUPIL, "user_id")),
        guard("cases_conversation", see=OF_FILE, make=INTO_FILE, fixed=STAYS_IN_FILE),
        guard("cases_attendee", see=OF_FILE, make=INTO_FILE, fixed=STAYS_IN_FILE),
        guard("cases_position", see=OF_FILE, make=INTO_FILE, fixed=STAYS_IN_FILE),
        guard("cases_intervention", see=OF_FILE, make=INTO_FILE, fixed=STAYS_IN_FILE),
        guard("cases_agreement", see=OF_FILE, make=INTO_FILE, fixed=STAYS_IN_FILE),
        guard("cases_reportsharing", see=OF_FILE, make=INTO_FILE, fixed=STAYS_IN_FILE),
        guard("cases_entry", see=OF_FILE, make=INTO_FILE, fixed=STAYS_IN_FILE),
        guard("cases_document", see=OF_FILE, make=INTO_FILE, fixed=STAYS_IN_FILE),
        guard("cases_keptfile", see=OF_FILE, make=INTO_FILE, change="false", history=False, fixed=STAYS_IN_FILE),
        guard(
            "cases_trajectorygrant", see=GRANT, make="false", history=False, fixed=("school_id", "content_object_id")
        ),
        only_grows(
            "cases_historicalgroup",
            "cases_historicalgroupteacher",
            "cases_historicalsupportlevel",
            "cases_historicalheading",
            "cases_historicalcaseterms",
        ),
    ]
