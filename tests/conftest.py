"""The database as the application's role, and the cast: a few named people round one child.

The test database is made by its owner; then the role changes, so every test meets the wall that users meet.
"""

import os
import time
from copy import deepcopy
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from xdist.scheduler import LoadScopeScheduling

from accounts.actions import create_board, create_expert, create_person, create_school, give_role
from accounts.models import Role
from accounts.sealing import forget_keys
from accounts.second_factor import FOUND
from accounts.sessions import BEGAN, SEEN
from accounts.standing import asleep_since
from accounts.wall import SYSTEM, acting, as_owner
from cases.actions.files import open_trajectory
from cases.actions.people import (
    add_guardian,
    assign_teacher,
    create_group,
    create_pupil,
    exclude_colleague,
    place_pupil,
)
from cases.actions.school import set_up_cases
from config.middleware import AWAKE
from consent.actions import accept_arrangement, offer_arrangement, publish_arrangement

NOW = "2026-11-24T10:10:00+01:00"
TODAY = date(2026, 11, 24)
LONG_AGO = date(2026, 8, 1)
LATELY = date(2026, 11, 2)  # an expert who was offered the arrangement then, is awake today


# Told once for all tests of the file, so all of them go to one worker.
TOLD_ONCE = {
    "tests/config/test_demo.py",
    "tests/test_doors.py",
    "tests/test_access_generated.py",
    "tests/test_house.py",
}


class OneStoryOneWorker(LoadScopeScheduling):
    """Sends single tests to whichever worker is free; those that share a story, together and first."""

    def _split_scope(self, nodeid):
        path = nodeid.partition("::")[0]
        if path.startswith("tests/browser/"):
            return "tests/browser"
        return path if path in TOLD_ONCE else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Share the tests out among the workers."""
    return OneStoryOneWorker(config, log)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Make the test database as its owner (who alone may), then come back as the application."""
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        if worker := os.environ.get("PYTEST_XDIST_WORKER"):  # each worker has a database of its own
            connection.settings_dict["TEST"]["NAME"] = f"test_{name}_{worker}"
        with as_owner():
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        call_the_cast()
    yield
    with django_db_blocker.unblock():
        _end_other_sessions()
        with as_owner():
            _end_other_sessions()
            connection.creation.destroy_test_db(name, verbosity=0)


def _end_other_sessions():
    """End what this role still has open here: Playwright's greenlets hold a connection that nothing closes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and usename = current_user and pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def no_keys_from_other_tests():
    """School keys are read once a process; a rolled-back school's number may come again."""
    yield
    forget_keys()


@pytest.fixture(autouse=True)
def frozen_clock(request):
    """It is Tuesday 24 November 2026, ten past ten, unless a test of the browser needs the real clock."""
    if request.node.get_closest_marker("browser"):
        yield None
        return
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def person(username, **fields):
    """Add somebody called after the username."""
    first = username.split("_")[0].capitalize()
    return _with_a_password(
        create_person(by=SYSTEM, username=username, first_name=first, last_name="Bakkers", **fields)
    )


def _with_a_password(user):
    """A hash that fits no password: to make a real one takes longer than most tests."""
    user.password = "a hash that fits nothing"
    user.save()
    return user


def make_school(name, brin, board=None, by=SYSTEM):
    """A school of a board of its own, with levels, headings and terms."""
    board = board or create_board(name=f"Bestuur {name}", by=by)
    school = create_school(
        by=by,
        board=board,
        name=name,
        brin=brin,
        street="Schoolstraat 1",
        postcode="1234 AB",
        city="Voorbeeldstad",
        phone="0123-456789",
        fg_name="Ada Fg",
        fg_email="fg@voorbeeld.example",
        complaint_page="www.voorbeeld.example/klacht",
    )
    set_up_cases(school=school, by=by)
    return school


def staff(username, school, role, **fields):
    """Somebody with a role at a school since the summer."""
    user = person(username, **fields)
    give_role(user=user, role=role, school=school, from_on=LONG_AGO, by=SYSTEM)
    return user


def make_pupil(school, group, call_name, surname, prefix=None, sex="girl", born="2017-03-04", year="5", **fields):
    """A child in a group since the summer."""
    pupil = create_pupil(
        school=school, by=SYSTEM, call_name=call_name, surname=surname, prefix=prefix, sex=sex, born=born, **fields
    )
    place_pupil(pupil=pupil, group=group, from_on=LONG_AGO, year=year, by=SYSTEM)
    return pupil


def make_guardian(pupil, first_name="Ayse", surname="Kaya", title="mevrouw", authority=True, **person_fields):
    """A parent with gezag, who is asked and gets the report."""
    address = {"street": "Dorpsstraat 12", "postcode": "1234 AB", "city": "Voorbeeldstad"}
    return add_guardian(
        pupil=pupil,
        by=SYSTEM,
        from_on=LONG_AGO,
        person={"title": title, "first_name": first_name, "surname": surname, **address, **person_fields},
        relation={"has_authority": authority, "is_asked": bool(authority)},
    )


STANDING = SimpleNamespace(cast=None)


