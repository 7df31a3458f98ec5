""" "Hoort bij een ander kind": a record goes to the right file, and nothing of it stays in the wrong one."""

import pytest
from django.db import connection
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.actions.files import close_trajectory, open_trajectory
from cases.actions.moving import move_record
from cases.actions.papers import add_document, add_entry
from cases.actions.people import create_group
from cases.models import Conversation, Document, Entry, Heading, KeptFile, LeftOutItem, Pupil
from cases.uploads import Accepted
from consent.actions import leave_out
from letters.actions import share_report
from tests.conftest import TODAY, make_guardian, make_pupil
from tests.steps import AGREES, answer, ask, at_level, engaged, fresh, prepared, refused, share, talk

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(cast):
    """The case of another girl of the same class."""
    with acting(SYSTEM):
        pupil = next(row for row in Pupil.objects.all() if row.call_name == "Meisje0")
    with acting(cast.teacher.pk):
        return open_trajectory(pupil=pupil, question="Hoe leert zij lezen?", by=cast.teacher, on=TODAY)


def heading_of(cast):
    return Heading.objects.filter(school=cast.school).order_by("position")[1]


def note(cast, trajectory, text="Telt op haar vingers.", **fields):
    """A note of the teacher."""
    with acting(cast.teacher.pk):
        return add_entry(
            trajectory=trajectory, heading=heading_of(cast), text=text, observed_on=TODAY, by=cast.teacher, **fields
        )


def paper(cast, trajectory):
    """A document that came in."""
    with acting(cast.teacher.pk):
        return add_document(
            trajectory=trajectory, heading=heading_of(cast), title="Oude toets", received_on=TODAY, by=cast.teacher,
            accepted=Accepted(b"%PDF-1.7 een toets", "application/pdf"),
        )  # fmt: skip


def move(cast, row, to, by=None):
    """Move it."""
    by = by or cast.teacher
    with acting(by.pk):
        return move_record(row=row, to=to, by=by, on=TODAY)


def places_of(*keys):
    """{table.column: how many} wherever one of these uuids stands, in every table but the record of looking."""
    found = {}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'public'"
            " and data_type = 'uuid' and table_name not like 'audit%'"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'select count(*) from {table} where "{column}" = any(%s)', [list(keys)])
            if count := cursor.fetchone()[0]:
                found[f"{table}.{column}"] = count
    return found


# --- what moves ------------------------------------------------------------------------------------------------------


def test_a_note_opens_in_the_right_file_and_leaves_nothing_in_the_wrong_one(cast, trajectory, other):
    row = note(cast, trajectory, kind="judgement", rests_on="Zag het drie keer.", source="juf")
    assert places_of(row.pk)

    moved = move(cast, row, other)

    assert places_of(row.pk) == {}
    assert moved.row.pk != row.pk
    with acting(cast.teacher.pk):
        new = Entry.objects.get()
        assert (new.trajectory_id, new.text, new.rests_on, new.source) == (
            other.pk, "Telt op haar vingers.", "Zag het drie keer.", "juf",
        )  # fmt: skip
        assert (new.kind, new.author, new.observed_on, new.version) == ("judgement", cast.teacher, TODAY, 1)
        assert [(old.text, old.history_change_reason) for old in new.history.all()] == [
            ("Telt op haar vingers.", "moved here")
        ]


def test_a_document_moves_with_its_bytes(cast, trajectory, other):
    row = paper(cast, trajectory)

    move(cast, row, other)

    assert places_of(row.pk, row.file_id) == {}
    with acting(cast.teacher.pk):
        new = Document.objects.select_related("file").get()
        assert (new.trajectory_id, new.title, bytes(new.file.data)) == (other.pk, "Oude toets", b"%PDF-1.7 een toets")
        assert KeptFile.objects.get().trajectory_id == other.pk


