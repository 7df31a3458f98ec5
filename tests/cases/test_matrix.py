"""The matrix: every cell against what the database lets through. What the pages show is held by tests/test_doors.py."""

import pytest
from django.db import connection

from accounts.models import Role
from accounts.wall import SYSTEM, acting
from cases import matrix
from cases.access import Reading
from cases.actions.files import add_member
from cases.matrix import Cell
from tests.canaries import COLUMNS, guarded_models, guarded_tables, is_text, plant
from tests.conftest import TODAY, staff
from tests.matrix import DOCUMENT, document
from tests.test_doors import rows_of

OF_NO_CHILD = {"consent_clbday", "accounts_lookverdict"}  # a day on which an expert comes, what was found of looking
# What a rule of access looks at itself; and what the rule of the application narrows further than the wall.
BY_RULE = {
    ("excluded", "caseexclusion"),
    ("coordinator", "importrun"),
    ("director", "importrun"),
    ("excluded", "importrun"),
}
WHO = (*COLUMNS, "colleague", "excluded", "safeguarding_lead", "ended_expert", "stranger")


def test_the_document_says_what_the_matrix_says():
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "write it anew: ./dev python tests/matrix.py"


def test_every_guarded_table_stands_in_one_part(db):
    tables = [table for part in matrix.PARTS for table in part.tables]

    assert len(tables) == len(set(tables))
    assert {table for table in guarded_tables() if "_historical" not in table} == set(tables) | OF_NO_CHILD


def test_every_text_of_a_file_belongs_to_a_part_and_every_part_names_texts_that_are_there(db):
    texts = {
        f"{model._meta.model_name}.{one.name}" for model in guarded_models() for one in model._meta.concrete_fields
    }
    named = {name for part in matrix.PARTS for name in part.fields}

    assert named <= texts
    for model in guarded_models():
        for one in model._meta.concrete_fields:
            if is_text(one, model._meta.model_name) and model._meta.db_table not in OF_NO_CHILD:
                assert matrix.part_of(model._meta.model_name, one.name), one


def test_every_column_reads_as_the_rule_of_access_marks_a_case():
    assert {column.reading for column in matrix.COLUMNS} == {*Reading.values, ""}


def test_a_reading_that_nobody_has_opens_nothing():
    assert not any(matrix.opens("stray", part.code) for part in matrix.PARTS)


@pytest.mark.parametrize("code", ["names", "question", "talks"])
def test_of_a_part_that_is_only_known_to_exist_nothing_is_opened(code):
    assert not matrix.opens(Reading.TRACE, code)
    assert matrix.how(Reading.TRACE, "history") == Cell.EXISTS


@pytest.fixture
def field(cast, trajectory):
    """Emma's file with everything in it, and what each may see of it."""
    with acting(SYSTEM):
        cast.member = staff("mia", cast.school, Role.TEACHER)
    rows_of(cast, trajectory)
    with acting(cast.coordinator.pk):
        add_member(trajectory=trajectory, user=cast.member, reason="denkt mee", from_on=TODAY, by=cast.coordinator)
    return plant(cast, trajectory)


def seen_rows(user):
    """{(model, key)} of all rows that the database lets through when this person asks without any filter."""
    found = set()
    with acting(user.pk), connection.cursor() as cursor:
        for model in guarded_models():
            cursor.execute(f"select id from {model._meta.db_table}")
            found |= {(model._meta.model_name, key) for (key,) in cursor.fetchall()}
    return found


def test_the_database_lets_through_what_the_cells_say(cast, trajectory, field):
    wrong = []
    for who in WHO:
        found = seen_rows(getattr(cast, who))
        for key, row in field.rows.items():
            if (key in found) != field.may_see(who, row) and (who, key[0]) not in BY_RULE:
                wrong.append(f"{who} {'sees' if key in found else 'misses'} {key[0]} ({row.part})")

    assert len(field.rows) > 60
    assert not wrong


def told_of(table):
    """What is of no child, and what supervisors are there to look at."""
    return any(word in table for word in ("clbday", "breakglass", "privacysignal", "signalstep", "lookverdict"))


def test_the_database_shows_no_history_to_who_supervises_or_has_no_part_in_the_file(cast, trajectory, field):
    tables = [table for table in guarded_tables() if "_historical" in table and not told_of(table)]
    for who in ("auditor", "fg", "privacy_officer", "admin", "colleague", "safeguarding_lead", "ended_expert"):
        with acting(getattr(cast, who).pk), connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"select count(*) from {table}")
                assert cursor.fetchone() == (0,), (who, table)
