"""A one-time link: chosen once, told to nobody, and no way into somebody else's account."""

import logging
import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts import actions
from accounts.models import Invitation, Membership, Role, User
from accounts.wall import SYSTEM, acting
from audit.models import Event
from consent.models import Acceptance

TODAY = date(2026, 11, 24)
LONG_AGO = date(2026, 8, 1)
GOOD = "paarse olifant in de mist"


@pytest.fixture
def token(cast):
    """A link for the teacher."""
    with acting(SYSTEM):
        return actions.invite(user=cast.teacher, by=SYSTEM)


@pytest.fixture
def page(token):
    return reverse("accounts:invitation_accept", args=[token])


def refusal_of(deed, **fields):
    with pytest.raises(ValidationError) as refusal:
        deed(**fields)
    return refusal.value.code


def test_somebody_chooses_a_password_and_signs_in_with_it(cast, client, page):
    shown = client.get(page)
    assert shown.status_code == 200
    assert "Lotte Bakkers" in shown.text

    done = client.post(page, {"password": GOOD, "again": GOOD})

    assert done.status_code == 302
    assert done.url == reverse("account_login")
    assert User.objects.get(pk=cast.teacher.pk).check_password(GOOD)
    signed_in = client.post(done.url, {"login": "lotte", "password": GOOD})
    assert signed_in.status_code == 302
    with acting(SYSTEM):
        assert Event.objects.filter(action="invitation.accepted", actor=cast.teacher.pk).exists()


def test_a_wrong_a_used_and_an_old_link_get_the_same_answer(cast, client, page, token, frozen_clock):
    client.post(page, {"password": GOOD, "again": GOOD})
    client.get(reverse("account_login"))  # reads the message
    with acting(SYSTEM):
        other = reverse("accounts:invitation_accept", args=[actions.invite(user=cast.colleague, by=SYSTEM)])
    frozen_clock.shift(timedelta(days=8))
    used = client.get(page)
    old = client.get(other)
    wrong = client.get(reverse("accounts:invitation_accept", args=["x" * 43]))

    def words(answer):
        return re.sub(r'"X-CSRFToken": "\w+"', "", answer.text.split("<main", 1)[1])

    assert words(used) == words(old) == words(wrong)
    assert {used.status_code, old.status_code, wrong.status_code} == {200}
    late = client.post(other, {"password": GOOD, "again": GOOD})
    assert words(late) == words(wrong)
    assert not User.objects.get(pk=cast.colleague.pk).check_password(GOOD)


@pytest.mark.parametrize(
    ("password", "again", "field"),
    [
        ("kort", "kort", "password"),
        ("lottebakkers", "lottebakkers", "password"),
        ("wachtwoord", "", "again"),
        (GOOD, GOOD + "!", "again"),
        ("", "", "password"),
    ],
)
def test_what_is_wrong_with_a_password_stands_beside_its_field(password, again, field, cast, client, page):
    answer = client.post(page, {"password": password, "again": again})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert User.objects.get(pk=cast.teacher.pk).password == cast.teacher.password
    assert client.get(page).context["state"] == "open"


def test_a_link_for_another_waits_until_who_is_signed_in_signs_out(cast, sign_in, page):
    client = sign_in(cast.coordinator)

    assert client.get(page).context["state"] == "signed_in"
    client.post(page, {"password": GOOD, "again": GOOD})

    assert not User.objects.get(pk=cast.teacher.pk).check_password(GOOD)


def test_a_new_link_closes_the_one_before(cast, client, page):
    with acting(SYSTEM):
        actions.invite(user=cast.teacher, by=SYSTEM)

    assert client.get(page).context["state"] == "closed"


def test_one_link_is_used_once_also_by_two_requests_at_a_time(cast, token):
    first, second = actions.open_invitation(token), actions.open_invitation(token)
    actions.accept_invitation(invitation=first, password=GOOD)

    assert refusal_of(actions.accept_invitation, invitation=second, password="een heel ander woord") == "used"
    assert User.objects.get(pk=cast.teacher.pk).check_password(GOOD)


def test_only_the_hash_of_a_link_is_kept_and_the_log_has_no_token(cast, client, page, token, caplog):
    with caplog.at_level(logging.DEBUG):
        client.get(page)
        client.get(reverse("accounts:invitation_accept", args=["y" * 43]))
        client.post(page, {"password": GOOD, "again": GOOD})

    logged = [record.getMessage() for record in caplog.records if record.name.startswith("django.request")]
    assert not [line for line in logged if token in line or "y" * 43 in line]
    kept = bytes(Invitation.objects.get(user=cast.teacher).token_hash)
    assert token.encode() not in kept
    with acting(SYSTEM):
        assert not [event for event in Event.objects.all() if token in str(event.detail)]


