"""`add_school`: a school on an empty installation, with its board and its first administrator."""

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.actions import create_board, create_school
from accounts.models import Board, Role
from accounts.wall import SYSTEM, acting
from cases.actions.school import set_up_cases

LETTERHEAD = ("name", "brin", "site_code", "street", "postcode", "city", "phone", "email")


class Command(BaseCommand):
    """The rest of the school (terms, people, experts) is filled in on its own pages."""

    help = "Add a school with its board, and print the one-time link for its first administrator."

    def add_arguments(self, parser):
        """A board of this name that is there already gets one school more."""
        parser.add_argument("--board", required=True, help="name of the school board")
        parser.add_argument("--name", required=True, help="name of the school")
        parser.add_argument("--brin", required=True)
        parser.add_argument("--site", dest="site_code", default="00", help="the site of that BRIN (00)")
        parser.add_argument("--street", required=True, help="street and number")
        parser.add_argument("--postcode", required=True)
        parser.add_argument("--city", required=True)
        parser.add_argument("--phone", required=True)
        parser.add_argument("--email", default="")
        parser.add_argument("--username", required=True, help="of the first administrator")
        parser.add_argument("--first-name")
        parser.add_argument("--last-name")
        parser.add_argument("--prefix", default="")
        parser.add_argument("--address", help="where this installation is found: https://zorg.example.nl")

    def handle(self, *args, **options):
        """All of it or nothing. Raises CommandError with what is wrong, in one line."""
        fields = {name: options[name] for name in LETTERHEAD} | {"brin": options["brin"].upper()}
        try:
            with transaction.atomic(), acting(SYSTEM):
                board = Board.objects.filter(name__iexact=options["board"]).first()
                board = board or create_board(name=options["board"], by=SYSTEM)
                set_up_cases(school=create_school(board=board, by=SYSTEM, **fields), by=SYSTEM)
                self._invite(fields, options)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal

    def _invite(self, fields, options):
        person = {name: options[name] for name in ("username", "first_name", "prefix", "last_name", "address")}
        school = {"school": fields["brin"], "site": fields["site_code"], "role": Role.ADMIN}
        call_command("invite", stdout=self.stdout, **school, **person)
