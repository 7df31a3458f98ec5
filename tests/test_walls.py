"""Both walls held against each other, for everyone in the cast."""

import pytest
from django.apps import apps

from accounts.wall import acting
from cases.access import Reading, Sheet
from cases.models import Conversation, Guardian, Pupil, Trajectory

SEES_THE_FILE = ("coordinator", "teacher", "director")
TRACES = ("auditor", "privacy_officer", "fg")
NOTHING = ("colleague", "excluded", "admin", "safeguarding_lead", "stranger", "expert", "blind_expert", "ended_expert")


@pytest.mark.parametrize("name", SEES_THE_FILE + TRACES + NOTHING)
def test_what_the_wall_lets_through_is_what_for_user_says(name, cast, trajectory):
    user = getattr(cast, name)

    with acting(user.pk):
        for model in (Trajectory, Pupil):
            bare = set(model.objects.values_list("pk", flat=True))
            assert bare == set(model.objects.for_user(user).values_list("pk", flat=True)), model
        reading = list(Trajectory.objects.for_user(user).values_list("reading", flat=True))

    assert reading == ([Reading.STAFF] if name in SEES_THE_FILE else [Reading.TRACE] if name in TRACES else [])


def test_nobody_sees_anything_outside_acting(cast, trajectory):
    for model in (Trajectory, Pupil, Guardian, Conversation, Trajectory.history.model):
        assert not model.objects.exists()


def test_every_table_with_a_school_stands_behind_the_wall_or_holds_no_child(cast):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relrowsecurity")
        guarded = {name for (name,) in cursor.fetchall()}
    without_a_child = {
        "accounts_membership",
        "accounts_rightsapproval",
        "accounts_grantreview",
        "accounts_schoolkey",
        "accounts_staffleave",
        "accounts_holiday",
        "accounts_helpdesk",
        "cases_group",
        "cases_groupteacher",
        "cases_supportlevel",
        "cases_heading",
        "cases_caseterms",
        "consent_workingarrangement",
        "consent_acceptance",
    }
    for model in apps.get_models():
        table = model._meta.db_table
        plain = table.replace("_historical", "_")
        if any(field.name in ("school", "trajectory") for field in model._meta.fields) and plain not in without_a_child:
            assert table in guarded or table == "audit_event", f"{table} has no policy"


def test_a_sheet_needs_a_row_that_came_through_the_door(cast, trajectory):
    with acting(cast.teacher.pk):
        assert Sheet.of(Trajectory.objects.for_user(cast.teacher).get()).child == "Emma Kaya"
        with pytest.raises(AttributeError):
            Sheet.of(Trajectory.objects.get())


def test_a_supervisor_reads_that_it_exists_and_nothing_of_it(cast, trajectory):
    with acting(cast.fg.pk):
        sheet = Sheet.of(Trajectory.objects.for_user(cast.fg).select_related("level").get())

    assert (sheet.child, sheet.question) == ("een leerling", "")
