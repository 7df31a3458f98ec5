"""Until when an external expert's account is needed: for as long as a guidance runs, and a while after an offer."""

from django.db.models.functions import Coalesce, Least

from accounts.standing import needed_by
from accounts.wall import SYSTEM, acting
from consent.models import Acceptance, Engagement


@needed_by
def guidance_lasts_until(people):
    """Return the last day of these experts' guidances, or of the newest offer of an arrangement when that is later.

    Asked before anybody acts, so no policy would show an engagement: it looks as SYSTEM, and gives days alone.
    """
    ends = Least(Coalesce("ended_on", "cancelled_on", "until"), "until")
    work = Engagement.objects.filter(expert__in=people).order_by().annotate(last=ends).values_list("expert_id", "last")
    offers = Acceptance.objects.filter(user__in=people).order_by().values_list("user_id", "offered_on")
    lasts = {}
    with acting(SYSTEM):
        for person, last in work.union(offers, all=True):
            lasts[person] = max(last, lasts.get(person, last))
    return lasts
