"""Where the naamcontrole refuses, one button puts the alias in the place; what it finds on the way to a reader."""

import pytest
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from cases.access import living_grants
from cases.models import Trajectory
from consent.actions import share_item, start_engagement, without_names
from consent.compose import guidance
from tests.conftest import TODAY, make_guardian, make_pupil
from tests.steps import answer, ask, at_level, fresh, prepared, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def runs(cast):
    """An expert begins for Emma without a name; the parents allow the tests."""
    return begun(cast, cast.pupil)


def begun(cast, pupil):
    """The guidance of this child without a name, with one shared text."""
    engagement = prepared(cast, at_level(cast, 2, pupil), cast.blind_expert)
    for choice in ask(cast, engagement):
        answer(cast, choice, "anonymous", items="de toetsen")
    with acting(cast.coordinator.pk):
        engagement = start_engagement(engagement=fresh(engagement), by=cast.coordinator, on=TODAY)
        text = {"title": "de toetsen", "text": "Rekent vlot.", "necessity": "om de uitleg te kiezen"}
        share_item(engagement=engagement, by=cast.coordinator, on=TODAY, **text)
    return engagement


def typed(text, **more):
    return {"title": "de toetsen", "text": text, "necessity": "voor de uitleg", "recognised": "no", **more}


@pytest.mark.parametrize("name", ["Emma", "Emma Kaya", "EK", "E.K.", "E. Kaya", "Kaya's", "EMMA", "Ayse", "Emmaatje"])
def test_the_alias_comes_in_the_place_of_each_form_of_a_name(name, cast):
    with acting(cast.teacher.pk):
        text = without_names(f"Wij zien dat {name} rekent.", cast.pupil, alias="een meisje uit groep 5")

    assert text == "Wij zien dat een meisje uit groep 5 rekent."


def test_a_refused_text_offers_the_alias_and_one_button_gives_it_back_replaced(cast, runs, sign_in):
    client = sign_in(cast.coordinator)
    address = reverse("consent:item_share", args=[runs.pk])
    page = client.post(address, typed("Emma rekent vlot."))

    assert page.status_code == 422
    assert f"Vervang door “{runs.alias}”" in page.text

    page = client.post(address, typed("Emma rekent vlot.", replace="1"))

    assert page.status_code == 200
    assert f"{runs.alias} rekent vlot." in page.text
    assert "Emma rekent" not in page.text
    assert client.post(address, typed(f"{runs.alias} rekent vlot.")).status_code == 302


def test_the_question_for_the_letter_is_replaced_likewise(cast, sign_in):
    trajectory = at_level(cast, 2)
    page = sign_in(cast.coordinator).post(
        reverse("consent:engagement_prepare", args=[trajectory.pk]), {"question": "Hoe helpt juf Emma?", "replace": "1"}
    )

    assert "Hoe helpt juf een meisje uit groep 5?" in page.text


def test_the_alias_passes_the_check_and_the_name_does_not(cast, runs):
    with acting(cast.coordinator.pk), refused("names_child"):
        share_item(engagement=runs, by=cast.coordinator, on=TODAY, title="de toetsen", text="Emma.", necessity="x")


def test_of_two_children_without_a_name_the_pages_differ_in_what_is_declared_alone(cast, runs, sign_in):
    with acting(SYSTEM):
        other = make_pupil(cast.school, cast.group, "Yusuf", "Demir", sex="boy", born="2018-09-30", year="6")
        make_guardian(other, "Murat", "Demir")
    second = begun(cast, other)
    client, pages = sign_in(cast.blind_expert), []
    for engagement in (runs, second):
        page = client.get(reverse("consent:guided_detail", args=[engagement.trajectory_id]))
        text = page.text.replace(str(page.context["csrf_token"]), "")
        for declared in (engagement.trajectory_id, engagement.alias, engagement.case_code):
            assert str(declared) in text
            text = text.replace(str(declared), "")
        pages.append(text)

    assert pages[0] == pages[1]


def test_of_a_child_without_a_name_the_value_holds_no_class_no_talk_and_no_note(cast, runs):
    with acting(cast.blind_expert.pk):
        grant = living_grants(cast.blind_expert).select_related("permission").get()
        read = guidance(Trajectory.objects.get(), grant=grant, reader=cast.blind_expert)

    assert (read.group, read.headings, read.talks, read.notes, read.documents) == ("", (), (), (), ())
