"""A weighty step asks who signs in to show it once more, and loses nothing that was typed."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from tests.conftest import SecureClient

GOOD = "paarse olifant in de mist"


@pytest.fixture
def later(cast, sign_in, frozen_clock, settings):
    """Return a client of somebody who signed in so many minutes ago and went on working."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def wait(user, minutes):
        user = User.objects.get(pk=user.pk)
        user.set_password(GOOD)
        user.save(update_fields=["password"])
        client = sign_in(user)
        for _turn in range(minutes):
            frozen_clock.shift(timedelta(minutes=1))
        client.get(reverse("cases:today"))
        return client

    return wait


def pages(cast):
    """Every page that asks for it, for a director."""
    school, person = cast.school.pk, cast.colleague.pk
    role = cast.colleague.memberships.get().pk
    return {
        "cases:person_add": [school],
        "cases:person_add_known": [school],
        "cases:role_give": [school, person],
        "cases:role_end": [role],
        "consent:expert_add": [school],
        "consent:expert_add_known": [school],
    }


def test_a_weighty_page_asks_again_after_ten_minutes_and_leads_back(cast, later):
    client = later(cast.director, 11)
    for name, words in pages(cast).items():
        page = reverse(name, args=words)
        asked = client.get(page)
        assert asked.url == f"{reverse('account_reauthenticate')}?{urlencode({'next': page})}", name

    assert client.get(asked.url).status_code == 200
    wrong = client.post(asked.url, {"password": "fout", "next": page})
    assert wrong.context["form"].errors
    assert client.get(page).status_code == 302
    assert client.post(asked.url, {"password": GOOD, "next": page}).url == page
    for name, words in pages(cast).items():
        assert client.get(reverse(name, args=words)).status_code == 200, name


def test_who_has_just_signed_in_is_not_asked_again(cast, later):
    client = later(cast.director, 9)
    for name, words in pages(cast).items():
        assert client.get(reverse(name, args=words)).status_code == 200, name


def test_a_whole_case_on_paper_asks_too(cast, trajectory, later):
    page = reverse("letters:trajectory_pdf", args=[trajectory.pk])

    assert later(cast.director, 11).get(page).url.startswith(reverse("account_reauthenticate"))


@pytest.mark.parametrize(
    ("name", "of_person"),
    [("cases:invitation_make", True), ("cases:second_step_drop", True), ("letters:letter_protected", False)],
)
def test_a_button_that_comes_without_it_is_refused_kindly_and_leads_back(name, of_person, cast, trajectory, later):
    client = later(cast.director, 29)
    client.get(reverse("cases:today"))
    client = later_again(client)
    words = [cast.school.pk, cast.colleague.pk] if of_person else [trajectory.pk]
    before = reverse("cases:person_detail", args=[cast.school.pk, cast.colleague.pk])

    answer = client.post(reverse(name, args=words), headers={"referer": f"https://testserver{before}"})

    assert answer.status_code == 403
    assert "bevestig je eerst dat jij het bent" in answer.text
    assert answer.context["way"] == f"{reverse('account_reauthenticate')}?{urlencode({'next': before})}"


def later_again(client):
    """Forget when the password was shown: the clock of the session goes on."""
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    return client


def test_a_form_that_comes_without_it_gets_its_text_back_and_the_session_holds_none_of_it(cast, later):
    client = later_again(later(cast.director, 1))
    page, text = reverse("cases:role_give", args=[cast.school.pk, cast.colleague.pk]), "Karel gaat ook de IB doen."

    answer = client.post(page, {"role": "teacher", "from_on": "24-11-2026", "why": text})

    assert answer.status_code == 403
    assert answer.context["texts"] == [text]
    assert not any(text in str(row.get_decoded()) for row in Session.objects.all())


def test_a_form_that_was_opened_in_time_may_take_its_time(cast, later):
    client = later(cast.director, 25)
    page = reverse("cases:role_give", args=[cast.school.pk, cast.colleague.pk])

    assert client.post(page, {"role": ""}).status_code == 422, "the form is looked at"


def test_the_way_back_never_leads_to_another_site(cast, later):
    client = later_again(later(cast.director, 1))
    page = reverse("cases:invitation_make", args=[cast.school.pk, cast.colleague.pk])

    for referer in ("https://kwaad.example/x/", "javascript:alert(1)", ""):
        way = client.post(page, headers={"referer": referer}).context["way"]
        assert way == f"{reverse('account_reauthenticate')}?next=%2F"


def test_nobody_learns_by_it_what_exists(cast, later):
    client, nothing = later(cast.stranger, 11), "00000000-0000-4000-8000-000000000000"
    ways = {client.get(reverse("cases:role_end", args=[row])).url.partition("?")[0] for row in (nothing, _role(cast))}

    assert len(ways) == 1
    assert SecureClient().get(reverse("cases:role_end", args=[nothing])).url.startswith(reverse("account_login"))


def _role(cast):
    return cast.colleague.memberships.get().pk
