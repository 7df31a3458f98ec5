"""What is answered when a page breaks. Made without a database, a session or a user: those may be what broke."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string

AGAIN = 60  # seconds after which a browser or a proxy may ask again


def server_error(request):
    """500; 503 while the database is away."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return away()
    return HttpResponse(render_to_string("500.html"), status=500)


def away():
    """503: the house is closed for a moment."""
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(AGAIN)})


def not_so(response):
    """405: the address is right, and this is not how it is asked. Keeps what the answer says that is allowed."""
    return HttpResponse(render_to_string("405.html"), status=405, headers={"Allow": response.headers["Allow"]})
