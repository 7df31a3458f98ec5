"""What can't be opened: an alarm, a page that still shows the rest, bytes that stay as they were, no paper."""

import copy
import logging
import pickle
import random

import pytest
from django.http import HttpResponse
from django.urls import include, path, reverse

from accounts.rotation import shelves
from accounts.sealing import Broken, BrokenSeal, SealedField, check_whole, is_whole, met_here, watched
from accounts.wall import SYSTEM, acting
from audit.models import Event
from audit.record import sign
from cases.models import Conversation, Pupil
from consent.actions.naming import check_nameless
from letters import pdf
from tests.accounts.test_sealing import fresh, put, raw
from tests.rows import SECRET, one_of_each
from tests.steps import refused, talk

MARKER = "[deze tekst kan niet worden geopend]"


def export(request, uuid):
    """A text given away as a file."""
    return HttpResponse(Conversation.objects.get(pk=uuid).text, content_type="text/csv")


urlpatterns = [path("uitvoer/<uuid:uuid>/", export), path("", include("config.urls"))]


def break_open(row, column):
    """Turn one bit of what is sealed in this column, and return the bytes as they stand now."""
    data = bytearray(raw(row, column))
    data[-1] ^= 1
    put(row, column, bytes(data))
    return bytes(data)


def alarms():
    """The events about seals that don't open."""
    with acting(SYSTEM):
        return list(Event.objects.filter(action="seal.broken").order_by("seq"))


@pytest.fixture
def conversation(cast, trajectory):
    """A talk about Emma, with a text and a view of the child."""
    return talk(cast, trajectory, child_view="Ik wil leren delen.")


@pytest.fixture
def broken(conversation):
    """The same, its text broken."""
    with acting(SYSTEM):
        break_open(conversation, "text")
    return conversation


# --- the page --------------------------------------------------------------------------------------------------------


def test_a_page_shows_the_rest_and_says_what_cannot_be_opened(cast, broken, sign_in):
    reply = sign_in(cast.teacher).get(reverse("cases:conversation_detail", args=[broken.pk]))

    assert reply.status_code == 200
    assert MARKER in reply.text
    assert "Ik wil leren delen." in reply.text


def test_an_alarm_names_the_field_and_the_row_and_nothing_else(cast, broken, sign_in, caplog):
    with caplog.at_level(logging.ERROR, "accounts.sealing"):
        sign_in(cast.teacher).get(reverse("cases:conversation_detail", args=[broken.pk]))

    [line] = [one for one in caplog.records if one.name == "accounts.sealing"]
    assert (line.levelname, line.getMessage(), line.label, line.row) == (
        "ERROR",
        "seal broken",
        "conversation.text",
        str(broken.pk),
    )
    [event] = alarms()
    assert (event.kind, event.subject, event.actor) == ("cases.conversation", broken.pk, cast.teacher.pk)
    assert (event.dossier, event.detail) == (broken.trajectory_id, {"label": "conversation.text"})


def test_each_look_gives_one_alarm_for_each_text(cast, broken, sign_in):
    for _look in range(2):
        sign_in(cast.teacher).get(reverse("cases:conversation_detail", args=[broken.pk]))

    assert len(alarms()) == 2


def test_a_page_on_which_everything_opens_gives_no_alarm(cast, conversation, sign_in, caplog):
    sign_in(cast.teacher).get(reverse("cases:conversation_detail", args=[conversation.pk]))

    assert not alarms()
    assert not [one for one in caplog.records if one.name == "accounts.sealing"]


def test_a_broken_name_leaves_a_question_mark_for_initials(cast, trajectory, sign_in):
    with acting(SYSTEM):
        break_open(cast.pupil, "surname")
        break_open(cast.pupil, "born")
        pupil = fresh(cast.pupil)
        assert (pupil.initials, pupil.born_on, str(pupil.surname)) == ("?", None, MARKER)
        assert fresh(trajectory).initials == "E.K."
    client = sign_in(cast.coordinator)
    reply = client.get(reverse("cases:pupil_detail", args=[cast.pupil.pk]))
    assert reply.status_code == 200
    assert MARKER in reply.text
    assert client.get(reverse("cases:pupil_list")).status_code == 200
    assert client.get(reverse("cases:record_history", args=["leerling", cast.pupil.pk])).status_code == 200


