"""The letters of the story, and how they reach the parents."""

from accounts.wall import acting
from consent.actions import ask_choices
from consent.models import who_must_answer


def send_letter(story, engagement, back):
    """Put the choice to the parents: a letter for each address, handed over the same day."""
    guide, day = story.coordinator, story.calendar.back(back)
    with acting(guide.pk):
        people = [row.guardian for row in who_must_answer(engagement.trajectory.pupil, on=day)]
        addresses = list(dict.fromkeys(_address(person) for person in people))
        letters = {
            person: f"{engagement.reference}-{'ABCD'[addresses.index(_address(person))]}" for person in people
        }  # fmt: skip
        ask_choices(engagement=engagement, letters=letters, by=guide, on=day)


def _address(person):
    return person and person.address


def remind(story, engagement, back):
    """The one reminder."""
