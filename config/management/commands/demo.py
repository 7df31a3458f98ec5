"""`manage.py demo`: the fictional school of a try-out. `--accounts` prints its sign-ins as JSON."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import fiction


class Command(BaseCommand):
    """Tell the fictional school once; a second time changes nothing."""

    help = "Fills a try-out with the fictional school. With --accounts: prints its sign-ins as JSON."

    def add_arguments(self, parser):
        """One switch."""
        parser.add_argument("--accounts", action="store_true", help="print the sign-ins as JSON, and do nothing else")

    def handle(self, *args, accounts=False, **options):
        """Fill, or print. Raises CommandError where this is not a try-out."""
        if not settings.TRYOUT:
            raise CommandError("The fictional school is for a try-out alone. Set TRYOUT=1 where no child is real.")
        if accounts:
            if not fiction.is_told():
                raise CommandError("There is no fictional school yet. First: manage.py demo")
            self.stdout.write(json.dumps(fiction.accounts(), ensure_ascii=False, indent=2))
        elif fiction.is_told():
            self.stdout.write("The fictional school is there already; nothing was changed.")
        else:
            fiction.tell()
            self.stdout.write(f"The fictional school is ready: {len(fiction.accounts())} people can sign in.")