def test_a_talk_moves_with_who_was_there_what_was_agreed_and_what_is_tried(cast, trajectory, other):
    with acting(SYSTEM):
        aunt = make_guardian(cast.pupil, "Fatma", "Kaya").guardian
        make_guardian_of(other.pupil, aunt)
    row = talk(
        cast, trajectory, guardians=[cast.mother.guardian, aunt], colleagues=[cast.coordinator], child=True,
        others=["opa"], agreements=[{"what": "lezen"}], interventions=[{"text": "blokjes"}],
        positions={cast.mother.guardian: AGREES, aunt: AGREES},
    )  # fmt: skip
    with acting(SYSTEM):
        parts = [
            part.pk for name in ("attendees", "positions", "agreements", "interventions")
            for part in getattr(row, name).all()
        ]  # fmt: skip

    moved = move(cast, row, other)

    assert places_of(row.pk, *parts) == {}
    assert moved.left_out == 1, "the mother of the wrong child"
    with acting(cast.teacher.pk):
        new = Conversation.objects.get()
        assert (new.trajectory_id, new.level_id, new.text, new.edition) == (other.pk, other.level_id, row.text, 1)
        seats = {(seat.guardian_id, seat.staff_id, seat.is_child, seat.other) for seat in new.attendees.all()}
        assert seats == {
            (aunt.pk, None, False, None), (None, cast.coordinator.pk, False, None),
            (None, None, True, None), (None, None, False, "opa"),
        }  # fmt: skip
        assert [position.guardian_id for position in new.positions.all()] == [aunt.pk]
        assert [line.what for line in new.agreements.all()] == ["lezen"]
        assert [line.text for line in new.interventions.all()] == ["blokjes"]
        assert {part.trajectory_id for part in new.agreements.all()} == {other.pk}


def make_guardian_of(pupil, guardian):
    """Make somebody who is known already a parent of this child too."""
    from cases.actions.people import add_guardian

    return add_guardian(pupil=pupil, person=guardian, relation={"has_authority": True}, from_on=TODAY, by=SYSTEM)


def test_a_talk_comes_at_the_level_where_the_other_case_is_now(cast, trajectory):
    with acting(SYSTEM):
        pupil = next(row for row in Pupil.objects.all() if row.call_name == "Meisje1")
    to = at_level(cast, 2, pupil=pupil)

    moved = move(cast, talk(cast, trajectory), to)

    assert (moved.row.level_id, to.level.number) == (to.level_id, 2)


# --- what stays ------------------------------------------------------------------------------------------------------


def test_a_line_without_content_stays_on_the_time_line(cast, trajectory, other, sign_in):
    move(cast, talk(cast, trajectory, text="Over de scheiding."), other)

    page = sign_in(cast.teacher).get(reverse("cases:trajectory_detail", args=[trajectory.pk])).text

    assert "Een gesprek stond hier bij vergissing en is verplaatst" in page
    assert "scheiding" not in page
    assert str(other.pk) not in page


def test_a_move_is_written_down_in_both_files_and_neither_names_the_other(cast, trajectory, other):
    move(cast, note(cast, trajectory), other)

    with acting(SYSTEM):
        away, here = (Event.objects.get(action=f"entry.moved_{way}") for way in ("away", "here"))
        new = Entry.objects.get()
    assert (away.dossier, away.kind, away.detail) == (trajectory.pk, "cases.movedrecord", {})
    assert (here.dossier, here.subject, here.detail) == (other.pk, new.pk, {})


# --- experts ---------------------------------------------------------------------------------------------------------


def test_the_expert_of_the_wrong_file_reads_nothing_of_it_any_more(cast, other):
    case = at_level(cast, 2)
    row = note(cast, case)
    with acting(cast.coordinator.pk):
        heading = heading_of(cast)
    engaged(cast, case, parts=[(heading, TODAY)])
    with acting(cast.expert.pk):
        assert Entry.objects.opened_to(cast.expert).get().pk == row.pk

    move(cast, row, other)

    with acting(cast.expert.pk):
        assert not Entry.objects.exists()
        assert not Entry.objects.opened_to(cast.expert).exists()


