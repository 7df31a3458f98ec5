"""The record can only grow: a trigger chains each event to the one before, and the application may not touch what stands."""

from django.conf import settings
from django.db import migrations

# The seal leaves empty columns out, so that a column added later doesn't break what stands.
# `audit_broken` reads past the heads, which nobody may, and tells where a chain breaks, never what is in it.
FORWARD = """
create function audit_seal(e audit_event) returns bytea stable language sql
    set timezone = 'UTC' set datestyle = 'ISO' set bytea_output = 'hex' as $$
    select sha256(coalesce(e.previous, ''::bytea) || convert_to(jsonb_strip_nulls(to_jsonb(e) - 'seal')::text, 'UTF8'))
$$;
create function audit_chain() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare head audit_eventhead%rowtype;
begin
    new.chain := coalesce('d' || new.dossier::text, 's' || new.school::text, 'u' || new.actor::text, 'installation');
    insert into audit_eventhead (chain, seq, seal) values (new.chain, 0, ''::bytea) on conflict do nothing;
    select * into head from audit_eventhead h where h.chain = new.chain for update;
    new.seq := head.seq + 1;
    new.previous := head.seal;
    new.seal := audit_seal(new);
    update audit_eventhead h set seq = new.seq, seal = new.seal where h.chain = new.chain;
    return new;
end
$$;
create function audit_broken() returns table (chain text, seq bigint, id uuid) stable language sql
    security definer set search_path = public, pg_temp as $$
    with links as (
        select e.chain, e.seq, e.id, e.seal = audit_seal(e)
            and e.seq = row_number() over way and e.previous = coalesce(lag(e.seal) over way, ''::bytea) as holds
        from audit_event e window way as (partition by e.chain order by e.seq nulls first, e.id)
    ), altered as (
        select distinct on (l.chain) l.chain, l.seq, l.id from links l
        where l.holds is not true order by l.chain, l.seq nulls first, l.id
    ), cut as (
        select h.chain, h.seq + 0 as seq, null::uuid as id from audit_eventhead h
        where not exists (select 1 from audit_event e where e.chain = h.chain and e.seq = h.seq and e.seal = h.seal)
    ), headless as (
        select e.chain, min(e.seq) as seq, null::uuid as id from audit_event e
        where not exists (select 1 from audit_eventhead h where h.chain = e.chain) group by e.chain
    )
    select distinct on (b.chain) b.chain::text, b.seq, b.id
    from (select * from altered union all select * from cut union all select * from headless) b
    where coalesce(current_setting('app.user_id', true) = 'system', false)
    order by b.chain, b.id nulls last
$$;
create trigger chain before insert on audit_event for each row execute function audit_chain();
alter table audit_event enable row level security;
create policy make on audit_event for insert with check (true);
create policy see on audit_event for select using (coalesce(current_setting('app.user_id', true) = 'system', false));
"""
BACKWARD = """
drop trigger chain on audit_event; drop policy make on audit_event; drop policy see on audit_event;
alter table audit_event disable row level security;
drop function audit_broken(); drop function audit_chain(); drop function audit_seal(audit_event);
"""


def take_away(apps, schema_editor):
    """The application inserts events and reads none of the heads."""
    role = schema_editor.quote_name(settings.APPLICATION_ROLE)
    schema_editor.execute(f"revoke update, delete, truncate on audit_event from {role}")
    schema_editor.execute(f"revoke all on audit_eventhead from {role}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD), migrations.RunPython(take_away, migrations.RunPython.noop)]
