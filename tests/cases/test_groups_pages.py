"""Groups: who teaches them from when until when, and leave."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.actions import saved
from accounts.models import Role, StaffLeave
from accounts.wall import SYSTEM, acting
from cases.actions.people import assign_teacher, create_group, pause_teacher, place_pupil
from cases.models import GroupTeacher
from tests.conftest import LONG_AGO, TODAY, make_pupil, staff

LIST = reverse("cases:group_list")
WORK_NOWHERE = ("expert", "auditor", "privacy_officer", "fg", "admin", "safeguarding_lead")


def page(name, row):
    return reverse(f"cases:{name}", args=[row.pk])


@pytest.fixture
def lotte(cast):
    """The assignment of Emma's teacher."""
    return GroupTeacher.objects.get(user=cast.teacher)


@pytest.mark.parametrize("name", WORK_NOWHERE)
def test_who_teaches_nowhere_sees_no_groups(name, cast, sign_in):
    client = sign_in(getattr(cast, name))

    assert client.get(LIST).status_code == 404
    assert client.get(page("group_detail", cast.group)).status_code == 404


def test_another_school_sees_no_group_of_ours(cast, lotte, sign_in):
    client = sign_in(cast.stranger)

    assert client.get(LIST).context["parts"] == []
    assert 'class="empty"' in client.get(LIST).text
    assert client.get(page("group_detail", cast.group)).status_code == 404
    assert client.get(page("group_assign", cast.group)).status_code == 404
    for view in ("assignment_end", "leave_give", "leave_end"):
        assert client.get(page(view, lotte)).status_code == 404


def test_groups_need_somebody_signed_in(cast, lotte, client):
    urls = [LIST, page("group_detail", cast.group), page("group_assign", cast.group), page("leave_give", lotte)]
    for url in (*urls, page("assignment_end", lotte), page("leave_end", lotte)):
        assert client.get(url).status_code == 302


@pytest.mark.parametrize(("name", "number"), [("coordinator", 6), ("director", 6), ("teacher", 6), ("excluded", 5)])
def test_who_teaches_or_leads_sees_the_pupils(name, number, cast, sign_in):
    client = sign_in(getattr(cast, name))
    response = client.get(page("group_detail", cast.group))

    assert len(response.context["pupils"]) == number
    assert response.context["sees_all"]
    [(_school, year, [line])] = client.get(LIST).context["parts"]
    assert (year, line.pupils, line.teachers) == ("2026-2027", number, ("Lotte Bakkers",))


def test_a_colleague_sees_the_group_and_its_teacher_without_pupils(cast, sign_in):
    client = sign_in(cast.colleague)
    response = client.get(page("group_detail", cast.group))

    assert response.context["pupils"] == []
    assert "Lotte" in response.text
    for name in ("Emma", "Kaya", "Meisje"):
        assert name not in response.text
    [(_school, _year, [line])] = client.get(LIST).context["parts"]
    assert line.pupils is None


@pytest.mark.parametrize("name", ["teacher", "colleague"])
def test_only_who_leads_the_school_says_who_teaches(name, cast, lotte, sign_in):
    client = sign_in(getattr(cast, name))

    assert page("group_assign", cast.group) not in client.get(page("group_detail", cast.group)).text
    assert client.post(page("group_assign", cast.group), {}).status_code == 403
    for view in ("assignment_end", "leave_give", "leave_end"):
        assert client.post(page(view, lotte), {"on": "24-11-2026", "from_on": "24-11-2026"}).status_code == 403


def assign(client, cast, who, **data):
    return client.post(
        page("group_assign", cast.group), {"user": str(who.pk), "kind": "own", "from_on": "24-11-2026", **data}
    )


def test_a_substitute_reads_from_her_first_day_until_her_last(cast, sign_in, frozen_clock):
    answer = assign(
        sign_in(cast.coordinator), cast, cast.colleague, kind="substitute", from_on="25-11-2026", until_on="27-11-2026"
    )
    assert answer.status_code == 302

    statuses = []
    for day in ("24", "25", "27", "28"):
        frozen_clock.move_to(f"2026-11-{day}T10:10:00+01:00")
        statuses.append(sign_in(cast.colleague).get(reverse("cases:pupil_detail", args=[cast.pupil.pk])).status_code)
    assert statuses == [404, 200, 200, 404]


@pytest.mark.parametrize(
    ("data", "field", "code"),
    [
        ({"kind": "substitute"}, "until_on", "end_missing"),
        ({"kind": "handover"}, "until_on", "end_missing"),
        ({"from_on": "1-12-2026", "until_on": "30-11-2026"}, "until_on", "ends_before_it_begins"),
        ({"from_on": "1-7-2026"}, "from_on", "not_at_this_school"),
        ({"from_on": "gauw"}, "from_on", "invalid"),
        ({"user": ""}, "user", "required"),
    ],
)
def test_what_is_wrong_with_an_assignment_is_said_at_its_field(data, field, code, cast, sign_in):
    response = assign(sign_in(cast.coordinator), cast, cast.colleague, **data)

    assert response.status_code == 422
    assert response.context["form"].has_error(field, code)
    with acting(SYSTEM):
        assert GroupTeacher.objects.count() == 1


