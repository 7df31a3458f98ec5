"""What who supervises De Wilgenboom did: two files opened by break-glass, one of them judged."""

from datetime import datetime, time

from django.utils import timezone

from accounts.wall import acting
from cases.actions.glass import mark_glass_seen, open_glass, review_glass
from cases.models import Trajectory


def tell(story):
    """The auditor looked after a complaint, and rightly; the sample of the privacy officer is still to be judged."""
    days, guide = story.calendar, story.coordinator
    judged = _opened(story, "aart.roozen", "Emma", 12, "complaint", "Klacht van een ouder over het late verslag.")
    with acting(guide.pk):
        review_glass(glass=judged, verdict="just", by=guide, on=days.back(10))
    fg = story.people["ada.verhoeven"]
    with acting(fg.pk):
        mark_glass_seen(glass=judged, by=fg, on=days.back(11))
    _opened(story, "petra.schouten", "Deniz", 2, "sample", "Steekproef: staan feiten en oordelen apart?")


def _opened(story, username, child, back, kind, sentence):
    """A file that somebody opened at twenty past eleven, so many school days ago."""
    user = story.people[username]
    at = datetime.combine(story.calendar.back(back), time(11, 20), tzinfo=timezone.get_current_timezone())
    with acting(user.pk):
        case = Trajectory.objects.get(pupil=story.pupils[child].pk)
        return open_glass(trajectory=case, kind=kind, sentence=sentence, by=user, at=at)
