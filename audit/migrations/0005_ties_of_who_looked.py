"""Whether who looked at a file had something to do with the child on that day: for who looks along the record."""

from django.db import migrations

DAY = "{0}.from_on <= a.on_day and ({0}.until_on is null or {0}.until_on >= a.on_day)"
LAST_DAY = "least(e.until, coalesce(e.ended_on, e.until), coalesce(e.cancelled_on, e.until))"
# Looks past the wall and tells one word: `holds`, `ended` (there was a tie, and it had ended), `did` (no tie, but this
# person did something in the file) or `none`. Of a child that the reader is kept from it tells nothing.
FORWARD = f"""
create function ties_of(dossiers uuid[], people uuid[], days date[])
    returns table (dossier uuid, person uuid, on_day date, tie text) stable language sql
    security definer set search_path = public, pg_temp as $$
    select a.dossier, a.person, a.on_day, case
        when exists (select 1 from accounts_membership m where m.user_id = a.person and m.school_id = t.school_id
                and m.role = 'coordinator' and {DAY.format("m")})
            or exists (select 1 from cases_casemember c where c.user_id = a.person and c.trajectory_id = t.id
                and {DAY.format("c")})
            or exists (select 1 from cases_groupteacher g join cases_groupplace p on p.group_id = g.group_id
                where g.user_id = a.person and p.pupil_id = t.pupil_id and {DAY.format("g")}
                and (g.kind = 'handover' or {DAY.format("p")}))
            or exists (select 1 from consent_engagement e where e.expert_id = a.person and e.trajectory_id = t.id
                and e.prepared_on <= a.on_day and {LAST_DAY} >= a.on_day)
            then 'holds'
        when exists (select 1 from accounts_membership m where m.user_id = a.person and m.school_id = t.school_id
                and m.role = 'coordinator' and m.until_on < a.on_day)
            or exists (select 1 from cases_casemember c where c.user_id = a.person and c.trajectory_id = t.id
                and c.until_on < a.on_day)
            or exists (select 1 from cases_groupteacher g join cases_groupplace p on p.group_id = g.group_id
                where g.user_id = a.person and p.pupil_id = t.pupil_id and g.from_on <= a.on_day
                and p.from_on <= a.on_day and least(g.until_on, p.until_on) < a.on_day)
            or exists (select 1 from consent_engagement e where e.expert_id = a.person and e.trajectory_id = t.id
                and {LAST_DAY} < a.on_day)
            then 'ended'
        when exists (select 1 from audit_event v where v.dossier = t.id and v.actor = a.person
                and v.action !~ '^(refused|page|looks|glass)[.]'
                and v.action !~ '[.](looked|read|downloaded|traced|listed|exported|searched|viewed_as_expert|parts_looked|readers_looked)$')
            then 'did'
        else 'none' end
    from unnest($1, $2, $3) as a(dossier, person, on_day) join cases_trajectory t on t.id = a.dossier
    where ((select app_system()) or t.school_id = any((select traced_schools())::uuid[])
            or t.school_id = any((select schools_as('{{director}}'))::uuid[]))
        and not t.id = any((select barred_trajectories())::uuid[])
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0004_seal_and_cut"),
        ("cases", "0010_wall_for_break_glass"),
        ("consent", "0005_history_for_supervisors"),
    ]
    operations = [migrations.RunSQL(FORWARD, "drop function ties_of(uuid[], uuid[], date[]);")]
