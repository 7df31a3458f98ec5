"""The wall: who acts, what each may touch in every guarded table, and who may act as the system."""

import ast
import json
from contextlib import suppress
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.utils import InternalError

from accounts.models import Membership
from accounts.wall import SYSTEM, acting, as_owner
from audit.record import sign
from cases.models import CaseExclusion, Conversation, Group, Guardian, Guardianship, KeptFile, Pupil, Trajectory
from tests.conftest import LONG_AGO, make_guardian, make_pupil
from tests.rows import one_of_each

ROOT = Path(settings.BASE_DIR)
APPS = ("config", "audit", "accounts", "cases", "consent", "meetings", "letters")
STRANGERS = ("colleague", "excluded", "admin", "auditor", "privacy_officer", "stranger", "expert", "blind_expert")
# What somebody of the list may see none the less, and so ask for: what the rule of access itself needs.
SEEN = {
    ("excluded", "cases_caseexclusion"),  # barred, since this row says so
    ("excluded", "cases_importrun"),  # a director's, of no child in particular
    ("auditor", "cases_trajectory"),
    ("privacy_officer", "cases_trajectory"),
    ("auditor", "cases_breakglass"),  # who supervises sees what others opened
    ("privacy_officer", "cases_breakglass"),
    ("blind_expert", "cases_trajectory"),
    ("blind_expert", "cases_trajectorygrant"),
    ("blind_expert", "cases_grantedheading"),
    ("blind_expert", "cases_leftoutitem"),
    ("blind_expert", "cases_shareditem"),
    ("blind_expert", "cases_document"),  # what this expert wrote
    ("blind_expert", "cases_keptfile"),
    ("blind_expert", "consent_expertreport"),
    ("blind_expert", "consent_coachingnote"),
    ("blind_expert", "consent_clbplace"),
    ("blind_expert", "consent_clbday"),
    ("colleague", "consent_clbday"),  # a day on which an expert comes: of no child in particular
    ("excluded", "consent_clbday"),
    ("privacy_officer", "cases_privacysignal"),  # what somebody says is wrong with privacy
    ("privacy_officer", "cases_signalstep"),
    ("auditor", "accounts_lookverdict"),  # what was found of looking: for who looks along the record
    ("privacy_officer", "accounts_lookverdict"),
    ("excluded", "accounts_lookverdict"),
}
MAKES = {  # who may add a row of this kind to the school, and sees none of this child all the same
    ("excluded", "cases_importrun"),
    ("excluded", "cases_pupil"),
    ("excluded", "cases_groupplace"),
    ("excluded", "cases_guardian"),
    ("colleague", "cases_guardian"),
    ("excluded", "consent_clbday"),
    ("blind_expert", "cases_document"),  # an expert hands in a report, and coaches the teacher
    ("blind_expert", "cases_keptfile"),
    ("blind_expert", "consent_expertreport"),
    ("blind_expert", "consent_coachingnote"),
    ("auditor", "accounts_lookverdict"),
}
CHANGES = {  # who may change a row of this kind all the same
    ("excluded", "cases_importrun"),
    ("excluded", "consent_clbday"),
    ("blind_expert", "consent_coachingnote"),  # its author, while the guidance runs
    ("privacy_officer", "cases_privacysignal"),
}


@pytest.fixture
def rows(cast, trajectory):
    """One row of every guarded table."""
    return one_of_each(cast, trajectory)


def guarded_tables():
    """Every table with policies, but for the record of looking, which has its own tests."""
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relrowsecurity and relname <> 'audit_event'")
        return sorted(name for (name,) in cursor.fetchall())


def told():
    """What the database was told: who acts."""
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(current_setting('app.user_id', true), '')")
        return cursor.fetchone()[0]


