"""A copy of the test database for what can't be rolled back: a process that is killed, two connections, a browser.

TRUNCATE is refused to the application's role, so nothing is flushed: each test that commits gets a copy of its own.
"""

import os
import subprocess
import sys
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from accounts.wall import as_owner


def on_the_server(statement):
    """Run one statement on the server itself: databases are made and dropped outside a transaction."""
    connection.close()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = "postgres"
    try:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name


@contextmanager
def clone(template, name):
    """A copy of a database for as long as the block lasts."""
    on_the_server(f"drop database if exists {name} with (force)")
    on_the_server(f"create database {name} template {template}")
    try:
        yield name
    finally:
        on_the_server(f"drop database if exists {name} with (force)")


def environment(database):
    """This environment, on that database, as a try-out on plain http."""
    address, _, rest = os.environ["DATABASE_URL"].partition("?")
    return {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"},
        "DATABASE_URL": f"{address.rpartition('/')[0]}/{database}" + (f"?{rest}" if rest else ""),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TRYOUT": "1",
        "ALLOWED_HOSTS": "localhost",
    }


def manage(database, *words):
    """Run a command of the application on that database, in a process of its own; return what it tells."""
    return run(database, "manage.py", *words)


def run(database, *words):
    """Run Python on that database, in a process of its own; return what it tells. Raises AssertionError."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=settings.BASE_DIR,
        env=environment(database),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
