"""The list of pupils, looking one up, the page of one child, and keeping a colleague out of it."""

import pytest
from django.urls import reverse

from accounts.models import Role
from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.actions.files import add_member, open_trajectory
from cases.actions.people import add_guardian, assign_teacher, create_group, exclude_colleague
from cases.models import CaseExclusion
from tests.conftest import LONG_AGO, TODAY, make_guardian, make_pupil, person, staff

LIST, SEARCH = reverse("cases:pupil_list"), reverse("cases:pupil_search")
WORK_NOWHERE = ("expert", "auditor", "privacy_officer", "fg", "admin", "safeguarding_lead")
OUTSIDE = ("colleague", "excluded", "stranger", "expert", "auditor", "privacy_officer", "fg", "admin")


def page(name, row):
    return reverse(f"cases:{name}", args=[row.pk])


def names_in(response):
    return [line.name for _school, lines in response.context["parts"] for line in lines]


@pytest.mark.parametrize("url", [LIST, SEARCH])
def test_nobody_comes_in_without_signing_in(url, client, db):
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("name", WORK_NOWHERE)
@pytest.mark.parametrize("url", [LIST, SEARCH])
def test_who_teaches_nowhere_has_no_list(url, name, cast, sign_in):
    assert sign_in(getattr(cast, name)).get(url).status_code == 404


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("view", ["pupil_detail", "pupil_exclude"])
def test_a_pupil_of_others_is_not_there(view, name, cast, sign_in):
    assert sign_in(getattr(cast, name)).get(page(view, cast.pupil)).status_code == 404


def test_a_pupil_needs_somebody_signed_in(cast, client):
    assert client.get(page("pupil_detail", cast.pupil)).status_code == 302


@pytest.mark.parametrize("name", ["coordinator", "director", "teacher"])
def test_staff_of_the_child_see_its_page_and_that_is_written_down(name, cast, trajectory, sign_in):
    response = sign_in(getattr(cast, name)).get(page("pupil_detail", cast.pupil))

    assert "Emma Kaya" in response.text
    assert "<title>" in response.text
    assert "Kaya" not in response.text.split("</title>")[0]
    assert "Hoe help ik bij het rekenen?" in response.text
    assert response.context["age"] == 9
    with acting(SYSTEM):
        event = Event.objects.get(action="pupil.looked")
    assert (event.subject, event.actor) == (cast.pupil.pk, getattr(cast, name).pk)


def test_the_list_is_sorted_by_surname_and_names_the_level(cast, trajectory, sign_in):
    response = sign_in(cast.teacher).get(LIST)

    assert names_in(response) == ["Kaya, Emma", *(f"Zomer{number}, Meisje{number}" for number in range(5))]
    assert "Niveau 0" in response.text


def test_the_list_of_one_group(cast, sign_in):
    with acting(SYSTEM):
        bees = create_group(school=cast.school, name="Bijen", year="6", school_year="2026-2027", by=SYSTEM)
        make_pupil(cast.school, bees, "Adam", "Aalbers", year="6")

    client = sign_in(cast.coordinator)

    assert "Aalbers, Adam" in names_in(client.get(LIST))
    assert names_in(client.get(LIST, {"groep": str(bees.pk)})) == ["Aalbers, Adam"]
    assert len(names_in(client.get(LIST, {"groep": "geen uuid"}))) == 7


def test_who_left_is_not_in_the_list_but_can_be_found(cast, sign_in):
    with acting(SYSTEM):
        make_pupil(cast.school, cast.group, "Oud", "Leerling", left_on=LONG_AGO)
    client = sign_in(cast.coordinator)

    assert "Leerling, Oud" not in names_in(client.get(LIST))
    assert [line.has_left for line in client.post(SEARCH, {"q": "leerling"}).context["found"]] == [True]


def test_one_school_is_not_named_two_are(cast, sign_in):
    assert not sign_in(cast.coordinator).get(LIST).context["several_schools"]


def test_an_empty_list_says_what_comes_first(cast, sign_in):
    imports = sign_in(cast.stranger).get(LIST)
    asks = sign_in(cast.colleague).get(LIST)

    assert reverse("cases:pupil_import") in imports.text.split('class="empty"')[1]
    assert reverse("cases:pupil_import") not in asks.text
    assert 'class="empty"' in asks.text