def touched(statement, *params):
    """Run one statement in a savepoint and return how many rows it touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.rowcount


def copies(table):
    """Return the rows of a table as JSON, each under a new key."""
    key = "history_id" if "_historical" in table else "id"
    with connection.cursor() as cursor:
        cursor.execute(f"select to_jsonb(t) || jsonb_build_object('{key}', gen_random_uuid()) from {table} t")
        return [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]


def add(table, row):
    """Insert a row given as JSON."""
    return touched(f"insert into {table} select * from jsonb_populate_record(null::{table}, %s)", json.dumps(row))


def refusal_of(table, row):
    """Try to insert a row, and return the words in which the database refuses; "" when it doesn't."""
    try:
        add(table, row)
    except DatabaseError as refusal:
        return str(refusal)
    return ""


# --- who acts ------------------------------------------------------------------------------------------------------


def test_every_guarded_table_is_tried_with_a_row(rows):
    live = {table for table in guarded_tables() if "_historical" not in table}

    assert live == set(rows)


@pytest.mark.parametrize("who", [None, ""], ids=["outside acting", "nobody"])
def test_nobody_sees_a_row_of_any_guarded_table(who, rows):
    def seen():
        found = {}
        for table in guarded_tables():
            with connection.cursor() as cursor:
                cursor.execute(f"select count(*) from {table}")
                found[table] = cursor.fetchone()[0]
        return {table for table, count in found.items() if count}

    with acting(SYSTEM):
        assert seen() == set(guarded_tables())
    if who is None:
        assert seen() == set()
    else:
        with acting(who):
            assert seen() == set()


def test_acting_nests_and_gives_back_who_acted_before(cast):
    with acting(cast.teacher.pk):
        with acting(SYSTEM):
            assert told() == SYSTEM
            with acting(cast.stranger.pk):
                assert told() == str(cast.stranger.pk)
            assert told() == SYSTEM
        assert told() == str(cast.teacher.pk)
    assert told() == ""


def test_acting_gives_back_after_an_exception(cast):
    with acting(cast.teacher.pk):
        with pytest.raises(ZeroDivisionError), acting(SYSTEM):
            raise ZeroDivisionError
        assert told() == str(cast.teacher.pk)
        assert connection.who_acts == str(cast.teacher.pk)


def test_acting_gives_back_after_set_rollback(cast):
    with acting(cast.teacher.pk):
        with acting(SYSTEM):
            transaction.set_rollback(True)
        assert told() == connection.who_acts == str(cast.teacher.pk)
    assert told() == connection.who_acts == ""


def test_acting_gives_back_after_a_broken_statement_inside_a_savepoint(cast):
    with acting(SYSTEM), pytest.raises(ProgrammingError):
        touched("select nonsense")
    with acting(cast.teacher.pk):
        with acting(SYSTEM):
            assert refusal_of("nonsense", {})
            assert told() == SYSTEM
        assert told() == connection.who_acts == str(cast.teacher.pk)


def test_acting_gives_back_after_a_broken_statement_that_was_swallowed(cast):
    with acting(cast.teacher.pk):
        # The end of the block can't be told to a transaction that is broken.
        with pytest.raises(InternalError), acting(SYSTEM), suppress(ProgrammingError), connection.cursor() as cursor:
            cursor.execute("select nonsense")
        assert told() == connection.who_acts == str(cast.teacher.pk)
        with acting(cast.colleague.pk):
            pass
        assert told() == str(cast.teacher.pk), "the next block would have given back the system's eyes"


def test_acting_gives_back_when_a_savepoint_round_it_is_rolled_back(cast):
    with acting(cast.teacher.pk):
        with pytest.raises(ZeroDivisionError), transaction.atomic(), acting(SYSTEM):
            raise ZeroDivisionError
        assert told() == connection.who_acts == str(cast.teacher.pk)


def test_the_day_is_the_applications_and_not_the_databases(cast, trajectory, frozen_clock):
    with acting(SYSTEM):
        held = Membership.objects.get(user=cast.coordinator)
        held.until_on = held.from_on.replace(year=2027)
        sign(held, by=SYSTEM, why="test").save()

    with acting(cast.coordinator.pk):
        assert Trajectory.objects.count() == 1
    frozen_clock.move_to("2027-08-02T10:00:00+02:00")
    with acting(cast.coordinator.pk):
        assert Trajectory.objects.count() == 0