def call_the_cast():
    """Make the people of every story, once: each test finds them and rolls back what it does to them."""
    with time_machine.travel(NOW, tick=False), acting(SYSTEM):
        school = make_school("De Wilgenboom", "11AA")
        other = make_school("De Populier", "22BB")
        world = SimpleNamespace(school=school, other_school=other)
        world.coordinator = staff("marloes_ib", school, Role.COORDINATOR, called="Marloes Visser", phone="0123-456789")
        world.teacher = staff("lotte", school, Role.TEACHER, called="juf Lotte")
        world.colleague = staff("karel", school, Role.TEACHER)
        world.director = staff("dirk", school, Role.DIRECTOR)
        world.excluded = staff("els", school, Role.DIRECTOR)
        world.auditor = staff("aart", school, Role.AUDITOR)
        world.privacy_officer = staff("petra", school, Role.PRIVACY_OFFICER)
        world.fg = person("ada_fg")
        give_role(user=world.fg, role=Role.FG, board=school.board, from_on=LONG_AGO, by=SYSTEM)
        world.admin = staff("bea", school, Role.ADMIN)
        world.safeguarding_lead = staff("saskia", school, Role.SAFEGUARDING_LEAD)
        world.stranger = staff("vreemde", other, Role.COORDINATOR)
        arrangement = publish_arrangement(school=school, text="Wij werken met initialen.", by=SYSTEM, on=LONG_AGO)
        for name in ("expert", "blind_expert", "ended_expert"):
            user = _with_a_password(
                create_expert(
                    by=SYSTEM,
                    username=name,
                    first_name="Bo",
                    last_name="De Boer",
                    function="gedragsdeskundige",
                    title="mevrouw De Boer",
                )
            )
            acceptance = offer_arrangement(arrangement=arrangement, expert=user, by=SYSTEM, on=LATELY)
            with acting(user.pk), acting(SYSTEM):
                accept_arrangement(acceptance=acceptance, by=user, on=LATELY)
            setattr(world, name, user)
        world.group = create_group(school=school, name="Vlinders", year="5", school_year="2026-2027", by=SYSTEM)
        assign_teacher(group=world.group, user=world.teacher, from_on=LONG_AGO, by=SYSTEM)
        world.pupil = make_pupil(school, world.group, "Emma", "Kaya")
        for number in range(5):
            make_pupil(school, world.group, f"Meisje{number}", f"Zomer{number}")
        exclude_colleague(pupil=world.pupil, user=world.excluded, reason="eigen kind", from_on=LONG_AGO, by=SYSTEM)
        world.mother = make_guardian(world.pupil)
    STANDING.cast = world
    forget_keys()


def empty_the_house():
    """Throw every row away, as the owner: the application may not. Call the cast again afterwards."""
    kept = {"django_migrations", "django_content_type", "auth_permission"}
    with as_owner(), connection.cursor() as cursor:
        tables = set(connection.introspection.table_names()) - kept
        cursor.execute(f"truncate {', '.join(sorted(tables))}")
    connection.close()
    forget_keys()


@pytest.fixture
def cast(db):
    """The people of every story. Nobody acts yet: a test says `with acting(cast.teacher.pk)`."""
    return deepcopy(STANDING.cast)


@pytest.fixture
def trajectory(cast):
    """Emma's trajectory at niveau 0, opened by her teacher."""
    with acting(cast.teacher.pk):
        return open_trajectory(
            pupil=cast.pupil, question="Hoe help ik bij het rekenen?", by=cast.teacher, on=TODAY - timedelta(days=30)
        )


class OwnQueries(CaptureQueriesContext):
    """Counts the queries of the page itself.

    Savepoints, the wall's set_config and the event of a view that writes down none itself are the frame's.
    """

    def __len__(self):
        frame = ("SAVEPOINT", "RELEASE SAVEPOINT", "select set_config", "BEGIN", "COMMIT", "ROLLBACK")
        return sum(not (sql.startswith(frame) or self._is_of_frame(sql)) for sql in self._statements())

    def _statements(self):
        return [query["sql"] for query in self.captured_queries]

    @staticmethod
    def _is_of_frame(sql):
        return sql.startswith('INSERT INTO "audit_event"') and ("'page.looked'" in sql or "'page.sent'" in sql)


@pytest.fixture
def own_queries():
    """`with own_queries() as asked: …; assert len(asked) <= 15`."""
    return lambda: OwnQueries(connection)


@pytest.fixture
def client():
    """A browser that comes over https, as all do."""
    return SecureClient()


class SecureClient(Client):
    """Every request is secure: the try-out's plain http is not what is tested."""

    def generic(self, *args, **kwargs):
        """Ask over https."""
        return super().generic(*args, **(kwargs | {"secure": True}))


def enter(client, user):
    """Sign in as people do, without the time it takes: by a password and a second step, a moment ago."""
    client.force_login(
        get_user_model().objects.get(pk=user.pk), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    session, now = client.session, int(time.time())
    session.update(
        {
            BEGAN: now,
            SEEN: now,
            FOUND: True,
            AWAKE: "" if asleep_since(user) else timezone.localdate().isoformat(),
            AUTHENTICATION_METHODS_SESSION_KEY: [{"method": "password", "at": now}],
            "account_authentication_methods_user": str(user.pk),
        }
    )
    session.save()
    return client


@pytest.fixture
def sign_in(client):
    """Return a client in which this person is signed in."""
    return lambda user: enter(client, user)
