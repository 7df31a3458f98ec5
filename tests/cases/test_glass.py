"""Break-glass: half an hour in one file, for a supervisor, to read; two are told and somebody else judges it."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.access import school_year_of
from accounts.actions import add_holiday, end_role, give_leave
from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases import histories
from cases.access import Reading
from cases.actions.glass import close_glass, mark_glass_seen, open_glass, review_glass
from cases.actions.papers import add_document, add_entry
from cases.actions.people import exclude_colleague
from cases.actions.talks import change_conversation
from cases.models import BreakGlass, Conversation, Heading, Pupil, Trajectory
from cases.today import tasks
from cases.uploads import Accepted
from tests.conftest import TODAY
from tests.rows import SECRET, kept, one_of_each
from tests.steps import at_level, engaged, full_talk, refused, talk

pytestmark = pytest.mark.django_db
SUPERVISORS = ("auditor", "privacy_officer", "fg")
OTHERS = (
    *("coordinator", "teacher", "director", "colleague", "excluded", "admin", "safeguarding_lead", "stranger"),
    *("expert", "blind_expert", "ended_expert"),
)
OPENS = {
    *("cases_levelphase", "cases_conversation", "cases_attendee", "cases_position", "cases_intervention"),
    *("cases_agreement", "cases_reportsharing", "cases_entry", "cases_document", "cases_movedrecord"),
}


def glass(user, trajectory, **fields):
    """Open this file as this person."""
    usual = {"kind": "complaint", "sentence": "Een ouder klaagt over de verslagen.", "at": timezone.now()}
    with acting(user.pk):
        return open_glass(trajectory=trajectory, by=user, **(usual | fields))


def row_of(user, trajectory, role="auditor", ago=timedelta(0), **fields):
    """A break-glass as a row alone, whoever it is of."""
    at = timezone.now() - ago
    moments = {"opened_at": at, "until_at": at + timedelta(minutes=30), "review_by": TODAY + timedelta(days=7)}
    usual = {"school": trajectory.school, "role": role, "kind": "sample", "sentence": "x", **moments}
    with acting(SYSTEM):
        return kept(BreakGlass(user=user, trajectory=trajectory, **(usual | fields)))


def page_of(trajectory):
    """The address of the case."""
    return reverse("cases:trajectory_detail", args=[trajectory.pk])


def seen_tables(user):
    """The guarded tables in which the database lets this person find a row."""
    with acting(user.pk), connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relrowsecurity and relname <> 'audit_event'")
        tables = [name for (name,) in cursor.fetchall()]
        found = set()
        for table in tables:
            cursor.execute(f"select exists (select 1 from {table})")
            if cursor.fetchone()[0]:
                found.add(table)
        return found


def read(user, trajectory):
    """(reading, talks by the door, talks by the wall, pupils by the wall)."""
    with acting(user.pk):
        case = Trajectory.objects.for_user(user).filter(pk=trajectory.pk).first()
        return (
            case and case.reading,
            Conversation.objects.under_glass(user).count(),
            Conversation.objects.filter(trajectory=trajectory).count(),
            Pupil.objects.filter(pk=trajectory.pupil_id).count(),
        )


# --- both walls ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SUPERVISORS)
def test_a_file_is_open_for_half_an_hour_and_not_a_minute_longer(name, cast, trajectory, frozen_clock):
    user, opened = getattr(cast, name), timezone.now()
    talk(cast, trajectory)
    assert read(user, trajectory) == (Reading.TRACE, 0, 0, 0)

    glass(user, trajectory)
    assert read(user, trajectory) == (Reading.GLASS, 1, 1, 1)
    frozen_clock.move_to(opened + timedelta(minutes=29))
    assert read(user, trajectory) == (Reading.GLASS, 1, 1, 1)
    frozen_clock.move_to(opened + timedelta(minutes=30))
    assert read(user, trajectory) == (Reading.TRACE, 0, 0, 0)
    frozen_clock.move_to(opened + timedelta(minutes=31))
    assert read(user, trajectory) == (Reading.TRACE, 0, 0, 0)


def test_it_opens_what_is_written_with_its_history_and_no_other_table(cast, trajectory):
    one_of_each(cast, trajectory)
    before = seen_tables(cast.auditor)
    glass(cast.auditor, trajectory)

    histories_of = {table.replace("_", "_historical", 1) for table in OPENS}
    opened = OPENS | histories_of | {"cases_pupil", "cases_historicaltrajectory"}
    assert seen_tables(cast.auditor) - before == opened
    assert not {"cases_guardian", "cases_keptfile", "consent_coachingnote", "cases_historicalpupil"} & opened
    with acting(cast.auditor.pk):
        for kind in (kind for kind in histories.kinds() if kind.opens_under_glass and kind.model is not Trajectory):
            assert set(kind.model.objects.under_glass(cast.auditor)) == set(kind.model.objects.all()), kind.word
            assert kind.model._meta.db_table in OPENS


@pytest.mark.parametrize("name", OTHERS)
def test_a_row_of_anybody_else_opens_nothing(name, cast):
    user, case = getattr(cast, name), at_level(cast, 2)
    full_talk(cast, case, by=cast.coordinator)
    if name in ("expert", "blind_expert"):
        engaged(cast, case, "known" if name == "expert" else "anonymous", expert=user)
    before = read(user, case), seen_tables(user) - {"cases_breakglass", "cases_historicalbreakglass"}

    row_of(user, case)

    assert (read(user, case), seen_tables(user) - {"cases_breakglass", "cases_historicalbreakglass"}) == before
    assert read(user, case)[:2] != (Reading.GLASS, 1)


def test_an_auditor_who_is_the_expert_of_the_child_opens_no_more_than_the_parents_gave(cast):
    case = at_level(cast, 2)
    full_talk(cast, case, by=cast.coordinator)
    row_of(cast.auditor, case)
    assert read(cast.auditor, case)[1:] == (1, 1, 1)

    engaged(cast, case, "anonymous", expert=cast.expert)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("update cases_trajectorygrant set user_id = %s", [cast.auditor.pk])

    assert read(cast.auditor, case) == (Reading.ANONYMOUS, 0, 0, 0)


def test_another_case_of_the_child_and_of_the_school_stay_shut(cast, trajectory, sign_in):
    same_child = at_level(cast, 1)
    with acting(SYSTEM):
        sister = Pupil.objects.exclude(pk=cast.pupil.pk).first()
    other_child = at_level(cast, 1, pupil=sister)
    talk(cast, same_child)
    talk(cast, trajectory)
    glass(cast.auditor, trajectory)
    client = sign_in(cast.auditor)

    assert read(cast.auditor, same_child)[:3] == (Reading.TRACE, 1, 0)
    assert read(cast.auditor, other_child) == (Reading.TRACE, 1, 0, 0)
    assert "Emma" in client.get(page_of(trajectory)).text
    for case in (same_child, other_child):
        page = client.get(page_of(case))
        assert (page.status_code, "Emma" in page.text, "Meisje" in page.text) == (200, False, False)


@pytest.mark.parametrize("ends", ["exclusion", "role", "leave"])
def test_it_ends_at_once_with_an_exclusion_with_the_role_and_with_leave(ends, cast, trajectory):
    talk(cast, trajectory)
    glass(cast.auditor, trajectory)
    with acting(SYSTEM):
        if ends == "exclusion":
            exclude_colleague(pupil=cast.pupil, user=cast.auditor, reason="buurkind", from_on=TODAY, by=SYSTEM)
        elif ends == "leave":
            give_leave(user=cast.auditor, school=cast.school, from_on=TODAY, until_on=TODAY, by=SYSTEM)
        else:
            end_role(membership=cast.auditor.memberships.get(), on=TODAY - timedelta(days=1), by=SYSTEM)

    assert read(cast.auditor, trajectory) == (None, 0, 0, 0)


def test_the_database_makes_it_no_longer_and_nobody_elses(cast, trajectory):
    mine = glass(cast.auditor, trajectory)
    for column, value in (("until_at", "2030-01-01"), ("user_id", str(cast.admin.pk)), ("opened_at", "2026-01-01")):
        with (
            acting(cast.auditor.pk),
            pytest.raises(DatabaseError, match="stays in its school"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"update cases_breakglass set {column} = %s where id = %s", [value, mine.pk])
    with acting(cast.auditor.pk), connection.cursor() as cursor:
        cursor.execute("delete from cases_breakglass")
        assert cursor.rowcount == 0
    for name in ("admin", "teacher", "excluded", "stranger", "expert"):
        user = getattr(cast, name)
        with (
            acting(user.pk),
            pytest.raises(ProgrammingError, match="row-level security"),
            transaction.atomic(),
        ):
            kept(
                BreakGlass(
                    **{field: getattr(mine, field) for field in ("school", "trajectory", "kind", "sentence", "role")},
                    **{field: getattr(mine, field) for field in ("opened_at", "until_at", "review_by")},
                    user=user,
                )
            )


# --- opening and closing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OTHERS)
def test_only_who_finds_no_more_than_that_a_case_exists_opens_it(name, cast, trajectory):
    with refused("glass_not_yours"):
        glass(getattr(cast, name), trajectory)


def test_one_person_has_one_file_open(cast, trajectory, sign_in):
    other = at_level(cast, 1)
    first = glass(cast.auditor, trajectory)
    with refused("glass_open_elsewhere"):
        glass(cast.auditor, other)
    page = sign_in(cast.auditor).get(reverse("cases:glass_open", args=[other.pk]))
    assert page.context["other"] == trajectory.pk
    with acting(cast.auditor.pk):
        close_glass(glass=first, by=cast.auditor, at=timezone.now())
    glass(cast.auditor, other)

    assert [read(cast.auditor, case)[0] for case in (trajectory, other)] == [Reading.TRACE, Reading.GLASS]


def test_a_supervisor_opens_the_file_with_a_reason_and_closes_it(cast, trajectory, sign_in, frozen_clock):
    talk(cast, trajectory)
    client = sign_in(cast.auditor)
    assert reverse("cases:glass_open", args=[trajectory.pk]) in client.get(page_of(trajectory)).text

    empty = client.post(reverse("cases:glass_open", args=[trajectory.pk]), {"sentence": " "})
    assert (empty.status_code, set(empty.context["form"].errors)) == (422, {"kind", "sentence"})
    answer = client.post(
        reverse("cases:glass_open", args=[trajectory.pk]), {"kind": "complaint", "sentence": "Een klacht."}
    )
    assert answer.url == page_of(trajectory)
    frozen_clock.shift(timedelta(minutes=10))
    page = client.get(page_of(trajectory))
    assert page.context["glass"].minutes == 20
    assert page.headers["Refresh"] == "1201"
    assert "Wij praatten over rekenen." in page.text

    assert client.post(reverse("cases:glass_close", args=[page.context["glass"].uuid])).url == page_of(trajectory)
    assert "Wij praatten" not in client.get(page_of(trajectory)).text
    with acting(SYSTEM):
        row = BreakGlass.objects.get()
        told = list(Event.objects.filter(action__startswith="glass.").values_list("action", "ground", "dossier"))
    assert (row.role, row.ended_at, row.review_by) == ("auditor", timezone.now(), date(2026, 12, 1))
    assert told == [("glass.opened", row.ground, trajectory.pk), ("glass.closed", row.ground, trajectory.pk)]


def test_nobody_closes_what_another_opened(cast, trajectory, sign_in):
    mine = glass(cast.auditor, trajectory)
    for name in ("fg", "coordinator"):
        assert sign_in(getattr(cast, name)).post(reverse("cases:glass_close", args=[mine.pk])).status_code == 403
    with acting(cast.fg.pk), refused("glass_not_yours"):
        close_glass(glass=mine, by=cast.fg, at=timezone.now())


def test_five_school_days_are_days_of_school(cast, trajectory):
    with acting(SYSTEM):
        add_holiday(
            school=cast.school, name="Studiedagen", by=SYSTEM, from_on=TODAY + timedelta(days=1),
            until_on=TODAY + timedelta(days=3),
        )  # fmt: skip

    assert glass(cast.auditor, trajectory).review_by == date(2026, 12, 4)


# --- what it shows ---------------------------------------------------------------------------------------------------


def test_the_page_shows_what_is_written_and_nothing_to_do(cast, trajectory, sign_in, own_queries):
    held = talk(cast, trajectory, no_agreements=False, agreements=[{"what": "elke dag lezen", "who": "moeder"}],
                interventions=[{"text": "rekenmaatje"}], child_view="Het gaat wel.")  # fmt: skip
    with acting(cast.teacher.pk):
        heading = Heading.objects.filter(school=cast.school).order_by("position")[1]
        for number in range(3):
            add_entry(
                trajectory=trajectory, heading=heading, text=f"Telt {number}.", observed_on=TODAY, by=cast.teacher
            )
        add_document(
            trajectory=trajectory, heading=heading, title="Toets", received_on=TODAY, by=cast.teacher,
            accepted=Accepted(b"%PDF-1.7", "application/pdf"),
        )  # fmt: skip
    mine = glass(cast.auditor, trajectory)
    client = sign_in(cast.auditor)
    client.get(page_of(trajectory))

    with own_queries() as asked:
        page = client.get(page_of(trajectory))

    assert len(asked) <= 17, [query["sql"][:90] for query in asked.captured_queries]
    for words in ("Emma Kaya", "Wij praatten", "elke dag lezen", "rekenmaatje", "Het gaat wel.", "Telt 2.", "Toets"):
        assert words in page.text
    for words in ("Ayse", "Dorpsstraat"):
        assert words not in page.text
    main = page.text.split("<main")[1].split("</main>")[0]
    assert main.count("<form") == 1
    assert reverse("cases:glass_close", args=[mine.pk]) in main
    for name, key in (("conversation_detail", held.pk), ("pupil_detail", cast.pupil.pk), ("entry_add", trajectory.pk)):
        assert reverse(f"cases:{name}", args=[key]) not in main


def test_history_shows_its_content_within_the_half_hour_alone(cast, trajectory, sign_in, frozen_clock):
    held = talk(cast, trajectory, text=f"{SECRET} eerst.")
    with acting(cast.teacher.pk):
        change_conversation(conversation=held, by=cast.teacher, version=held.version, text="Beter gezegd.")
    client, address = sign_in(cast.auditor), reverse("cases:record_history", args=["gesprek", held.pk])
    trace = reverse("cases:trajectory_trace", args=[trajectory.pk])
    assert client.get(address).status_code == 404
    assert SECRET not in client.get(trace).text

    mine = glass(cast.auditor, trajectory)
    page = client.get(address)
    assert f"{SECRET} eerst." in page.text
    assert page.context["glass"].minutes == 30
    assert client.get(trace).context["glass"].uuid == mine.pk
    assert client.get(reverse("cases:record_history", args=["traject", trajectory.pk])).status_code == 200

    frozen_clock.shift(timedelta(minutes=31))
    sign_in(cast.auditor)  # the session is over too
    assert client.get(address).status_code == 404
    assert client.get(reverse("cases:record_history", args=["traject", trajectory.pk])).status_code == 404
    assert client.get(trace).context["glass"] is None


def test_each_look_is_written_down_under_the_break_glass(cast, trajectory, sign_in):
    held = talk(cast, trajectory)
    mine = glass(cast.auditor, trajectory)
    client = sign_in(cast.auditor)
    for address in (
        page_of(trajectory),
        reverse("cases:trajectory_trace", args=[trajectory.pk]),
        reverse("cases:record_history", args=["gesprek", held.pk]),
        reverse("cases:record_history", args=["traject", trajectory.pk]),
    ):
        assert client.get(address).status_code == 200

    with acting(SYSTEM):
        looks = Event.objects.filter(actor=cast.auditor.pk).exclude(action__startswith="glass.")
        assert [(look.action, look.ground, look.dossier) for look in looks.order_by("seq")] == [
            (action, f"glass:{str(mine.pk)[:8]}", trajectory.pk)
            for action in ("trajectory.looked", "trajectory.traced", "history.looked", "history.looked")
        ]


# --- told and judged -------------------------------------------------------------------------------------------------


def heard(user):
    """What Vandaag says to this person of opened files."""
    with acting(user.pk):
        return [(task.child, task.action, task.due) for task in tasks(user, TODAY) if task.kind == "glass"]


def test_the_leaders_and_the_fg_are_told_at_once(cast, trajectory):
    talk(cast, trajectory, held_on=TODAY - timedelta(days=20))  # its report was to be shared long ago
    glass(cast.auditor, trajectory)
    with acting(cast.coordinator.pk):
        assert [task.kind for task in tasks(cast.coordinator, TODAY)][:2] == ["glass", "share"]

    to_judge = [("Een leerling", "Beoordelen", date(2026, 12, 1))]
    assert heard(cast.coordinator) == heard(cast.director) == to_judge
    assert heard(cast.fg) == [("Een leerling", "Bekijk het", TODAY)]
    for name in ("auditor", "privacy_officer", "teacher", "colleague", "excluded", "stranger", "admin", "expert"):
        assert heard(getattr(cast, name)) == [], name


def test_the_fg_ticks_that_it_was_seen_and_judges_nothing(cast, trajectory, sign_in):
    mine = glass(cast.auditor, trajectory)
    address = reverse("cases:glass_review", args=[mine.pk])
    client = sign_in(cast.fg)

    page = client.get(address)
    assert (page.context["may_review"], page.context["may_tick"]) == (False, True)
    assert "E.K." not in page.text
    assert client.post(address, {"verdict": "just"}).status_code == 403
    assert client.post(address, {"do": "seen"}).status_code == 302
    assert heard(cast.fg) == []
    assert client.post(address, {"do": "seen"}).status_code == 403
    with acting(cast.coordinator.pk), refused("glass_not_yours"):
        mark_glass_seen(glass=mine, by=cast.coordinator, on=TODAY)


def test_somebody_else_judges_it_and_not_who_opened_it(cast, trajectory, sign_in):
    mine = glass(cast.auditor, trajectory)
    address = reverse("cases:glass_review", args=[mine.pk])
    page = sign_in(cast.auditor).get(address)
    assert (page.status_code, page.context["may_review"]) == (200, False)
    assert sign_in(cast.auditor).post(address, {"verdict": "just"}).status_code == 403
    with acting(cast.auditor.pk), refused("own_glass"):
        review_glass(glass=mine, verdict="just", by=cast.auditor, on=TODAY)
    for name, status in (("privacy_officer", 403), ("teacher", 404), ("excluded", 404), ("stranger", 404)):
        assert sign_in(getattr(cast, name)).post(address, {"verdict": "just"}).status_code == status
    with acting(SYSTEM):
        other_way = BreakGlass.objects.get()
        other_way.verdict, other_way.reviewed_by, other_way.reviewed_on = "just", cast.auditor, TODAY
        with refused("own_glass"):
            other_way.validate_constraints()

    client = sign_in(cast.coordinator)
    wordless = client.post(address, {"verdict": "unjust"})
    assert (wordless.status_code, list(wordless.context["form"].errors)) == (422, ["note"])
    assert client.post(address, {"verdict": "ask", "note": "Wie belde er?"}).status_code == 302
    assert len(heard(cast.coordinator)) == 1, "what is to be asked about stays due"
    assert client.post(address, {"verdict": "unjust", "note": "De klacht ging over iets anders."}).status_code == 302
    assert heard(cast.coordinator) == heard(cast.director) == []
    with acting(SYSTEM):
        row, event = BreakGlass.objects.get(), Event.objects.filter(action="glass.reviewed").latest("at")
    assert (row.verdict, row.reviewed_by, row.reviewed_on) == ("unjust", cast.coordinator, TODAY)
    assert event.actor == cast.coordinator.pk


def test_what_a_leader_opened_is_judged_by_the_fg_of_the_board(cast, trajectory, sign_in):
    theirs = row_of(cast.safeguarding_lead, trajectory, role="director")

    assert heard(cast.coordinator) == heard(cast.director) == []
    assert [action for _child, action, _due in heard(cast.fg)] == ["Beoordelen"]
    address = reverse("cases:glass_review", args=[theirs.pk])
    assert sign_in(cast.coordinator).post(address, {"verdict": "just"}).status_code == 403
    assert sign_in(cast.fg).post(address, {"verdict": "just"}).status_code == 302


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_list_counts_by_year_and_reason_and_shows_what_is_to_be_judged(cast, trajectory, sign_in, own_queries):
    client, address = sign_in(cast.fg), reverse("cases:glass_list")
    assert "Niemand heeft een dossier" in client.get(address).text
    row_of(cast.auditor, trajectory, ago=timedelta(days=200))
    for hours in range(1, 5):
        judged = {"verdict": "just", "reviewed_by": cast.director, "reviewed_on": TODAY} if hours > 2 else {}
        row_of(cast.auditor, trajectory, ago=timedelta(hours=hours), **judged)
    client.get(address)

    with own_queries() as asked:
        page = client.get(address)
    assert len(asked) <= 15
    context = page.context
    assert (context["year"], context["total"], context["unjudged"]) == (school_year_of(TODAY), 4, 2)
    assert context["reasons"] == [("toezicht of steekproef", 4)]
    assert all(line.is_often for line in context["lines"]), "a role is missing"
    assert "keer hetzelfde kind" in page.text
    assert "Emma" not in page.text
    assert "E.K." not in page.text
    assert len(client.get(f"{address}?toon=open").context["lines"]) == 2
    assert len(client.get(f"{address}?jaar=2025-2026").context["lines"]) == 1
    assert not sign_in(cast.stranger).get(address).context["total"]
    assert not sign_in(cast.excluded).get(address).context["total"]


def test_the_third_time_it_says_that_a_role_is_missing(cast, trajectory, sign_in):
    for hours in (3, 2):
        row_of(cast.auditor, trajectory, ago=timedelta(hours=hours))
    assert sign_in(cast.auditor).get(reverse("cases:glass_open", args=[trajectory.pk])).context["is_often"]
    third = glass(cast.auditor, trajectory)

    page = sign_in(cast.coordinator).get(reverse("cases:glass_review", args=[third.pk]))

    assert page.context["glass"].is_often
    assert reverse("cases:member_add", args=[trajectory.pk]) in page.text
