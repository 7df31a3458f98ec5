"""What ends at a moment and not with a day: the policies ask the application's clock, as they do for the day."""

from django.db import migrations

FORWARD = """
create function app_now() returns timestamptz stable language sql as $$
    select coalesce(nullif(current_setting('app.now', true), '')::timestamptz, now())
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_signing_in")]
    operations = [migrations.RunSQL(FORWARD, "drop function app_now();")]
