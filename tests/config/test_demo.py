"""The fictional school: told whole, on any day, and so that both walls and the answers of the parents agree with it."""

import json
from collections import defaultdict
from datetime import date, timedelta
from io import BytesIO, StringIO

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import Membership, School, User
from accounts.sealing import SealedTextField
from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.access import Reading, Sheet
from cases.actions.glass import open_glass
from cases.models import BreakGlass, Conversation, Entry, Pupil, SharedItem, Trajectory, TrajectoryGrant
from cases.names import find_names, names_of
from cases.readers import readers_of
from config import fiction
from config.fiction.calendar import Calendar
from consent.days import day_page
from consent.grants import CODENAMES, allowed, settle
from consent.models import ClbDay, Engagement
from letters import pdf
from letters.models import IssuedLetter
from tests.conftest import call_the_cast, empty_the_house
from tests.test_house import assert_nobody_is_named

NOW = "2026-11-24T10:10:00+01:00"
KIND_OF_READING = {Reading.DOSSIER: "see_dossier", Reading.ANONYMOUS: "see_anonymous", Reading.GLASS: "glass"}
ROLES = {
    "coordinator",
    "teacher",
    "director",
    "expert",
    "privacy_officer",
    "admin",
    "auditor",
    "safeguarding_lead",
    "fg",
}


def demo(*arguments):
    """Run the command and return what it printed."""
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module", autouse=True)
def empty_house(django_db_setup, django_db_blocker):
    """Nobody but the people of the story."""
    with django_db_blocker.unblock():
        empty_the_house()
    yield
    with django_db_blocker.unblock():
        call_the_cast()


@pytest.fixture(scope="module")
def told(empty_house, django_db_blocker):
    """Tell the story once for all tests below; each of them rolls back what it does."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(settings, "TRYOUT", True)
        with time_machine.travel(NOW, tick=False):
            demo()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def school_stands(told):
    """The story, and a transaction for this test alone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def states_of(day):
    """How many engagements of each school stand in which state, as {school: {state: number}}."""
    found = defaultdict(lambda: defaultdict(int))
    with acting(SYSTEM):
        rows = Engagement.objects.select_related("school").prefetch_related("choices", "consultations")
        for engagement in rows:
            found[engagement.school.name][engagement.state(day)] += 1
            if engagement.state(day) == "active":
                found[engagement.school.name][f"reads_{engagement.reading(day)}"] += 1
    return found


def grants_differ():
    """The trajectories whose grants are not what the answers allow today."""
    with acting(SYSTEM):
        wrong = []
        for trajectory in Trajectory.objects.all():
            wanted = allowed(trajectory, timezone.localdate())
            have = {
                row.user_id: (
                    {name: getattr(row, name) for name in wanted.get(row.user_id, ({},))[0]},
                    {opened.heading_id: opened.from_on for opened in row.headings.all()},
                )
                for row in trajectory.grants.all()
            }
            if have != wanted:
                wrong.append(trajectory.pk)
        return wrong


def test_it_refuses_where_no_try_out_is(school_stands, monkeypatch):
    monkeypatch.setattr(settings, "TRYOUT", False)
    for arguments in ([], ["--accounts"]):
        with pytest.raises(CommandError, match="try-out"):
            demo(*arguments)


def test_without_the_story_there_are_no_accounts_to_print(db, monkeypatch):
    monkeypatch.setattr(settings, "TRYOUT", True)
    with pytest.raises(CommandError, match="no fictional school yet"):
        demo("--accounts")


def test_a_second_time_changes_nothing(school_stands):
    before = Event.objects.count()

    assert "already" in demo()

    assert Event.objects.count() == before


def test_the_printed_accounts_are_everybody_who_can_sign_in(school_stands):
    rows = json.loads(demo("--accounts"))

    assert all(set(row) == {"username", "password", "role", "school", "name"} for row in rows)
    assert {row["username"] for row in rows} == set(User.objects.values_list("username", flat=True))
    assert {row["role"] for row in rows} == ROLES
    assert {row["school"] for row in rows} <= set(School.objects.values_list("name", flat=True))
    for row in rows:
        user = User.objects.get(username=row["username"])
        roles = set(Membership.objects.on(timezone.localdate()).filter(user=user).values_list("role", flat=True))
        assert user.full_name == row["name"]
        assert roles == (set() if row["role"] == "expert" else {row["role"]})


