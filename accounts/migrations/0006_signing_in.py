"""What signing in needs: sessions that end on a deed, and counters that all workers share."""

from django.db import migrations, models

# As Django's cache in the database wants it; `createcachetable` finds it there and makes nothing.
COUNTERS = """
create table accounts_counter (cache_key varchar(255) not null primary key, value text not null, expires timestamptz not null);
create index accounts_counter_expires on accounts_counter (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_school_keys_rotate")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="session_stamp",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.RunSQL(COUNTERS, "drop table accounts_counter"),
    ]