def test_every_page_of_a_file_opens_when_no_text_of_it_does(cast, trajectory, sign_in):
    """Each sealed text of each record of the file, broken: no page falls over."""
    rows = one_of_each(cast, trajectory)
    with acting(SYSTEM):
        for row in rows.values():
            for field in row._meta.concrete_fields:
                if isinstance(field, SealedField) and row.__dict__.get(field.attname) is not None:
                    break_open(row, field.column)
    engagement = rows["consent_engagement"]
    pages = [
        reverse("cases:today"),
        reverse("cases:pupil_list"),
        reverse("cases:trajectory_list"),
        reverse("cases:trajectory_detail", args=[trajectory.pk]),
        reverse("cases:pupil_detail", args=[cast.pupil.pk]),
        reverse("cases:conversation_detail", args=[rows["cases_conversation"].pk]),
        reverse("cases:conversation_edit", args=[rows["cases_conversation"].pk]),
        reverse("cases:guardian_edit", args=[cast.mother.pk]),
        reverse("cases:record_history", args=["gesprek", rows["cases_conversation"].pk]),
        reverse("consent:engagement_detail", args=[engagement.pk]),
        reverse("letters:letter_list"),
        reverse("letters:letter_detail", args=[rows["letters_issuedletter"].pk]),
    ]
    client = sign_in(cast.coordinator)

    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert len(alarms()) > 20


def test_a_file_that_does_not_open_is_told_so_and_not_given(cast, trajectory, sign_in):
    rows = one_of_each(cast, trajectory)
    with acting(SYSTEM):
        break_open(rows["cases_keptfile"], "data")
        document = rows["cases_document"]
        document.file = rows["cases_keptfile"]
        sign(document, by=SYSTEM, why="test").save()

    reply = sign_in(cast.teacher).get(reverse("cases:document_file", args=[document.pk]))

    assert reply.status_code == 409
    assert "kan niet worden geopend" in reply.text
    assert [event.kind for event in alarms()] == ["cases.keptfile"]


# --- saving ----------------------------------------------------------------------------------------------------------


def form_of(broken, cast, **typed):
    return {
        "held_on": "24-11-2026",
        "present": [f"g-{cast.mother.guardian_id}"],
        "version": broken.version,
        "text": MARKER,
    } | typed


def test_a_form_that_is_saved_as_it_was_shown_leaves_the_closed_text_alone(cast, broken, sign_in):
    page = reverse("cases:conversation_edit", args=[broken.pk])
    with acting(SYSTEM):
        before = raw(broken, "text")
    client = sign_in(cast.teacher)
    assert MARKER in client.get(page).text

    reply = client.post(page, form_of(broken, cast, child_view="Ik wil leren vermenigvuldigen."))

    assert reply.status_code == 302, reply.context["form"].errors
    with acting(SYSTEM):
        row = fresh(broken)
        assert row.child_view == "Ik wil leren vermenigvuldigen."
        assert raw(row, "text") == before
        newest = Conversation.history.filter(id=broken.pk).order_by("-history_id").first()
        assert isinstance(newest.text, Broken)
        assert "text" not in newest.changed
        assert Conversation.history.filter(id=broken.pk).order_by("history_id").first().text.startswith("Wij praatten")


def test_a_new_text_may_be_written_over_one_that_cannot_be_opened(cast, broken, sign_in):
    page = reverse("cases:conversation_edit", args=[broken.pk])

    assert sign_in(cast.teacher).post(page, form_of(broken, cast, text="Opnieuw opgeschreven.")).status_code == 302

    with acting(SYSTEM):
        assert fresh(broken).text == "Opnieuw opgeschreven."
        assert "text" in Conversation.history.filter(id=broken.pk).order_by("-history_id").first().changed


def test_the_words_of_the_marker_are_a_text_like_any_other_where_nothing_is_broken(cast, conversation):
    with acting(SYSTEM):
        row = fresh(conversation)
        row.text = MARKER
        sign(row, by=SYSTEM, why="test").save()
        assert type(fresh(conversation).text) is str


def test_a_broken_text_is_not_taken_over_in_another_row_or_field(cast, broken, trajectory):
    with acting(SYSTEM):
        text, case = fresh(broken).text, fresh(trajectory)
        case.education_needs = text
        with pytest.raises(BrokenSeal):
            sign(case, by=SYSTEM, why="test").save()
    with refused("broken_seal"):
        check_whole("heel", text)