def test_the_same_teacher_is_not_assigned_twice(cast, sign_in):
    response = assign(sign_in(cast.coordinator), cast, cast.teacher)

    assert response.context["form"].has_error("user", "assigned_already")


@pytest.mark.parametrize("name", ["stranger", "expert", "auditor"])
def test_only_who_teaches_or_leads_at_this_school_can_be_chosen(name, cast, sign_in):
    assert (
        assign(sign_in(cast.coordinator), cast, getattr(cast, name)).context["form"].has_error("user", "invalid_choice")
    )


def test_an_assignment_ends_and_the_pupils_are_gone(cast, lotte, sign_in):
    client = sign_in(cast.coordinator)
    assert client.post(page("assignment_end", lotte), {"on": "31-7-2026"}).context["form"].has_error("on")

    assert client.post(page("assignment_end", lotte), {"on": "23-11-2026"}).status_code == 302

    assert client.get(page("group_detail", cast.group)).context["teachers"] == []
    assert sign_in(cast.teacher).get(page("group_detail", cast.group)).context["pupils"] == []


def test_leave_pauses_and_comes_back_by_itself(cast, lotte, sign_in, frozen_clock):
    client = sign_in(cast.coordinator)
    assert (
        client.post(page("leave_give", lotte), {"from_on": "24-11-2026", "until_on": "27-11-2026"}).status_code == 302
    )
    [line] = client.get(page("group_detail", cast.group)).context["teachers"]
    assert (line.is_away, line.away_until) == (True, date(2026, 11, 27))
    assert sign_in(cast.teacher).get(reverse("cases:pupil_list")).status_code == 404

    frozen_clock.move_to("2026-11-28T10:10:00+01:00")
    assert sign_in(cast.teacher).get(reverse("cases:pupil_list")).status_code == 200


def test_leave_without_an_end_is_ended_when_she_comes_back(cast, lotte, sign_in):
    client = sign_in(cast.coordinator)
    assert (
        client.post(page("leave_end", lotte), {"on": "24-11-2026"}).context["form"].has_error("__all__", "not_on_leave")
    )
    with acting(SYSTEM):
        pause_teacher(assignment=lotte, from_on=LONG_AGO, by=SYSTEM)
    twice = client.post(page("leave_give", lotte), {"from_on": "24-11-2026"})
    assert twice.context["form"].has_error("from_on", "on_leave_already")

    assert client.post(page("leave_end", lotte), {"on": "23-11-2026"}).status_code == 302

    with acting(SYSTEM):
        assert StaffLeave.objects.get().until_on < TODAY
    assert sign_in(cast.teacher).get(page("group_detail", cast.group)).context["sees_all"]


def test_nobody_sends_oneself_on_leave(cast, sign_in):
    with acting(SYSTEM):
        own = assign_teacher(group=cast.group, user=cast.director, from_on=LONG_AGO, kind="duo", by=SYSTEM)

    response = sign_in(cast.director).post(page("leave_give", own), {"from_on": "24-11-2026"})

    assert response.context["form"].has_error("__all__", "own_leave")


def test_a_child_who_moved_to_another_group_stands_there_alone(cast, sign_in):
    with acting(SYSTEM):
        bees = create_group(school=cast.school, name="Bijen", year="6", school_year="2026-2027", by=SYSTEM)
        place = cast.pupil.places.get()
        place.until_on = date(2026, 10, 31)
        saved(place, by=SYSTEM, why="moved")
        place_pupil(pupil=cast.pupil, group=bees, from_on=date(2026, 11, 1), by=SYSTEM)
    client = sign_in(cast.coordinator)

    assert len(client.get(page("group_detail", cast.group)).context["pupils"]) == 5
    assert [pupil for pupil, _year, _level in client.get(page("group_detail", bees)).context["pupils"]] == [cast.pupil]


def test_who_left_the_school_is_in_no_group_any_more(cast, sign_in):
    with acting(SYSTEM):
        make_pupil(cast.school, cast.group, "Oud", "Leerling", left_on=LONG_AGO)
    client = sign_in(cast.coordinator)

    assert len(client.get(page("group_detail", cast.group)).context["pupils"]) == 6
    assert client.get(LIST).context["parts"][0][2][0].pupils == 6


@pytest.mark.parametrize("rows", [1, 30])
def test_the_pages_ask_the_same_however_many_there_are(rows, cast, sign_in, own_queries):
    with acting(SYSTEM):
        for number in range(rows):
            group = create_group(school=cast.school, name=f"Groep {number}", school_year="2026-2027", by=SYSTEM)
            user = staff(f"juf{number}", cast.school, Role.TEACHER)
            for taught in (group, cast.group):
                assign_teacher(group=taught, user=user, kind="duo", from_on=LONG_AGO, by=SYSTEM)
            make_pupil(cast.school, cast.group, f"Kind{number}", "Achter")
    client = sign_in(cast.coordinator)

    with own_queries() as asked:
        assert len(client.get(LIST).context["parts"][0][2]) == rows + 1
    assert len(asked) == 8
    with own_queries() as asked:
        assert len(client.get(page("group_detail", cast.group)).context["pupils"]) == rows + 6
    assert len(asked) == 10
