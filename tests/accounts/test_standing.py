"""Accounts that are off or asleep: refused at the next request, in both walls, and awake again without a job."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts import actions
from accounts.models import Invitation, Membership, Role, User
from accounts.standing import asleep_since, bring_back, switch_off
from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.models import Trajectory
from consent.actions import end_engagement, offer_arrangement, offer_newest, publish_arrangement, switch_expert_off
from consent.models import Acceptance
from tests.conftest import TODAY, person
from tests.steps import at_level, engaged, fresh, prepared, refused

GOOD = "paarse olifant in de mist"


def turn_off(user, by):
    with acting(by if by == SYSTEM else by.pk):
        return switch_off(user=user, because="left", by=by, on=TODAY)


def test_whose_account_is_off_is_refused_at_the_next_request_and_sees_nothing_in_the_database(
    cast, trajectory, sign_in
):
    client, page = sign_in(cast.teacher), reverse("cases:trajectory_detail", args=[trajectory.pk])
    assert client.get(page).status_code == 200

    turn_off(cast.teacher, cast.director)

    assert client.get(page).status_code == 302
    assert client.post(page).status_code == 403, "nothing is taken, and what was typed comes back"
    with acting(cast.teacher.pk):
        assert not Trajectory.objects.exists()


def test_whose_account_is_off_does_not_sign_in_and_is_told_so(cast, client):
    User.objects.get(pk=cast.teacher.pk)
    cast.teacher.set_password(GOOD)
    cast.teacher.save()
    turn_off(cast.teacher, cast.director)

    answer = client.post(reverse("account_login"), {"login": "lotte", "password": GOOD})

    assert answer.url == reverse("account_inactive")
    assert not client.session.get("_auth_user_id")


def test_an_account_comes_back_with_its_roles(cast, trajectory, sign_in):
    turn_off(cast.teacher, cast.director)
    with acting(cast.director.pk):
        bring_back(user=fresh(cast.teacher), because="mistake", by=cast.director)

    page = reverse("cases:trajectory_detail", args=[trajectory.pk])
    assert sign_in(fresh(cast.teacher)).get(page).status_code == 200
    assert (fresh(cast.teacher).off_since, fresh(cast.teacher).off_because) == (None, "")


def test_links_close_when_an_account_goes_off_and_none_is_made(cast):
    with acting(SYSTEM):
        token = actions.invite(user=cast.teacher, by=SYSTEM)
    turn_off(cast.teacher, cast.director)
    with acting(cast.director.pk):
        bring_back(user=fresh(cast.teacher), because="safe", by=cast.director)
    assert actions.open_invitation(token) is None

    turn_off(fresh(cast.teacher), cast.director)
    with refused("not_yours"), acting(cast.director.pk):
        actions.renew_invitation(user=fresh(cast.teacher), by=cast.director, school=cast.school)


def test_only_who_could_have_given_all_of_its_roles_switches_an_account_off_and_nobody_his_own(cast):
    for user, by in (
        (cast.director, cast.coordinator),
        (cast.director, cast.director),
        (cast.teacher, cast.stranger),
        (cast.teacher, cast.colleague),
        (cast.expert, cast.director),
        (cast.fg, cast.admin),
    ):
        with refused("not_yours"):
            turn_off(user, by)
    assert not User.objects.filter(is_active=False).exists()
    turn_off(cast.expert, SYSTEM)


def test_the_page_switches_off_and_on_with_a_reason_that_the_record_keeps(cast, sign_in):
    client = sign_in(cast.director)
    off, on, page = (
        reverse(f"cases:{name}", args=[cast.school.pk, cast.teacher.pk])
        for name in ("account_switch_off", "account_bring_back", "person_detail")
    )

    assert client.post(off, {"because": ""}).status_code == 422
    assert client.post(off, {"because": "lost"}).status_code == 302
    shown = client.get(page)
    assert "Uitgezet op 24 november 2026" in shown.text
    assert "telefoon, laptop of wachtwoord kwijt" in shown.text
    people = client.get(reverse("cases:setup_people", args=[cast.school.pk]))
    assert {line.username: line.state for line in people.context["people"]}["lotte"] == "off"
    assert client.post(on, {"because": "safe"}).status_code == 302
    with acting(SYSTEM):
        turns = Event.objects.filter(action__in=["person.switched_off", "person.brought_back"])
        told = {event.action: event.detail["because"] for event in turns}
    assert told == {"person.switched_off": "lost", "person.brought_back": "safe"}
    assert (
        sign_in(cast.coordinator)
        .post(reverse("cases:account_switch_off", args=[cast.school.pk, cast.director.pk]), {"because": "left"})
        .status_code
        == 422
    )
    assert fresh(cast.director).is_active


# --- asleep ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def gone(cast):
    """A teacher whose role ends today."""
    with acting(SYSTEM):
        actions.end_role(membership=Membership.objects.get(user=cast.colleague), by=SYSTEM, on=TODAY)
    return cast.colleague


def test_an_account_sleeps_after_thirty_days_without_a_role_and_not_a_day_before(gone):
    last_awake, asleep = TODAY + timedelta(days=30), TODAY + timedelta(days=31)

    assert asleep_since(gone, TODAY) is None
    assert asleep_since(gone, last_awake) is None
    assert asleep_since(gone, asleep) == asleep
    assert asleep_since(gone, asleep + timedelta(days=99)) == asleep


@pytest.mark.parametrize(
    ("moment", "status"),
    [("2026-12-24T23:59:30+01:00", 200), ("2026-12-25T00:00:30+01:00", 302)],
)
def test_who_sleeps_is_signed_out_at_the_next_request_after_midnight(moment, status, gone, sign_in, frozen_clock):
    frozen_clock.move_to(moment)
    client = sign_in(gone)

    assert client.get(reverse("cases:today")).status_code == status
    assert bool(client.session.get("_auth_user_id")) is (status == 200)


def test_who_sleeps_does_not_sign_in_until_a_new_role_is_given(gone, cast, client, frozen_clock):
    gone.set_password(GOOD)
    gone.save()
    frozen_clock.move_to("2027-01-05T10:00:00+01:00")

    def enter():
        return client.post(reverse("account_login"), {"login": "karel", "password": GOOD}).url

    assert enter() == reverse("account_inactive")
    with acting(SYSTEM):
        actions.give_role(user=gone, role=Role.TEACHER, school=cast.school, from_on=date(2027, 1, 5), by=SYSTEM)
    assert enter() == reverse("cases:today")
    assert client.get(reverse("cases:today")).url == reverse("mfa_index"), "signed in, and a second step comes first"


def test_a_role_elsewhere_or_one_that_is_to_begin_keeps_an_account_awake(gone, cast):
    far = TODAY + timedelta(days=400)
    assert asleep_since(gone, far)
    with acting(SYSTEM):
        actions.give_role(user=gone, role=Role.TEACHER, school=cast.other_school, from_on=far, until_on=far, by=SYSTEM)

    assert asleep_since(gone, TODAY + timedelta(days=200)) is None
    assert asleep_since(gone, far + timedelta(days=31)) == far + timedelta(days=31)


def test_leave_does_not_put_to_sleep(cast):
    with acting(SYSTEM):
        actions.give_leave(user=cast.teacher, school=cast.school, from_on=TODAY, by=SYSTEM)

    assert asleep_since(cast.teacher, TODAY + timedelta(days=100)) is None


def test_a_new_account_is_awake_for_thirty_days_after_its_right_was_asked(cast):
    with acting(SYSTEM):
        user = person("nieuw")
    assert asleep_since(user, TODAY) is None, "nothing has ended yet"
    with acting(cast.director.pk):
        actions.give_role(user=user, role=Role.AUDITOR, school=cast.school, from_on=TODAY, by=cast.director)

    assert asleep_since(user, TODAY + timedelta(days=30)) is None
    assert asleep_since(user, TODAY + timedelta(days=31)) == TODAY + timedelta(days=31)


def test_an_expert_is_awake_while_a_guidance_runs_and_for_thirty_days_after_it(cast):
    case = at_level(cast, 2)
    work = engaged(cast, case, until=TODAY + timedelta(days=100))
    assert asleep_since(cast.expert, TODAY + timedelta(days=130)) is None
    assert asleep_since(cast.expert, TODAY + timedelta(days=131)) == TODAY + timedelta(days=131)

    with acting(cast.coordinator.pk):
        end_engagement(engagement=work, by=cast.coordinator, on=TODAY)
    assert asleep_since(cast.expert, TODAY + timedelta(days=30)) is None
    assert asleep_since(cast.expert, TODAY + timedelta(days=31)) == TODAY + timedelta(days=31)


def test_an_offer_keeps_an_expert_awake_for_thirty_days_and_a_new_guidance_wakes(cast, sign_in, frozen_clock):
    offered = Acceptance.objects.get(user=cast.expert).offered_on
    asleep = offered + timedelta(days=31)
    assert asleep_since(cast.expert, asleep - timedelta(days=1)) is None
    assert asleep_since(cast.expert, asleep) == asleep

    frozen_clock.move_to("2026-12-15T10:00:00+01:00")
    page = reverse("consent:guided_list")
    assert sign_in(cast.expert).get(page).status_code == 302
    prepared(cast, at_level(cast, 2), until=date(2027, 3, 1), on=date(2026, 12, 15))
    assert sign_in(cast.expert).get(page).status_code == 200


def test_an_expert_of_two_schools_stays_awake_by_either(cast):
    with acting(SYSTEM):
        publish_arrangement(school=cast.other_school, text="Anders.", by=SYSTEM, on=TODAY)
        offer_newest(school=cast.other_school, expert=cast.expert, by=SYSTEM, on=TODAY)

    assert asleep_since(cast.expert, TODAY + timedelta(days=30)) is None


def test_the_list_of_people_says_since_when_somebody_sleeps(gone, cast, sign_in, frozen_clock, own_queries):
    frozen_clock.move_to("2027-01-05T10:00:00+01:00")
    url = reverse("cases:setup_people", args=[cast.school.pk])
    client = sign_in(cast.admin)
    with own_queries() as one:
        page = client.get(url)

    (line,) = page.context["former"]
    assert (line.username, line.state, line.since) == ("karel", "asleep", date(2026, 12, 25))
    assert "slaapt sinds 25-12-2026" in " ".join(page.text.split())
    with acting(SYSTEM):
        for number in range(5):
            user = person(f"weg{number}")
            actions.give_role(
                user=user, role=Role.TEACHER, school=cast.school, from_on=TODAY, until_on=TODAY, by=SYSTEM
            )
    with own_queries() as many:
        client.get(url)
    assert len(many) == len(one) <= 15
    assert not Invitation.objects.filter(user=gone).exists()


# --- an expert's account ---------------------------------------------------------------------------------------------


@pytest.fixture
def outsider(cast):
    """The expert works for this school: the arrangement was offered."""
    with acting(cast.coordinator.pk):
        row = publish_arrangement(school=cast.school, text="Zo werken wij.", by=cast.coordinator, on=TODAY)
    with acting(SYSTEM):
        offer_arrangement(arrangement=row, expert=cast.expert, by=SYSTEM, on=TODAY)
    return cast.expert


@pytest.mark.parametrize("name", ["admin", "coordinator", "director"])
def test_who_sets_up_a_school_switches_the_account_of_its_expert_off(name, cast, outsider, sign_in):
    elsewhere = sign_in(getattr(cast, name))
    page = reverse("consent:expert_switch_off", args=[cast.school.pk, outsider.pk])
    assert outsider.full_name in elsewhere.get(reverse("consent:expert_accounts", args=[cast.school.pk])).text
    missing = elsewhere.post(page, {"because": ""})
    assert missing.status_code == 422
    elsewhere.post(page, {"because": "lost"})

    assert not fresh(outsider).is_active
    with acting(SYSTEM):
        [event] = Event.objects.filter(action="person.switched_off")
        assert (event.actor, event.school) == (getattr(cast, name).pk, cast.school.pk)
    assert "uitgezet" in elsewhere.get(reverse("consent:expert_accounts", args=[cast.school.pk])).text


def test_an_expert_of_another_school_or_a_colleague_is_not_switched_off_that_way(cast, outsider, sign_in):
    for user, who in ((cast.stranger, outsider), (cast.teacher, outsider), (cast.admin, cast.teacher)):
        for school in (cast.school, cast.other_school):
            with acting(user.pk), refused("not_yours"):
                switch_expert_off(expert=who, school=school, because="lost", by=user, on=TODAY)
    answer = sign_in(cast.admin).get(reverse("consent:expert_switch_off", args=[cast.school.pk, cast.teacher.pk]))
    assert answer.status_code == 404
    assert fresh(outsider).is_active


def test_the_list_of_experts_accounts_asks_a_constant_number_of_questions(cast, outsider, sign_in, own_queries):
    client, page = sign_in(cast.admin), reverse("consent:expert_accounts", args=[cast.school.pk])
    client.get(page)
    with own_queries() as asked:
        client.get(page)

    assert len(asked) <= 15


def test_the_maintainer_switches_any_account_off_and_on_with_a_reason(cast):
    told = StringIO()
    call_command("account", "off", username="LOTTE", because="lost", stdout=told)
    assert (fresh(cast.teacher).is_active, fresh(cast.teacher).off_because) == (False, "lost")
    call_command("account", "on", username="lotte", because="safe", stdout=told)
    assert fresh(cast.teacher).is_active
    with pytest.raises(CommandError, match="Nobody"):
        call_command("account", "off", username="niemand")
    with pytest.raises(CommandError, match="no reason"):
        call_command("account", "on", username="lotte", because="misused")
