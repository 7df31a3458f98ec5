"""The wall round what went out on paper."""

from django.db import migrations

from accounts.wall import guard
from cases.wall import INTO_FILE, OF_FILE, STAYS_IN_FILE


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_initial"), ("cases", "0002_wall")]
    operations = [
        guard("letters_issuedletter", see=OF_FILE, make=INTO_FILE, fixed=STAYS_IN_FILE),
        guard("letters_addressee", see=OF_FILE, make=INTO_FILE, fixed=STAYS_IN_FILE),
        guard("letters_readinglink", see=OF_FILE, make=INTO_FILE, history=False, fixed=STAYS_IN_FILE),
    ]
