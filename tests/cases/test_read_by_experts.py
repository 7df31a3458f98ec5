"""Above every button that saves stands who will read it, and a tick keeps an expert from it in the same breath."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.wall import acting
from cases.actions.sharing import leave_out
from cases.models import Conversation, Document, Entry, Heading, LeftOutItem
from consent.actions import end_engagement
from tests.cases.test_uploads import pdf
from tests.conftest import TODAY
from tests.steps import at_level, engaged, talk

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    """Emma's case at the level of the expert."""
    return at_level(cast, 2)


def heading(cast, position):
    return Heading.objects.get(school=cast.school, position=position)


def opened(cast, case, *positions, expert=None, says="known"):
    """The guidance of an expert to whom these headings are open."""
    parts = [(heading(cast, position), TODAY - timedelta(days=9)) for position in positions]
    return engaged(cast, case, says, expert, parts=parts)


def page(sign_in, cast, case, name):
    return sign_in(cast.teacher).get(reverse(f"cases:{name}", args=[case.pk]))


def line(answer):
    """The line of who will read it."""
    return " ".join(answer.text.split('<div class="readers">')[1].split("</p>")[0].split())


def typed_talk(cast, **more):
    return {
        "held_on": "24-11-2026", "present": [f"g-{cast.mother.guardian_id}"], "text": "Wij praatten.",
        "do": "save", **more,
    }  # fmt: skip


def note(cast, **more):
    return {
        "observed_on": "24-11-2026", "heading": heading(cast, 1).pk, "text": "Rekende.", "kind": "fact", **more
    }  # fmt: skip


def paper(cast, **more):
    return {
        "title": "Toets", "heading": heading(cast, 1).pk, "received_on": "24-11-2026",
        "file": SimpleUploadedFile("x.pdf", pdf()), **more,
    }  # fmt: skip


FORMS = [
    ("conversation_log", typed_talk, Conversation, "talk"),
    ("entry_add", note, Entry, "entry"),
    ("document_add", paper, Document, "document"),
]


def read_by(user, model):
    """What this expert finds of these records."""
    with acting(user.pk):
        return list(model.objects.opened_to(user))


@pytest.mark.parametrize(("name", "typed", "model", "kind"), FORMS)
def test_one_tick_keeps_the_expert_from_what_is_saved(name, typed, model, kind, cast, case, sign_in):
    opened(cast, case, 0, 1)
    shown = page(sign_in, cast, case, name)
    assert "mevrouw De Boer (gedragsdeskundige: Gesprekken vanaf 15-11-2026" in line(shown)
    assert "Laat mevrouw De Boer dit niet lezen" in shown.text

    address = reverse(f"cases:{name}", args=[case.pk])
    client = sign_in(cast.teacher)
    assert client.post(address, typed(cast, offered=cast.expert.pk, not_for=cast.expert.pk)).status_code == 302

    with acting(cast.teacher.pk):
        row, out = model.objects.get(), LeftOutItem.objects.get()
        assert (out.item, out.reader, out.kind, out.trajectory) == (row.pk, cast.expert, kind, case)
    assert read_by(cast.expert, model) == []

    assert client.post(address, typed(cast, offered=cast.expert.pk)).status_code == 302
    assert len(read_by(cast.expert, model)) == 1


@pytest.mark.parametrize(("name", "typed", "model", "kind"), FORMS)
def test_without_an_expert_nothing_is_asked_and_nothing_more_is_filled_in(
    name, typed, model, kind, cast, case, sign_in
):
    shown = page(sign_in, cast, case, name)

    assert "De Boer" not in line(shown)
    assert 'name="not_for"' not in shown.text
    assert sign_in(cast.teacher).post(reverse(f"cases:{name}", args=[case.pk]), typed(cast)).status_code == 302
    with acting(cast.teacher.pk):
        assert model.objects.count() == 1