def test_the_printed_password_opens_every_account(school_stands):
    assert len(set(User.objects.values_list("password", flat=True))) == 1, "one hash for all: one sample tells for all"
    row = json.loads(demo("--accounts"))[-1]
    request = RequestFactory().post("/")

    assert authenticate(request, username=row["username"], password=row["password"]).username == row["username"]
    assert authenticate(request, username=row["username"], password="oefenschool-2025") is None


def test_every_school_has_a_running_case_at_every_level(school_stands):
    with acting(SYSTEM):
        for school in School.objects.all():
            running = Trajectory.objects.running().filter(school=school, state=Trajectory.State.OPEN)
            assert set(running.values_list("level__number", flat=True)) == {0, 1, 2}, school


def test_every_state_of_the_parents_answer_is_there(school_stands):
    states = states_of(timezone.localdate())
    everywhere = {state for rows in states.values() for state in rows}

    assert everywhere >= {
        "prepared", "waiting", "silent", "talk", "objects", "active", "closed", "cancelled",
        f"reads_{Reading.ANONYMOUS}", f"reads_{Reading.DOSSIER}",
    }  # fmt: skip
    assert states["De Wilgenboom"]["silent"], "a letter is late"
    with acting(SYSTEM):
        without = Engagement.objects.get(started_without_answer=True)
        assert without.runs_untold
        assert without.agreement_to_begin
        assert without.reading(timezone.localdate()) == Reading.ANONYMOUS


def test_clb_days_hold_known_children_and_children_without_a_name(school_stands):
    guide = User.objects.get(username="marloes.visser")
    with acting(guide.pk):
        rows = ClbDay.objects.for_user(guide).select_related("school", "expert__expert").order_by("held_on")
        days = [day_page(row, user=guide) for row in rows]

    assert [(len(day.known), len(day.nameless)) for day in days] == [(1, 0), (0, 2)]
    assert days[0].known[0].short == "E.K."


def test_a_text_is_shared_without_a_name_and_a_note_is_left_out(school_stands):
    expert = User.objects.get(username="willemijn.deboer")
    with acting(expert.pk):
        assert [item.title for item in SharedItem.objects.of_reader(expert)] == ["wat thuis helpt bij wisselen"]
        notes = [note.kind for note in Entry.objects.opened_to(expert)]

    assert notes
    assert "judgement" not in notes


def test_divorced_parents_one_answered_and_one_is_silent(school_stands):
    with acting(SYSTEM):
        addresses = [
            {choice.guardian.address: choice.choice for choice in engagement.choices.all() if choice.guardian}
            for engagement in Engagement.objects.all()
        ]
    assert any(sorted(answers.values()) == ["", "known"] for answers in addresses if len(answers) == 2)


def test_an_expert_at_schools_of_two_boards_sees_one_known_and_one_anonymous_child(school_stands):
    expert = User.objects.get(username="willemijn.deboer")
    with acting(expert.pk):
        rows = list(Trajectory.objects.for_user(expert).select_related("level", "school"))
        sheets = {row.reading: Sheet.of(row) for row in rows}

    assert len({row.school.board_id for row in rows}) == len(rows) == 2
    assert sheets[Reading.DOSSIER].child == "Emma Kaya"
    assert sheets[Reading.ANONYMOUS].child == "een jongen uit groep 5"


def test_the_only_girl_of_a_class_is_no_girl_to_the_expert(school_stands):
    with acting(SYSTEM):
        grants = {
            row.content_object.initials: row.alias for row in TrajectoryGrant.objects.select_related("content_object")
        }

    assert grants["R.V."] == "een leerling uit groep 8"


def test_the_expert_whose_guidance_ended_sees_nothing(school_stands):
    expert = User.objects.get(username="sietse.wiersma")
    with acting(expert.pk):
        assert not Trajectory.objects.exists()
        assert not Pupil.objects.exists()


