"""A supervisor is told that records of a case were saved: by whom, when, why and which fields. Never what they hold."""

from django.db import migrations

from cases.wall import trace

# The staff of the case may ask too: they read the histories themselves.
TRACED_CASE = """
create function traced_case(uuid) returns boolean stable language sql
    security definer set search_path = public, pg_temp as $$
    select exists (select 1 from cases_trajectory t where t.id = $1 and (
        t.id = any((select my_trajectories())::uuid[])
        or not t.pupil_id = any((select barred_pupils())::uuid[]) and (
            t.school_id = any((select traced_schools())::uuid[]) or t.school_id = any((select led_schools())::uuid[]))))
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_wall_for_opened_items")]
    operations = [
        migrations.RunSQL(TRACED_CASE, "drop function traced_case(uuid);"),
        trace(
            "cases",
            "levelphase",
            "casemember",
            "conversation",
            "attendee",
            "position",
            "intervention",
            "agreement",
            "reportsharing",
            "entry",
            "document",
            "leftoutitem",
            "shareditem",
            "movedrecord",
            itself=["trajectory"],
        ),
    ]
