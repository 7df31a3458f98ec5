"""`second_step`: take away the lost second step of somebody whom nobody at a school can help."""

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import drop_second_step
from accounts.models import User
from accounts.wall import SYSTEM, acting


class Command(BaseCommand):
    """For an expert, a last director, or somebody with a role at another school too."""

    help = "Take away somebody's app, passkeys and recovery codes. Check first that it is really this person who asks."

    def add_arguments(self, parser):
        """Whom it is about."""
        parser.add_argument("deed", choices=["drop"])
        parser.add_argument("--username", required=True)

    def handle(self, *args, **options):
        """Raises CommandError when nobody has this name."""
        user = User.objects.filter(username__iexact=options["username"]).first()
        if user is None:
            raise CommandError("Nobody has this username.")
        with acting(SYSTEM):
            drop_second_step(user=user, by=SYSTEM)
        self.stdout.write(f"{user.username} sets up a new second step at the next sign-in.")