def test_a_teacher_finds_nothing_of_her_own_child(school_stands):
    parent, colleague = (User.objects.get(username=name) for name in ("ingrid.postma", "youssef.elamrani"))
    seen = []
    for user in (parent, colleague):
        with acting(user.pk):
            seen.append({pupil.full_name for pupil in Pupil.objects.for_user(user)})

    assert seen[1] - seen[0] == {"Guus Postma"}


@pytest.mark.parametrize("username", [row["username"] for row in fiction.accounts()])
def test_both_walls_agree_for_everybody_in_the_story(username, school_stands):
    user = User.objects.get(username=username)
    with acting(user.pk):
        assert Trajectory.objects.count() == Trajectory.objects.for_user(user).count()
        bare = Pupil.objects.all()
        if Trajectory.objects.for_user(user).filter(reading=Reading.DOSSIER).exists():
            # A known child stands in no list of pupils; the wall lets its name through for the sheet alone.
            bare = bare.exclude(
                pk__in=Trajectory.objects.for_user(user).filter(reading=Reading.DOSSIER).values("pupil")
            )
        assert bare.count() == Pupil.objects.for_user(user).count()


def test_who_may_see_a_case_is_told_right_for_every_case_of_the_story(school_stands):
    with acting(SYSTEM):
        people, cases = list(User.objects.all()), list(Trajectory.objects.all())
    auditor = next(user for user in people if user.username == "aart.roozen")
    with acting(auditor.pk):
        case = Trajectory.objects.for_user(auditor).first()
        open_glass(trajectory=case, kind="sample", sentence="x", by=auditor, at=timezone.now())
    rule, viewers = defaultdict(dict), defaultdict(list)
    for user in people:
        with acting(user.pk):
            for key, reading in Trajectory.objects.for_user(user).values_list("pk", "reading"):
                if reading != Reading.TRACE:
                    rule[key][user.pk] = KIND_OF_READING.get(reading, "staff")
                if reading == Reading.STAFF:
                    viewers[key].append(user)

    seen = 0
    for case in cases:
        for viewer in viewers[case.pk]:
            with acting(viewer.pk):
                told = {row.uuid: row.kind for row in readers_of(case)}
            seen += len(told)
            outside = set(KIND_OF_READING.values())
            assert {who: kind if kind in outside else "staff" for who, kind in told.items()} == rule[case.pk]
    assert seen > 200
    assert any("glass" in readers.values() for readers in rule.values())


def test_what_supervisors_opened_is_told_and_one_is_to_be_judged(school_stands):
    guide = User.objects.get(username="marloes.visser")
    with acting(guide.pk):
        rows = BreakGlass.objects.for_user(guide).order_by("opened_at")
        assert [row.verdict for row in rows] == ["just", ""]
        assert [row.kind for row in BreakGlass.objects.reviewable_by(guide).unjudged()] == ["sample"]


def test_grants_are_what_the_answers_allow(school_stands):
    assert not grants_differ()
    with acting(SYSTEM):
        before = set(TrajectoryGrant.objects.values_list("pk", flat=True))
        for trajectory in Trajectory.objects.all():
            settle(trajectory)
        assert set(TrajectoryGrant.objects.values_list("pk", flat=True)) == before
        assert set(TrajectoryGrant.objects.values_list("permission__codename", flat=True)) == set(CODENAMES.values())


def test_nothing_for_a_reader_without_a_name_names_a_child_or_its_people(school_stands):
    with acting(SYSTEM):
        for engagement in Engagement.objects.select_related("trajectory__pupil"):
            pupil = engagement.trajectory.pupil
            names = names_of(pupil, pupil.guardianships.select_related("guardian"))
            for text in (engagement.question, engagement.items, engagement.alias):
                assert not find_names(text or "", names), engagement.reference


def test_a_talk_was_changed_and_shared_again_and_one_still_is_to_be(school_stands):
    with acting(SYSTEM):
        talk = Conversation.objects.get(edition=3)
        assert {row.edition for row in talk.sharings.all()} == {1, 2}
        assert len({row.text for row in talk.history.all()}) == 3
        assert [talk.sharings.exists() for talk in Conversation.objects.filter(level__number=0)].count(False) == 1


