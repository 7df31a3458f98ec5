"""A real server on a clone of the test database, filled with the fictional school; a real browser; an empty console.

TRUNCATE is refused to the application's role, so nothing is flushed: each story gets a database of its own.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection

from tests.clones import clone, environment, manage
from tests.conftest import empty_the_house

AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}


def pytest_collection_modifyitems(items):
    """Everything here needs the browser and the real clock."""
    for item in items:
        if "/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def databases_beside_the_browser():
    """Playwright keeps a loop of its own running in this thread, and Django takes us for asynchronous code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's Chromium, without its talk to the outside."""
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        "args": quiet,
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A Dutch browser."""
    return {**browser_context_args, "locale": "nl-NL", "timezone_id": "Europe/Amsterdam"}


def _empty(database):
    """Take the cast of the other tests out of a copy: the fictional school has people of its own."""
    connection.close()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = database
    try:
        empty_the_house()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name


@pytest.fixture(scope="session")
def fictional_school(django_db_setup, django_db_blocker):
    """A database with the fictional school in it, and its sign-ins."""
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        with clone(name, f"{name}_school") as database:
            _empty(database)
            manage(database, "demo")
            accounts = json.loads(manage(database, "demo", "--accounts"))
            yield SimpleNamespace(database=database, accounts=accounts)


@pytest.fixture
def site(fictional_school, django_db_blocker):
    """A served copy of the fictional school for this story alone: its address, and who can sign in."""
    with (
        django_db_blocker.unblock(),
        clone(fictional_school.database, f"{fictional_school.database}_story") as database,
    ):
        with socket.socket() as probe:
            probe.bind(("localhost", 0))
            port = probe.getsockname()[1]
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "config.wsgi",
                "--bind",
                f"localhost:{port}",
                "--threads",
                "4",
                "--worker-class",
                "gthread",
                "--log-level",
                "error",
            ],
            cwd=settings.BASE_DIR,
            env=environment(database),
        )
        try:
            address = f"http://localhost:{port}"
            _wait_for(f"{address}/readyz", server)
            yield SimpleNamespace(address=address, accounts=fictional_school.accounts, database=database)
        finally:
            server.terminate()
            server.wait(10)


def _wait_for(address, server):
    for _attempt in range(100):
        assert server.poll() is None, "the server stopped"
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


@pytest.fixture
def open_as(site, browser, browser_context_args):
    """Return a way to open a browser as somebody: `open_as("coordinator")`, by username, or `None` for nobody.

    What the browser's console says at the end fails the test: a broken content security policy tells itself there.
    `refusals` are the answers that a story asks for on purpose: (422,) where it fills in something wrong. For these
    alone, and only from the page's own address, the line with which the console names them is passed over.
    """
    contexts, said = [], []

    def enter(who, width=1280, *, refusals=(), **options):
        context = browser.new_context(
            **browser_context_args, base_url=site.address, viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()

        def listen(message):
            refused = any(
                message.text.startswith(f"Failed to load resource: the server responded with a status of {status} ")
                for status in refusals
            )
            if message.type in ("error", "warning") and not (refused and message.location["url"] == page.url):
                said.append(message.text)

        page.on("console", listen)
        page.on("pageerror", lambda error: said.append(str(error)))
        if who:
            account = next(account for account in site.accounts if who in (account["username"], account["role"]))
            page.goto("/")
            page.get_by_label("Gebruikersnaam").fill(account["username"])
            page.get_by_label("Wachtwoord").fill(account["password"])
            page.get_by_role("button", name="Aanmelden").click()
            page.get_by_role("heading", level=1, name="Vandaag").wait_for()
        return page

    yield enter
    for context in contexts:
        context.close()
    assert said == []


@pytest.fixture
def looks_right():
    """Return a check of the page that is open: no axe finding, no sideways scroll; keeps a picture of it."""
    pictures = settings.DATA_DIR / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)

    def check(page, name):
        page.screenshot(path=pictures / f"{name}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} scrolls sideways"
        found = Axe().run(page, options=AXE)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"

    return check