def test_the_expert_of_the_right_file_reads_it_only_when_somebody_opens_it(cast, other):
    case = at_level(cast, 2)
    with acting(cast.coordinator.pk):
        heading = heading_of(cast)
    engaged(cast, case, parts=[(heading, TODAY)])

    new = move(cast, note(cast, other), case).row

    with acting(cast.expert.pk):
        assert not Entry.objects.exists()
    with acting(cast.coordinator.pk):
        leave_out(trajectory=case, reader=cast.expert, kind="entry", item=new.pk, by=cast.coordinator, is_out=False)
    with acting(cast.expert.pk):
        assert Entry.objects.opened_to(cast.expert).get().text == "Telt op haar vingers."


def test_what_was_left_out_for_an_expert_goes_too(cast, trajectory, other):
    row = note(cast, trajectory)
    with acting(cast.coordinator.pk):
        leave_out(trajectory=trajectory, reader=cast.expert, kind="entry", item=row.pk, by=cast.coordinator)

    move(cast, row, other)

    with acting(SYSTEM):
        assert not LeftOutItem.objects.exists()
        assert not LeftOutItem.history.exists()


# --- what is refused -------------------------------------------------------------------------------------------------


def test_a_report_that_parents_have_stays_and_says_why(cast, trajectory, other, sign_in):
    row = talk(cast, trajectory)
    share(cast, row)

    with refused("shared"):
        move(cast, row, other)
    page = sign_in(cast.teacher).get(reverse("cases:record_move", args=["gesprek", row.pk])).text
    assert "datalek" in page
    assert "Verplaats naar dit kind" not in page


def test_a_talk_on_which_a_guidance_rests_stays(cast, other):
    case = at_level(cast, 2)
    row = talk(cast, case, by=cast.coordinator)
    prepared(cast, case, conversation=row)

    with refused("in_use"):
        move(cast, row, other, by=cast.coordinator)


def test_a_talk_of_which_a_letter_was_made_stays(cast, trajectory, other):
    row = talk(cast, trajectory)
    with acting(cast.teacher.pk):
        share_report(talk=row, guardians=[cast.mother.guardian], how="print", by=cast.teacher, on=TODAY)
    with acting(SYSTEM):  # as if only the paper were there
        row.sharings.all().delete()

    with refused("in_use"):
        move(cast, row, other)


def test_the_scan_of_an_answer_stays(cast, other):
    case = at_level(cast, 2)
    scan = paper(cast, case)
    (choice,) = ask(cast, prepared(cast, case))
    answer(cast, choice, "known", scan=scan)

    with refused("in_use"):
        move(cast, scan, other)


def test_the_report_of_an_expert_stays(cast, trajectory, other):
    row = paper(cast, trajectory)
    row.author = cast.blind_expert

    with acting(SYSTEM):
        from tests.rows import kept

        kept(row)
    with refused("in_use"):
        move(cast, row, other)


