"""What no rollback can show: a process that is killed halfway, and a right that goes between a form and its save.

Each has a copy of the database and processes of its own: what is committed here is seen by no other test.
"""

import json
import signal
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from tests.clones import clone, environment, run

BEGIN = """
import json, sys, threading
import django
django.setup()
"""
# Row by row and slowly, so that it can be killed between two of them; the last look is not waited for.
ROTATE = (
    BEGIN
    + """
import time
from accounts import keyring, rotation
from django.core.management import execute_from_command_line
rotation.BATCH = rotation.FEW = 1
keyring.LIFE = 0.01
whole = rotation._batch
def slowly(*args):
    last = whole(*args)
    time.sleep(float(sys.argv[1]) if last else 0)
    return last
rotation._batch = slowly
execute_from_command_line(["manage.py", "keys", "rotate", "--school", "11AA"])
"""
)
STATE = (
    BEGIN
    + """
from accounts import rotation
from accounts.models import School, SchoolKey
from accounts.sealing import Broken
from accounts.wall import SYSTEM, acting
from audit.verify import verify
from cases.models import Guardian, Pupil
with acting(SYSTEM):
    school = School.objects.get(brin="11AA")
    people = [(row.call_name, row.surname) for row in Pupil.objects.filter(school=school).order_by("pk")]
    people += [(row.first_name, row.surname) for row in Guardian.objects.filter(school=school)]
    told = {
        "old": rotation.count_old(school), "keys": SchoolKey.objects.filter(school=school).count(),
        "people": sorted(map(str, people)), "broken": any(isinstance(x, Broken) for one in people for x in one),
        "chain": len(verify()),
    }
print(json.dumps(told))
"""
)


@pytest.fixture
def database(django_db_setup, django_db_blocker):
    """A copy of the test database, with the cast in it."""
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
        with clone(name, f"{name}_alone") as copy:
            yield copy


def state(database):
    """What stands in that database, as another process reads it."""
    return json.loads(run(database, "-c", STATE))


def _kill_after(batches, database):
    """Begin a rotation, and kill it hard once it tells of so many batches."""
    with subprocess.Popen(
        [sys.executable, "-c", ROTATE, "0.2"],
        cwd=settings.BASE_DIR,
        env=environment(database),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as running:
        told = b""
        while f"] {batches}/".encode() not in told and (sign := running.stderr.read(1)):
            told += sign
        running.send_signal(signal.SIGKILL)
        assert running.wait(10) == -signal.SIGKILL, told.decode()


def test_a_rotation_that_is_killed_goes_on_where_it_was_and_loses_nothing(database):
    _kill_after(3, database)

    halfway = state(database)
    assert halfway["keys"] == 2
    assert halfway["old"] > 0
    assert not halfway["broken"], "what is closed with either key opens"

    assert "went on with a rotation that was broken off" in run(database, "-c", ROTATE, "0")
    after = state(database)
    assert (after["old"], after["keys"], after["broken"], after["chain"]) == (0, 2, False, 0)
    assert after["people"] == halfway["people"]
    assert "('Emma', 'Kaya')" in after["people"]


# Lotte opens a form; the director takes her group away, on a connection of his own; only then does she save.
RACE = (
    BEGIN
    + """
from datetime import date, timedelta
from django.db import DatabaseError, connection
from accounts.doors import Unseen, get_to_edit
from accounts.models import User
from accounts.wall import SYSTEM, acting
from cases.actions.files import open_trajectory
from cases.actions.papers import add_entry
from cases.actions.people import end_assignment
from cases.models import Entry, GroupTeacher, Heading, Pupil, Trajectory
import time_machine
lotte, marloes = (User.objects.get(username=name) for name in ("lotte", "marloes_ib"))
day = date(2026, 11, 24)

def write(case):
    heading = Heading.objects.filter(school=case.school_id).first()
    add_entry(trajectory=case, heading=heading, text="Te laat.", observed_on=day, by=lotte, kind="fact")

def withdraw():
    with acting(marloes.pk):
        row = GroupTeacher.objects.get(user=lotte)
        row = type(row).objects.select_for_update().get(pk=row.pk)
        end_assignment(assignment=row, on=day - timedelta(days=1), by=marloes)
    connection.close()

def elsewhere(deed):
    thread = threading.Thread(target=deed)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()

with time_machine.travel("2026-11-24T10:10:00+01:00", tick=False):
    with acting(lotte.pk):
        pupil = Pupil.objects.get(pk=next(row.pk for row in Pupil.objects.all() if row.call_name == "Emma"))
        case = open_trajectory(pupil=pupil, question="Vraag?", by=lotte, on=day)
    told = {}
    if sys.argv[1] == "before the door":
        elsewhere(withdraw)
        try:
            with acting(lotte.pk):
                write(get_to_edit(Trajectory, lotte, case.pk))
        except Unseen:
            told["refused"] = "by the door"
    else:
        try:
            with acting(lotte.pk):
                seen = get_to_edit(Trajectory, lotte, case.pk)
                elsewhere(withdraw)
                write(seen)
        except DatabaseError as refusal:
            told["refused"] = "by the wall" if "row-level security" in str(refusal) else str(refusal)
    with acting(SYSTEM):
        told["saved"] = Entry.objects.count() + Entry.history.count()
print(json.dumps(told))
"""
)


@pytest.mark.parametrize(("when", "refused"), [("before the door", "by the door"), ("behind the door", "by the wall")])
def test_who_loses_a_right_between_the_form_and_the_save_saves_nothing(when, refused, database):
    assert json.loads(run(database, "-c", RACE, when)) == {"refused": refused, "saved": 0}