# --- what each may touch -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STRANGERS)
def test_who_may_not_sees_changes_and_removes_nothing_in_any_table(name, cast, rows):
    wrong = []
    with acting(getattr(cast, name).pk):
        for table, row in rows.items():
            for place, key in ((table, "id"), (table.replace("_", "_historical", 1), "id")):
                if place not in guarded_tables():
                    continue
                seen = touched(f"select 1 from {place} where {key} = %s", row.pk)
                if seen and (name, table) not in SEEN:
                    wrong.append(f"sees {place}")
                may_change = (name, place) in CHANGES
                if touched(f"update {place} set school_id = school_id where {key} = %s", row.pk) and not may_change:
                    wrong.append(f"changes {place}")
                if touched(f"delete from {place} where {key} = %s", row.pk):
                    wrong.append(f"removes {place}")

    assert not wrong


@pytest.mark.parametrize("name", STRANGERS)
def test_who_may_not_adds_nothing_to_a_file(name, cast, rows):
    with acting(SYSTEM):
        ready = {table: copies(table)[0] for table in rows}
        ready["cases_trajectory"]["pupil_id"] = str(cast.pupil.pk)
    wrong = []
    with acting(getattr(cast, name).pk):
        for table, row in ready.items():
            if "row-level security" not in refusal_of(table, row) and (name, table) not in MAKES:
                wrong.append(table)

    assert not wrong


@pytest.mark.parametrize("name", ["coordinator", "teacher", "director"])
def test_who_works_in_the_file_changes_it_and_removes_nothing(name, cast, rows):
    only_read = {"cases_keptfile", "cases_trajectorygrant", "cases_grantedheading", "cases_signalstep"}
    only_read.add("accounts_lookverdict")
    if name != "teacher":  # a coaching note is of the teacher, and of no role
        only_read.add("consent_coachingnote")
    teachers_only_read = {
        "consent_clbday",
        "cases_pupil",
        "cases_groupplace",
        "cases_importrun",
        "cases_breakglass",
        "cases_casemember",
        "cases_caseexclusion",
        "cases_privacysignal",
    }
    wrong = []
    with acting(getattr(cast, name).pk):
        for table, row in rows.items():
            may = table not in only_read and not (name == "teacher" and table in teachers_only_read)
            if touched(f"update {table} set school_id = school_id where id = %s", row.pk) != may:
                wrong.append(f"update {table}")
            if touched(f"delete from {table} where id = %s", row.pk):
                wrong.append(f"delete {table}")

    assert not wrong


@pytest.mark.parametrize("name", ["coordinator", "teacher", "director", "auditor", "stranger"])
def test_history_is_added_to_and_never_changed_or_removed(name, cast, rows):
    histories = [table for table in guarded_tables() if "_historical" in table]
    assert len(histories) == len(rows) - 4  # kept files, grants, opened headings and reading links keep none
    with acting(SYSTEM):
        ready = {table: copies(table)[0] for table in histories}

    with acting(getattr(cast, name).pk):
        for table, row in ready.items():
            assert add(table, row) == 1, table
            assert touched(f"update {table} set history_change_reason = 'nothing happened'") == 0, table
            assert touched(f"delete from {table}") == 0, table


def test_the_history_of_roles_and_set_up_is_added_to_and_never_changed_or_removed(cast):
    plain = [
        model._meta.db_table
        for model in apps.get_models()
        if "_historical" in model._meta.db_table and model._meta.db_table not in guarded_tables()
    ]
    assert len(plain) == 15

    with acting(SYSTEM):
        for table in plain:
            for statement in (f"update {table} set history_change_reason = 'x'", f"delete from {table}"):
                with pytest.raises(ProgrammingError, match="permission denied"):
                    touched(statement)


def test_a_row_that_turned_invisible_is_not_saved_as_a_new_one(cast, rows):
    with acting(cast.teacher.pk):
        talk = Conversation.objects.get()
    with acting(SYSTEM):
        assignment = cast.group.teachers.get()
        assignment.until_on = assignment.from_on
        sign(assignment, by=SYSTEM, why="gone").save()

    with acting(cast.teacher.pk):
        talk.text = "te laat"
        with pytest.raises(DatabaseError, match="did not affect"), transaction.atomic():
            sign(talk, by=cast.teacher, why="late").save()
    with acting(SYSTEM):
        assert Conversation.objects.count() == 1
        assert Conversation.history.count() == 1, "nor does history tell of what did not happen"


