"""Who may see which part of the record of looking: the table of docs/adr/0014, in SQL. `cases.looking` says the same."""

from django.db import migrations

DEFINER = "stable language sql security definer set search_path = public, pg_temp as $$"
FORWARD = f"""
create function restricted_kinds() returns text[] immutable language sql as $$
    select '{{consent.dutyconflict,cases.safeguarding}}'::text[]
$$;
create function colleagues_at(schools uuid[]) returns uuid[] {DEFINER}
    select coalesce(array_agg(distinct m.user_id), '{{}}') from accounts_membership m where m.school_id = any($1)
$$;
create function outsiders() returns uuid[] {DEFINER}
    select coalesce(array_agg(user_id), '{{}}') from accounts_expertprofile
$$;
-- What would tell somebody of a child whose file he or she is kept from.
create function barred_subjects() returns uuid[] {DEFINER}
    select barred_pupils() || barred_trajectories() || barred_guardians()
        || (select coalesce(array_agg(g.id), '{{}}') from cases_guardianship g where g.pupil_id = any((select barred_pupils())::uuid[]))
        || (select coalesce(array_agg(p.id), '{{}}') from cases_groupplace p where p.pupil_id = any((select barred_pupils())::uuid[]))
        || (select coalesce(array_agg(e.id), '{{}}') from cases_caseexclusion e
            where e.user_id = app_user() or e.pupil_id = any((select barred_pupils())::uuid[]))
$$;
-- To which school and case a record belongs that was refused: the one who asked may not know, the record must.
create function place_of(kind text, subject uuid, out school uuid, out dossier uuid) stable language plpgsql
    security definer set search_path = public, pg_temp as $$
declare place text := replace(kind, '.', '_');
begin
    if kind !~ '^(cases|consent|meetings|letters)[.][a-z]+$' or to_regclass(place) is null then
        return;
    elsif kind = 'cases.trajectory' then
        select t.school_id, t.id into school, dossier from cases_trajectory t where t.id = subject;
    elsif exists (select 1 from pg_attribute where attrelid = to_regclass(place) and attname = 'trajectory_id') then
        execute format('select school_id, trajectory_id from %I where id = $1', place) into school, dossier using subject;
    elsif exists (select 1 from pg_attribute where attrelid = to_regclass(place) and attname = 'school_id') then
        execute format('select school_id from %I where id = $1', place) into school using subject;
    end if;
end
$$;
drop policy see on audit_event;
create policy see on audit_event for select using ((select app_system())
    or (actor = (select app_user()) and not action like 'refused.%')
    or (
        (dossier is null or not dossier = any((select barred_trajectories())::uuid[]))
        and (subject is null or not subject = any((select barred_subjects())::uuid[]))
        and not coalesce(detail ->> 'subject', '') = any((select barred_subjects())::text[])
        and (
            school = any((select traced_schools())::uuid[])
            or (school is null and actor = any((select colleagues_at(traced_schools()))::uuid[]))
            or (not kind = any((select restricted_kinds())::text[]) and (
                school = any((select schools_as('{{director}}'))::uuid[])
                or (school is null and actor = any((select colleagues_at(schools_as('{{director}}')))::uuid[]))))
            or (school = any((select schools_as('{{coordinator}}'))::uuid[])
                and dossier is not null and actor = any((select outsiders())::uuid[]) and not kind = any((select restricted_kinds())::text[]))
            or (school = any((select schools_as('{{safeguarding_lead}}'))::uuid[]) and kind = any((select restricted_kinds())::text[]))
            or (dossier is null and action ~ '^(signin|role|person|invitation|setup)[.]' and (
                school = any((select schools_as('{{admin}}'))::uuid[])
                or (school is null and actor = any((select colleagues_at(schools_as('{{admin}}')))::uuid[]))))
        )
    ));
"""
BACKWARD = """
drop policy see on audit_event;
create policy see on audit_event for select using (coalesce(current_setting('app.user_id', true) = 'system', false));
drop function place_of(text, uuid); drop function barred_subjects(); drop function outsiders();
drop function colleagues_at(uuid[]); drop function restricted_kinds();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_privacy_signal"), ("audit", "0004_seal_and_cut")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
