"""Parents and carers: what each reader sees of them, adding, changing without losing anything, ending."""

import pytest
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from cases.actions.people import add_guardian, change_guardian, create_group
from cases.models import Guardian, Guardianship
from cases.views.guardians import GuardianCard
from tests.conftest import LONG_AGO, TODAY, make_guardian, make_pupil

OUTSIDE = ("colleague", "excluded", "stranger", "expert", "auditor", "privacy_officer", "fg", "admin")
FATHER = {
    "relation": "parent", "title": "de heer", "first_name": "Mehmet", "surname": "Kaya", "has_authority": "yes",
    "authority_source": "beide ouders", "authority_seen_on": "1-9-2026", "is_asked": "on", "gets_report": "on",
    "street": "Laan 3", "postcode": "1234ab", "city": "Voorbeeldstad", "phone": "0612345678",
}  # fmt: skip
ADDRESS = {"street": "Schuilweg 9", "postcode": "9999 ZZ", "city": "Verweg"}


def page(name, row):
    return reverse(f"cases:{name}", args=[row.pk])


def cards(client, pupil):
    return client.get(page("pupil_detail", pupil)).context["cards"]


def standing(client, row):
    """What the form of this relation holds when it is opened."""
    form = client.get(page("guardian_edit", row)).context["form"]
    values = {field.html_name: field.value() for field in form}
    return {name: ("on" if value is True else value) for name, value in values.items() if value not in (None, False)}


@pytest.mark.parametrize("name", OUTSIDE)
def test_parents_of_others_are_not_there(name, cast, sign_in):
    client = sign_in(getattr(cast, name))

    assert client.get(page("guardian_add", cast.pupil)).status_code == 404
    for view in ("guardian_edit", "guardian_end"):
        assert client.get(page(view, cast.mother)).status_code == 404
        assert client.post(page(view, cast.mother), {"on": "24-11-2026"}).status_code == 404


def test_parents_need_somebody_signed_in(cast, client):
    for url in (
        page("guardian_add", cast.pupil),
        page("guardian_edit", cast.mother),
        page("guardian_end", cast.mother),
    ):
        assert client.get(url).status_code == 302


@pytest.mark.parametrize("name", ["teacher", "coordinator", "director"])
def test_a_parent_is_added_and_stands_on_the_page(name, cast, sign_in):
    client = sign_in(getattr(cast, name))

    assert client.post(page("guardian_add", cast.pupil), FATHER).status_code == 302

    card = next(card for card in cards(client, cast.pupil) if "Kaya" in card.name and card.name.startswith("de heer"))
    assert card.address == ("Laan 3", "1234 AB Voorbeeldstad")
    assert "beide ouders" in card.authority
    assert "1 september 2026" in card.authority
    assert card.phones == (() if name == "teacher" else ("0612345678",))  # not to be called
    assert (card.flags, card.address_is_secret) == ((), False)


def test_a_number_shows_to_who_may_call(cast, sign_in):
    client = sign_in(cast.teacher)
    client.post(page("guardian_add", cast.pupil), FATHER | {"may_be_called": "on"})

    assert any(card.phones == ("0612345678",) for card in cards(client, cast.pupil))


