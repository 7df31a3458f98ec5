"""The nightly round: grants as they should be, what nobody confirmed thrown away, the record sealed and cut.

May run as often as one likes.
"""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.rotation import drop_spent_keys
from accounts.sessions import forget_ended
from accounts.wall import SYSTEM, acting
from audit import seals
from cases.access import settled
from cases.actions.imports import KEPT_FOR, forget_old_runs
from cases.models import Trajectory


class Command(BaseCommand):
    """Rights end by themselves at the next request; this only tidies up after them."""

    help = "Ruimt op: inzage die voorbij is, ingelezen bestanden die niemand bevestigde."

    def handle(self, **_options):
        """Do the round."""
        with acting(SYSTEM):
            trajectories = Trajectory.objects.all()
            for trajectory in trajectories:
                settled(trajectory)
            runs = forget_old_runs(before=timezone.now() - KEPT_FOR)
            drop_spent_keys(on=timezone.localdate())
            seals.cut()
            seals.write(settings.AUDIT_SEALS) if settings.AUDIT_SEALS else seals.seal_heads()
        forget_ended()
        self.stdout.write(f"{len(trajectories)} trajecten nagelopen, {runs} ingelezen bestanden weggegooid")
