"""The expert's own pages: nothing before the arrangement, then what the answer allows, and after the end nothing."""

import pytest
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from cases.actions.files import raise_level
from consent.actions import (
    ask_choices,
    offer_arrangement,
    prepare_engagement,
    publish_arrangement,
    record_choice,
    withdraw_choice,
)
from consent.models import Acceptance
from tests.conftest import LONG_AGO, TODAY, make_school

pytestmark = pytest.mark.django_db

LIST = reverse("consent:guided_list")


@pytest.fixture
def answered(cast, trajectory):
    """Return a way to have an engagement answered: `answered("known")` gives (engagement, choice)."""

    def answer(word, expert=None):
        mother = cast.mother.guardian
        with acting(cast.coordinator.pk):
            while trajectory.level.kind != "external":
                raise_level(trajectory=trajectory, by=cast.coordinator, on=TODAY, skip_because="liep al", outcome="x")
            engagement = prepare_engagement(
                trajectory=trajectory,
                expert=expert or cast.expert,
                question="Hoe help ik bij rekenen?",
                by=cast.coordinator,
                on=TODAY,
                skip_because="liep al",
            )
            (choice,) = ask_choices(engagement=engagement, letters={mother: "A"}, by=cast.coordinator, on=TODAY)
            record_choice(choice=choice, answer=word, how="slip", by=cast.coordinator, on=TODAY)
        return engagement, choice

    return answer


def test_the_expert_begins_at_the_button_and_ends_at_the_other(cast, answered, sign_in):
    engagement, _choice = answered("known")
    assert "Emma" not in sign_in(cast.expert).get(LIST).text

    sign_in(cast.coordinator).post(reverse("consent:engagement_start", args=[engagement.pk]))
    assert "Emma Kaya" in sign_in(cast.expert).get(LIST).text

    sign_in(cast.coordinator).post(reverse("consent:engagement_end", args=[engagement.pk]))
    assert "Emma" not in sign_in(cast.expert).get(LIST).text


def test_an_anonymous_child_is_an_alias_with_a_code_and_nothing_else(cast, answered, sign_in):
    engagement, _choice = answered("anonymous")
    sign_in(cast.coordinator).post(reverse("consent:engagement_start", args=[engagement.pk]))

    client = sign_in(cast.expert)
    pages = client.get(LIST).text + client.get(reverse("cases:trajectory_detail", args=[engagement.trajectory_id])).text

    assert engagement.alias in pages
    assert engagement.case_code in pages
    assert not any(word in pages for word in ("Emma", "Kaya", "E.K.", "Vlinders"))


def test_a_withdrawn_answer_closes_the_name_at_the_next_request(cast, answered, sign_in):
    engagement, choice = answered("known")
    sign_in(cast.coordinator).post(reverse("consent:engagement_start", args=[engagement.pk]))
    sign_in(cast.coordinator).post(reverse("consent:choice_withdraw", args=[choice.pk]))

    page = sign_in(cast.expert).get(LIST).text

    assert "Emma" not in page
    assert engagement.case_code in page


def test_a_button_before_the_answer_is_refused_in_words(cast, answered, sign_in):
    engagement, choice = answered("known")
    with acting(cast.coordinator.pk):
        withdraw_choice(choice=choice, by=cast.coordinator)

    answer = sign_in(cast.coordinator).post(reverse("consent:engagement_start", args=[engagement.pk]), follow=True)

    assert "De ouders hebben nog niet geantwoord." in answer.text


def test_nothing_is_seen_before_the_arrangement_is_accepted(cast, answered, sign_in):
    with acting(SYSTEM):
        row = Acceptance.objects.get(user=cast.expert)
        other = make_school("De Eik", "33CC")
        text = publish_arrangement(school=other, text="Alleen initialen in mail.", by=SYSTEM, on=LONG_AGO)
        offered = offer_arrangement(arrangement=text, expert=cast.expert, by=SYSTEM, on=TODAY)
    client = sign_in(cast.expert)

    assert "De Eik" in client.get(LIST).text
    page = reverse("consent:arrangement_accept", args=[offered.pk])
    assert "Alleen initialen in mail." in client.get(page).text
    client.post(page)

    offered.refresh_from_db()
    assert offered.accepted_on == TODAY
    assert sign_in(cast.blind_expert).get(page).status_code == 404
    assert sign_in(cast.coordinator).get(reverse("consent:arrangement_accept", args=[row.pk])).status_code == 404


def test_the_list_asks_as_much_for_one_case_as_for_more(cast, answered, sign_in, own_queries):
    engagement, _choice = answered("known")
    sign_in(cast.coordinator).post(reverse("consent:engagement_start", args=[engagement.pk]))
    client = sign_in(cast.expert)

    with own_queries() as asked:
        assert client.get(LIST).status_code == 200

    assert len(asked) <= 12
