"""Pages for every error, bounds on every input: asked of all addresses. The headers are looked at in test_doors."""

import ast
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpResponse
from django.urls import include, path, reverse
from django.views.decorators.http import require_POST

from accounts.wall import SYSTEM, acting
from cases.models import Pupil
from tests.conftest import SecureClient, enter
from tests.doors import table
from tests.test_doors import address_of, rows_of

ROOT = Path(settings.BASE_DIR)
LONG = "a" * 100_000
PERSONAL = ("coordinator", "expert")  # who between them open all pages but the sign-in


def away(request):
    """A page that finds no database."""
    raise OperationalError("server closed the connection: Emma Kaya")


def gone(request):
    """A page whose connection was closed."""
    raise InterfaceError("the connection is closed")


def broken(request):
    """A page that breaks for another reason."""
    raise ZeroDivisionError("Emma Kaya")


@require_POST
def deed(request):
    """A deed."""
    return HttpResponse("done")


handler500 = "config.errors.server_error"
urlpatterns = [
    path("weg/", away),
    path("dicht/", gone),
    path("stuk/", broken),
    path("doe/", deed),
    path("", include("config.urls")),
]


class Fields(HTMLParser):
    """The forms of a page: {action or "": {name: [kind, value]}}."""

    def __init__(self):
        super().__init__()
        self.forms, self.now, self.choice = [], None, None

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "form":
            self.now = (found.get("action") or "", found.get("method", "get").lower(), {})
            self.forms.append(self.now)
        elif self.now is not None and found.get("name") and tag in ("input", "textarea", "select"):
            kind = found.get("type", "text") if tag == "input" else tag
            if kind in ("radio", "checkbox") and found["name"] in self.now[2] and "checked" not in found:
                return
            self.now[2][found["name"]] = [kind, found.get("value") or ""]
            self.choice = found["name"] if tag == "select" else self.choice
        elif tag == "option" and self.choice and found.get("value"):
            self.now[2][self.choice][1] = self.now[2][self.choice][1] or found["value"]

    def handle_endtag(self, tag):
        if tag == "form":
            self.now = None
        elif tag == "select":
            self.choice = None


def forms_on(answer, address):
    """(address, {name: [kind, value]}) of each form that is posted from this page."""
    reader = Fields()
    reader.feed(answer.text)
    return [(action or address, fields) for action, method, fields in reader.forms if method == "post"]


def signed_in(client, user):
    enter(client, user)
    return client


@pytest.fixture
def rows(cast, trajectory):
    """The uuid behind every address."""
    return rows_of(cast, trajectory)


@pytest.fixture
def answers(rows, cast, client):
    """(person, name, address, answer) of every address that opens to some of the cast."""

    def ask():
        for who in PERSONAL:
            for name, statuses in table().items():
                if statuses[who] != 200:
                    continue
                address = address_of(name, rows, cast)
                with transaction.atomic():
                    yield who, name, address, signed_in(client, getattr(cast, who)).get(address)
                    transaction.set_rollback(True)

    return ask


# --- pages for what goes wrong ---------------------------------------------------------------------------------------


def assert_says_nothing(reply, words):
    assert reply.headers["Content-Type"].startswith("text/html")
    assert words in reply.text
    for name in ("Emma", "Kaya", "pupil", "trajectory", "Error", "Traceback", "Exception"):
        assert name not in reply.text, name


def test_each_error_has_a_page_in_dutch_that_names_nothing(cast, trajectory, settings, client):
    settings.ROOT_URLCONF = __name__
    signed_in(client, cast.colleague).raise_request_exception = False
    close = reverse("cases:trajectory_close", args=[trajectory.pk])

    assert_says_nothing(client.get("/", QUERY_STRING="%00"), "adres of aan wat er is verstuurd")
    assert_says_nothing(client.get(reverse("cases:pupil_detail", args=[cast.pupil.pk])), "Deze pagina is er niet")
    assert_says_nothing(client.get("/stuk/"), "Er ging bij ons iets mis")
    for address in ("/weg/", "/dicht/"):
        reply = client.get(address)
        assert (reply.status_code, reply.headers["Retry-After"]) == (503, "60")
        assert_says_nothing(reply, "We zijn even dicht")
    reply = client.get("/doe/")
    assert (reply.status_code, reply.headers["Allow"]) == (405, "POST")
    assert_says_nothing(reply, "kun je zo niet openen")
    reply = signed_in(client, cast.auditor).get(close)
    assert reply.status_code == 403
    assert "Dit mag je niet doen" in reply.text


def test_without_a_database_the_house_says_so_and_does_not_fall_over(cast, client, monkeypatch):
    """Not one question is answered any more: not for the session, the person or the page."""
    client = signed_in(client, cast.teacher)
    client.raise_request_exception = False

    def closed(*args, **kwargs):
        raise OperationalError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", closed)
        for address in (reverse("cases:today"), reverse("account_login"), "/bestaat-niet/"):
            reply = client.get(address)
            assert reply.status_code == 503, address
            assert_says_nothing(reply, "We zijn even dicht")
        assert SecureClient().get("/livez").status_code == 200


