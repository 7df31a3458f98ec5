"""What stands round every request: the wall, how long a sign-in lasts, the record of refusals, headers."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import sessions
from accounts.context import me
from accounts.doors import ReadOnly, Unseen
from accounts.sealing import BrokenSeal, KeyGone, watched
from accounts.second_factor import passed
from accounts.standing import asleep_since
from accounts.wall import acting
from audit.record import SYSTEM, record
from audit.trail import trail
from cases.looking import place_of
from config.errors import away, not_so

LIVE = "/livez"  # answers while the house is closed: the process itself is fine
AWAKE = "awake"  # in a session: the last day on which this account was found to be needed
SAYS_NO_MORE = ("accounts:livez", "accounts:readyz")  # pages of nobody, asked every few seconds


def broken_page(request):
    """The page for what can't be opened."""
    return render(request, "broken.html", status=409)


class Trail:
    """Let every event of a request name its request and its session."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        def session_key():
            return request.session.session_key if hasattr(request, "session") else None

        with trail(session_key) as request.trail:
            return self.get_response(request)


class Wall:
    """Act as whoever asks, in one transaction round the view, the rendering and the answer.

    No page without an event: what a view didn't write down itself is written down here, in the same transaction.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path == LIVE:  # says that the process lives, whatever the database does
            return self.get_response(request)
        if request.user.is_authenticated and not me(request).role_codes and self._sleeps(request):
            logout(request)
            del request.me
        with acting(request.user.pk if request.user.is_authenticated else ""):
            me(request)  # in which roles somebody asks is written down with what is done
            with watched() as met:
                response = self.get_response(request)
                if met:
                    response = self._with_alarms(request, response, met)
            if not request.trail.events and _tells(request, response):
                _write_down(request, response)
            return response

    def _sleeps(self, request):
        """Whether nothing needs this account any more. Who holds a role is awake; of others it is asked once a day."""
        day = timezone.localdate().isoformat()
        if request.session.get(AWAKE) == day:
            return False
        if asleep_since(request.user):
            return True
        request.session[AWAKE] = day
        return False

    def _with_alarms(self, request, response, met):
        """Write down what didn't open. A page still shows the rest; a file, which leaves the house, is not given."""
        by = request.user if request.user.is_authenticated else SYSTEM
        for (label, _key), (row, why) in met.items():
            if not isinstance(why, KeyGone):
                record("seal.broken", row, by=by, detail={"label": label}, dossier=getattr(row, "trajectory_id", None))
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        return response if is_page or response.status_code >= 300 else broken_page(request)

    def process_exception(self, request, exception):
        """What can't go on without the text or the file that doesn't open says so, and nothing is changed."""
        return broken_page(request) if isinstance(exception, BrokenSeal) else None


def _tells(request, response):
    """Whether a page was shown to somebody who is signed in, or a form was taken."""
    is_shown = response.status_code in (200, 422)
    is_done = request.method == "POST" and response.status_code < 400
    match = request.resolver_match
    return bool(request.user.is_authenticated and (is_shown or is_done) and match) and (
        match.view_name not in SAYS_NO_MORE
    )


def _write_down(request, response):
    """One event: which page, and the row that came through the door for it."""
    row = request.trail.rows[-1] if request.trail.rows else None
    detail = {"page": request.resolver_match.view_name}
    if response.status_code == 422:
        detail["refused"] = True
    action = "page.sent" if request.method == "POST" else "page.looked"
    record(action, row, by=request.user, ground=str(getattr(row, "reading", "")), detail=detail)


class SessionClock:
    """End a session that was idle for half an hour or lasts for ten; the request goes on as nobody's."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            if why := sessions.why_over(request):
                sessions.end(request, why)
            else:
                sessions.go_on(request)
        return self.get_response(request)


class SignInFirst(LoginRequiredMiddleware):
    """Send who is not signed in to the page for it; a form that comes too late gets its texts back to copy."""

    def handle_no_permission(self, request, view_func):
        """Called by Django, after it has checked the token of a form."""
        sessions.say_ended(request)
        if request.method == "POST":
            return sessions.not_saved(request, why="ended", way=reverse("account_login"))
        return super().handle_no_permission(request, view_func)


class SecondStep:
    """Who has no second step yet gets the pages to set one up, and nothing else (setting REQUIRE_MFA)."""

    OPEN = frozenset(
        {
            "mfa_index",
            "mfa_activate_totp",
            "mfa_add_webauthn",
            "mfa_view_recovery_codes",
            "mfa_reauthenticate",
            "mfa_reauthenticate_webauthn",
            "account_reauthenticate",
            "account_change_password",
            "account_set_password",
            "account_logout",
        }
    )

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Called by Django, before the view. What is open to anybody stays open."""
        if not settings.REQUIRE_MFA or not request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if request.resolver_match.view_name in self.OPEN or passed(request):
            return None
        messages.warning(request, _("First set up a second step. After that you can go on."))
        return redirect("mfa_index")


class Refusals:
    """Write down who was refused what, after the view's own transaction has been rolled back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if refusal := getattr(request, "refusal", None):
            with acting(request.user.pk):
                school, dossier = place_of(refusal.kind, refusal.uuid)
                record(
                    f"refused.{response.status_code}",
                    by=request.user,
                    school=school,
                    dossier=dossier,
                    detail={
                        "kind": refusal.kind,
                        "subject": str(refusal.uuid),
                        "page": request.resolver_match.view_name,
                    },
                )
        return response

    def process_exception(self, request, exception):
        """Keep the refusal for after the rollback."""
        if isinstance(exception, Unseen | ReadOnly) and request.user.is_authenticated:
            request.refusal = exception


# Whatever a browser may ask for beyond a page: none of it is used here. Only names that browsers know: of another one
# they complain in the console.
FEATURES = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "fullscreen",
    "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS = ", ".join(f"{feature}=()" for feature in FEATURES)


class Hardening:
    """Nothing personal stays in a cache; no NUL reaches the database; the browser's extras stay off."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self._answer(request)
        if response.status_code == 405 and not response.content:
            response = not_so(response)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Permissions-Policy"] = PERMISSIONS
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["X-Request-Id"] = str(request.trail.request)
        if "Content-Disposition" in response.headers:  # a file: it may be looked at, and run nothing
            response.headers.setdefault("Content-Security-Policy", "sandbox; default-src 'none'")
        return response

    def _answer(self, request):
        query = request.META.get("QUERY_STRING", "")
        if any("\x00" in text or "%00" in text for text in (query, *request.COOKIES, *request.COOKIES.values())):
            return HttpResponse(render_to_string("400.html"), status=400)
        if settings.MAINTENANCE and request.path != LIVE:
            return away()
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Nobody types a NUL: no form has to think of it."""
        sent = [*request.POST, *(text for texts in request.POST.lists() for text in texts[1])]
        if any("\x00" in text for text in [*sent, *map(str, kwargs.values())]):
            raise BadRequest
