"""What stands round every request: the wall, the record of refusals, headers."""

from uuid import uuid4

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.context import me
from accounts.doors import ReadOnly, Unseen
from accounts.sealing import BrokenSeal, KeyGone, watched
from accounts.wall import acting
from audit.record import SYSTEM, record
from config.errors import away, not_so
from config.log import request_now

LIVE = "/livez"  # answers while the house is closed: the process itself is fine


def broken_page(request):
    """The page for what can't be opened."""
    return render(request, "broken.html", status=409)


class Wall:
    """Act as whoever asks, in one transaction round the view, the rendering and the answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path == LIVE:  # says that the process lives, whatever the database does
            return self.get_response(request)
        with acting(request.user.pk if request.user.is_authenticated else ""):
            me(request)  # in which roles somebody asks is written down with what is done
            with watched() as met:
                response = self.get_response(request)
                return self._with_alarms(request, response, met) if met else response

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


class Refusals:
    """Write down who was refused what, after the view's own transaction has been rolled back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if refusal := getattr(request, "refusal", None):
            with acting(request.user.pk):
                record(
                    f"refused.{response.status_code}",
                    by=request.user,
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


# Whatever a browser may ask for beyond a page: none of it is used here.
FEATURES = (
    "accelerometer", "ambient-light-sensor", "attribution-reporting", "autoplay", "battery", "bluetooth",
    "browsing-topics", "camera", "captured-surface-control", "compute-pressure", "cross-origin-isolated",
    "display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid",
    "identity-credentials-get", "idle-detection", "interest-cohort", "join-ad-interest-group", "keyboard-map",
    "local-fonts", "magnetometer", "microphone", "midi", "otp-credentials", "payment", "picture-in-picture",
    "private-aggregation", "run-ad-auction", "screen-wake-lock", "serial", "shared-storage", "speaker-selection",
    "storage-access", "sync-xhr", "unload", "usb", "web-share", "window-management", "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS = ", ".join(f"{feature}=()" for feature in FEATURES)


class Hardening:
    """Nothing personal stays in a cache; no NUL reaches the database; the browser's extras stay off."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.uuid = str(uuid4())
        token = request_now.set(request.uuid)
        try:
            response = self._answer(request)
        finally:
            request_now.reset(token)
        if response.status_code == 405 and not response.content:
            response = not_so(response)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Permissions-Policy"] = PERMISSIONS
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["X-Request-Id"] = request.uuid
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