def test_it_goes_to_a_running_case_of_another_child_at_the_same_school(cast, trajectory, other):
    row = note(cast, trajectory)
    with acting(SYSTEM):
        group = create_group(school=cast.other_school, name="Bijen", year="5", school_year="2026-2027", by=SYSTEM)
        away = make_pupil(cast.other_school, group, "Milan", "Ver")
        elsewhere = open_trajectory(pupil=away, question="Hoe?", by=SYSTEM, on=TODAY)
    with acting(cast.teacher.pk):
        close_trajectory(trajectory=other, outcome="Klaar.", by=cast.teacher, on=TODAY)

    for to, code in ((trajectory, "same_child"), (elsewhere, "other_school"), (other, "closed")):
        with refused(code):
            move(cast, row, to)
    with acting(SYSTEM):
        assert Entry.objects.get().trajectory_id == trajectory.pk


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_offers_the_cases_that_this_person_works_in_and_moves_it(cast, trajectory, other, sign_in):
    row = note(cast, trajectory)
    with acting(SYSTEM):
        pupil = next(one for one in Pupil.objects.all() if one.call_name == "Meisje2")
        group = create_group(school=cast.school, name="Mieren", year="4", school_year="2026-2027", by=SYSTEM)
        stranger = make_pupil(cast.school, group, "Onbekend", "Kind")
        theirs = open_trajectory(pupil=stranger, question="Hoe?", by=SYSTEM, on=TODAY)
        third = open_trajectory(pupil=pupil, question="Hoe?", by=SYSTEM, on=TODAY)
    page, client = reverse("cases:record_move", args=["notitie", row.pk]), sign_in(cast.teacher)

    shown = client.get(page)

    assert [pk for pk, _ in shown.context["form"].fields["to"].choices] == [str(other.pk), str(third.pk)]
    assert "24 november 2026" in shown.text
    assert "vingers" not in shown.text
    assert client.post(page, {"to": str(theirs.pk)}).status_code == 422
    assert client.post(page, {"to": ""}).status_code == 422
    answer = client.post(page, {"to": str(other.pk)})
    assert answer.url == reverse("cases:trajectory_detail", args=[other.pk])
    assert client.get(page).status_code == 404
    assert "Telt op haar vingers." in client.get(answer.url).text


def test_after_a_talk_moved_who_was_there_is_to_be_checked(cast, trajectory, other, sign_in):
    row = talk(cast, trajectory)
    page = reverse("cases:record_move", args=["gesprek", row.pk])

    answer = sign_in(cast.teacher).post(page, {"to": str(other.pk)}, follow=True)

    assert "Controleer wie erbij was" in answer.text
    with acting(cast.teacher.pk):
        new = Conversation.objects.get()
        assert not new.attendees.exists()
    assert answer.redirect_chain[0][0] == reverse("cases:conversation_detail", args=[new.pk])


def test_a_closed_case_keeps_what_it_has(cast, trajectory, other, sign_in):
    row = note(cast, trajectory)
    with acting(cast.teacher.pk):
        close_trajectory(trajectory=trajectory, outcome="Klaar.", by=cast.teacher, on=TODAY)

    page = reverse("cases:record_move", args=["notitie", row.pk])
    assert sign_in(cast.teacher).post(page, {"to": str(other.pk)}).status_code == 403
    assert fresh_exists(cast, row)


def fresh_exists(cast, row):
    with acting(cast.teacher.pk):
        return fresh(row).trajectory_id == row.trajectory_id


@pytest.mark.parametrize("name", ["stranger", "colleague", "expert", "ended_expert", "excluded", "auditor"])
def test_nobody_else_moves_a_record(name, cast, trajectory, other, sign_in):
    row = note(cast, trajectory)
    page = reverse("cases:record_move", args=["notitie", row.pk])

    assert sign_in(getattr(cast, name)).post(page, {"to": str(other.pk)}).status_code == 404
    assert sign_in(cast.teacher).get(reverse("cases:record_move", args=["brief", row.pk])).status_code == 404
    assert fresh_exists(cast, row)


def test_the_page_asks_as_much_for_one_case_as_for_many(cast, trajectory, other, sign_in, own_queries):
    row = note(cast, trajectory)
    page, client = reverse("cases:record_move", args=["notitie", row.pk]), sign_in(cast.teacher)
    client.get(page)
    with own_queries() as few:
        client.get(page)
    with acting(SYSTEM):
        for pupil in list(Pupil.objects.filter(school=cast.school).exclude(pk__in=[cast.pupil.pk, other.pupil_id])):
            open_trajectory(pupil=pupil, question="Hoe?", by=SYSTEM, on=TODAY)

    with own_queries() as many:
        assert len(client.get(page).context["form"].fields["to"].choices) > 1

    assert len(few) == len(many) <= 15