def test_who_is_left_out_of_a_child_sees_a_list_without_a_gap(cast, sign_in):
    response = sign_in(cast.excluded).get(LIST)

    assert len(names_in(response)) == 5
    assert "Kaya" not in response.text


@pytest.mark.parametrize("text", ["kaya", "EMM", "emma kay", "ayse", "Ayşe"])
def test_a_part_of_the_name_of_child_or_parent_is_enough(text, cast, sign_in):
    response = sign_in(cast.teacher).post(SEARCH, {"q": text})

    assert [line.name for line in response.context["found"]] == ["Kaya, Emma"]
    with acting(SYSTEM):
        event = Event.objects.get(action="pupil.searched")
    assert event.detail == {"rows": 1}


@pytest.mark.parametrize("text", ["0612345678", "06-1234", "+31 6 12345678", "+31(0)612345678", "2345"])
def test_a_parent_on_the_phone_is_found_by_the_number(text, cast, sign_in):
    with acting(SYSTEM):
        make_guardian(cast.pupil, first_name="Piet", phone="0598-123456, 06 1234 5678")

    found = sign_in(cast.coordinator).post(SEARCH, {"q": text}).context["found"]

    assert [(line.name, line.via) for line in found] == [("Kaya, Emma", "Piet Kaya")]


def test_a_number_that_a_teacher_may_not_see_can_not_be_guessed(cast, sign_in):
    with acting(SYSTEM):
        make_guardian(cast.pupil, first_name="Piet", phone="0612345678", no_contact=True)

    assert sign_in(cast.teacher).post(SEARCH, {"q": "0612345678"}).context["found"] == []
    assert len(sign_in(cast.coordinator).post(SEARCH, {"q": "0612345678"}).context["found"]) == 1


@pytest.mark.parametrize("name", ["colleague", "excluded", "stranger"])
def test_search_finds_nothing_that_the_list_hides(name, cast, sign_in):
    for text in ("emma", "ayse kaya"):
        assert sign_in(getattr(cast, name)).post(SEARCH, {"q": text}).context["found"] == []


def test_a_search_of_one_letter_is_refused_and_stays_on_the_page(cast, sign_in):
    response = sign_in(cast.teacher).post(SEARCH, {"q": "e"})

    assert response.status_code == 422
    assert response.context["form"].has_error("q", "min_length")


def test_a_colleague_who_was_added_to_one_case_sees_that_child_alone(cast, trajectory, sign_in):
    with acting(cast.coordinator.pk):
        add_member(trajectory=trajectory, user=cast.colleague, reason="gym", from_on=TODAY, by=cast.coordinator)
    client = sign_in(cast.colleague)

    assert names_in(client.get(LIST)) == ["Kaya, Emma"]
    assert client.get(page("pupil_detail", cast.pupil)).status_code == 200


def test_brothers_and_sisters_are_shown_when_the_reader_may_see_them(cast, sign_in):
    with acting(SYSTEM):
        bees = create_group(school=cast.school, name="Bijen", year="3", school_year="2026-2027", by=SYSTEM)
        brother = make_pupil(cast.school, bees, "Can", "Kaya", sex="boy", year="3")
        make_relation(brother, cast.mother.guardian)

    seen = sign_in(cast.coordinator).get(page("pupil_detail", cast.pupil)).context["relatives"]
    hidden = sign_in(cast.teacher).get(page("pupil_detail", cast.pupil)).context["relatives"]

    assert [child.name for child in seen] == ["Can Kaya"]
    assert hidden == []


def make_relation(pupil, guardian):
    return add_guardian(pupil=pupil, person=guardian, relation={"has_authority": True}, from_on=LONG_AGO, by=SYSTEM)


def exclude(client, cast, user, **data):
    return client.post(page("pupil_exclude", cast.pupil), {"user": str(user.pk), "reason": "buren", **data})