def test_a_closed_house_answers_that_it_lives_and_nothing_else(cast, client, settings):
    settings.MAINTENANCE = True

    for address in (reverse("cases:today"), "/readyz", "/bestaat-niet/"):
        assert signed_in(client, cast.teacher).get(address).status_code == 503
    assert client.get("/livez").status_code == 200


# --- bounds on what comes in -----------------------------------------------------------------------------------------


def test_every_text_that_is_typed_has_a_bound():
    bounded, found = {"CharField", "EmailField", "URLField", "RegexField"}, 0
    for path_ in ROOT.glob("*/forms*/**/*.py"):
        found += _unbounded(path_, bounded)
    for path_ in ROOT.glob("*/forms.py"):
        found += _unbounded(path_, bounded)
    assert found > 40


def _unbounded(path_, bounded):
    calls = [node for node in ast.walk(ast.parse(path_.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    fields = [call for call in calls if getattr(call.func, "attr", "") in bounded]
    for call in fields:
        names = {keyword.arg for keyword in call.keywords}
        assert "max_length" in names or None in names, f"{path_}:{call.lineno}"
    return len(fields)


def filled(fields, text, day=None, number=None):
    """What to send for these fields: this in every text, this in every date, this in every number."""
    sent = {}
    for name, (kind, value) in fields.items():
        if kind == "file":
            continue
        sent[name] = value
        if kind in ("text", "textarea", "search", "email", "url", "tel", "password"):
            is_day = day is not None and ("_on" in name or "date" in name or "until" in name or name == "born")
            sent[name] = day if is_day else text
        elif kind == "hidden" and number is not None and value.isdigit():
            sent[name] = number
    return sent


FILLINGS = (
    {"text": LONG, "day": "01-01-0001", "number": "9" * 30},
    {"text": "\N{SEE-NO-EVIL MONKEY}\u202e\ufffe", "day": "31-12-9999"},
)


def test_whatever_is_typed_in_any_form_gives_no_failure(answers, client):
    """100 kB, the first day and the last, a huge number, odd signs: refused in words, or kept as it is."""
    client.raise_request_exception = False
    wrong, posted, seen = [], 0, set()
    for _who, name, address, answer in answers():
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        for action, fields in forms_on(answer, address):
            if action.startswith(reverse("account_logout")) or not any(
                kind != "hidden" for kind, _v in fields.values()
            ):
                continue
            form = re.sub(r"[0-9a-f-]{36}|\?.*", "", action), frozenset(fields)
            if form in seen:
                continue
            seen.add(form)
            for filling in FILLINGS:
                with transaction.atomic():
                    status = client.post(action, filled(fields, **filling)).status_code
                    transaction.set_rollback(True)
                posted += 1
                if status >= 500:
                    wrong.append((name, action, status))

    assert posted > 60
    assert not wrong


def test_a_nul_in_a_cookie_or_an_address_is_a_bad_request(cast, client):
    assert client.get(reverse("account_login"), HTTP_COOKIE='__Host-session="\\000"').status_code == 400
    client = signed_in(client, cast.teacher)
    assert client.post(reverse("cases:pupil_search"), {"q": "\0"}).status_code == 400
    assert client.post(reverse("cases:pupil_search"), {"\0": "q"}).status_code == 400
    assert client.get("/geschiedenis/%00/").status_code in (400, 404)


def test_a_form_of_too_many_fields_or_bytes_is_refused(cast, client):
    client = signed_in(client, cast.teacher)
    page = reverse("cases:pupil_search")

    assert client.post(page, {f"x{number}": "1" for number in range(501)}).status_code == 400
    assert client.post(page, {"q": "a" * (2 * 1024 * 1024 + 1)}).status_code in (400, 413)


@pytest.mark.parametrize("field", ["cases:document_add", "consent:report_hand_in", "cases:pupil_import"])
def test_every_file_has_a_bound(field, rows, cast, client, monkeypatch):
    monkeypatch.setattr("cases.uploads.MOST_BYTES", 100)
    monkeypatch.setattr("cases.incoming.MAX_BYTES", 100)
    client = signed_in(client, cast.expert if field.startswith("consent") else cast.coordinator)
    page = address_of(field, rows, cast)
    forms = forms_on(client.get(page), page)
    [(action, fields)] = [found for found in forms if any(kind == "file" for kind, _value in found[1].values())]
    [name] = [name for name, (kind, _value) in fields.items() if kind == "file"]
    with acting(SYSTEM):
        before = Pupil.objects.count()

    started = time.perf_counter()
    large = SimpleUploadedFile("a.pdf", b"%PDF-" + bytes(200))
    reply = client.post(action, filled(fields, "x", day="24-11-2026") | {name: large})

    assert reply.status_code == 422
    assert name in reply.context["form"].errors
    assert time.perf_counter() - started < 5
    with acting(SYSTEM):
        assert Pupil.objects.count() == before


def test_a_post_from_elsewhere_is_refused(cast):
    client = SecureClient(enforce_csrf_checks=True)

    assert client.post(reverse("account_login"), {"login": "x", "password": "y"}).status_code == 403
