"""The questions that every policy asks: who acts, on which day, for which schools."""

from django.db import migrations

from accounts.wall import only_grows

FORWARD = """
create function app_system() returns boolean stable language sql as $$
    select coalesce(current_setting('app.user_id', true) = 'system', false)
$$;
create function app_user() returns uuid stable language sql as $$
    select nullif(nullif(current_setting('app.user_id', true), ''), 'system')::uuid
$$;
create function app_today() returns date stable language sql as $$
    select coalesce(nullif(current_setting('app.today', true), '')::date, current_date)
$$;
create function schools_as(roles text[]) returns uuid[] stable language sql security definer set search_path = public, pg_temp as $$
    select coalesce(array_agg(m.school_id), '{}') from accounts_membership m
    where m.user_id = app_user() and m.role = any(roles) and m.school_id is not null
      and m.from_on <= app_today() and (m.until_on is null or m.until_on >= app_today())
      and not exists (select 1 from accounts_staffleave l where l.user_id = m.user_id and l.school_id = m.school_id
          and l.from_on <= app_today() and (l.until_on is null or l.until_on >= app_today()))
$$;
create function led_schools() returns uuid[] stable language sql as $$
    select schools_as('{coordinator,director}')
$$;
create function staff_schools() returns uuid[] stable language sql as $$
    select schools_as('{teacher,coordinator,director}')
$$;
create function traced_schools() returns uuid[] stable language sql security definer set search_path = public, pg_temp as $$
    select coalesce(array_agg(s.id), '{}') from accounts_school s where exists (
        select 1 from accounts_membership m
        where m.user_id = app_user() and m.role = any('{privacy_officer,fg,auditor}')
          and (m.school_id = s.id or m.board_id = s.board_id)
          and m.from_on <= app_today() and (m.until_on is null or m.until_on >= app_today()))
      and not exists (select 1 from accounts_staffleave l where l.user_id = app_user() and l.school_id = s.id
          and l.from_on <= app_today() and (l.until_on is null or l.until_on >= app_today()))
$$;
create function refuse_move() returns trigger language plpgsql as $$
begin
    raise exception 'A row of % stays in its school and its file', tg_table_name using errcode = 'restrict_violation';
end
$$;
"""
BACKWARD = "".join(
    f"drop function {name};"
    for name in (
        "refuse_move()",
        "traced_schools()",
        "staff_schools()",
        "led_schools()",
        "schools_as(text[])",
        "app_today()",
        "app_user()",
        "app_system()",
    )
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        only_grows(
            "accounts_historicalboard",
            "accounts_historicalschool",
            "accounts_historicalmembership",
            "accounts_historicalstaffleave",
            "accounts_historicalholiday",
            "accounts_historicalhelpdesk",
        ),
    ]
