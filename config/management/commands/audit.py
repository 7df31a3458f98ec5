"""`audit verify`, `audit seal`, `audit cut`: whether the record of looking still stands as it was written."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.dates import short_date
from accounts.wall import SYSTEM, acting
from audit import seals
from audit.models import Event
from audit.verify import verify


class Command(BaseCommand):
    """Goes along every chain; seals them, also in a file elsewhere; cuts off what is old enough."""

    help = (
        "verify: checks every chain of the record, and names the first altered event of each that is broken;"
        " with --against FILE also whether what was sealed there still stands."
        " seal: seals the end of every chain, with --to FILE (or AUDIT_SEALS) in a file outside the database."
        " cut: removes events older than AUDIT_YEARS, each chain up to a seal."
    )

    def add_arguments(self, parser):
        """One thing to do."""
        parser.add_argument("deed", choices=["verify", "seal", "cut"])
        parser.add_argument("--to", default=settings.AUDIT_SEALS, help="the file to add the seals to")
        parser.add_argument("--against", default="", help="a file of seals to hold the record against")

    def handle(self, *args, deed, **options):
        """Raises CommandError, and so ends with 1, when a chain is broken."""
        with acting(SYSTEM):
            self.stdout.write(getattr(self, f"_{deed}")(options))

    def _verify(self, options):
        broken, events = verify(), Event.objects.count()
        if options["against"]:
            broken += seals.compare(options["against"])
        if broken:
            raise CommandError("The record was altered.\n" + "\n".join(f"- {one}" for one in broken))
        chains, day = seals.begins_at_a_seal()
        cut = f"\nvanaf zegel van {short_date(day)}: {chains} chains were cut." if chains else ""
        return f"The record holds: {events} events.{cut}"

    def _seal(self, options):
        if options["to"]:
            return f"{seals.write(options['to'])} seals were added to the file."
        return f"{seals.seal_heads()} chains were sealed, in the database alone."

    def _cut(self, _options):
        return f"{seals.cut()} events were removed."
