"""What stands round every request: the wall, the record of refusals, headers."""

from django.contrib.auth import logout
from django.http import HttpResponseBadRequest

from accounts.context import me
from accounts.doors import ReadOnly, Unseen
from accounts.standing import asleep_since
from accounts.wall import acting
from audit.record import record


class Wall:
    """Act as whoever asks, in one transaction round the view, the rendering and the answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Who holds a role today is awake: only of who holds none, more is asked.
        if request.user.is_authenticated and not me(request).role_codes and asleep_since(request.user):
            logout(request)
            del request.me
        with acting(request.user.pk if request.user.is_authenticated else ""):
            me(request)  # in which roles somebody asks is written down with what is done
            return self.get_response(request)


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
