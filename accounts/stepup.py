"""A weighty step asks who signs in to show it once more: exports, rights, links, a whole case on paper."""

import time
from functools import wraps
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from accounts.sessions import IDLE, not_saved

FILLING_IN = IDLE  # who opened a form after a fresh sign-in may take this long to fill it in


def is_fresh(request, within=None):
    """Return whether this person showed a password, a code or a passkey in this session, so many seconds ago."""
    records = get_authentication_records(request, request.user)
    within = within or settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return any(time.time() - shown["at"] < within for shown in records)


def fresh_sign_in(view):
    """Let only who has just signed in, or confirmed it, come to this view: `@fresh_sign_in` above or below the others.

    The page of a form asks on its GET, before anything is typed, and leads back to itself; a POST that comes without
    it gets its own texts back and a way to confirm.
    """

    @wraps(view)
    def confirmed(request, *args, **kwargs):
        if request.method in ("GET", "HEAD"):
            if is_fresh(request):
                return view(request, *args, **kwargs)
            return HttpResponseRedirect(way_to_confirm(request, request.get_full_path()))
        if is_fresh(request, FILLING_IN):
            return view(request, *args, **kwargs)
        return not_saved(request, why="confirm", way=way_to_confirm(request, _page_before(request)))

    return confirmed


def way_to_confirm(request, then):
    """Return the address of the page that asks for password, code or passkey, and leads on to `then`."""
    ways = get_adapter(request).get_reauthentication_methods(request.user)
    return f"{ways[0]['url']}?{urlencode({REDIRECT_FIELD_NAME: then})}" if ways else "/"


def _page_before(request):
    """The page on which the button was pressed, when the browser says so and it is ours."""
    before = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(before, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return urlsplit(before).path or "/"
    return "/"
