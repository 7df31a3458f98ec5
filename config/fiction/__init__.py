"""The fictional school of a try-out: a story told through the deeds, so it can't hold what the rules forbid."""

from django.utils import timezone

from accounts.models import School
from accounts.wall import SYSTEM, acting
from config.fiction import populier, wilgenboom, zeemeeuw
from config.fiction.beginning import begin
from config.fiction.calendar import Calendar
from config.fiction.people import PEOPLE, POPULIER, SCHOOLS, SESAME, WILGENBOOM, ZEEMEEUW

__all__ = ["accounts", "is_told", "tell"]


def is_told():
    """Whether the fictional schools are there already."""
    return School.objects.filter(brin__in=[fields["brin"] for fields in SCHOOLS.values()]).exists()


def tell():
    """Tell the whole story in one transaction, as of today."""
    with acting(SYSTEM):
        stories = begin(Calendar(timezone.localdate()))
        wilgenboom.tell(stories[WILGENBOOM])
        populier.tell(stories[POPULIER])
        zeemeeuw.tell(stories[ZEEMEEUW])


def accounts():
    """Return every sign-in, as `manage.py demo --accounts` prints it."""
    return [
        {
            "username": person.username,
            "password": SESAME,
            "role": str(person.role),
            "school": person.schools[0],
            "name": person.name,
        }
        for person in PEOPLE
    ]