def test_a_saved_row_goes_on_with_its_closed_text(cast, broken):
    """Twice in a row: the second save knows the text only as something that could not be opened."""
    with acting(SYSTEM):
        before, row = raw(broken, "text"), fresh(broken)
        for _turn in range(2):
            assert row.text == MARKER
            row.no_agreements = not row.no_agreements
            assert row.changed_fields() == ["no_agreements"]
            sign(row, by=SYSTEM, why="test").save()
        assert raw(broken, "text") == before
        again = pickle.loads(pickle.dumps(copy.deepcopy(row)))  # noqa: S301
        assert (type(again.text), again.text.data, again.text.place) == (Broken, before, row.text.place)


# --- paper and the check of names ------------------------------------------------------------------------------------


def test_nothing_is_printed_of_a_request_that_met_a_broken_seal(cast, broken, sign_in):
    reply = sign_in(cast.teacher).get(reverse("letters:conversation_pdf", args=[broken.pk]))

    assert reply.headers["Content-Type"].startswith("text/html")
    assert MARKER not in reply.text
    assert b"%PDF" not in reply.content


def test_no_paper_is_made_while_something_does_not_open(cast, broken):
    with acting(SYSTEM), watched():
        assert not met_here()
        assert fresh(broken).text == MARKER
        assert met_here()
        with refused("broken_seal"):
            pdf.render("letters/parent_letter.html", None)
    assert not met_here()


def test_a_file_of_another_kind_is_withheld_too(cast, broken, sign_in, settings):
    settings.ROOT_URLCONF = __name__

    reply = sign_in(cast.teacher).get(f"/uitvoer/{broken.pk}/")

    assert reply.status_code == 409
    assert MARKER not in reply.text
    assert len(alarms()) == 1


def test_a_name_that_cannot_be_opened_cannot_be_looked_for(cast, trajectory):
    with acting(SYSTEM):
        assert is_whole(fresh(cast.pupil))
        break_open(cast.mother.guardian, "surname")
        assert not is_whole(fresh(cast.mother.guardian))
        with refused("broken_seal"):
            check_nameless("Een tekst zonder naam.", Pupil.objects.get(pk=cast.pupil.pk), field="question")


# --- a thousand alterations ------------------------------------------------------------------------------------------


def sealed_columns(rows):
    """Yield (row, field, bytes) of everything that is sealed in these rows and their histories."""
    for row in rows:
        for one in [row, *(row.history.all() if hasattr(row, "history") else ())]:
            for field in one._meta.concrete_fields:
                if isinstance(field, SealedField) and one.__dict__.get(field.attname) is not None:
                    yield one, field, raw(one, field.column)


def test_a_thousand_random_alterations_are_all_refused(cast, trajectory):
    """Flipped, cut, lengthened, swapped with another row, field, table or history: none opens, none goes unnoticed."""
    chance = random.Random(20261124)  # noqa: S311 - the same thousand each time
    with acting(SYSTEM):
        rows = one_of_each(cast, trajectory)
        rows["cases_guardianship"].authority_source = rows["cases_levelphase"].outcome = SECRET
        for row in (rows["cases_guardianship"], rows["cases_levelphase"]):
            sign(row, by=SYSTEM, why="test").save()
        places = list(sealed_columns(fresh(row) for row in rows.values()))
        assert {type(row) for row, _field, _data in places} == {shelf.model for shelf in shelves()}
        opened, ways = [], {"flip": 0, "cut": 0, "longer": 0, "swap": 0}
        for turn in range(1000):
            row, field, data = chance.choice(places)
            way = list(ways)[turn % 4]
            changed = bytearray(data)
            if way == "flip":
                changed[chance.randrange(1, len(changed))] ^= 1 << chance.randrange(8)
            elif way == "cut":
                changed = changed[: chance.randrange(33, len(changed))] or changed[:33]
            elif way == "longer":
                changed += chance.randbytes(chance.randrange(1, 9))
            else:
                changed = chance.choice([other for _row, _field, other in places if other != data])
            if bytes(changed) == data:
                changed = bytearray(data)
                changed[-1] ^= 1
            put(row, field.column, bytes(changed))
            with watched() as met:
                altered = fresh(row)
                try:
                    value = getattr(altered, field.attname)
                except BrokenSeal:
                    value = None
                if (value is not None and not isinstance(value, Broken)) or (field.label, row.pk) not in met:
                    opened.append((row._meta.label, field.name, way))
            put(row, field.column, data)
            ways[way] += 1
    assert not opened
    assert ways == dict.fromkeys(ways, 250)
