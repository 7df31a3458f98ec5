"""What an expert tells about himself: filled in by the expert, shown to schools, policed by nobody (R57, R118)."""

import pytest
from django.urls import reverse

from accounts.actions import describe_expert
from accounts.models import ExpertProfile
from accounts.wall import SYSTEM, acting
from audit.models import Event
from tests.steps import refused

pytestmark = pytest.mark.django_db
PAGE = reverse("consent:my_profile")
MINE = {
    "organisation": "Praktijk De Boer",
    "privacy_statement": "www.praktijk.example/privacy",
    "professional_code": "NVO",
}


def test_the_expert_fills_in_and_the_school_reads_it(cast, sign_in):
    client = sign_in(cast.expert)
    page = client.get(PAGE).text
    assert "mevrouw De Boer" in page
    assert "gedragsdeskundige" in page

    assert client.post(PAGE, MINE).status_code == 302

    text = sign_in(cast.coordinator).get(reverse("consent:school_experts", args=[cast.school.pk])).text
    assert "Praktijk De Boer" in text
    assert 'href="https://www.praktijk.example/privacy"' in text
    assert "NVO" in text
    with acting(SYSTEM):
        event = Event.objects.get(action="expert.described")
    assert event.detail["fields"] == ["organisation", "privacy_statement", "professional_code"]


def test_title_and_function_stay_as_the_school_wrote_them(cast, sign_in):
    sign_in(cast.expert).post(PAGE, MINE | {"title": "professor De Boer", "function": "arts"})

    profile = ExpertProfile.objects.get(user=cast.expert)
    assert (profile.title, profile.function) == ("mevrouw De Boer", "gedragsdeskundige")


def test_nothing_has_to_be_filled_in(cast, sign_in):
    assert sign_in(cast.expert).post(PAGE, dict.fromkeys(MINE, "")).status_code == 302


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://praktijk.example/x", "geen adres"])
def test_an_address_that_no_browser_should_follow_is_refused(address, cast, sign_in):
    assert sign_in(cast.expert).post(PAGE, MINE | {"privacy_statement": address}).status_code == 422
    assert ExpertProfile.objects.get(user=cast.expert).privacy_statement == ""


def test_another_describes_nobody(cast):
    with acting(cast.blind_expert.pk), refused("not_yours"):
        profile = ExpertProfile.objects.get(user=cast.expert)
        describe_expert(profile=profile, by=cast.blind_expert, organisation="Ander")


def test_the_own_menu_leads_there_for_experts_alone(cast, sign_in):
    assert PAGE in sign_in(cast.expert).get(reverse("cases:today")).text
    text = sign_in(cast.teacher).get(reverse("cases:today")).text
    assert PAGE not in text
    assert reverse("consent:note_list") in text
