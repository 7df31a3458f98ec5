"""`keys rotate`, `keys destroy`, `keys check`: see docs/how-to/sleutels.md."""

import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import keyring, rotation
from accounts.models import School
from accounts.sealing import BrokenSeal
from accounts.wall import SYSTEM, acting

WIDE = 30  # signs of the bar


class Command(BaseCommand):
    """For whoever keeps the installation, at the machine itself."""

    help = "The keys that seal the files: rotate (replace), destroy (for ever), check (do they all open)."

    def add_arguments(self, parser):
        """One deed, and of what."""
        deeds = parser.add_subparsers(dest="deed", required=True)
        turn = deeds.add_parser("rotate", help="replace a key; goes on with what was broken off")
        what = turn.add_mutually_exclusive_group(required=True)
        what.add_argument("--master", action="store_true", help="wrap all keys with the new MASTER_KEY")
        what.add_argument("--school", metavar="BRIN", help="a new data key for one school")
        what.add_argument("--all", action="store_true", help="a new data key for every school and for the installation")
        turn.add_argument("--site", default="00", help="the site of that BRIN (00)")
        turn.add_argument("--dry-run", action="store_true", help="count, and change nothing")
        end = deeds.add_parser("destroy", help="make everything of a school unreadable, for ever")
        end.add_argument("--school", metavar="BRIN", required=True)
        end.add_argument("--site", default="00", help="the site of that BRIN (00)")
        end.add_argument("--yes-this-cannot-be-undone", dest="name", metavar="NAME", help="the school's name, in full")
        deeds.add_parser("check", help="whether the master key opens every key")

    def handle(self, *args, deed, **options):
        """Raises CommandError with what is wrong, in one line."""
        try:
            getattr(self, f"_{deed}")(options)
        except BrokenSeal as broken:
            raise CommandError(f"{broken} Nothing was changed by this step.") from broken

    def _rotate(self, options):
        if options["master"]:
            return self._rotate_master(options)
        schools = self._schools(options)
        for school in [*schools, *([None] if options["all"] else [])]:
            self._rotate_one(school, options)
        return None

    def _rotate_master(self, options):
        old, new = settings.OLD_MASTER_KEY, settings.MASTER_KEY
        if old is None or old == new:
            raise CommandError("Set MASTER_KEY(_FILE) to the new key and OLD_MASTER_KEY(_FILE) to the old one.")
        if options["dry_run"]:
            with acting(SYSTEM):
                count = rotation.SchoolKey.objects.filter(destroyed_on=None).count()
            self.stdout.write(f"{count} keys would be wrapped anew.")
            return
        count = rotation.rewrap(old=old, new=new)
        self.stdout.write(f"{count} keys are wrapped anew. Take OLD_MASTER_KEY away and start the pages again.")

    def _rotate_one(self, school, options):
        name = school.name if school else "installation"
        total = rotation.count_old(school) or rotation.count_all(school)
        if options["dry_run"]:
            self.stdout.write(f"{name}: {total} rows would be sealed anew.")
            return
        outcome = rotation.rotate(school, told=lambda done: self._bar(name, done, total))
        self.stderr.write("")
        told = "went on with a rotation that was broken off: " if outcome.resumed else ""
        self.stdout.write(f"{name}: {told}{outcome.rows} rows sealed anew, {outcome.broken} texts can't be opened.")

    def _bar(self, name, done, total):
        filled = min(WIDE, WIDE * done // max(total, 1))
        self.stderr.write(f"\r{name} [{'#' * filled}{'.' * (WIDE - filled)}] {done}/{total}", ending="")
        sys.stderr.flush()

    def _destroy(self, options):
        school = self._schools(options)[0]
        if options["name"] != school.name:
            raise CommandError(
                f"This makes every file of {school.name} unreadable, for ever. If you are sure, say so: "
                f'--yes-this-cannot-be-undone "{school.name}"'
            )
        count = rotation.destroy(school)
        self.stdout.write(f"{school.name}: {count} keys destroyed. Destroy the backups that hold them too.")

    def _check(self, options):
        with acting(SYSTEM):
            numbers = list(rotation.SchoolKey.objects.filter(destroyed_on=None).values_list("pk", flat=True))
            for number in numbers:
                keyring.prints_of(number)
        self.stdout.write(f"{len(numbers)} keys, all open.")

    def _schools(self, options):
        with acting(SYSTEM):
            schools = rotation.schools(options["school"], options["site"])
            if not schools and options["school"]:
                there = School.objects.filter(brin=options["school"].upper(), site_code=options["site"]).exists()
                raise CommandError(
                    "The key of this school was destroyed."
                    if there
                    else f"There is no school {options['school']} (site {options['site']})."
                )
        return schools