def test_a_kept_row_that_the_wall_keeps_is_not_told_as_deleted(cast, rows):
    with acting(cast.coordinator.pk), pytest.raises(RuntimeError, match="ends with a date"), transaction.atomic():
        Conversation.objects.get().delete()
    with acting(SYSTEM):
        assert not Conversation.history.filter(history_type="-").exists()


def test_a_file_stays_in_its_school_and_with_its_child(cast, rows):
    with acting(SYSTEM):
        for table, row in rows.items():
            with pytest.raises(DatabaseError, match="stays in its school"):
                touched(f"update {table} set school_id = %s where id = %s", cast.other_school.pk, row.pk)


# --- across schools --------------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(cast):
    """A child at the other school, with a mother."""
    with acting(SYSTEM):
        group = Group(school=cast.other_school, name="Bijen", school_year="2026-2027")
        sign(group, by=SYSTEM, why="test").save()
        pupil = make_pupil(cast.other_school, group, "Milan", "Ver")
        return pupil, make_guardian(pupil, "Noor", "Ver")


def test_a_leader_ties_no_child_of_another_school_to_a_file_of_his_own(cast, rows, elsewhere):
    pupil, _ = elsewhere
    with acting(SYSTEM):
        case = copies("cases_trajectory")[0] | {"pupil_id": str(pupil.pk)}
        place = copies("cases_groupplace")[0] | {"pupil_id": str(pupil.pk)}
        exclusion = copies("cases_caseexclusion")[0] | {"pupil_id": str(pupil.pk), "user_id": str(cast.teacher.pk)}

    with acting(cast.coordinator.pk):
        for table, row in (("cases_trajectory", case), ("cases_groupplace", place), ("cases_caseexclusion", exclusion)):
            with pytest.raises(ProgrammingError, match="row-level security"):
                add(table, row)


def test_no_parent_of_another_school_is_tied_to_a_child_here(cast, rows, elsewhere):
    _, mother = elsewhere
    with acting(SYSTEM):
        relation = copies("cases_guardianship")[0]
        relation |= {
            "pupil_id": str(cast.pupil.pk),
            "guardian_id": str(mother.guardian_id),
            "school_id": str(cast.school.pk),
        }

    for user in (cast.teacher, cast.coordinator):
        with acting(user.pk):
            with pytest.raises(ProgrammingError, match="row-level security"):
                add("cases_guardianship", relation)
            assert not Guardian.objects.filter(pk=mother.guardian_id).exists()


@pytest.mark.parametrize(
    "table",
    [
        "cases_conversation",
        "cases_entry",
        "cases_keptfile",
        "cases_casemember",
        "consent_engagement",
        "letters_issuedletter",
    ],
)
def test_the_leader_of_another_school_writes_nothing_into_a_file_here(table, cast, rows):
    with acting(SYSTEM):
        row = copies(table)[0] | {"school_id": str(cast.other_school.pk)}

    with acting(cast.stranger.pk), pytest.raises(ProgrammingError, match="row-level security"):
        add(table, row)


# --- who is left out -------------------------------------------------------------------------------------------------


def test_who_is_left_out_does_not_end_that_himself(cast, rows):
    with acting(cast.excluded.pk):
        assert not CaseExclusion.objects.for_user(cast.excluded).exists()
        assert touched("update cases_caseexclusion set until_on = from_on") == 0
    with acting(cast.director.pk):
        assert touched("update cases_caseexclusion set until_on = from_on") == 1


