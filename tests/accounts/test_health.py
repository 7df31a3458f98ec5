"""Health: open to everyone, telling nothing, and honest."""

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from accounts import views
from accounts.sealing import BrokenSeal, forget_keys


def test_an_anonymous_probe_gets_an_answer_without_any_data(db, client):
    for page in ("accounts:livez", "accounts:readyz"):
        reply = client.get(reverse(page))
        assert (reply.status_code, reply.content, reply.headers["Content-Type"]) == (200, b"ok", "text/plain")
        assert not reply.cookies
    assert (reverse("accounts:livez"), reverse("accounts:readyz")) == ("/livez", "/readyz")


def test_health_is_only_looked_at(db, client):
    for page in ("/livez", "/readyz"):
        assert client.head(page).status_code == 200
        for method in (client.post, client.put, client.delete):
            assert method(page).status_code == 405


@pytest.fixture
def not_ready(client):
    """Assert that this installation says that it isn't ready, and no more than that."""

    def check():
        reply = client.get("/readyz")
        assert (reply.status_code, reply.content) == (503, b"not ready")
        assert client.get("/livez").status_code == 200, "the process itself is fine: no reason to start it again"

    return check


def test_a_migration_that_was_not_run_is_not_ready(db, not_ready, monkeypatch):
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: [("cases", "0009_next")])

    not_ready()


def test_a_database_that_does_not_answer_is_not_ready(db, not_ready, monkeypatch):
    def gone(*args):
        raise DatabaseError("gone")

    monkeypatch.setattr(views, "MigrationExecutor", gone)

    not_ready()


def test_a_key_that_does_not_open_is_not_ready(db, not_ready, monkeypatch):
    def closed(*args):
        raise BrokenSeal

    monkeypatch.setattr(views, "unseal", closed)

    not_ready()


def test_another_master_key_is_not_ready(cast, not_ready, settings):
    settings.MASTER_KEY = bytes(32)
    forget_keys()

    not_ready()


def test_a_probe_asks_few_questions(db, client, own_queries):
    with own_queries() as asked:
        client.get("/livez")
    assert len(asked) == 0
    with own_queries() as asked:
        client.get("/readyz")
    assert len(asked) <= 6


def test_the_application_can_read_which_migrations_were_run_and_not_run_them(db):
    with connection.cursor() as cursor:
        cursor.execute("select has_table_privilege('django_migrations', 'select')")
        assert cursor.fetchone() == (True,)
    assert settings.DATABASES["default"]["USER"] != settings.DATABASE_OWNER["USER"]
