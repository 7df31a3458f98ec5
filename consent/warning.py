"""An external expert warns a school that works with her, also when no guidance runs (R56)."""

from cases.privacy import add
from consent.models import Acceptance


@add
def schools_of_expert(user):
    """The schools whose arrangement this expert was offered."""
    return Acceptance.objects.filter(user=user).values("school_id")