def test_a_colleague_is_left_out_until_a_day_and_comes_back(cast, sign_in):
    client = sign_in(cast.coordinator)
    assert exclude(client, cast, cast.teacher, until_on="31-12-2026").status_code == 302
    assert sign_in(cast.teacher).get(page("pupil_detail", cast.pupil)).status_code == 404

    with acting(cast.coordinator.pk):
        row = CaseExclusion.objects.for_user(cast.coordinator).get(user=cast.teacher)
    client = sign_in(cast.coordinator)
    assert "buren" in client.get(page("pupil_detail", cast.pupil)).text
    assert client.post(page("exclusion_end", row), {"on": "23-11-2026"}).status_code == 422  # before it began
    assert client.post(page("exclusion_end", row), {"on": "24-11-2026"}).status_code == 302

    with acting(cast.coordinator.pk):
        row.refresh_from_db()
    assert row.until_on == TODAY


def test_nobody_leaves_out_oneself_or_the_same_colleague_twice(cast, sign_in):
    client = sign_in(cast.coordinator)

    assert exclude(client, cast, cast.coordinator).context["form"].has_error("user", "invalid_choice")
    again = exclude(client, cast, cast.excluded)
    assert again.status_code == 422
    assert again.context["form"].has_error("user", "excluded_already")
    assert 'value="buren"' in again.text


def test_a_teacher_leaves_nobody_out_and_sees_no_exclusion(cast, sign_in):
    client = sign_in(cast.teacher)

    assert exclude(client, cast, cast.colleague).status_code == 403
    response = client.get(page("pupil_detail", cast.pupil))
    assert response.context["exclusions"] == []
    assert "eigen kind" not in response.text
    assert reverse("cases:pupil_exclude", args=[cast.pupil.pk]) not in response.text


def test_who_is_left_out_finds_no_exclusion_of_that_child(cast, sign_in):
    with acting(SYSTEM):
        own = CaseExclusion.objects.get(user=cast.excluded)
        other = exclude_colleague(pupil=cast.pupil, user=cast.colleague, reason="neef", from_on=LONG_AGO, by=SYSTEM)
    client = sign_in(cast.excluded)

    assert client.get(page("exclusion_end", own)).status_code == 404
    assert client.get(page("exclusion_end", other)).status_code == 404


@pytest.mark.parametrize("name", ["teacher", "colleague", "stranger", "expert", "auditor"])
def test_only_who_leads_the_school_ends_an_exclusion(name, cast, sign_in):
    with acting(SYSTEM):
        row = CaseExclusion.objects.get(user=cast.excluded)

    assert sign_in(getattr(cast, name)).post(page("exclusion_end", row), {"on": "24-11-2026"}).status_code == 404


@pytest.mark.parametrize("pupils", [1, 50])
def test_the_list_asks_the_same_however_long_it_is(pupils, cast, sign_in, own_queries):
    with acting(SYSTEM):
        bees = create_group(school=cast.other_school, name="Bijen", year="6", school_year="2026-2027", by=SYSTEM)
        for number in range(pupils):
            child = make_pupil(cast.other_school, bees, f"Kind{number}", f"Achter{number}")
            make_guardian(child, phone="0612345678")
            open_trajectory(pupil=child, question="?", by=cast.stranger, on=TODAY)
    client = sign_in(cast.stranger)

    with own_queries() as asked:
        assert len(names_in(client.get(LIST))) == pupils
    assert len(asked) == 8
    with own_queries() as asked:
        assert len(client.post(SEARCH, {"q": "0612"}).context["found"]) == pupils
    assert len(asked) == 9


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_of_a_child_asks_the_same_however_full_it_is(rows, cast, sign_in, own_queries):
    with acting(SYSTEM):
        for number in range(rows):
            make_guardian(cast.pupil, first_name=f"Tante{number}", authority=False)
            open_trajectory(pupil=cast.pupil, question="?", by=cast.teacher, on=TODAY)
            user = staff(f"duo{number}", cast.school, Role.TEACHER)
            assign_teacher(group=cast.group, user=user, kind="duo", from_on=LONG_AGO, by=SYSTEM)
            exclude_colleague(pupil=cast.pupil, user=person(f"buur{number}"), reason="buren", from_on=TODAY, by=SYSTEM)
            make_relation(make_pupil(cast.school, cast.group, f"Zus{number}", "Kaya"), cast.mother.guardian)
    client = sign_in(cast.coordinator)

    with own_queries() as asked:
        response = client.get(page("pupil_detail", cast.pupil))
    assert len(response.context["cards"]) == rows + 1
    assert len(response.context["relatives"]) == rows
    assert len(asked) == 12
