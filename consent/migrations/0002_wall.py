"""The wall round what parents were asked and answered."""

from django.db import migrations

from accounts.wall import guard
from cases.wall import OF_FILE


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial"), ("cases", "0002_wall")]
    operations = [
        guard("consent_engagement", see=OF_FILE, make=OF_FILE),
        guard("consent_engagementpart", see=OF_FILE, make=OF_FILE),
        guard("consent_parentchoice", see=OF_FILE, make=OF_FILE),
    ]
