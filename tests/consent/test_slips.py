"""A slip that came in finds its case by its reference, for who may record the answer, and tells nobody else a thing."""

import pytest
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from consent.actions import ask_choices, cancel_engagement
from tests.conftest import TODAY, make_guardian
from tests.steps import at_level, prepared

pytestmark = pytest.mark.django_db
PAGE = reverse("consent:slip_find")


@pytest.fixture
def asked(cast):
    """An engagement whose letter went to the mother: its reference is 7Q2K-A or the like."""
    return letter(cast)


def letter(cast, case=None, suffixes="A"):
    engagement = prepared(cast, case or at_level(cast, 2))
    with acting(cast.coordinator.pk):
        people = [row.guardian for row in engagement.trajectory.pupil.guardianships.select_related("guardian")]
        letters = {person: f"{engagement.reference}-{suffix}" for person, suffix in zip(people, suffixes, strict=True)}
        ask_choices(engagement=engagement, letters=letters, by=cast.coordinator, on=TODAY)
    return engagement


def choices(cast, engagement):
    with acting(cast.coordinator.pk):
        return list(engagement.choices.order_by("pk"))


@pytest.mark.parametrize("typed", ["{}-A", "{}A", " {} - a ", "zv-{}-a", "{} a"])
def test_the_reference_leads_to_the_answer_of_that_person_however_it_is_typed(typed, asked, cast, sign_in):
    (choice,) = choices(cast, asked)

    answer = sign_in(cast.coordinator).post(PAGE, {"reference": typed.format(asked.reference.lower())})

    assert answer.url == reverse("consent:choice_record", args=[choice.pk])


def test_two_people_on_one_letter_are_chosen_between(cast, sign_in):
    with acting(SYSTEM):
        make_guardian(cast.pupil, "Bilal", "Demir", "de heer")
    engagement = letter(cast, suffixes="AA")

    page = sign_in(cast.coordinator).post(PAGE, {"reference": f"{engagement.reference}-A"})

    assert page.status_code == 200
    for choice in choices(cast, engagement):
        assert reverse("consent:choice_record", args=[choice.pk]) in page.text


def test_two_letters_of_one_guidance_are_two_slips(cast, sign_in):
    with acting(SYSTEM):
        make_guardian(cast.pupil, "Bilal", "Demir", "de heer", street="Kerkweg 3")
    engagement = letter(cast, suffixes="AB")
    by_letter = {choice.letter_of[-1]: choice for choice in choices(cast, engagement)}

    answer = sign_in(cast.coordinator).post(PAGE, {"reference": f"{engagement.reference}-B"})

    assert answer.url == reverse("consent:choice_record", args=[by_letter["B"].pk])


@pytest.mark.parametrize("who", ["stranger", "colleague", "excluded"])
def test_what_is_anothers_is_answered_like_what_is_not_there(who, asked, cast, sign_in):
    client = sign_in(getattr(cast, who))
    theirs = client.post(PAGE, {"reference": f"{asked.reference}-A"})
    nothing = client.post(PAGE, {"reference": "XXXX-A"})

    for page in (theirs, nothing):
        assert page.status_code == 422
        (error,) = page.context["form"].errors.as_data()["reference"]
        assert error.code == "reference_unknown"
    assert theirs.context["form"].errors == nothing.context["form"].errors
    assert "Emma" not in theirs.text
    assert "Kaya" not in theirs.text


@pytest.mark.parametrize("typed", ["", "-", "A", "%", "7", "x" * 20])
def test_half_a_reference_finds_nothing(typed, asked, cast, sign_in):
    assert sign_in(cast.coordinator).post(PAGE, {"reference": typed}).status_code == 422


def test_the_reference_without_its_letter_finds_nothing(asked, cast, sign_in):
    assert sign_in(cast.coordinator).post(PAGE, {"reference": asked.reference}).status_code == 422


def test_a_slip_of_a_guidance_that_was_given_up_finds_nothing(asked, cast, sign_in):
    with acting(cast.coordinator.pk):
        cancel_engagement(engagement=asked, by=cast.coordinator, on=TODAY)

    assert sign_in(cast.coordinator).post(PAGE, {"reference": f"{asked.reference}-A"}).status_code == 422


@pytest.mark.parametrize("who", ["expert", "auditor", "admin", "fg"])
def test_who_works_with_no_children_has_no_slips(who, asked, cast, sign_in):
    client = sign_in(getattr(cast, who))

    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {"reference": f"{asked.reference}-A"}).status_code == 404
    assert PAGE not in client.get("/").text


def test_vandaag_leads_to_the_slips(cast, sign_in):
    assert PAGE in sign_in(cast.teacher).get("/").text
