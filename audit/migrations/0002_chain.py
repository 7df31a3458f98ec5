"""The record can only grow: a trigger chains each event to the one before, and the application may not touch what stands."""

from django.conf import settings
from django.db import migrations

FORWARD = """
create function audit_seal(e audit_event) returns bytea stable language sql
    set timezone = 'UTC' set datestyle = 'ISO' set bytea_output = 'hex' as $$
    select sha256(coalesce(e.previous, ''::bytea) || convert_to((to_jsonb(e) - 'seal')::text, 'UTF8'))
$$;
create function audit_chain() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare head audit_eventhead%rowtype;
begin
    new.chain := coalesce('d' || new.dossier::text, 's' || new.school::text, 'installation');
    insert into audit_eventhead (chain, seq, seal) values (new.chain, 0, ''::bytea) on conflict do nothing;
    select * into head from audit_eventhead h where h.chain = new.chain for update;
    new.seq := head.seq + 1;
    new.previous := head.seal;
    new.seal := audit_seal(new);
    update audit_eventhead h set seq = new.seq, seal = new.seal where h.chain = new.chain;
    return new;
end
$$;
create trigger chain before insert on audit_event for each row execute function audit_chain();
alter table audit_event enable row level security;
create policy make on audit_event for insert with check (true);
create policy see on audit_event for select using (coalesce(current_setting('app.user_id', true) = 'system', false));
"""
BACKWARD = """
drop trigger chain on audit_event; drop policy make on audit_event; drop policy see on audit_event;
alter table audit_event disable row level security;
drop function audit_chain(); drop function audit_seal(audit_event);
"""


def take_away(apps, schema_editor):
    """The application inserts events and reads none of the heads."""
    role = schema_editor.quote_name(settings.APPLICATION_ROLE)
    schema_editor.execute(f"revoke update, delete, truncate on audit_event from {role}")
    schema_editor.execute(f"revoke all on audit_eventhead from {role}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD), migrations.RunPython(take_away, migrations.RunPython.noop)]
