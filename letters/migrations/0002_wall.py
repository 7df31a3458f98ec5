"""The wall round what went out on paper."""

from django.db import migrations

from accounts.wall import guard
from cases.wall import OF_FILE


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_initial"), ("cases", "0002_wall")]
    operations = [
        guard("letters_issuedletter", see=OF_FILE, make=OF_FILE),
        guard("letters_addressee", see=OF_FILE, make=OF_FILE),
        guard("letters_readinglink", see=OF_FILE, make=OF_FILE, history=False),
    ]