def test_an_expert_who_may_not_read_the_talks_does_not_stand_above_a_talk(cast, case, sign_in):
    opened(cast, case, 1)

    assert "De Boer" not in line(page(sign_in, cast, case, "conversation_log"))
    assert "De Boer" in line(page(sign_in, cast, case, "entry_add"))


def test_the_expert_of_an_anonymous_child_reads_none_of_it_and_stands_nowhere(cast, case, sign_in):
    opened(cast, case, 0, 1, says="anonymous")

    for name in ("conversation_log", "entry_add", "document_add"):
        assert "De Boer" not in line(page(sign_in, cast, case, name))


def test_each_expert_has_a_tick_of_its_own(cast, case, sign_in):
    opened(cast, case, 0, 1)
    opened(cast, case, 1, expert=cast.blind_expert)

    sign_in(cast.teacher).post(
        reverse("cases:entry_add", args=[case.pk]),
        note(cast, offered=[cast.expert.pk, cast.blind_expert.pk], not_for=[cast.blind_expert.pk]),
    )

    assert (len(read_by(cast.expert, Entry)), len(read_by(cast.blind_expert, Entry))) == (1, 0)


def test_a_tick_for_an_expert_whose_guidance_has_ended_meanwhile_refuses_nothing(cast, case, sign_in):
    engagement = opened(cast, case, 1)
    with acting(cast.coordinator.pk):
        end_engagement(engagement=engagement, by=cast.coordinator, on=TODAY)

    answer = sign_in(cast.teacher).post(
        reverse("cases:entry_add", args=[case.pk]),
        note(cast, offered=cast.expert.pk, not_for=[cast.expert.pk, "onzin"]),
    )

    assert answer.status_code == 302
    with acting(cast.teacher.pk):
        assert not LeftOutItem.objects.exists()


def test_nobody_else_is_kept_from_anything_by_a_tick(cast, case, sign_in):
    opened(cast, case, 1)

    sign_in(cast.teacher).post(
        reverse("cases:entry_add", args=[case.pk]), note(cast, not_for=[cast.ended_expert.pk, cast.coordinator.pk])
    )

    with acting(cast.teacher.pk):
        assert not LeftOutItem.objects.exists()


def edited(cast, row, **more):
    return typed_talk(cast, version=row.version, **more)


def test_changing_a_talk_lets_the_expert_in_again_or_keeps_it_from_the_expert(cast, case, sign_in):
    opened(cast, case, 0)
    row = talk(cast, case)
    address = reverse("cases:conversation_edit", args=[row.pk])
    client = sign_in(cast.teacher)

    client.post(address, edited(cast, row, offered=cast.expert.pk, not_for=cast.expert.pk))
    assert read_by(cast.expert, Conversation) == []
    assert "checked" in client.get(address).text.split('name="not_for"')[1].split(">")[0]

    with acting(cast.teacher.pk):
        row.refresh_from_db()
    client.post(address, edited(cast, row, offered=cast.expert.pk))
    assert len(read_by(cast.expert, Conversation)) == 1


def test_an_expert_who_was_not_on_the_page_is_not_let_in_by_a_change(cast, case, sign_in):
    opened(cast, case, 0)
    row = talk(cast, case)
    with acting(cast.teacher.pk):
        leave_out(trajectory=case, reader=cast.expert, kind="talk", item=row.pk, by=cast.teacher)

    sign_in(cast.teacher).post(reverse("cases:conversation_edit", args=[row.pk]), edited(cast, row))

    assert read_by(cast.expert, Conversation) == []


def test_the_line_costs_one_question_however_many_experts_read(cast, case, sign_in, own_queries):
    opened(cast, case, 0, 1)
    address = reverse("cases:entry_add", args=[case.pk])
    client = sign_in(cast.teacher)
    client.get(address)
    with own_queries() as one:
        client.get(address)
    opened(cast, case, 0, 1, 2, expert=cast.blind_expert)
    with own_queries() as two:
        client.get(address)

    assert len(one) == len(two)