def test_who_is_left_out_finds_no_parents_of_that_child_unless_of_a_brother_or_sister(cast, rows):
    with acting(SYSTEM):
        mother = cast.mother.guardian
        sister = Pupil.objects.exclude(pk=cast.pupil.pk).first()
    with acting(cast.excluded.pk):
        assert not Guardian.objects.filter(pk=mother.pk).exists()
        assert not Guardian.history.filter(id=mother.pk).exists()
    with acting(SYSTEM):
        relation = Guardianship(school=cast.school, pupil=sister, guardian=mother, from_on=LONG_AGO, is_asked=False)
        sign(relation, by=SYSTEM, why="test").save()
    with acting(cast.excluded.pk):
        assert Guardian.objects.filter(pk=mother.pk).exists()


def test_an_expert_of_an_anonymous_child_gets_no_row_that_names_it(cast, rows):
    with acting(cast.blind_expert.pk):
        seen = {table for table in guarded_tables() if touched(f"select 1 from {table}")}
        row = Trajectory.objects.for_user(cast.blind_expert).get()
        with pytest.raises(Pupil.DoesNotExist):
            row.pupil  # noqa: B018

    assert seen == {
        *("cases_trajectory", "cases_trajectorygrant", "cases_grantedheading"),
        *("cases_leftoutitem", "cases_shareditem", "cases_document", "cases_keptfile", "consent_expertreport"),
        *("consent_coachingnote", "consent_historicalcoachingnote", "consent_clbday", "consent_clbplace"),
    }


def test_kept_bytes_are_changed_by_nobody_who_signs_in(cast, rows):
    for name in ("coordinator", "teacher", "director"):
        with acting(getattr(cast, name).pk):
            assert KeptFile.objects.update(content_type="text/html") == 0


# --- the role and the system -----------------------------------------------------------------------------------------


def test_the_applications_role_owns_nothing_and_goes_round_no_wall(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles"
            " where rolname = current_user"
        )
        assert cursor.fetchone() == (False,) * 5
        cursor.execute("select current_user")
        assert cursor.fetchone() == (settings.APPLICATION_ROLE,)
        for owned in ("pg_class where relowner", "pg_proc where proowner", "pg_namespace where nspowner"):
            cursor.execute(f"select count(*) from {owned} = (select oid from pg_roles where rolname = current_user)")
            assert cursor.fetchone() == (0,), owned
        cursor.execute("select count(*) from pg_auth_members where member = current_user::regrole")
        assert cursor.fetchone() == (0,), "a member of the owner could become the owner"
        cursor.execute("select has_schema_privilege('public', 'create')")
        assert cursor.fetchone() == (False,)
        cursor.execute(
            "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
            " and has_table_privilege(oid, 'truncate')"
        )
        assert cursor.fetchall() == []


def test_every_function_that_reads_past_the_wall_has_a_fixed_search_path(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
            " and not coalesce(array_to_string(proconfig, ' '), '') like '%%search_path=public, pg_temp%%'"
        )
        assert cursor.fetchall() == []


# Who acts as the system, and why. One list: a place that is not here is a hole in the wall.
AS_SYSTEM = {
    "config.management.commands.bench.Command.handle": "measures made-up children, and takes them back",
    "consent.grants.settle": "sees every answer and every expert's grant, whoever's deed made it run",
    "accounts.rotation.count_old": "counts what is closed with an old key, of a whole school",
    "accounts.rotation.count_all": "the same, of all that is closed",
    "accounts.rotation.replace_key": "makes a school's next key, at the machine itself",
    "accounts.rotation._batch": "closes rows anew, whoever's they are; says nothing of them",
    "accounts.rotation._told": "writes down that a key was replaced",
    "accounts.rotation.rewrap": "wraps all keys anew, at the machine itself",
    "accounts.rotation.destroy": "ends a school's keys, at the machine itself",
    "config.management.commands.keys.Command._rotate_master": "counts keys, at the machine itself",
    "config.management.commands.keys.Command._check": "the same",
    "config.management.commands.keys.Command._schools": "finds the school, at the machine itself",
    "consent.grants.settle_for": "the same, for every case that an expert works on at a school",
    "cases.actions.imports.preview_pupils": "an import looks along the whole school, who is left out of a file too",
    "cases.actions.imports.confirm_pupils": "an import",
    "cases.actions.imports.preview_guardians": "an import",
    "cases.actions.imports.confirm_guardians": "an import",
    "cases.management.commands.import_edexml.Command.handle": "an import, at the machine itself",
    "config.management.commands.add_school.Command.handle": "whoever keeps the installation, at the machine itself",
    "config.management.commands.second_step.Command.handle": "the same",
    "config.management.commands.account.Command.handle": "the same",
    "config.management.commands.approve.Command.handle": "in the place of a second person who is not there",
    "consent.standing.guidance_lasts_until": "asked before anybody acts: until when an expert's account is needed",
    "config.management.commands.invite.Command.handle": "whoever keeps the installation, at the machine itself",
    "config.management.commands.audit.Command.handle": "goes along every chain",
    "config.management.commands.daily.Command.handle": "the nightly run",
    "cases.actions.imports.to_show": "an import: what its reader is kept from is left out",
    "consent.actions.naming._what_gives_away": "the name check looks at brothers and sisters too, and tells nobody",
    "cases.actions.moving.move_record": "removes what was written with the wrong child: nobody else removes",
    "cases.actions.people._settle_all_of": "a grown-up's change reaches each child, seen or not",
    "letters.actions.open_link": "a parent who has no account opens a report with a link and its code",
    "config.fiction.tell": "the fictional school of a try-out",
    "config.fiction.telling.Story.eyes_of": "the fictional school of a try-out",
}


