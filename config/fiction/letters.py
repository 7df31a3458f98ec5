"""The letters of the story, and how they reach the parents."""

from accounts.wall import acting
from letters.actions import issue_parent_letter, issue_reminder, record_given
from letters.models import IssuedLetter

HANDED = IssuedLetter.How.HANDED


def send_letter(story, engagement, back, *, given=True):
    """Make the letters of an engagement, one for each address; and hand them over the same day, or leave them lying."""
    guide, day = story.coordinator, story.calendar.back(back)
    with acting(guide.pk):
        for letter in issue_parent_letter(engagement=engagement, by=guide, on=day):
            if given:
                record_given(letter=letter, how=HANDED, by=guide, on=day)


def remind(story, engagement, back):
    """Send the one reminder to whoever has not answered."""
    guide, day = story.coordinator, story.calendar.back(back)
    with acting(guide.pk):
        for letter in issue_reminder(engagement=engagement, by=guide, on=day):
            record_given(letter=letter, how=IssuedLetter.How.POST, by=guide, on=day)
