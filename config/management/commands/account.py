"""`account`: switch somebody's account off or on, when nobody at a school can: an expert's, a last director's."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from accounts.standing import BACK_BECAUSE, BECAUSE, bring_back, switch_off
from accounts.wall import SYSTEM, acting


class Command(BaseCommand):
    """For the maintainer. The reason is a code, and goes into the record."""

    help = "Switch somebody's account off (from the next click on, at every school), or on again."

    def add_arguments(self, parser):
        """What, whose and why."""
        parser.add_argument("deed", choices=["off", "on"])
        parser.add_argument("--username", required=True)
        parser.add_argument("--because", choices=sorted({*BECAUSE, *BACK_BECAUSE}), default="other")

    def handle(self, *args, **options):
        """Raises CommandError when nobody has this name, or for a reason that belongs to the other deed."""
        deed, because = options["deed"], options["because"]
        if because not in (BECAUSE if deed == "off" else BACK_BECAUSE):
            raise CommandError(f"This is no reason to switch an account {deed}.")
        user = User.objects.filter(username__iexact=options["username"]).first()
        if user is None:
            raise CommandError("Nobody has this username.")
        with acting(SYSTEM):
            if deed == "off":
                switch_off(user=user, because=because, by=SYSTEM, on=timezone.localdate())
            else:
                bring_back(user=user, because=because, by=SYSTEM)
        self.stdout.write(f"The account of {user.username} is {deed}.")