def places(tree, module):
    """Yield (place, node) for every call in this source, under the name of the function that it stands in."""

    def walk(node, path):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
                yield from walk(child, [*path, child.name])
            else:
                if isinstance(child, ast.Call):
                    yield ".".join([module, *path]), child
                yield from walk(child, path)

    yield from walk(tree, [])


def sources():
    """Yield (module, path) of all code of the product, migrations left out."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                yield module.removesuffix(".__init__"), path


def names_in(node):
    """Return every name and text in a piece of source."""
    found = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    found |= {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
    return found | {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}


def test_only_these_places_act_as_the_system():
    found = set()
    for module, path in sources():
        for place, call in places(ast.parse(path.read_text()), module):
            if getattr(call.func, "id", getattr(call.func, "attr", "")) == "acting":
                assert len(call.args) == 1, f"{place}: acting(who) takes one argument, so that this test can read it"
                if {"SYSTEM", "system"} & names_in(call.args[0]):
                    found.add(place)

    assert found <= set(AS_SYSTEM), found - set(AS_SYSTEM)


def test_nothing_but_the_wall_tells_the_database_who_acts():
    ways = ("set_config", "app.user_id", "who_acts", "wall._tell", "import _tell")
    tellers = {module for module, path in sources() if any(way in path.read_text() for way in ways)}

    assert tellers == {"accounts.wall", "audit.verify"}, "audit.verify asks; only the wall tells"


# --- the role for backups --------------------------------------------------------------------------------------------


def test_the_role_for_backups_reads_all_and_writes_nothing(db):
    """A backup must hold every row, so it sees past the wall; and whoever takes it over changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("select rolbypassrls, rolsuper, rolconfig from pg_roles where rolname = 'zorgvuldig_backup'")
        role = cursor.fetchone()
        if role is None:
            pytest.skip("this server has no role for backups")
        cursor.execute(
            """select relname, has_table_privilege('zorgvuldig_backup', oid, 'select'),
                has_table_privilege('zorgvuldig_backup', oid, 'insert')
                or has_table_privilege('zorgvuldig_backup', oid, 'update')
                or has_table_privilege('zorgvuldig_backup', oid, 'delete')
                or has_table_privilege('zorgvuldig_backup', oid, 'truncate')
            from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"""
        )
        tables = cursor.fetchall()

    assert role[:2] == (True, False)
    assert "default_transaction_read_only=on" in role[2]
    assert len(tables) > 60
    assert [name for name, _reads, writes in tables if writes] == []
    assert [name for name, reads, _writes in tables if not reads] == []


def test_without_an_owner_nobody_becomes_one(cast, settings):
    settings.DATABASE_OWNER = None
    with pytest.raises(RuntimeError, match="DATABASE_OWNER_URL"), as_owner():
        pass
