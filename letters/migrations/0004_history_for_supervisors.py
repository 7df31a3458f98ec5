"""What a supervisor is told of the history of what went out on paper."""

from django.db import migrations

from cases.wall import trace


class Migration(migrations.Migration):
    dependencies = [("letters", "0003_started_letter"), ("cases", "0005_history_for_supervisors")]
    operations = [trace("letters", "issuedletter", "addressee")]
