"""`invite`: print a one-time link with which a person chooses a password, and give that person a role at a school."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actions import create_expert, create_person, give_role, invite
from accounts.models import Membership, Role, School, User
from accounts.wall import SYSTEM, acting
from config.env import env
from consent.actions import offer_newest

EXPERT = "expert"


class Command(BaseCommand):
    """For a school's first administrator, and for who lost a link that nobody at the school may renew."""

    help = "Print a one-time link with which a person chooses a password; give that person a role at a school."

    def add_arguments(self, parser):
        """Whoever exists already needs only --school, --role and --username."""
        parser.add_argument("--school", required=True, metavar="BRIN")
        parser.add_argument("--site", default="00", help="the site of that BRIN (00)")
        parser.add_argument("--role", required=True, choices=[*Role.values, EXPERT])
        parser.add_argument(
            "--at-board",
            action="store_true",
            help="a role at the school's board; its director agrees on rights",
        )
        parser.add_argument("--username", required=True)
        parser.add_argument("--first-name")
        parser.add_argument("--prefix", default="")
        parser.add_argument("--last-name")
        parser.add_argument("--called", default="", help='what parents call this person: "juf Lotte"')
        parser.add_argument("--function", default="", help="of an expert")
        parser.add_argument("--organisation", default="", help="of an expert")
        parser.add_argument("--title", default="", help='an expert as parents read it: "mevrouw De Boer"')
        parser.add_argument("--address", help="where this installation is found: https://zorg.example.nl")

    def handle(self, *args, **options):
        """Raises CommandError with what is wrong, in one line."""
        try:
            with transaction.atomic(), acting(SYSTEM):
                token = self._invite(options)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        link = self._address(options) + reverse("accounts:invitation_accept", args=[token])
        self.stdout.write(link)

    def _invite(self, options):
        school = School.objects.filter(brin=options["school"].upper(), site_code=options["site"]).first()
        if school is None:
            raise CommandError(f"There is no school {options['school']} (site {options['site']}).")
        user = User.objects.filter(username__iexact=options["username"]).first() or self._person(options)
        if options["role"] == EXPERT:
            offer_newest(school=school, expert=user, by=SYSTEM, on=timezone.localdate())
        else:
            where = {"board": school.board} if options["at_board"] else {"school": school}
            if not self._holds(user, options["role"], **where):
                give_role(user=user, role=options["role"], from_on=timezone.localdate(), by=SYSTEM, **where)
        return invite(user=user, by=SYSTEM, school=school)

    def _person(self, options):
        names = {name: options[name] for name in ("username", "first_name", "prefix", "last_name", "called")}
        if not names["first_name"] or not names["last_name"]:
            raise CommandError("Nobody has this username yet: give --first-name and --last-name too.")
        if options["role"] != EXPERT:
            return create_person(by=SYSTEM, **names)
        if not options["function"]:
            raise CommandError("Say what this expert does: --function.")
        about = {name: options[name] for name in ("function", "organisation", "title")}
        return create_expert(by=SYSTEM, **names, **about)

    def _holds(self, user, role, **where):
        return Membership.objects.on(timezone.localdate()).filter(user=user, role=role, **where).exists()

    def _address(self, options):
        if options["address"]:
            return options["address"].rstrip("/")
        host = next((name for name in settings.ALLOWED_HOSTS if name.strip("*.")), "localhost").lstrip(".")
        return f"http://{host}:{env.int('PORT', 8000)}" if settings.TRYOUT else f"https://{host}"
