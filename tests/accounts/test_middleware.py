"""What stands round every request: refusals that are kept, headers, a log that names nobody."""

import io
import json
import logging
from logging import StreamHandler
from pathlib import Path

import pytest
from django.conf import settings
from django.core.handlers.exception import response_for_exception
from django.db import connection
from django.http import HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import RequestFactory, override_settings
from django.urls import include, path, reverse

from accounts.doors import get_to_see
from accounts.wall import SYSTEM, acting
from audit.models import Event
from audit.record import record
from cases.models import Pupil, Trajectory
from config import gunicorn as server
from config.log import KEYS, JsonLines

CSP = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
}


def break_down(request, name):
    """A page that fails, with a name in what it says."""
    raise ValueError(name)


def note_and_refuse(request, uuid):
    """A page that writes something, and then finds that it may not."""
    record("test.noted", by=request.user)
    return get_to_see(Pupil, request.user, uuid)


def late(request):
    """A page whose template is filled in after the view is done, as all pages of signing in are."""
    template = engines["django"].from_string("{% for row in rows %}{{ row.state }};{% endfor %}")
    return TemplateResponse(request, template, {"rows": Trajectory.objects.all()})


def told(request):
    """Who the database thinks that acts."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('app.user_id', true)")
        return HttpResponse(cursor.fetchone()[0])


def cached(request):
    """A page that says itself how long it may be kept."""
    return HttpResponse(headers={"Cache-Control": "private, max-age=60"})


urlpatterns = [
    path("stuk/<str:name>/", break_down, name="stuk"),
    path("weigert/<uuid:uuid>/", note_and_refuse, name="weigert"),
    path("laat/", late, name="laat"),
    path("wie/", told, name="wie"),
    path("bewaard/", cached, name="bewaard"),
    path("", include("config.urls")),
]
with_pages = override_settings(ROOT_URLCONF=__name__)


def refusals():
    """What was refused, as kept."""
    with acting(SYSTEM):
        return list(Event.objects.filter(action__startswith="refused.").order_by("seq"))


# --- refusals --------------------------------------------------------------------------------------------------------


@with_pages
def test_a_refusal_is_kept_although_the_view_was_rolled_back(cast, sign_in):
    reply = sign_in(cast.colleague).get(f"/weigert/{cast.pupil.pk}/")

    assert reply.status_code == 404
    [kept] = refusals()
    assert (kept.action, kept.actor, kept.actor_name) == ("refused.404", cast.colleague.pk, cast.colleague.full_name)
    assert kept.detail == {"kind": "cases.pupil", "subject": str(cast.pupil.pk), "page": "weigert"}
    with acting(SYSTEM):
        assert not Event.objects.filter(action="test.noted").exists(), "what the view wrote is gone"


def test_a_refusal_to_change_is_kept_too(cast, trajectory, sign_in):
    reply = sign_in(cast.auditor).post(reverse("cases:trajectory_close", args=[trajectory.pk]))

    assert reply.status_code == 403
    assert [event.action for event in refusals()] == ["refused.403"]


def test_an_anonymous_visitor_is_sent_to_sign_in_and_not_kept(cast, trajectory, client):
    for page, key in (("cases:pupil_detail", cast.pupil.pk), ("cases:trajectory_close", trajectory.pk)):
        reply = client.get(reverse(page, args=[key]))
        assert reply.status_code == 302
        assert reply.url.startswith(reverse("account_login"))
    assert client.get("/bestaat-niet/").status_code == 404
    assert not refusals()


def test_an_address_that_never_was_is_no_refusal(cast, sign_in):
    assert sign_in(cast.teacher).get("/bestaat-niet/").status_code == 404
    assert not refusals()


def test_a_page_that_opens_is_no_refusal(cast, trajectory, sign_in):
    assert sign_in(cast.teacher).get(reverse("cases:pupil_detail", args=[cast.pupil.pk])).status_code == 200
    assert not refusals()


# --- the wall --------------------------------------------------------------------------------------------------------


@with_pages
def test_a_template_that_is_filled_in_late_still_sees(cast, trajectory, sign_in):
    assert sign_in(cast.teacher).get("/laat/").text == "open;"


@with_pages
def test_each_request_acts_as_who_asks_and_leaves_nobody_behind(cast, sign_in, client):
    assert sign_in(cast.teacher).get("/wie/").text == str(cast.teacher.pk)
    assert sign_in(cast.stranger).get("/wie/").text == str(cast.stranger.pk)
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(current_setting('app.user_id', true), '')")
        assert cursor.fetchone() == ("",)


@with_pages
def test_after_a_page_that_failed_nobody_is_left_behind(cast, sign_in):
    client = sign_in(cast.teacher)
    client.raise_request_exception = False

    assert client.get("/stuk/x/").status_code == 500
    assert connection.who_acts == ""
    assert not Trajectory.objects.exists()


# --- nonsense and headers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["zoek=%00", "zoek=a%00b&x=1", "%00=1", "zoek=\x00"])
def test_a_nul_in_the_query_is_a_bad_request_and_no_failure(query, cast, sign_in):
    client = sign_in(cast.teacher)
    for page in (reverse("cases:pupil_search"), reverse("cases:trajectory_list"), reverse("account_login")):
        reply = client.get(page, QUERY_STRING=query)
        assert reply.status_code == 400
        assert_headers(reply)


@pytest.mark.parametrize("place", ["/uitnodiging/%00/", "/leerlingen/%00/", "/%00"])
def test_a_nul_in_the_path_is_no_failure(place, cast, client):
    assert client.get(place).status_code in (200, 302, 400, 404)


def test_a_nul_in_a_form_is_a_wrong_answer_and_no_failure(db, client):
    reply = client.post(reverse("account_login"), {"login": "lot\x00te", "password": "x\x00"})

    assert reply.status_code < 500


def assert_headers(reply):
    assert set(reply.headers["Content-Security-Policy"].split("; ")) == CSP
    assert reply.headers["Cache-Control"].find("no-store") >= 0
    closed = set(reply.headers["Permissions-Policy"].split(", "))
    assert {"camera=()", "microphone=()", "geolocation=()", "usb=()", "payment=()", "display-capture=()"} <= closed
    assert all(feature.endswith("=()") for feature in closed)
    assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert reply.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert reply.headers["X-Frame-Options"] == "DENY"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"] == "same-origin"  # no-referrer would fail each POST over https


def test_every_answer_carries_the_strict_headers(cast, trajectory, sign_in, client):
    for page in (reverse("account_login"), reverse("accounts:livez"), "/bestaat-niet/", reverse("cases:today")):
        assert_headers(client.get(page))
    client = sign_in(cast.teacher)
    for page in (reverse("cases:today"), reverse("cases:pupil_detail", args=[cast.pupil.pk]), "/leerlingen/nee/"):
        assert_headers(client.get(page))
    client = sign_in(cast.stranger)
    assert_headers(client.get(reverse("cases:pupil_detail", args=[cast.pupil.pk])))
    client.raise_request_exception = False
    with with_pages:
        assert_headers(client.get("/stuk/x/"))


def test_a_post_without_its_token_is_refused_with_the_same_headers(cast):
    from tests.conftest import SecureClient

    reply = SecureClient(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "x", "password": "y"})

    assert reply.status_code == 403
    assert_headers(reply)


@with_pages
def test_a_page_may_be_kept_only_where_it_says_so_itself(cast, sign_in):
    assert sign_in(cast.teacher).get("/bewaard/").headers["Cache-Control"] == "private, max-age=60"


def test_no_host_but_ours_is_answered(db, client):
    assert client.get("/livez", HTTP_HOST="kwaad.example").status_code == 400


def test_the_locked_defaults_are_the_defaults():
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY
    assert not settings.DEBUG
    if not settings.TRYOUT:
        assert settings.SECURE_SSL_REDIRECT
        assert settings.SECURE_HSTS_SECONDS >= 31_536_000
        assert settings.SESSION_COOKIE_SECURE
        assert settings.CSRF_COOKIE_SECURE
        assert settings.SESSION_COOKIE_NAME.startswith("__Host-")
        assert settings.CSRF_COOKIE_NAME.startswith("__Host-")


def test_the_wall_is_the_last_middleware_and_refusals_stand_outside_it():
    names = [name.rsplit(".", 1)[-1] for name in settings.MIDDLEWARE]

    assert names[-1] == "Wall"
    assert names.index("CSPMiddleware") < names.index("Hardening") < names.index("Refusals")
    assert names.index("Refusals") < names.index("SessionMiddleware")
    assert names.index("SessionClock") < names.index("SignInFirst") < names.index("SecondStep") < names.index("Wall")


# --- the log ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def log():
    """What the console would show, through the same formatter."""
    written = io.StringIO()
    handler = StreamHandler(written)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    others, root.handlers = root.handlers, [handler]
    yield written
    root.handlers = others


def lines_of(log):
    """The lines as dicts; each has only keys of the list."""
    found = [json.loads(line) for line in log.getvalue().splitlines()]
    assert all(set(line) <= set(KEYS) for line in found)
    return found


@with_pages
def test_the_log_of_a_failure_names_no_path_no_query_and_no_value(cast, sign_in, log):
    client = sign_in(cast.teacher)
    client.raise_request_exception = False

    reply = client.get("/stuk/Emma-Kaya/?naam=Emma")

    [line] = lines_of(log)
    assert (line["level"], line["logger"], line["route"], line["status"]) == ("ERROR", "django.request", "stuk", 500)
    assert line["error"] == "ValueError"
    assert line["trace"][-1].endswith(" break_down"), "where it broke is told"
    assert line["request"] == reply.headers["X-Request-Id"], "and which request it was"
    assert line["time"].startswith("2026-11-24T09:10")
    for word in ("Emma", "Kaya", "/stuk/", "naam"):
        assert word not in log.getvalue()


def test_the_log_of_a_refusal_names_no_path(cast, trajectory, sign_in, log):
    sign_in(cast.stranger).get(reverse("cases:pupil_detail", args=[cast.pupil.pk]) + "?naam=Emma")
    sign_in(cast.stranger).get("/Emma-Kaya/")

    assert [(line["status"], line["route"]) for line in lines_of(log)] == [(404, "cases:pupil_detail"), (404, "-")]
    assert str(cast.pupil.pk) not in log.getvalue()
    assert "Emma" not in log.getvalue()


def test_the_log_of_a_wrong_host_and_a_missing_token_names_no_path(cast, client, log):
    from tests.conftest import SecureClient

    client.get("/Emma-Kaya/", HTTP_HOST="kwaad.example")
    SecureClient(enforce_csrf_checks=True).post("/aanmelden/?naam=Emma", {"login": "Emma"})

    assert lines_of(log)
    assert "Emma" not in log.getvalue()
    assert "kwaad" not in log.getvalue()


def test_words_of_others_stay_out_of_the_log_and_where_they_were_said_is_told(log):
    logging.getLogger("psycopg").warning("Key (name)=(%s) is there already", "Emma Kaya")
    logging.getLogger("accounts.sealing").error(
        "seal broken", extra={"label": "pupil.surname", "row": "1", "name_": "x"}
    )

    theirs, ours = lines_of(log)
    assert set(theirs) == {"time", "level", "logger", "where"}
    assert theirs["where"].startswith("test_middleware.test_words_of_others")
    assert (ours["said"], ours["label"], ours["row"]) == ("seal broken", "pupil.surname", "1")
    assert "Emma" not in log.getvalue()


def test_the_log_of_the_settings_and_of_the_server_is_this_one():
    for config in (settings.LOGGING, server.logconfig_dict):
        assert {one["()"] for one in config["formatters"].values()} == {"config.log.JsonLines"}
        assert all(handler["formatter"] == "lines" for handler in config["handlers"].values())
    assert server.accesslog is None
    assert "--config python:config.gunicorn" in Path(settings.BASE_DIR, "dev").read_text(encoding="utf-8")


def test_an_error_outside_any_view_is_logged_without_its_words(log):
    request = RequestFactory().get("/Emma-Kaya/")
    with pytest.raises(ValueError, match="EMMA") as failure:
        break_down(request, name="Emma Kaya".upper())
    response_for_exception(request, failure.value)

    assert lines_of(log)
    assert "EMMA" not in log.getvalue()
    assert "/Emma-Kaya/" not in log.getvalue()
