"""What stands round every request: the wall, the record of refusals, headers."""

from django.http import HttpResponseBadRequest
from django.shortcuts import render

from accounts.context import me
from accounts.doors import ReadOnly, Unseen
from accounts.sealing import BrokenSeal, KeyGone, watched
from accounts.wall import acting
from audit.record import SYSTEM, record


def broken_page(request):
    """The page for what can't be opened."""
    return render(request, "broken.html", status=409)


class Wall:
    """Act as whoever asks, in one transaction round the view, the rendering and the answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
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


class Hardening:
    """Nothing personal stays in a cache; no NUL reaches the database; the browser's extras stay off."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        query = request.META.get("QUERY_STRING", "")
        response = HttpResponseBadRequest() if "\x00" in query or "%00" in query else self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), browsing-topics=()"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