@pytest.mark.parametrize("authority", ["no", "unknown"])
def test_only_who_has_gezag_is_asked_and_nothing_is_lost(authority, cast, sign_in):
    response = sign_in(cast.teacher).post(page("guardian_add", cast.pupil), FATHER | {"has_authority": authority})

    assert response.status_code == 422
    assert response.context["form"].has_error("is_asked", "asked_without_authority")
    assert 'value="Mehmet"' in response.text
    assert 'value="beide ouders"' in response.text
    with acting(SYSTEM):
        assert Guardian.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"surname": ""}, "surname", "required"),
        ({"has_authority": ""}, "has_authority", "required"),
        ({"relation": "institution"}, "institution", "institution_missing"),
        ({"city": ""}, "city", "half_address"),
        ({"email": "geen adres"}, "email", "invalid"),
        ({"authority_seen_on": "1-9-2027"}, "authority_seen_on", "future"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(wrong, field, code, cast, sign_in):
    response = sign_in(cast.teacher).post(page("guardian_add", cast.pupil), FATHER | wrong)

    assert response.status_code == 422
    assert response.context["form"].has_error(field, code)


@pytest.fixture
def brother(cast):
    """Can, in another group, of whom nobody is known yet."""
    with acting(SYSTEM):
        bees = create_group(school=cast.school, name="Bijen", year="3", school_year="2026-2027", by=SYSTEM)
        return make_pupil(cast.school, bees, "Can", "Kaya", sex="boy", year="3")


def test_a_parent_of_a_sister_is_typed_once_and_gezag_is_told_apart(cast, brother, sign_in):
    client = sign_in(cast.coordinator)
    offered = client.get(page("guardian_add", brother)).context["form"].fields["same_as"].choices
    assert [str(value) for value, _label in offered] == ["new", str(cast.mother.pk)]

    data = {"same_as": str(cast.mother.pk), "relation": "parent", "title": "none", "has_authority": "unknown"}
    assert client.post(page("guardian_add", brother), data).status_code == 302

    with acting(SYSTEM):
        rows = {row.pupil_id: row for row in Guardianship.objects.filter(guardian=cast.mother.guardian)}
        assert Guardian.objects.count() == 1
    assert (rows[cast.pupil.pk].has_authority, rows[brother.pk].has_authority) == (True, None)


def test_who_is_chosen_and_also_typed_is_asked_which(cast, brother, sign_in):
    response = sign_in(cast.coordinator).post(page("guardian_add", brother), FATHER | {"same_as": str(cast.mother.pk)})

    assert response.context["form"].has_error("same_as", "chosen_and_typed")
    assert 'value="Mehmet"' in response.text


def test_only_parents_that_the_reader_may_see_are_offered(cast, brother, sign_in):
    with acting(SYSTEM):
        make_guardian(brother, first_name="Fatma")
    response = sign_in(cast.teacher).get(page("guardian_add", cast.pupil))

    assert "same_as" not in response.context["form"].fields
    assert "Fatma" not in response.text


def test_a_change_is_saved_once_and_says_for_which_brother_it_holds(cast, brother, sign_in):
    with acting(SYSTEM):
        add_guardian(
            pupil=brother, person=cast.mother.guardian, relation={"has_authority": True}, from_on=LONG_AGO, by=SYSTEM
        )
    client = sign_in(cast.coordinator)
    assert "Can Kaya" in client.get(page("guardian_edit", cast.mother)).text

    response = client.post(
        page("guardian_edit", cast.mother), standing(client, cast.mother) | {"street": "Nieuwstraat 1"}
    )

    assert response.status_code == 302
    with acting(SYSTEM):
        guardian = Guardian.objects.get(pk=cast.mother.guardian_id)
        relation = Guardianship.objects.get(pk=cast.mother.pk)
    assert (guardian.street, guardian.version) == ("Nieuwstraat 1", 2)
    assert relation.version == 1  # nothing of it changed


def test_who_was_overtaken_is_told_and_loses_nothing(cast, sign_in):
    client = sign_in(cast.coordinator)
    data = standing(client, cast.mother) | {"street": "Mijnstraat 1"}
    with acting(SYSTEM):
        row = Guardianship.objects.get(pk=cast.mother.pk)
        change_guardian(guardianship=row, person={"street": "Zijnstraat 2"}, relation={}, by=SYSTEM)

    response = client.post(page("guardian_edit", cast.mother), data)

    assert response.status_code == 422
    assert response.context["form"].has_error("__all__", "changed_meanwhile")
    assert [value for _label, value in response.context["standing"]] == ["Zijnstraat 2"]
    assert 'value="Mijnstraat 1"' in response.text

    again = {field.html_name: field.value() for field in response.context["form"]}
    again = {name: ("on" if value is True else value) for name, value in again.items() if value not in (None, False)}
    assert client.post(page("guardian_edit", cast.mother), again).status_code == 302
    with acting(SYSTEM):
        assert Guardian.objects.get(pk=cast.mother.guardian_id).street == "Mijnstraat 1"


def test_a_secret_address_is_closed_to_the_teacher_on_page_and_form(cast, sign_in):
    with acting(SYSTEM):
        row = make_guardian(cast.pupil, first_name="Fenna", phone="0612345678", secret_address=True, **ADDRESS)

    client = sign_in(cast.teacher)
    card = next(card for card in cards(client, cast.pupil) if card.uuid == row.pk)
    form_page = client.get(page("guardian_edit", row))
    assert (card.address, card.address_is_secret, card.flags, card.phones) == ((), True, (), ("0612345678",))
    for text in (client.get(page("pupil_detail", cast.pupil)).text, form_page.text):
        assert "Schuilweg" not in text
    assert not {"street", "postcode", "city", "secret_address", "no_contact"} & set(form_page.context["form"].fields)

    card = next(card for card in cards(sign_in(cast.coordinator), cast.pupil) if card.uuid == row.pk)
    assert (card.address[0], card.address_is_secret, len(card.flags)) == ("Schuilweg 9", False, 1)


def test_what_a_teacher_saves_leaves_the_secret_as_it_was(cast, sign_in):
    with acting(SYSTEM):
        row = make_guardian(
            cast.pupil, first_name="Fenna", secret_address=True, no_contact=True, phone="0612345678", **ADDRESS
        )
    client = sign_in(cast.teacher)
    sent = standing(client, row) | {"first_name": "Fen", "street": "Verzonnen 1", "phone": "0", "city": "X"}
    sent.pop("secret_address", None)

    assert client.post(page("guardian_edit", row), sent).status_code == 302

    with acting(SYSTEM):
        guardian = Guardian.objects.get(pk=row.guardian_id)
    assert (guardian.first_name, guardian.street, guardian.phone) == ("Fen", "Schuilweg 9", "0612345678")
    assert guardian.secret_address
    assert guardian.no_contact


def test_who_may_not_be_reached_can_not_be_reached_by_a_teacher(cast):
    with acting(SYSTEM):
        row = make_guardian(
            cast.pupil, first_name="Piet", no_contact=True, phone="0612345678", email="p@voorbeeld.example"
        )
        seen, full = GuardianCard.of(row, leads=False), GuardianCard.of(row, leads=True)

    assert (seen.phones, seen.email, seen.address, seen.flags) == ((), "", (), ())
    assert (full.phones, full.email, len(full.flags)) == (("0612345678",), "p@voorbeeld.example", 1)
    assert seen.parts == full.parts


def test_a_relation_ends_and_the_person_is_asked_no_more(cast, sign_in):
    client = sign_in(cast.teacher)

    early = client.post(page("guardian_end", cast.mother), {"on": "1-7-2026"})
    assert early.status_code == 422
    assert early.context["form"].has_error("on", "ends_before_it_begins")
    assert client.post(page("guardian_end", cast.mother), {"on": "23-11-2026"}).status_code == 302

    assert cards(client, cast.pupil) == []
    with acting(SYSTEM):
        assert Guardianship.objects.filter(pk=cast.mother.pk, until_on__lt=TODAY).exists()


@pytest.mark.parametrize("children", [1, 30])
def test_the_forms_ask_the_same_however_many_families_there_are(children, cast, sign_in, own_queries):
    with acting(SYSTEM):
        for number in range(children):
            child = make_pupil(cast.school, cast.group, f"Zus{number}", "Kaya")
            make_guardian(child, first_name=f"Oom{number}")
            add_guardian(
                pupil=child, person=cast.mother.guardian, relation={"is_asked": False}, from_on=LONG_AGO, by=SYSTEM
            )
    client = sign_in(cast.coordinator)

    with own_queries() as asked:
        assert len(client.get(page("guardian_add", cast.pupil)).context["form"].known) == children
    assert len(asked) == 7
    with own_queries() as asked:
        assert len(client.get(page("guardian_edit", cast.mother)).context["relatives"]) == children
    assert len(asked) == 10
