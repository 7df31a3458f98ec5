"""`manage.py bench [SIZE]`: ratios side by side in one run, on made-up children that are taken back afterwards."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.wall import SYSTEM, acting
from config.measuring import measures


class Command(BaseCommand):
    """Measure, print, take everything back."""

    help = "Meet verhoudingen in één keer, op verzonnen kinderen die daarna weer weg zijn."

    def add_arguments(self, parser):
        """How many children."""
        parser.add_argument("size", nargs="?", type=int, default=5000, help="how many children (5000)")

    def handle(self, *args, size, **options):
        """Print a line for each measure. Raises CommandError where this is not a try-out."""
        if not settings.TRYOUT:
            raise CommandError("The benchmark makes children up: it runs in a try-out alone.")
        if size < 100:
            raise CommandError("Measure with 100 children at least.")
        with acting(SYSTEM):
            for one in measures(size, lambda step: self.stderr.write(f"· {step} …")):
                verdict = "ok " if one.holds else "NEE"
                self.stdout.write(f"{verdict} {one.name}: {one.ratio:.2f} (hoogstens {one.mark}); {one.detail}")
            transaction.set_rollback(True)
