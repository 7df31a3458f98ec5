"""A school's experts and the arrangement with them: nobody hears of another school's experts."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.actions import create_expert
from accounts.models import EXPERT, Invitation, Membership, RightsApproval, User
from accounts.wall import SYSTEM, acting
from consent import actions
from consent.grants import allowed
from consent.models import Acceptance, WorkingArrangement
from tests.conftest import make_school, staff

TODAY = date(2026, 11, 24)
OUTSIDE = (
    "teacher",
    "colleague",
    "auditor",
    "privacy_officer",
    "fg",
    "safeguarding_lead",
    "stranger",
    "expert",
    "blind_expert",
    "admin",
)
NEW = {
    "first_name": "Noor",
    "prefix": "de",
    "last_name": "Wit",
    "title": "mevrouw De Wit",
    "function": "logopedist",
    "organisation": "Praktijk Wit",
    "username": "noor.dewit",
}


def pages(cast):
    names = ("school_experts", "expert_add", "expert_add_known", "arrangement_edit")
    at = [reverse(f"consent:{name}", args=[cast.school.pk]) for name in names]
    return [*at, reverse("consent:expert_invite", args=[cast.school.pk, cast.expert.pk])]


@pytest.mark.parametrize("name", OUTSIDE)
def test_who_does_not_lead_the_school_finds_none_of_these_pages(name, cast, sign_in):
    client = sign_in(getattr(cast, name))

    for url in pages(cast):
        assert client.get(url).status_code == (405 if "uitnodiging" in url else 404), url
        assert client.post(url, {}).status_code in (404, 405), url
    first = client.get(reverse("consent:expert_list"))
    assert first.status_code == (200 if name == "stranger" else 404)


def test_who_has_not_signed_in_is_sent_to_the_sign_in_page(cast, client):
    for url in [*pages(cast), reverse("consent:expert_list")]:
        assert client.get(url).status_code == 302, url


@pytest.mark.parametrize("name", ["coordinator", "director"])
def test_intern_begeleider_and_director_open_them(name, cast, sign_in):
    client = sign_in(getattr(cast, name))

    for url in pages(cast)[:-1]:
        assert client.get(url).status_code == 200, url
    page = client.get(reverse("consent:expert_list"))
    assert [line.kind for line in page.context["experts"]] == ["ok"] * 3


def approve(sign_in, director, user):
    """Another director agrees to let this expert in. Returns the answer."""
    asked = RightsApproval.objects.get(user=user, role=EXPERT, outcome="open")
    return sign_in(director).post(reverse("cases:approval_approve", args=[asked.pk]))


def test_a_new_expert_is_offered_the_arrangement_once_a_director_agrees_and_then_gets_a_link(cast, sign_in):
    url = reverse("consent:school_experts", args=[cast.school.pk])
    answer = sign_in(cast.coordinator).post(reverse("consent:expert_add", args=[cast.school.pk]), NEW)

    user = User.objects.get(username="noor.dewit")
    assert answer.status_code == 302
    assert (user.expert.name, user.expert.function) == ("mevrouw De Wit", "logopedist")
    assert not Acceptance.objects.filter(user=user).exists()
    assert not Invitation.objects.filter(user=user).exists()
    page = sign_in(cast.coordinator).get(url)
    assert [(line.name, line.outcome) for line in page.context["waiting"]] == [
        ("Noor de Wit", "wacht op een tweede persoon")
    ]

    assert approve(sign_in, cast.director, user).url == url
    offered = Acceptance.objects.get(user=user)
    assert (offered.offered_on, offered.accepted_on, offered.history.first().history_user) == (
        TODAY,
        None,
        cast.director,
    )
    make = reverse("consent:expert_invite", args=[cast.school.pk, user.pk])
    assert sign_in(cast.coordinator).post(make).context["link"]
    assert not Membership.objects.filter(user=user).exists()


def test_what_is_wrong_about_an_expert_loses_nothing(cast, sign_in):
    client, url = sign_in(cast.coordinator), reverse("consent:expert_add", args=[cast.school.pk])

    answer = client.post(url, NEW | {"username": "lotte", "title": "t" * 41})
    taken = client.post(url, NEW | {"username": "lotte"})

    assert set(answer.context["form"].errors) == {"title"}
    assert set(taken.context["form"].errors) == {"username"}
    assert "Praktijk Wit" in taken.text
    assert not User.objects.filter(last_name="Wit").exists()


def test_an_expert_of_another_school_is_found_by_name_and_never_listed(cast, sign_in):
    with acting(SYSTEM):
        other = actions.publish_arrangement(school=cast.other_school, text="Anders.", by=SYSTEM, on=TODAY)
        theirs = create_expert(
            by=SYSTEM, username="elders", first_name="Eva", last_name="Ver", function="psycholoog", password="x" * 20
        )
        actions.offer_arrangement(arrangement=other, expert=theirs, by=SYSTEM, on=TODAY)
    client, url = sign_in(cast.coordinator), reverse("consent:expert_add_known", args=[cast.school.pk])

    before = client.get(reverse("consent:expert_list"))
    wrong = client.post(url, {"username": "elders", "last_name": "Anders"})
    nobody = client.post(url, {"username": "niemand", "last_name": "Ver"})
    teacher = client.post(url, {"username": "lotte", "last_name": "Bakkers"})
    right = client.post(url, {"username": "Elders", "last_name": "Ver"})

    assert theirs.pk not in {line.uuid for line in before.context["experts"]}
    assert wrong.context["form"].errors == nobody.context["form"].errors
    assert teacher.status_code == 422
    assert right.status_code == 302
    assert not Acceptance.objects.filter(user=theirs, school=cast.school).exists()
    approve(sign_in, cast.director, theirs)
    assert Acceptance.objects.filter(user=theirs, school=cast.school, accepted_on=None).count() == 1
    sign_in(cast.coordinator).post(url, {"username": "Elders", "last_name": "Ver"})
    assert Acceptance.objects.filter(user=theirs, school=cast.school).count() == 1


def test_a_school_makes_links_for_its_own_unused_accounts_only(cast, sign_in):
    client, school = sign_in(cast.coordinator), cast.school

    def make(user):
        return client.post(reverse("consent:expert_invite", args=[school.pk, user.pk]))

    with acting(SYSTEM):
        other = actions.publish_arrangement(school=cast.other_school, text="Anders.", by=SYSTEM, on=TODAY)
        actions.offer_arrangement(arrangement=other, expert=cast.blind_expert, by=SYSTEM, on=TODAY)
        for unused in (cast.expert, cast.blind_expert):
            unused.set_unusable_password()
            unused.save()

    assert make(cast.expert).context["link"]
    assert make(cast.blind_expert).status_code == 302
    assert make(cast.ended_expert).status_code == 302
    assert make(cast.teacher).status_code == 404
    assert set(Invitation.objects.values_list("user", flat=True)) == {cast.expert.pk}
    shown = {line.uuid for line in client.get(reverse("consent:expert_list")).context["experts"] if line.may_invite}
    assert shown == {cast.expert.pk}


def test_a_new_edition_is_offered_to_all_and_the_old_acceptance_goes_on_to_count(cast, sign_in):
    client, url = sign_in(cast.director), reverse("consent:arrangement_edit", args=[cast.school.pk])

    same = client.post(url, {"text": "Wij werken met initialen.", "after": 1})
    done = client.post(url, {"text": "Wij werken altijd met initialen.", "after": 1})

    newest = WorkingArrangement.objects.get(school=cast.school, edition=2)
    lines = client.get(reverse("consent:expert_list")).context["experts"]
    assert same.status_code == 422
    assert done.status_code == 302
    assert newest.history.first().history_user == cast.director
    assert Acceptance.objects.filter(arrangement=newest, accepted_on=None).count() == 3
    assert [line.kind for line in lines] == ["wait"] * 3
    assert Acceptance.objects.filter(school=cast.school, user=cast.expert, accepted_on__isnull=False).exists()


def test_who_publishes_after_another_is_told_and_loses_nothing(cast, sign_in):
    client, url = sign_in(cast.coordinator), reverse("consent:arrangement_edit", args=[cast.school.pk])
    client.post(url, {"text": "Van de een.", "after": 1})

    told = client.post(url, {"text": "Van de ander.", "after": 1})

    assert told.status_code == 422
    assert told.context["theirs"] == "Van de een."
    assert "Van de ander." in told.text
    again = {"text": "Van de ander.", "after": told.context["form"]["after"].value()}
    assert client.post(url, again).status_code == 302
    assert actions.newest_arrangement(cast.school).edition == 3


def test_a_school_without_an_arrangement_writes_it_first(cast, sign_in):
    client, school = sign_in(cast.stranger), cast.other_school

    page = client.get(reverse("consent:expert_list"))
    add = client.get(reverse("consent:expert_add", args=[school.pk]))
    edit = client.get(reverse("consent:arrangement_edit", args=[school.pk]))

    assert page.context["newest"] is None
    assert add.url == reverse("consent:arrangement_edit", args=[school.pk])
    assert "De Populier" in edit.context["form"]["text"].value()
    with acting(cast.stranger.pk), pytest.raises(ValidationError) as refusal:
        actions.offer_newest(school=school, expert=cast.expert, by=cast.stranger, on=TODAY)
    assert refusal.value.code == "no_arrangement"
    setup = client.get(reverse("cases:setup"))
    assert setup.context["steps"][-1].missing


def test_the_list_asks_as_little_for_fifty_experts_as_for_three(cast, sign_in, own_queries):
    client, url = sign_in(cast.coordinator), reverse("consent:expert_list")

    def count():
        with own_queries() as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    few = count()
    with acting(SYSTEM):
        for number in range(50):
            actions.add_expert(
                school=cast.school, by=SYSTEM, on=TODAY - timedelta(days=1), **(NEW | {"username": f"e{number}"})
            )

    assert count() == few <= 15


def test_an_expert_who_only_was_offered_it_sees_nothing(cast, trajectory):
    with acting(SYSTEM):
        user, _token = actions.add_expert(school=cast.school, by=SYSTEM, on=TODAY, **NEW)

        assert user.pk not in allowed(trajectory, TODAY)


def test_the_experts_of_two_schools_stand_apart(cast, sign_in):
    with acting(SYSTEM):
        third = make_school("De Derde", "33CC")
        both = staff("beide", third, "coordinator")
    client = sign_in(both)

    assert client.get(reverse("consent:expert_list")).context["school"] == third
    assert client.get(reverse("consent:school_experts", args=[cast.school.pk])).status_code == 404