def test_a_secret_address_stands_on_no_paper_and_no_name_in_its_title(school_stands):
    with acting(SYSTEM):
        child = Trajectory.objects.get(pk__in=[row.pk for row in Trajectory.objects.all() if row.initials == "K.M."])
        papers = [PdfReader(BytesIO(row.file.data)) for row in IssuedLetter.objects.filter(trajectory=child)]

    assert len(papers) == 3
    for paper in papers:
        assert "Geheim 1" not in "".join(page.extract_text() for page in paper.pages)
        assert not find_names(paper.metadata.title, ["Kevin", "Maas", "Rozema", "Okafor"])


def test_no_expert_of_the_fictional_school_reads_who_an_anonymous_child_is(school_stands, sign_in):
    with acting(SYSTEM):
        grants = list(TrajectoryGrant.objects.select_related("user", "permission", "content_object"))
        hidden = [
            grant for grant in grants if grant.reading == Reading.ANONYMOUS and grant.until >= timezone.localdate()
        ]
        names = {}
        for grant in hidden:
            pupil = Pupil.objects.get(trajectories=grant.content_object)
            names[grant.pk] = names_of(pupil, pupil.guardianships.select_related("guardian"))
    assert len(hidden) > 2

    for grant in hidden:
        answer = sign_in(grant.user).get(reverse("consent:guided_detail", args=[grant.content_object_id]))
        assert answer.status_code == 200
        main = answer.text.split("<main")[1].split("</main>")[0] + answer.text.split("<title>")[1].split("</title>")[0]
        assert [main[one.start : one.end] for one in find_names(main, names[grant.pk])] == []


def sealed_texts():
    """Every text of some words that is sealed in any table, history too, in clear."""
    found = set()
    for model in apps.get_models():
        names = [one.name for one in model._meta.concrete_fields if isinstance(one, SealedTextField)]
        for row in model._base_manager.all() if names else ():
            found |= {getattr(row, name) for name in names}
    return {text for text in found if text and len(text) >= 20}


def all_that_is_written():
    """Every text in every table that the application can read, as a copy of the database would hold it."""
    told = []
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names()):
            if table != "audit_eventhead":  # closed to the application: numbers and seals
                cursor.execute(f"select to_jsonb(t)::text from {table} t")
                told += [" ".join(map(str, json.loads(row).values())) for (row,) in cursor.fetchall()]
    return "\n".join(told)


def test_a_copy_of_the_database_holds_no_sealed_text(school_stands):
    with acting(SYSTEM):
        texts, written = sealed_texts(), all_that_is_written()

    assert len(texts) > 300
    assert "De Wilgenboom" in written
    assert [text for text in texts if text in written] == []


def test_no_record_of_the_fictional_school_shows_a_name_either(school_stands):
    with acting(SYSTEM):
        assert assert_nobody_is_named() > 1000


def test_it_can_be_told_on_the_last_day_of_a_school_year_too(db, monkeypatch):
    monkeypatch.setattr(settings, "TRYOUT", True)
    monkeypatch.setattr(pdf, "render", lambda *_: pdf.Rendered(html="", pdf=b"%PDF-", pages=2))  # days alone count here
    with time_machine.travel("2027-07-25T23:30:00+01:00", tick=False):
        today = timezone.localdate()
        demo()
        states = states_of(today)

        assert not grants_differ()
        assert {state for rows in states.values() for state in rows} >= {
            "waiting",
            "silent",
            "talk",
            "active",
            "closed",
        }
        with acting(SYSTEM):
            assert {grant.permission.codename for grant in TrajectoryGrant.objects.filter(until__gte=today)} == set(
                CODENAMES.values()
            )


def test_the_days_of_the_story_lie_in_order_whatever_the_day():
    for number in range(800):
        days = Calendar(date(2026, 1, 1) + timedelta(days=number))
        assert days.back(20) < days.back(1) < days.today <= days.ahead(0) < days.ahead(1)
        assert days.year_begins <= days.substitute_begins <= days.today <= days.substitute_ends <= days.year_ends
        assert days.long_ago < days.back(130)
        assert days.aged(16) <= days.today.replace(year=days.today.year - 16, day=min(days.today.day, 28))
        assert any(first <= date(days.year_begins.year, 8, 1) <= last for _name, first, last in days.holidays)
