"""Four eyes: a right that opens files, or that gives such rights, takes a second person."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts import actions, approvals
from accounts.models import GUARDED, Invitation, Membership, RightsApproval, Role, User
from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.models import Trajectory
from cases.today import tasks
from tests.conftest import LONG_AGO, TODAY, staff
from tests.steps import fresh, refused


@pytest.fixture
def second(cast):
    """Another director of the school, kept from no child."""
    with acting(SYSTEM):
        cast.second = staff("tweede", cast.school, Role.DIRECTOR)
        cast.of_board = staff("bestuur", cast.other_school, Role.TEACHER)
        actions.give_role(user=cast.of_board, role=Role.DIRECTOR, board=cast.school.board, from_on=LONG_AGO, by=SYSTEM)
    return cast


def ask(cast, *, by, role=Role.COORDINATOR, user=None, from_on=TODAY, until_on=None):
    """Ask for a role, as this person."""
    with acting(by.pk):
        return actions.give_role(
            user=user or cast.colleague, role=role, school=cast.school, from_on=from_on, until_on=until_on, by=by
        )


def decide(deed, asked, by, **more):
    with acting(by.pk):
        return deed(approval=asked, by=by, on=TODAY, **more)


@pytest.mark.parametrize("role", GUARDED)
def test_a_role_that_opens_files_or_gives_such_roles_does_not_exist_until_a_second_person_agrees(role, second):
    asked = ask(second, by=second.director, role=role)

    assert isinstance(asked, RightsApproval)
    assert not Membership.objects.filter(user=second.colleague, role=role).exists()
    approver = second.of_board if role == Role.DIRECTOR else second.second
    decide(approvals.approve_right, asked, approver)
    row = Membership.objects.get(user=second.colleague, role=role)
    assert (row.from_on, row.history.first().history_user) == (TODAY, approver)
    assert fresh(asked).decided_by == approver


@pytest.mark.parametrize("role", sorted(set(Role) - set(GUARDED)))
def test_another_role_is_given_by_one_person(role, cast):
    user = cast.safeguarding_lead
    assert isinstance(ask(cast, by=cast.director, role=role, user=user), Membership)


def test_a_file_opens_only_once_it_is_approved(second, trajectory, sign_in):
    page = reverse("cases:trajectory_detail", args=[trajectory.pk])
    asked = ask(second, by=second.admin)

    assert sign_in(second.colleague).get(page).status_code == 404
    with acting(second.colleague.pk):
        assert not Trajectory.objects.exists()
    decide(approvals.approve_right, asked, second.director)
    assert sign_in(second.colleague).get(page).status_code == 200


def test_neither_who_asks_nor_who_gets_it_nor_anybody_else_agrees(second):
    asked = ask(second, by=second.director)
    director_for_second = ask(second, by=second.director, role=Role.AUDITOR, user=second.second)

    for user in (second.director, second.colleague, second.coordinator, second.admin, second.fg, second.stranger):
        with refused("own_request"):
            decide(approvals.approve_right, asked, user)
        with refused("own_request"):
            decide(approvals.refuse_right, asked, user, because="nee")
    with refused("own_request"):
        decide(approvals.approve_right, director_for_second, second.second)
    assert fresh(asked).outcome == fresh(director_for_second).outcome == "open"


def test_a_directors_role_is_approved_by_somebody_of_the_board_and_by_no_director(second):
    asked = ask(second, by=second.admin, role=Role.DIRECTOR)

    for user in (second.director, second.second, second.fg):
        with refused("own_request"):
            decide(approvals.approve_right, asked, user)
    decide(approvals.approve_right, asked, second.of_board)
    assert Membership.objects.filter(user=second.colleague, role=Role.DIRECTOR).exists()


def test_the_database_too_keeps_who_asked_from_agreeing(second):
    asked = ask(second, by=second.director)

    with pytest.raises(DatabaseError, match="approval_is_given_by_another"), transaction.atomic():
        RightsApproval.objects.filter(pk=asked.pk).update(outcome="approved", decided_by=second.director)


def test_a_director_on_leave_or_of_another_school_does_not_agree(second):
    asked = ask(second, by=second.admin)
    with acting(SYSTEM):
        actions.give_leave(user=second.second, school=second.school, from_on=TODAY, by=SYSTEM)
        elsewhere = staff("elders", second.other_school, Role.DIRECTOR)

    for user in (second.second, elsewhere):
        with refused("own_request"):
            decide(approvals.approve_right, asked, user)


def test_a_request_is_decided_once_and_asked_once(second):
    asked = ask(second, by=second.admin)

    with refused("asked_already"):
        ask(second, by=second.director)
    decide(approvals.refuse_right, asked, second.director, because="Karel is er niet.")
    assert (fresh(asked).outcome, fresh(asked).refused_because) == ("refused", "Karel is er niet.")
    for deed in (approvals.approve_right, approvals.withdraw_right):
        with refused("decided"):
            decide(deed, asked, second.director)
    assert not Membership.objects.filter(user=second.colleague, role=Role.COORDINATOR).exists()
    ask(second, by=second.director)  # and may be asked anew


def test_who_asked_takes_it_back_and_nobody_else_does(second):
    asked = ask(second, by=second.admin)

    with refused("not_yours"):
        decide(approvals.withdraw_right, asked, second.director)
    decide(approvals.withdraw_right, asked, second.admin)
    with refused("decided"):
        decide(approvals.approve_right, asked, second.director)


def test_a_right_begins_no_day_before_it_was_approved_and_not_after_its_last_day(second, frozen_clock):
    asked = ask(second, by=second.admin, from_on=LONG_AGO)
    short = ask(second, by=second.admin, role=Role.AUDITOR, until_on=TODAY)

    decide(approvals.approve_right, asked, second.director)
    assert Membership.objects.get(user=second.colleague, role=Role.COORDINATOR).from_on == TODAY
    with refused("too_late"), acting(second.director.pk):
        approvals.approve_right(approval=short, by=second.director, on=TODAY + timedelta(days=1))
    assert fresh(short).outcome == "open"


def test_every_step_stands_in_the_record_with_both_names(second):
    asked = ask(second, by=second.admin)
    decide(approvals.approve_right, asked, second.director)

    with acting(SYSTEM):
        told = Event.objects.filter(action__in=["right.asked", "role.given", "right.approved"]).order_by("at", "seq")
        rows = {event.action: event for event in told}
    assert rows["right.asked"].actor == second.admin.pk
    assert rows["right.approved"].actor == rows["role.given"].actor == second.director.pk
    assert rows["role.given"].detail["asked_by"] == rows["right.approved"].detail["asked_by"] == str(second.admin.pk)


def test_who_may_agree_finds_it_on_vandaag_and_who_asked_on_the_page_of_the_person(second, sign_in):
    asked = ask(second, by=second.director)
    url = reverse("cases:approval_detail", args=[asked.pk])

    def due(user):
        with acting(user.pk):
            return [task.url for task in tasks(user, TODAY) if task.kind == "approval"]

    assert due(second.second) == due(second.of_board) == [url]
    assert due(second.director) == due(second.colleague) == due(second.coordinator) == []
    page = sign_in(second.director).get(reverse("cases:person_detail", args=[second.school.pk, second.colleague.pk]))
    assert [(line.right, line.badge) for line in page.context["asked"]] == [("intern begeleider", "wait")]
    assert url in page.text


def test_a_second_person_reads_what_is_asked_and_approves_or_refuses_with_a_reason(second, sign_in):
    asked = ask(second, by=second.director)
    url = reverse("cases:approval_detail", args=[asked.pk])
    client = sign_in(second.second)

    shown = client.get(url)
    assert "ziet alle trajecten van de school" in shown.text
    empty = client.post(url, {"because": ""})
    assert empty.status_code == 422
    assert sign_in(second.director).post(url, {"because": "x"}).status_code == 403
    assert sign_in(second.stranger).get(url).status_code == 404
    done = sign_in(second.second).post(url, {"because": "Eerst overleg."}, follow=True)
    assert "Eerst overleg." in done.text
    assert fresh(asked).outcome == "refused"


def test_someone_of_the_board_reads_and_approves_without_a_role_at_the_school(second, sign_in):
    asked = ask(second, by=second.admin, role=Role.DIRECTOR)

    client = sign_in(second.of_board)
    assert client.get(reverse("cases:approval_detail", args=[asked.pk])).status_code == 200
    client.post(reverse("cases:approval_approve", args=[asked.pk]))
    assert fresh(asked).outcome == "approved"


NEW = {
    "first_name": "Sem", "last_name": "Berg", "username": "sem.berg", "role": "coordinator",
    "from_on": "24-11-2026", "until_on": "",
}  # fmt: skip


def test_a_new_account_gets_its_link_from_who_agrees_and_never_from_who_asked(second, sign_in):
    add = reverse("cases:person_add", args=[second.school.pk])
    answer = sign_in(second.admin).post(add, NEW)
    user = User.objects.get(username="sem.berg")
    make = reverse("cases:invitation_make", args=[second.school.pk, user.pk])

    assert answer.url == reverse("cases:person_detail", args=[second.school.pk, user.pk])
    assert sign_in(second.admin).get(answer.url).status_code == 200
    assert "Sem Berg" in sign_in(second.admin).get(reverse("cases:setup_people", args=[second.school.pk])).text
    sign_in(second.admin).post(make)
    assert not Invitation.objects.filter(user=user).exists()

    asked = RightsApproval.objects.get(user=user)
    shown = sign_in(second.director).post(reverse("cases:approval_approve", args=[asked.pk]))
    assert shown.context["link"] in shown.text
    for asker in (second.admin, second.coordinator):
        assert sign_in(asker).post(make).status_code == 302
    assert Invitation.objects.filter(user=user).count() == 1


def test_a_director_who_asked_makes_no_link_to_the_unused_account_either(second):
    with acting(second.director.pk):
        user, token = actions.add_colleague(
            school=second.school, role=Role.COORDINATOR, from_on=TODAY, by=second.director, username="sem",
            first_name="Sem", last_name="Berg",
        )  # fmt: skip
    decide(approvals.approve_right, RightsApproval.objects.get(user=user), second.second)

    assert token == ""
    with refused("not_yours"), acting(second.director.pk):
        actions.renew_invitation(user=user, by=second.director, school=second.school)
    with acting(second.second.pk):
        assert actions.renew_invitation(user=user, by=second.second, school=second.school)


def test_a_link_that_was_made_before_closes_when_the_greater_role_is_approved(second, client):
    with acting(second.admin.pk):
        user, token = actions.add_colleague(
            school=second.school, role=Role.TEACHER, from_on=TODAY, by=second.admin, username="sem",
            first_name="Sem", last_name="Berg",
        )  # fmt: skip
    asked = ask(second, by=second.admin, user=user)
    assert actions.open_invitation(token)

    decide(approvals.approve_right, asked, second.director)
    assert actions.open_invitation(token) is None


def test_the_command_lists_what_waits_and_approves_one_in_the_name_of_the_system(cast):
    asked = ask(cast, by=cast.admin, role=Role.DIRECTOR)

    def run(*words):
        out = StringIO()
        call_command("approve", *words, stdout=out)
        return out.getvalue()

    number = str(asked.pk)[:8]
    assert f"{number}  karel as director at De Wilgenboom" in run()
    with pytest.raises(CommandError):
        run("nietes")
    assert run(number).startswith("Approved: karel as director")
    assert "Nothing waits" in run()
    with acting(SYSTEM):
        event = Event.objects.get(action="right.approved")
    assert (event.actor, event.actor_name) == (None, SYSTEM)
    assert Membership.objects.get(user=cast.colleague, role=Role.DIRECTOR).from_on == date(2026, 11, 24)


def test_the_command_says_in_one_line_why_it_can_not(cast, frozen_clock):
    asked = ask(cast, by=cast.admin, role=Role.AUDITOR, until_on=TODAY)
    frozen_clock.shift(timedelta(days=2))

    with pytest.raises(CommandError, match="laatste dag"):
        call_command("approve", str(asked.pk)[:8], stdout=StringIO())


def test_the_maintainer_gives_a_board_its_director_who_agrees_on_rights_and_opens_no_file(cast, trajectory, sign_in):
    fields = {"first_name": "Bo", "last_name": "Baas", "at_board": True, "stdout": StringIO()}
    call_command("invite", school="11AA", role="director", username="bo.baas", **fields)
    call_command("invite", school="11AA", role="director", username="bo.baas", **fields)
    user = User.objects.get(username="bo.baas")
    asked = ask(cast, by=cast.admin, role=Role.DIRECTOR)

    assert Membership.objects.get(user=user).board == cast.school.board
    client = sign_in(user)
    today = client.get(reverse("cases:today"))
    assert reverse("cases:approval_detail", args=[asked.pk]) in today.text
    assert reverse("cases:pupil_list") not in today.text
    for page in (reverse("cases:pupil_list"), reverse("cases:trajectory_detail", args=[trajectory.pk])):
        assert client.get(page).status_code == 404
    client.post(reverse("cases:approval_approve", args=[asked.pk]))
    assert fresh(asked).outcome == "approved"
