"""The wall round what parents were asked and answered."""

from django.db import migrations

from accounts.wall import guard, only_grows
from cases.wall import INTO_FILE, OF_FILE, STAYS_IN_FILE


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial"), ("cases", "0002_wall")]
    operations = [
        guard("consent_engagement", see=OF_FILE, make=INTO_FILE, fixed=STAYS_IN_FILE),
        guard("consent_engagementpart", see=OF_FILE, make=INTO_FILE, fixed=STAYS_IN_FILE),
        guard("consent_parentchoice", see=OF_FILE, make=INTO_FILE, fixed=STAYS_IN_FILE),
        only_grows("consent_historicalworkingarrangement", "consent_historicalacceptance"),
    ]
