"""How an external expert is let in once a second person agreed: the school's arrangement is offered."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.actions import close_links
from accounts.approvals import give_with
from accounts.models import EXPERT
from consent.actions import newest_arrangement, offer_arrangement


def let_in(approval, *, by, on):
    """Offer the newest arrangement to the expert of an approved request. Raises ValidationError."""
    arrangement = newest_arrangement(approval.school)
    if arrangement is None:
        raise ValidationError(_("First write down how you work together with experts."), code="no_arrangement")
    close_links(approval.user)
    return offer_arrangement(arrangement=arrangement, expert=approval.user, by=by, on=on)


give_with(EXPERT, let_in)