def test_nobody_gives_a_role_that_is_not_theirs_to_give(cast):
    fields = {"user": cast.colleague, "school": cast.school, "from_on": TODAY}
    for role in (Role.COORDINATOR, Role.DIRECTOR, Role.AUDITOR, Role.SAFEGUARDING_LEAD, Role.ADMIN):
        with acting(cast.coordinator.pk):
            assert refusal_of(actions.give_role, role=role, by=cast.coordinator, **fields) == "role_not_yours"
    others = fields | {"user": cast.safeguarding_lead}
    for giver in (cast.teacher, cast.stranger, cast.auditor, cast.fg, cast.expert):
        with acting(giver.pk):
            assert refusal_of(actions.give_role, role=Role.TEACHER, by=giver, **others) == "role_not_yours"
    for giver in (cast.admin, cast.director):
        with acting(giver.pk):
            actions.give_role(role=Role.AUDITOR if giver == cast.admin else Role.SAFEGUARDING_LEAD, by=giver, **fields)
            mine = fields | {"user": giver}
            assert refusal_of(actions.give_role, role=Role.COORDINATOR, by=giver, **mine) == "own_role"
            at_board = {"user": cast.colleague, "board": cast.school.board, "from_on": TODAY}
            assert refusal_of(actions.give_role, role=Role.FG, by=giver, **at_board) == "role_not_yours"


def test_a_role_is_given_once_for_the_same_days(cast):
    fields = {"user": cast.teacher, "role": Role.TEACHER, "school": cast.school, "by": cast.admin}
    with acting(cast.admin.pk):
        assert refusal_of(actions.give_role, from_on=TODAY, **fields) == "role_twice"
        standing = Membership.objects.get(user=cast.teacher)
        actions.end_role(membership=standing, by=cast.admin, on=TODAY)
        actions.give_role(from_on=TODAY + timedelta(days=1), **fields)


def test_who_may_not_give_a_role_may_not_end_it_and_nobody_ends_the_own(cast):
    def end(by, of, role):
        row = Membership.objects.get(user=of, role=role)
        with acting(by.pk):
            return refusal_of(actions.end_role, membership=row, by=by, on=TODAY)

    assert end(cast.coordinator, cast.director, Role.DIRECTOR) == "role_not_yours"
    assert end(cast.stranger, cast.teacher, Role.TEACHER) == "role_not_yours"
    assert end(cast.admin, cast.admin, Role.ADMIN) == "own_role"


def test_a_new_link_is_made_by_who_could_give_all_that_the_account_opens(cast):
    with acting(SYSTEM):
        at_two = cast.colleague
        actions.give_role(user=at_two, role=Role.TEACHER, school=cast.other_school, from_on=LONG_AGO, by=SYSTEM)

    for by, user, may in (
        (cast.coordinator, cast.teacher, True),
        (cast.coordinator, cast.director, False),
        (cast.coordinator, cast.admin, False),
        (cast.admin, cast.director, False),  # who sees no children takes over no account that does
        (cast.director, cast.admin, True),
        (cast.admin, cast.admin, False),
        (cast.admin, at_two, False),
        (cast.stranger, cast.teacher, False),
        (cast.admin, cast.fg, False),
        (cast.director, cast.expert, False),
        (cast.teacher, cast.colleague, False),
    ):
        assert actions.may_manage(user, by) is may, (by.username, user.username)
        if not may:
            with acting(by.pk):
                assert refusal_of(actions.renew_invitation, user=user, by=by, school=cast.school) == "not_yours"


def invite(**options):
    out = StringIO()
    call_command("invite", stdout=out, **options)
    return out.getvalue().strip()


def test_the_command_prints_a_link_for_a_schools_first_administrator(cast, client):
    link = invite(school="11aa", role="admin", username="nieuw", first_name="Noor", last_name="Jansen")

    assert link.startswith("https://localhost/uitnodiging/")
    user = User.objects.get(username="nieuw")
    assert Membership.objects.get(user=user).role == Role.ADMIN
    assert client.get(link.removeprefix("https://localhost")).context["state"] == "open"


def test_the_command_gives_a_known_person_a_new_link_and_no_role_twice(cast):
    link = invite(school="11AA", role="teacher", username="lotte", address="https://zorg.example.nl/")

    assert link.startswith("https://zorg.example.nl/uitnodiging/")
    assert Membership.objects.filter(user=cast.teacher).count() == 1


def test_the_command_offers_an_expert_the_newest_arrangement(cast):
    invite(school="11AA", role="expert", username="nova", first_name="Nova", last_name="Smit", function="logopedist")

    offered = Acceptance.objects.get(user__username="nova")
    assert offered.accepted_on is None
    assert not Membership.objects.filter(user__username="nova").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"school": "99ZZ"},
        {"last_name": None},
        {"role": "expert"},
        {"role": "expert", "function": "logopedist", "school": "22BB"},
        {"username": "lotte", "role": "expert"},
    ],
)
def test_the_command_says_in_one_line_what_is_wrong_and_makes_nobody(wrong, cast):
    people = User.objects.count()
    fields = {"school": "11AA", "role": "teacher", "username": "nova", "first_name": "Nova", "last_name": "Smit"}

    with pytest.raises(CommandError) as error:
        invite(**(fields | wrong))

    assert "\n" not in str(error.value)
    assert User.objects.count() == people
