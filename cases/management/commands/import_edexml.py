"""Read in the pupils of a school from an EDEXML file, without a browser."""

import json
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import School
from accounts.wall import SYSTEM, acting
from cases.actions.imports import confirm_pupils, preview_pupils
from cases.incoming import MAX_BYTES, UnreadableFile


class Command(BaseCommand):
    """Preview, and confirm unless it is a dry run."""

    help = "Leest de leerlingen van een school in uit een EDEXML-bestand."

    def add_arguments(self, parser):
        """The file, the school, and how."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--school", required=True, help="BRIN van de school")
        parser.add_argument("--dry-run", action="store_true", help="alleen kijken, niets bewaren")
        parser.add_argument("--json", action="store_true", help="de uitkomst als JSON")

    def handle(self, *, file, school, dry_run, **options):
        """Read, tell, and keep when asked."""
        with acting(SYSTEM), transaction.atomic():
            schools = list(School.objects.filter(brin=school.upper()))
            if len(schools) != 1:
                raise CommandError(f"Er is geen school (of meer dan één) met BRIN {school}.")
            try:
                if file.stat().st_size > MAX_BYTES:
                    raise CommandError("Dit bestand is groter dan 20 MB.")
                on = timezone.localdate()
                run = preview_pupils(school=schools[0], data=file.read_bytes(), by=SYSTEM, on=on)
                problems = json.loads(run.rows)["problems"]
                if not dry_run:
                    confirm_pupils(run=run, by=SYSTEM, on=on)
            except OSError as error:
                raise CommandError(f"Dit bestand kan niet gelezen worden: {error.strerror}.") from error
            except UnreadableFile as refusal:
                raise CommandError(str(refusal.message)) from refusal
            except ValidationError as refusal:
                raise CommandError(" ".join(refusal.messages)) from refusal
            if dry_run:
                transaction.set_rollback(True)
        self._tell(run.counts, problems, as_json=options["json"])

    def _tell(self, counts, problems, *, as_json):
        told = {name: counts[name] for name in ("new", "changed", "gone", "unchanged")}
        if as_json:
            self.stdout.write(
                json.dumps(told | {"problems": problems, "dropped": counts["dropped"]}, ensure_ascii=False)
            )
            return
        self.stdout.write("nieuw {new}, gewijzigd {changed}, vertrokken {gone}, gelijk {unchanged}".format(**told))
        for name, number in sorted(counts["dropped"].items()):
            self.stdout.write(f"niet overgenomen: {name} ({number})")
        for problem in problems:
            self.stdout.write(f"regel {problem['line']}: {problem['text']}")
