"""Chains are sealed and cut by the database alone: the application asks, and removes no event itself."""

from django.conf import settings
from django.db import migrations

SYSTEM_ONLY = """
    if coalesce(current_setting('app.user_id', true), '') <> 'system' then
        raise exception 'The record is sealed and cut by the system alone' using errcode = 'insufficient_privilege';
    end if;
"""
# Nothing younger than a year ever goes, whatever anybody sets; and nothing of a chain that doesn't hold: what was
# altered stays to be looked at.
FORWARD = f"""
create function audit_seal_heads() returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare made integer;
begin
    {SYSTEM_ONLY}
    insert into audit_sealpoint (id, chain, seq, seal, at, last_at, is_cut)
    select gen_random_uuid(), h.chain, h.seq, h.seal, now(), e.at, false
    from audit_eventhead h join audit_event e on e.chain = h.chain and e.seq = h.seq
    on conflict do nothing;
    get diagnostics made = row_count;
    return made;
end
$$;
create function audit_cut(before timestamptz) returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare point record; gone bigint; removed bigint := 0;
begin
    {SYSTEM_ONLY}
    if before > now() - interval '1 year' then
        raise exception 'An event is kept for a year at least' using errcode = 'restrict_violation';
    end if;
    for point in
        select e.chain, coalesce(min(e.seq) filter (where e.at >= before) - 1, max(e.seq)) as seq
        from audit_event e where not exists (select 1 from audit_broken() b where b.chain = e.chain)
        group by e.chain having bool_or(e.at < before)
    loop
        insert into audit_sealpoint as s (id, chain, seq, seal, at, last_at, is_cut)
        select gen_random_uuid(), e.chain, e.seq, e.seal, now(), e.at, true from audit_event e
        where e.chain = point.chain and e.seq = point.seq
        on conflict (chain, seq) do update set is_cut = true;
        delete from audit_event e where e.chain = point.chain and e.seq <= point.seq;
        get diagnostics gone = row_count;
        removed := removed + gone;
    end loop;
    return removed;
end
$$;
create or replace function audit_broken() returns table (chain text, seq bigint, id uuid) stable language sql
    security definer set search_path = public, pg_temp as $$
    with begun as (
        select distinct on (s.chain) s.chain, s.seq, s.seal from audit_sealpoint s where s.is_cut order by s.chain, s.seq desc
    ), links as (
        select e.chain, e.seq, e.id, e.seal = audit_seal(e) and e.seq = coalesce(g.seq, 0) + row_number() over way
            and e.previous = coalesce(lag(e.seal) over way, g.seal, ''::bytea) as holds
        from audit_event e left join begun g on g.chain = e.chain
        window way as (partition by e.chain order by e.seq nulls first, e.id)
    ), altered as (
        select distinct on (l.chain) l.chain, l.seq, l.id from links l
        where l.holds is not true order by l.chain, l.seq nulls first, l.id
    ), ended as (
        select h.chain, h.seq + 0 as seq, null::uuid as id from audit_eventhead h
        where not exists (select 1 from audit_event e where e.chain = h.chain and e.seq = h.seq and e.seal = h.seal)
          and not exists (select 1 from begun g where g.chain = h.chain and g.seq = h.seq and g.seal = h.seal)
    ), headless as (
        select e.chain, min(e.seq) as seq, null::uuid as id from audit_event e
        where not exists (select 1 from audit_eventhead h where h.chain = e.chain) group by e.chain
    ), unsealed as (
        select s.chain, s.seq, e.id from audit_sealpoint s
        left join begun g on g.chain = s.chain
        left join audit_event e on e.chain = s.chain and e.seq = s.seq
        where s.seq > coalesce(g.seq, 0) and e.seal is distinct from s.seal
    )
    select distinct on (b.chain) b.chain::text, b.seq, b.id
    from (select * from altered union all select * from ended union all select * from headless
          union all select * from unsealed) b
    where coalesce(current_setting('app.user_id', true) = 'system', false)
    order by b.chain, b.id nulls last, b.seq
$$;
"""
BACKWARD = "drop function audit_cut(timestamptz); drop function audit_seal_heads();"


def take_away(apps, schema_editor):
    """The application reads the seals and writes none."""
    role = schema_editor.quote_name(settings.APPLICATION_ROLE)
    schema_editor.execute(f"revoke insert, update, delete, truncate on audit_sealpoint from {role}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_session_request_and_seals")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD), migrations.RunPython(take_away, migrations.RunPython.noop)]
