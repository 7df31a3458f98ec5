"""`audit verify`: whether the record of looking and doing still stands as it was written."""

from django.core.management.base import BaseCommand, CommandError

from accounts.wall import SYSTEM, acting
from audit.models import Event
from audit.verify import verify


class Command(BaseCommand):
    """Goes along every chain; names the first altered event of each that is broken."""

    help = "With verify: checks every chain of the record, and names the first altered event of each that is broken."

    def add_arguments(self, parser):
        """One thing to do."""
        parser.add_argument("deed", choices=["verify"])

    def handle(self, *args, **options):
        """Raises CommandError, and so ends with 1, when a chain is broken."""
        with acting(SYSTEM):
            broken, events = verify(), Event.objects.count()
        if broken:
            raise CommandError("The record was altered.\n" + "\n".join(f"- {one}" for one in broken))
        self.stdout.write(f"The record holds: {events} events.")
