"""How long a sign-in lasts, and what a browser sends that is too late: nothing that was typed is thrown away unseen."""

import time

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.sessions.backends.db import SessionStore
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.actions import end_sessions
from accounts.wall import acting
from audit.record import record

IDLE = 30 * 60
LONGEST = 10 * 60 * 60
WRITTEN_EVERY = 60  # a session is not written at each look
BEGAN, SEEN = "began", "seen"
BACKGROUND = "X-Background"  # a script that asks by itself sends this header, and keeps no session alive
NO_TEXT = ("csrfmiddlewaretoken", "password", "again", "code", "credential", "pass_phrase")


def begin(request):
    """Start the clocks of a session: called at sign-in."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


def why_over(request):
    """Return why this session is over: "idle", "long", or "" while it goes on."""
    now = time.time()
    if now - request.session.get(BEGAN, now) >= LONGEST:
        return "long"
    if now - request.session.get(SEEN, now) >= IDLE:
        return "idle"
    return ""


def go_on(request):
    """Remember that somebody is at work here."""
    now = int(time.time())
    if BEGAN not in request.session:
        begin(request)
    elif now - request.session.get(SEEN, 0) >= WRITTEN_EVERY and BACKGROUND not in request.headers:
        request.session[SEEN] = now


def end(request, why):
    """Sign somebody out whose time is over, and say so on the page that follows."""
    user = request.user
    logout(request)
    with acting(user.pk):
        record("signin.ended", by=user, detail={"why": why})
    if why == "idle":
        words = _("You did nothing for half an hour, so we signed you out. Sign in and you go on where you were.")
    else:
        words = _("You were signed in for ten hours, so we signed you out. Sign in and you go on where you were.")
    _say(request, words)


def end_others(request, user, *, why):
    """End this person's sessions on all other devices; the one of this request goes on."""
    end_sessions(user, by=user, why=why)
    update_session_auth_hash(request, user)
    UserSession.objects.create_from_request(request)  # its key is a new one


def forget_ended():
    """Throw away what is left of sessions that are over: the nightly round."""
    SessionStore.clear_expired()
    for row in UserSession.objects.all():
        row.purge()


def say_ended(request):
    """Say that a session is over that ended elsewhere: on another device, or since a role or a password changed."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES and not request.session.keys():
        _say(request, _("You are no longer signed in. Sign in and you go on where you were."))


def _say(request, words):
    if not hasattr(request, "told_of_the_end"):
        request.told_of_the_end = True
        messages.warning(request, words)


def typed_texts(request):
    """Return what somebody wrote in a form that comes too late: texts of some words, no ticks, dates or secrets."""
    return [
        text
        for name, texts in request.POST.lists()
        if not any(part in name for part in NO_TEXT)
        for text in texts
        if " " in text.strip()
    ]


def not_saved(request, *, why, way):
    """Answer a form that was not saved with its texts, to copy. `why` is "ended" or "confirm"; `way` leads on.

    Nothing of it is kept by us: a session holds no text about a child.
    """
    context = {"why": why, "way": way, "texts": typed_texts(request)}
    return render(request, "accounts/not_saved.html", context, status=403)
