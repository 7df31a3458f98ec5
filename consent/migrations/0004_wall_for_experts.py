"""The wall round what an expert hands in, the coaching of a teacher, and the days on which an expert comes."""

from django.db import migrations

from accounts.wall import guard
from cases.wall import AT_WORK, INTO_FILE, LED, OF_FILE, STAYS_IN_FILE

# A coaching note is opened by no role and by no case: by being the teacher it is for, or its author while the work
# goes on. `coaching_notes_of` counts them for the staff of the case, who may not read them.
FUNCTIONS = """
create function coaching_notes() returns uuid[] stable language sql security definer set search_path = public, pg_temp as $$
    select coalesce(array_agg(n.id), '{}') from consent_coachingnote n
    left join cases_levelphase p on p.id = n.phase_id
    where n.removed_on is null and (
        n.teacher_id = app_user() and n.school_id = any((select staff_schools())::uuid[]) and (
            n.engagement_id is not null and n.lasts_until >= app_today()
            or n.phase_id is not null and (p.until_on is null or p.until_on >= app_today()))
        or n.author_id = app_user() and (
            n.engagement_id is not null and n.trajectory_id = any((select guided_trajectories())::uuid[])
            or n.phase_id is not null and n.school_id = any((select staff_schools())::uuid[])
                and (p.until_on is null or p.until_on >= app_today())))
$$;
create function coaching_notes_of(trajectory uuid) returns integer stable language sql
    security definer set search_path = public, pg_temp as $$
    select count(*)::int from consent_coachingnote n where n.trajectory_id = $1 and n.removed_on is null
      and ($1 = any((select my_trajectories())::uuid[]) or n.school_id = any((select led_schools())::uuid[])
           and not $1 = any((select barred_trajectories())::uuid[]))
$$;
"""
GUIDED = "trajectory_id = any((select guided_trajectories())::uuid[])"
INTO_GUIDED = f"{GUIDED} and school_id = school_of_trajectory(trajectory_id)"
OWN = "author_id = (select app_user())"
NOTE = "id = any((select coaching_notes())::uuid[])"
WRITES_NOTE = f"({OWN} and (engagement_id is not null and {INTO_GUIDED} or phase_id is not null and {INTO_FILE}))"


class Migration(migrations.Migration):
    dependencies = [("consent", "0003_consultation_report_coaching"), ("cases", "0004_wall_for_opened_items")]
    operations = [
        migrations.RunSQL(FUNCTIONS, "drop function coaching_notes_of(uuid); drop function coaching_notes();"),
        guard("consent_consultation", see=OF_FILE, make=INTO_FILE, fixed=STAYS_IN_FILE),
        guard("consent_sharingreason", see=OF_FILE, make=INTO_FILE, fixed=STAYS_IN_FILE),
        guard(
            "consent_expertreport",
            see=f"({OF_FILE} or {OWN} and {GUIDED})",
            make=f"({INTO_FILE} or {OWN} and {INTO_GUIDED})",
            change=INTO_FILE,
            fixed=(*STAYS_IN_FILE, "author_id"),
            see_history=OF_FILE,
        ),
        guard(
            "consent_coachingnote",
            see=NOTE,
            make=WRITES_NOTE,
            change=NOTE,
            fixed=(*STAYS_IN_FILE, "author_id", "teacher_id"),
        ),
        guard(
            "consent_clbday",
            see=f"({AT_WORK} or expert_id = (select app_user()))",
            make=LED,
            fixed=("school_id", "expert_id"),
            see_history=AT_WORK,
        ),
        guard(
            "consent_clbplace",
            see=f"({OF_FILE} or {GUIDED} and exists (select 1 from consent_clbday d where d.id = day_id))",
            make=INTO_FILE,
            fixed=STAYS_IN_FILE,
            see_history=OF_FILE,
        ),
    ]
