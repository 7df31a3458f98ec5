"""The yearly review: every right is looked at by somebody else than its holder, and the round is kept."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import GrantReview, Membership, Role
from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.actions.files import add_member
from cases.models import CaseMember, TrajectoryGrant
from cases.today import tasks
from consent.actions.reviews import review_grants
from consent.reviews import grant_lines, last_rounds
from tests.conftest import TODAY, staff
from tests.steps import at_level, engaged, refused


@pytest.fixture
def rights(cast):
    """A colleague let into Emma's case, and an expert at work in it."""
    cast.case = at_level(cast, 2)
    cast.work = engaged(cast, cast.case)
    with acting(cast.coordinator.pk):
        cast.member = add_member(
            trajectory=cast.case, user=cast.colleague, reason="leest mee", from_on=TODAY, by=cast.coordinator
        )
    cast.page = reverse("consent:grant_review", args=[cast.school.pk])
    return cast


def lines_for(cast, user):
    with acting(user.pk):
        return grant_lines(cast.school, user, last_rounds(cast.school, user))


def everything_kept(cast, user, **ended):
    """What the form sends: all kept, but for these rows."""
    gone = {str(row.pk) for row in ended.values()}
    return {line.field: "end" if str(line.row) in gone else "keep" for line in lines_for(cast, user) if not line.is_own}


def test_every_role_colleague_and_expert_stands_in_it_with_ground_and_end(rights):
    found = {(line.kind, line.name): line for line in lines_for(rights, rights.director)}

    assert len([key for key in found if key[0] == "role"]) == 9
    member, expert = found["member", "Karel Bakkers"], found["expert", "Bo De Boer"]
    assert (member.ground, member.what, member.row) == ("leest mee", "leest het traject van E.K.", rights.member.pk)
    assert (expert.until_on, expert.row) == (rights.work.until, rights.work.pk)
    assert found["role", "Dirk Bakkers"].is_own
    assert not any(line.confirmed_on for line in found.values())


def test_what_is_kept_is_confirmed_and_what_is_not_needed_ends(rights, sign_in):
    role = Membership.objects.get(user=rights.auditor)
    sent = everything_kept(rights, rights.director, member=rights.member, work=rights.work, role=role)

    answer = sign_in(rights.director).post(rights.page, sent)

    assert answer.status_code == 302
    row = GrantReview.objects.get()
    assert (row.school, row.made_by, row.made_on) == (rights.school, rights.director, TODAY)
    assert sum(not line["kept"] for line in row.lines) == 3
    role.refresh_from_db()
    assert role.until_on == TODAY
    with acting(SYSTEM):
        assert not CaseMember.objects.on(TODAY).exists()
        assert not TrajectoryGrant.objects.exists()
        assert Event.objects.get(action="rights.reviewed").detail == {"kept": len(row.lines) - 3, "ended": 3}
    left = {line.name: line for line in lines_for(rights, rights.director)}
    assert left["Marloes Bakkers"].confirmed_on == TODAY
    assert left["Dirk Bakkers"].confirmed_on is None, "nobody confirms himself"


def test_nobody_reviews_his_own_rights(rights, sign_in):
    mine = next(line for line in lines_for(rights, rights.director) if line.is_own)
    shown = sign_in(rights.director).get(rights.page)
    assert "laat een ander kijken" in shown.text
    assert mine.field not in shown.context["form"].fields

    with acting(rights.director.pk), refused("own_right"):
        review_grants(school=rights.school, verdicts=[(mine, True)], by=rights.director, on=TODAY)


def test_every_line_is_answered_and_nothing_is_filled_in_beforehand(rights, sign_in):
    sent = everything_kept(rights, rights.director)
    sent.pop(next(iter(sent)))

    client = sign_in(rights.director)
    assert "checked" not in client.get(rights.page).text
    answer = client.post(rights.page, sent)

    assert answer.status_code == 422
    assert not GrantReview.objects.exists()
    assert "Zeg of dit nog nodig is." in answer.text
    assert answer.text.count("checked") == len(sent), "what was ticked stands"


def test_a_director_who_is_kept_from_a_child_reads_nothing_of_that_childs_case_here(rights, sign_in):
    kinds = {line.kind for line in lines_for(rights, rights.excluded)}
    assert kinds == {"role"}

    answer = sign_in(rights.excluded).get(rights.page)
    assert answer.status_code == 200
    assert "E.K." not in answer.text


@pytest.mark.parametrize("name", ["privacy_officer", "fg"])
def test_who_looks_after_the_privacy_looks_and_decides_nothing(name, rights, sign_in):
    client = sign_in(getattr(rights, name))

    page = client.get(rights.page)
    assert page.status_code == 200
    assert '<input type="radio"' not in page.text
    assert {line.kind for line, _field in page.context["lines"]} == {"role"}
    assert client.post(rights.page, {}).status_code == 403


def test_nobody_else_finds_the_page(rights, sign_in):
    for name in ("stranger", "colleague", "teacher", "coordinator", "admin", "auditor", "expert", "safeguarding_lead"):
        client = sign_in(getattr(rights, name))
        assert client.get(rights.page).status_code == 404, name
        assert client.post(rights.page, {}).status_code == 404, name


def test_vandaag_reminds_the_director_a_year_after_the_last_round(rights):
    def due(user, day):
        with acting(user.pk):
            return [task.due for task in tasks(user, day) if task.kind == "review"]

    began = Membership.objects.filter(school=rights.school).earliest("from_on").from_on
    year = timedelta(days=365)
    assert due(rights.director, began + year - timedelta(days=1)) == []
    assert due(rights.director, began + year) == [began + year]
    assert due(rights.coordinator, began + year) == []
    with acting(rights.director.pk):
        verdicts = [(line, True) for line in lines_for(rights, rights.director) if not line.is_own]
        review_grants(school=rights.school, verdicts=verdicts, by=rights.director, on=TODAY)

    assert due(rights.director, TODAY + year - timedelta(days=1)) == []
    assert due(rights.director, TODAY + year) == [TODAY + year]


def test_the_page_asks_as_little_for_fifty_rights_as_for_a_dozen(rights, sign_in, own_queries):
    client = sign_in(rights.director)
    with own_queries() as few:
        client.get(rights.page)
    with acting(SYSTEM):
        for number in range(40):
            staff(f"p{number}", rights.school, Role.TEACHER)
    with own_queries() as many:
        client.get(rights.page)

    assert len(many) == len(few) <= 15
