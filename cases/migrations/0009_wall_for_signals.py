"""The wall for signals about privacy: for their writer, and for who handles them at that school."""

from django.db import migrations

from accounts.wall import guard

FUNCTIONS = """
create function schools_under(roles text[]) returns uuid[] stable language sql
    security definer set search_path = public, pg_temp as $$
    select coalesce(array_agg(s.id), '{}') from accounts_school s where exists (
        select 1 from accounts_membership m
        where m.user_id = app_user() and m.role = any(roles) and (m.school_id = s.id or m.board_id = s.board_id)
          and m.from_on <= app_today() and (m.until_on is null or m.until_on >= app_today()))
      and not exists (select 1 from accounts_staffleave l where l.user_id = app_user() and l.school_id = s.id
          and l.from_on <= app_today() and (l.until_on is null or l.until_on >= app_today()))
$$;
create function signal_schools() returns uuid[] stable language sql as $$
    select led_schools() || schools_under('{fg,privacy_officer}')
$$;
create function deciding_schools() returns uuid[] stable language sql as $$
    select led_schools() || schools_under('{privacy_officer}')
$$;
"""
NAMES = ("deciding_schools()", "signal_schools()", "schools_under(text[])")
ME = "(select app_user())"
HANDLED = "school_id = any((select signal_schools())::uuid[])"
DECIDED = "school_id = any((select deciding_schools())::uuid[])"
NOT_KEPT_FROM = "coalesce(child <> all((select barred_pupils())::uuid[]), true)"
# A case that the writer sees, of that school, with its own child; the trajectory's own policies say what is seen.
OF_A_CASE = """(about is null or exists (select 1 from cases_trajectory t
    where t.id = about and t.pupil_id = child and t.school_id = cases_privacysignal.school_id))"""
# Who handles the signal; the writer alone reads none of it. The signal's own policies say who is kept from it.
STEP = f"({HANDLED} and exists (select 1 from cases_privacysignal s where s.id = signal_id))"
TAKES = f"""(taken_by_id = {ME} and (kind = 'note' or {DECIDED}) and {HANDLED} and exists (
    select 1 from cases_privacysignal s
    where s.id = cases_signalstep.signal_id and s.school_id = cases_signalstep.school_id))"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_wall_for_events"), ("accounts", "0004_rights_approval_and_review")]
    operations = [
        migrations.RunSQL(FUNCTIONS, "".join(f"drop function {name};" for name in NAMES)),
        guard(
            "cases_privacysignal",
            see=f"(({HANDLED} or writer_id = {ME}) and {NOT_KEPT_FROM})",
            make=f"(writer_id = {ME} and {OF_A_CASE})",
            change=f"({DECIDED} and {NOT_KEPT_FROM})",
            fixed=("school_id", "writer_id", "about", "child"),
            see_history=f"({HANDLED} and {NOT_KEPT_FROM})",
        ),
        guard("cases_signalstep", see=STEP, make=TAKES, change="false", fixed=("school_id", "signal_id")),
    ]
