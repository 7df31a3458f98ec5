"""A school's set-up and its people: who may, what is told that misses, and that nothing typed is lost."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions import add_help_desk, add_holiday, create_person, give_role
from accounts.models import HelpDesk, Holiday, Invitation, Membership, RightsApproval, Role, School, User
from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.models import CaseTerms, Heading, SupportLevel
from tests.conftest import make_school

TODAY = date(2026, 11, 24)
LONG_AGO = date(2026, 8, 1)
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
)
SETS_UP = ("coordinator", "director", "admin")


@pytest.fixture
def rows(cast):
    """A holiday and a help desk."""
    with acting(SYSTEM):
        fields = {"school": cast.school, "by": SYSTEM}
        cast.holiday = add_holiday(name="Kerst", from_on=date(2026, 12, 19), until_on=date(2027, 1, 3), **fields)
        cast.desk = add_help_desk(name="Ouders & Onderwijs", phone="088-6050101", **fields)
    return cast


def pages(cast):
    """Every page of the set-up, as (address, whether it takes a POST)."""
    school = cast.school
    lists = ("setup_school", "setup_levels", "setup_holidays", "setup_help_desks", "setup_headings", "setup_people")
    forms = (
        "setup_letterhead",
        "setup_terms",
        "holiday_add",
        "help_desk_add",
        "heading_add",
        "person_add",
        "person_add_known",
    )
    of_person = ("person_edit", "role_give", "invitation_make")
    at = [reverse(f"cases:{name}", args=[school.pk]) for name in lists]
    at += [reverse("cases:person_detail", args=[school.pk, cast.teacher.pk])]
    to = [reverse(f"cases:{name}", args=[school.pk]) for name in forms]
    to += [reverse(f"cases:{name}", args=[school.pk, cast.teacher.pk]) for name in of_person]
    to += [
        reverse("cases:setup_level", args=[SupportLevel.objects.filter(school=school)[0].pk]),
        reverse("cases:setup_heading", args=[Heading.objects.filter(school=school)[0].pk]),
        reverse("cases:setup_holiday", args=[cast.holiday.pk]),
        reverse("cases:setup_help_desk", args=[cast.desk.pk]),
        reverse("cases:role_end", args=[Membership.objects.get(user=cast.teacher).pk]),
    ]
    return [(url, False) for url in at] + [(url, True) for url in to]


@pytest.mark.parametrize("name", OUTSIDE)
def test_who_does_not_set_the_school_up_finds_none_of_its_pages(name, rows, sign_in):
    client = sign_in(getattr(rows, name))

    for url, takes_post in pages(rows):
        assert client.get(url).status_code == (405 if "uitnodiging" in url else 404), url
        if takes_post:
            assert client.post(url, {}).status_code == 404, url
    first = client.get(reverse("cases:setup"))
    assert first.status_code == (200 if name == "stranger" else 404)


@pytest.mark.parametrize("name", SETS_UP)
def test_intern_begeleider_director_and_administrator_open_every_page(name, rows, sign_in):
    client = sign_in(getattr(rows, name))

    for url, _takes_post in pages(rows):
        if "uitnodiging" not in url:
            assert client.get(url).status_code == 200, url
    assert client.get(reverse("cases:setup")).status_code == 200


def test_who_has_not_signed_in_is_sent_to_the_sign_in_page(rows, client):
    for url, _takes_post in pages(rows):
        assert client.get(url).status_code == 302, url


def test_an_administrator_on_leave_or_whose_role_has_ended_sets_nothing_up(cast, sign_in):
    from accounts.actions import end_role, give_leave

    url = reverse("cases:setup_letterhead", args=[cast.school.pk])
    with acting(SYSTEM):
        give_leave(user=cast.admin, school=cast.school, from_on=TODAY, by=SYSTEM)
        row = Membership.objects.get(user=cast.coordinator)
        end_role(membership=row, by=SYSTEM, on=TODAY - timedelta(days=1))

    assert sign_in(cast.admin).get(url).status_code == 404
    assert sign_in(cast.coordinator).get(url).status_code == 404


def test_what_misses_is_said_in_words_and_goes_when_it_is_there(cast, sign_in):
    client, url = sign_in(cast.admin), reverse("cases:setup")

    before = client.get(url)
    told = [words for step in before.context["steps"] for words in step.missing]
    with acting(SYSTEM):
        add_holiday(school=cast.school, name="Kerst", from_on=TODAY, until_on=TODAY, by=SYSTEM)
        add_help_desk(school=cast.school, name="Ouderdesk", phone="088", by=SYSTEM)
    after = client.get(url)

    assert len(told) == 3  # an e-mail address, a holiday, a help desk
    assert [words for step in after.context["steps"] for words in step.missing] == told[:1]
    assert after.context["missing"] == 1


def test_who_sets_up_two_schools_has_both_in_tabs(cast, sign_in):
    with acting(SYSTEM):
        give_role(user=cast.coordinator, role=Role.COORDINATOR, school=cast.other_school, from_on=LONG_AGO, by=SYSTEM)
    client = sign_in(cast.coordinator)

    first = client.get(reverse("cases:setup"))
    other = client.get(reverse("cases:setup_school", args=[cast.school.pk]))

    assert [(tab.name, tab.current) for tab in first.context["tabs"]] == [
        ("De Populier", True),
        ("De Wilgenboom", False),
    ]
    assert other.context["school"] == cast.school


LETTERHEAD = {
    "name": "De Wilgenboom",
    "street": "Kerkplein 2",
    "postcode": "3261ab",
    "city": "Voorbeeldstad",
    "phone": "0123-111111",
    "email": "info@wilgenboom.example",
    "complaint_page": "www.wilgenboom.example/klacht",
    "fg_name": "Ada Fg",
    "fg_email": "fg@voorbeeld.example",
}


def test_a_letterhead_is_changed_signed_and_in_the_record(cast, sign_in):
    url = reverse("cases:setup_letterhead", args=[cast.school.pk])
    version = School.objects.get(pk=cast.school.pk).version

    answer = sign_in(cast.admin).post(url, LETTERHEAD | {"version": version})

    school = School.objects.get(pk=cast.school.pk)
    assert answer.status_code == 302
    assert (school.street, school.postcode, school.version) == ("Kerkplein 2", "3261 AB", version + 1)
    assert school.history.filter(history_user=cast.admin, history_change_reason="set up changed").exists()
    with acting(SYSTEM):
        event = Event.objects.get(action="setup.changed", school=cast.school.pk)
    assert event.actor == cast.admin.pk
    assert "street" in event.detail["fields"]
    assert "Kerkplein" not in str(event.detail)


def test_a_wrong_postcode_loses_nothing_that_was_typed(cast, sign_in):
    url = reverse("cases:setup_letterhead", args=[cast.school.pk])

    answer = sign_in(cast.admin).post(url, LETTERHEAD | {"postcode": "ergens", "version": cast.school.version})

    assert answer.status_code == 422
    assert "postcode" in answer.context["form"].errors
    assert "Kerkplein 2" in answer.text
    assert School.objects.get(pk=cast.school.pk).street == "Schoolstraat 1"


def test_texts_are_no_longer_than_the_letter_has_room_for(cast, sign_in):
    client, school = sign_in(cast.admin), cast.school
    long = LETTERHEAD | {"complaint_page": "w" * 51, "fg_name": "F" * 46, "street": "S" * 61, "version": school.version}

    answer = client.post(reverse("cases:setup_letterhead", args=[school.pk]), long)
    desk = client.post(reverse("cases:help_desk_add", args=[school.pk]), {"name": "H" * 31, "phone": "0" * 17})

    assert set(answer.context["form"].errors) == {"complaint_page", "fg_name", "street"}
    assert set(desk.context["form"].errors) == {"name", "phone"}


def test_who_is_second_is_told_sees_what_stands_and_may_save_after_all(cast, sign_in):
    url = reverse("cases:setup_letterhead", args=[cast.school.pk])
    old = {"version": cast.school.version}
    client = sign_in(cast.admin)
    client.post(url, LETTERHEAD | old | {"street": "Eerste straat 1"})

    told = client.post(url, LETTERHEAD | old | {"street": "Tweede straat 2"})

    assert told.status_code == 422
    assert School.objects.get(pk=cast.school.pk).street == "Eerste straat 1"
    assert [value for _label, value in told.context["standing"]] == ["Eerste straat 1"]
    assert "Tweede straat 2" in told.text
    again = {"version": told.context["form"]["version"].value()}
    assert client.post(url, LETTERHEAD | again | {"street": "Tweede straat 2"}).status_code == 302
    assert School.objects.get(pk=cast.school.pk).street == "Tweede straat 2"


def test_terms_are_the_schools_within_reason(cast, sign_in):
    client, url = sign_in(cast.director), reverse("cases:setup_terms", args=[cast.school.pk])
    version = CaseTerms.objects.get(school=cast.school).version

    refused = client.post(url, {"answer_days": 0, "contact_weeks": 4, "version": version})
    saved = client.post(url, {"answer_days": 21, "contact_weeks": 4, "version": version})

    terms = CaseTerms.objects.get(school=cast.school)
    assert "answer_days" in refused.context["form"].errors
    assert saved.status_code == 302
    assert (terms.answer_days, terms.contact_weeks, terms.one_letter_per_address) == (21, 4, False)


def test_a_school_decides_on_its_guards_and_sees_where_they_differ_from_the_source(cast, sign_in):
    client = sign_in(cast.coordinator)
    level = SupportLevel.objects.get(school=cast.school, number=1)
    page = client.get(reverse("cases:setup_level", args=[level.pk]))
    before = client.get(reverse("cases:setup_levels", args=[cast.school.pk]))

    fields = {"name": "Ondersteuning in school", "asks_talk": "on", "asks_topics": "on", "version": level.version}
    client.post(reverse("cases:setup_level", args=[level.pk]), fields)
    after = client.get(reverse("cases:setup_levels", args=[cast.school.pk]))

    level.refresh_from_db()
    assert all(page.context["form"].fields[name].help_text for name in ("asks_talk", "asks_topics", "asks_outcome"))
    assert (level.name, level.asks_outcome) == ("Ondersteuning in school", False)
    assert not any(line.notes for line in before.context["lines"])
    assert [len(line.notes) for line in after.context["lines"]] == [0, 1, 0]


def test_holidays_are_added_changed_and_fold_away_when_they_are_over(rows, sign_in):
    client, school = sign_in(rows.admin), rows.school
    fields = {"name": "Herfst", "from_on": "17 oktober 2026", "until_on": "25-10-2026"}
    add = reverse("cases:holiday_add", args=[school.pk])
    change = reverse("cases:setup_holiday", args=[rows.holiday.pk])

    assert client.post(add, fields).status_code == 302
    wrong = client.post(change, {"name": "Kerst", "from_on": "3-1-2027", "until_on": "2-1-2027", "version": 1})
    client.post(change, {"name": "Kerst", "from_on": "19-12-2026", "until_on": "4-1-2027", "version": 1})

    page = client.get(reverse("cases:setup_holidays", args=[school.pk]))
    assert wrong.status_code == 422
    assert "3-1-2027" in wrong.text
    assert Holiday.objects.get(pk=rows.holiday.pk).until_on == date(2027, 1, 4)
    assert [line.title for line in page.context["lines"]] == ["Kerst"]
    assert [line.title for line in page.context["past"]] == ["Herfst"]


def test_there_are_as_many_help_desks_as_the_letter_has_room_for(rows, sign_in):
    client, url = sign_in(rows.admin), reverse("cases:help_desk_add", args=[rows.school.pk])

    for number in (2, 3):
        assert client.post(url, {"name": f"Loket {number}", "phone": "088"}).status_code == 302
    fourth = client.post(url, {"name": "Loket 4", "phone": "088"})

    assert fourth.status_code == 422
    assert "Loket 4" in fourth.text
    assert HelpDesk.objects.filter(school=rows.school).count() == 3
    page = client.get(reverse("cases:setup_help_desks", args=[rows.school.pk]))
    assert "add_url" not in page.context


def test_a_heading_stands_once_and_has_words_for_parents(cast, sign_in):
    client, url = sign_in(cast.coordinator), reverse("cases:heading_add", args=[cast.school.pk])

    twice = client.post(url, {"name": "toetsen", "parents_name": "de toetsen"})
    client.post(url, {"name": "Logopedie", "parents_name": "de verslagen van de logopedist"})
    row = Heading.objects.get(school=cast.school, name="Logopedie")
    fields = {"name": "Toetsen", "parents_name": "x", "version": row.version}
    renamed = client.post(reverse("cases:setup_heading", args=[row.pk]), fields)

    assert "name" in twice.context["form"].errors
    assert renamed.status_code == 422
    assert Heading.objects.get(pk=row.pk).name == "Logopedie"


PERSON = {
    "first_name": "Sem",
    "prefix": "van den",
    "last_name": "Berg",
    "called": "meester Sem",
    "username": "Sem.vandenBerg",
    "role": "teacher",
    "from_on": "24-11-2026",
    "until_on": "",
    "phone": "06-12345678",
    "works_on": "ma, di",
}


def test_a_new_person_gets_a_role_and_a_link_that_is_shown_once(cast, sign_in):
    url = reverse("cases:person_add", args=[cast.school.pk])

    answer = sign_in(cast.coordinator).post(url, PERSON)

    user = User.objects.get(username="sem.vandenberg")
    link = answer.context["link"]
    assert answer.status_code == 200
    assert link.startswith("https://")
    assert link in answer.text
    assert not user.has_usable_password()
    assert Membership.objects.get(user=user).role == Role.TEACHER
    assert Invitation.objects.get(user=user).token_hash == Invitation.hash(link.rstrip("/").rsplit("/", 1)[1])
    with acting(SYSTEM):
        told = set(
            Event.objects.filter(school=cast.school.pk, actor=cast.coordinator.pk).values_list("action", flat=True)
        )
    assert {"person.created", "role.given", "person.invited"} <= told


def test_a_username_that_is_taken_makes_nobody_and_loses_nothing(cast, sign_in):
    url = reverse("cases:person_add", args=[cast.school.pk])

    answer = sign_in(cast.admin).post(url, PERSON | {"username": "lotte"})

    assert answer.status_code == 422
    assert "username" in answer.context["form"].errors
    assert "van den" in answer.text
    assert not User.objects.filter(last_name="Berg").exists()


@pytest.mark.parametrize(
    "wrong", [{"username": "sem van den berg"}, {"until_on": "1-11-2026"}, {"from_on": "ooit"}, {"role": "baas"}]
)
def test_what_is_wrong_about_a_person_stands_at_its_field(wrong, cast, sign_in):
    answer = sign_in(cast.admin).post(reverse("cases:person_add", args=[cast.school.pk]), PERSON | wrong)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(wrong)


def test_an_intern_begeleider_is_not_offered_the_roles_that_open_cases(cast, sign_in):
    client, url = sign_in(cast.coordinator), reverse("cases:person_add", args=[cast.school.pk])

    offered = [value for value, _label in client.get(url).context["form"].fields["role"].choices]
    forced = client.post(url, PERSON | {"role": "director"})

    assert offered == [Role.TEACHER, Role.PRIVACY_OFFICER, Role.FG]
    assert forced.status_code == 422
    assert not User.objects.filter(last_name="Berg").exists()
    offered = sign_in(cast.director).get(url).context["form"].fields["role"].choices
    assert len(offered) == len(Role)


def test_somebody_of_another_school_is_found_by_username_and_surname_alone(cast, sign_in):
    client, url = sign_in(cast.admin), reverse("cases:person_add_known", args=[cast.school.pk])
    fields = {"username": "vreemde", "last_name": "bakkers", "role": "coordinator", "from_on": "24-11-2026"}

    wrong_name = client.post(url, fields | {"last_name": "Jansen"})
    nobody = client.post(url, fields | {"username": "niemand"})
    right = client.post(url, fields)

    assert wrong_name.context["form"].errors == nobody.context["form"].errors
    assert right.status_code == 302
    assert not Membership.objects.filter(user=cast.stranger, school=cast.school).exists()
    asked = RightsApproval.objects.get(user=cast.stranger, school=cast.school)
    assert (asked.role, asked.asked_by, asked.outcome) == (Role.COORDINATOR, cast.admin, "open")
    page = client.get(reverse("cases:person_detail", args=[cast.school.pk, cast.stranger.pk]))
    assert page.context["may_manage"] is False


def test_a_role_is_given_and_ended_with_a_date(cast, sign_in):
    client, school = sign_in(cast.director), cast.school
    give = reverse("cases:role_give", args=[school.pk, cast.colleague.pk])

    client.post(give, {"role": "privacy_officer", "from_on": "24-11-2026", "until_on": "1-2-2027"})
    row = Membership.objects.get(user=cast.colleague, role=Role.PRIVACY_OFFICER)
    end = reverse("cases:role_end", args=[row.pk])
    too_early = client.post(end, {"on": "1-1-2020"})
    client.post(end, {"on": "24-11-2026"})

    row.refresh_from_db()
    assert too_early.status_code == 422
    assert row.until_on == TODAY
    assert row.history.first().history_user == cast.director
    with acting(SYSTEM):
        assert Event.objects.filter(action="role.ended", actor=cast.director.pk).exists()


def test_an_intern_begeleider_reads_a_directors_role_and_cannot_end_it(cast, sign_in):
    client = sign_in(cast.coordinator)
    row = Membership.objects.get(user=cast.director)
    end = reverse("cases:role_end", args=[row.pk])
    page = client.get(reverse("cases:person_detail", args=[cast.school.pk, cast.director.pk]))

    assert client.get(end).status_code == 403
    assert client.post(end, {"on": "24-11-2026"}).status_code == 403
    assert [role.end_url for role in page.context["roles"]] == [""]
    assert page.context["may_manage"] is False


def test_nobody_gives_or_ends_a_role_of_the_own_account(cast, sign_in):
    client, school = sign_in(cast.admin), cast.school
    give = reverse("cases:role_give", args=[school.pk, cast.admin.pk])
    end = reverse("cases:role_end", args=[Membership.objects.get(user=cast.admin).pk])

    assert client.post(give, {"role": "coordinator", "from_on": "24-11-2026"}).status_code == 422
    assert client.post(end, {"on": "24-11-2026"}).status_code == 403
    assert Membership.objects.filter(user=cast.admin).count() == 1


def test_a_new_link_is_shown_to_who_may_make_it_and_refused_to_who_may_not(cast, sign_in):
    def make(by, user):
        return sign_in(by).post(reverse("cases:invitation_make", args=[cast.school.pk, user.pk]))

    assert make(cast.coordinator, cast.teacher).context["link"]
    assert make(cast.coordinator, cast.director).status_code == 302
    assert not Invitation.objects.filter(user=cast.director).exists()
    assert make(cast.admin, cast.stranger).status_code == 404
    assert make(cast.admin, cast.expert).status_code == 404


def test_a_name_and_phone_are_changed_and_the_record_names_the_fields_alone(cast, sign_in):
    client, url = sign_in(cast.admin), reverse("cases:person_edit", args=[cast.school.pk, cast.teacher.pk])
    fields = {"first_name": "Lotte", "last_name": "Jansen", "called": "juf Lotte", "phone": "06-1"}

    too_long = client.post(url, fields | {"last_name": "J" * 50})
    done = client.post(url, fields)

    assert "last_name" in too_long.context["form"].errors
    assert done.status_code == 302
    assert User.objects.get(pk=cast.teacher.pk).last_name == "Jansen"
    with acting(SYSTEM):
        event = Event.objects.get(action="person.changed")
    assert event.detail["fields"] == ["last_name", "phone"]


def test_who_has_no_role_any_more_stands_apart_and_supervisors_of_the_board_are_named(cast, sign_in):
    with acting(SYSTEM):
        gone = create_person(by=SYSTEM, username="weg", first_name="Wil", last_name="Weg")
        give_role(user=gone, role=Role.TEACHER, school=cast.school, from_on=LONG_AGO, until_on=LONG_AGO, by=SYSTEM)

    page = sign_in(cast.admin).get(reverse("cases:setup_people", args=[cast.school.pk]))

    assert [line.name for line in page.context["former"]] == ["Weg, Wil"]
    assert "vreemde" not in {line.username for line in page.context["people"]}
    assert [name for name, _role in page.context["of_board"]] == ["Ada Bakkers"]


def test_the_pages_ask_as_little_for_fifty_people_as_for_one(cast, sign_in, own_queries):
    client = sign_in(cast.admin)
    urls = [reverse("cases:setup_people", args=[cast.school.pk]), reverse("cases:setup")]
    urls += [
        reverse(f"cases:{name}", args=[cast.school.pk])
        for name in ("setup_holidays", "setup_help_desks", "setup_levels")
    ]

    def count(url):
        with own_queries() as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    few = [count(url) for url in urls]
    with acting(SYSTEM):
        for number in range(50):
            user = create_person(by=SYSTEM, username=f"p{number}", first_name="P", last_name=f"Naam{number}")
            give_role(user=user, role=Role.TEACHER, school=cast.school, from_on=LONG_AGO, by=SYSTEM)
            day = timezone.localdate() + timedelta(days=number)
            add_holiday(school=cast.school, name="Dag", from_on=day, until_on=day, by=SYSTEM)

    assert [count(url) for url in urls] == few
    assert max(few) <= 15


def test_a_school_with_nothing_in_it_shows_its_empty_pages(cast, sign_in):
    with acting(SYSTEM):
        empty = make_school("De Lege", "33CC")
        boss = create_person(by=SYSTEM, username="baas", first_name="Bo", last_name="Leeg")
        give_role(user=boss, role=Role.ADMIN, school=empty, from_on=LONG_AGO, by=SYSTEM)
    client = sign_in(boss)

    for name in ("setup_holidays", "setup_help_desks", "setup_people"):
        assert client.get(reverse(f"cases:{name}", args=[empty.pk])).status_code == 200
