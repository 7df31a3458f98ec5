"""`approve`: what waits for a second person; with a number, agree in the place of who is not there."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.approvals import approve_right
from accounts.models import RightsApproval
from accounts.wall import SYSTEM, acting


class Command(BaseCommand):
    """For a school where nobody else may agree: one director, and nobody of the board. The record names the system."""

    help = "List the requests for a right that wait for a second person; with a number, approve that one."

    def add_arguments(self, parser):
        """The number of a request, as the list shows it."""
        parser.add_argument("number", nargs="?", help="which request to approve; without it, list them")

    def handle(self, *args, number, **options):
        """Print what waits, or what was approved. Raises CommandError."""
        with acting(SYSTEM):
            waiting = {str(row.pk)[:8]: row for row in self._waiting()}
            if number is None:
                for key, row in waiting.items():
                    self.stdout.write(f"{key}  {self._words(row)}")
                if not waiting:
                    self.stdout.write("Nothing waits for a second person.")
            elif number not in waiting:
                raise CommandError(f"No request {number} waits. See: manage.py approve")
            else:
                self._approve(waiting[number])

    def _approve(self, row):
        try:
            approve_right(approval=row, by=SYSTEM, on=timezone.localdate())
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(f"Approved: {self._words(row)}")

    def _waiting(self):
        return RightsApproval.objects.open().select_related("user", "asked_by", "school").order_by("asked_on", "pk")

    def _words(self, row):
        ends = f" until {row.until_on}" if row.until_on else ""
        return (
            f"{row.user.username} as {row.role} at {row.school.name} from {row.from_on}{ends}, "
            f"asked by {row.asked_by.username} on {row.asked_on}"
        )
