"""The menu: what this person can open from anywhere."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.context import me
from accounts.models import LEADING, TRACING, WORKING, Role


@dataclass(frozen=True)
class Item:
    """One line of the menu."""

    url: str
    label: str
    current: bool


def _items(request):
    codes = me(request).role_codes
    wanted = [("cases:today", _("Today"))]
    if not codes:  # who has no role anywhere is an external expert
        wanted += [("consent:guided_list", _("Guidance"))]
    if codes & set(WORKING):
        wanted += [("cases:pupil_list", _("Pupils")), ("cases:trajectory_list", _("Cases"))]
        wanted += [("letters:letter_list", _("Letters"))]
    if codes & set(TRACING):
        wanted += [("cases:glass_list", _("Break-glass"))]
    if codes & {*LEADING, Role.ADMIN}:
        wanted += [("cases:setup", _("School"))]
    return _lines(request, wanted)


def _own_items(request):
    codes = me(request).role_codes
    wanted = [] if codes else [("consent:my_profile", _("My details"))]
    if not codes or codes & set(WORKING):
        wanted += [("consent:note_list", _("Advice to teachers") if not codes else _("Advice for me"))]
    if codes & {*LEADING, Role.PRIVACY_OFFICER, Role.FG}:
        wanted += [("cases:signal_list", _("Privacy"))]
    wanted += [("cases:look_list", _("Record of looking"))]
    if codes & {*LEADING, *TRACING}:
        wanted += [("cases:matrix", _("Who reads what"))]
    return _lines(request, wanted)


def _lines(request, wanted):
    here = request.resolver_match.view_name if request.resolver_match else ""
    return [Item(reverse(name), label, name == here) for name, label in wanted]


def menu(request):
    """The context of the menu and of the search field, empty for who is not signed in."""
    return {
        "nav": SimpleLazyObject(lambda: _items(request) if me(request).signed_in else []),
        "own_pages": SimpleLazyObject(lambda: _own_items(request) if me(request).signed_in else []),
        "search_url": SimpleLazyObject(
            lambda: reverse("cases:pupil_search") if me(request).role_codes & set(WORKING) else ""
        ),
    }
