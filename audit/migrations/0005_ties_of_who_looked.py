"""What tied people to a child on a day: of who looked, and for whom a substitute did something."""

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
# Before the chain is closed over it (triggers run in the order of their names): what a substitute does in a file is
# done for the teacher of that group, of two for the one who is on leave.
BEHALF = f"""
create function audit_behalf() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if new.on_behalf is null and new.actor is not null and new.dossier is not null then
        select o.user_id into new.on_behalf
        from (select app_today() as on_day) a, cases_trajectory t
        join cases_groupplace p on p.pupil_id = t.pupil_id
        join cases_groupteacher s on s.group_id = p.group_id and s.kind = 'substitute' and s.user_id = new.actor
        join cases_groupteacher o on o.group_id = p.group_id and o.kind in ('own', 'duo') and o.user_id <> new.actor
        where t.id = new.dossier and {DAY.format("p")} and {DAY.format("s")} and {DAY.format("o")}
        order by exists (select 1 from accounts_staffleave l where l.user_id = o.user_id and l.school_id = t.school_id
            and {DAY.format("l")}) desc, o.kind desc, o.from_on, o.user_id
        limit 1;
    end if;
    return new;
end
$$;
create trigger behalf before insert on audit_event for each row execute function audit_behalf();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0004_seal_and_cut"),
        ("cases", "0010_wall_for_break_glass"),
        ("consent", "0005_history_for_supervisors"),
    ]
    operations = [
        migrations.RunSQL(FORWARD, "drop function ties_of(uuid[], uuid[], date[]);"),
        migrations.RunSQL(BEHALF, "drop trigger behalf on audit_event; drop function audit_behalf();"),
    ]
