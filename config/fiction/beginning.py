"""The boards, the schools and the people, before the first child comes in."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password

from accounts.actions import (
    add_help_desk,
    add_holiday,
    create_board,
    create_expert,
    create_person,
    create_school,
    give_role,
)
from accounts.models import Role
from accounts.wall import SYSTEM, acting
from cases.actions.school import set_up_cases
from config.fiction.people import ARRANGEMENT, BOARDS, EXPERT, HELP_DESKS, PEOPLE, SCHOOLS, SESAME
from config.fiction.telling import Story
from consent.actions import accept_arrangement, offer_arrangement, publish_arrangement


def begin(calendar):
    """Make boards, schools and people. Returns a Story for each school, by its name."""
    boards = {name: create_board(name=name, by=SYSTEM) for name in BOARDS}
    schools = {
        school: _school(school, boards[board], calendar) for board, members in BOARDS.items() for school in members
    }
    people = _people(boards, schools, calendar)
    stories = {
        name: Story(calendar=calendar, people=people, school=school, coordinator=people[_coordinator_of(name)])
        for name, school in schools.items()
    }
    for story in stories.values():
        _arrangement(story)
    return stories


def _school(name, board, calendar):
    school = create_school(name=name, board=board, by=SYSTEM, **SCHOOLS[name])
    set_up_cases(school=school, by=SYSTEM)
    for holiday, first, last in calendar.holidays:
        add_holiday(school=school, name=holiday, from_on=first, until_on=last, by=SYSTEM)
    for position, (desk, phone) in enumerate(HELP_DESKS):
        add_help_desk(school=school, name=desk, phone=phone, position=position, by=SYSTEM)
    return school


def _people(boards, schools, calendar):
    hashed = make_password(SESAME)  # one practice password for all, so the slow hash is made once
    people = {}
    for person in PEOPLE:
        make = create_expert if person.role == EXPERT else create_person
        user = make(by=SYSTEM, **person.user_fields, **person.expert)
        validate_password(SESAME, user)
        user.password = hashed
        user.save(update_fields=["password"])
        people[person.username] = user
        if person.board:
            give_role(user=user, role=person.role, board=boards[person.board], from_on=calendar.long_ago, by=SYSTEM)
        elif person.role != EXPERT:
            until = calendar.substitute_ends if person.username == "tomas.kowalski" else None
            begins = calendar.substitute_begins if until else calendar.long_ago
            for school in person.schools:
                give_role(
                    user=user, role=person.role, school=schools[school], from_on=begins, until_on=until, by=SYSTEM
                )  # fmt: skip
    return people


def _coordinator_of(school):
    return next(person.username for person in PEOPLE if person.role == Role.COORDINATOR and school in person.schools)


def _arrangement(story):
    """Publish the school's arrangement, and let its experts accept it."""
    guide, day = story.coordinator, story.calendar.year_begins
    with acting(guide.pk):
        arrangement = publish_arrangement(school=story.school, text=ARRANGEMENT, by=guide, on=story.calendar.long_ago)
    for person in PEOPLE:
        if person.role != EXPERT or story.school.name not in person.schools:
            continue
        expert = story.people[person.username]
        with acting(guide.pk):
            acceptance = offer_arrangement(arrangement=arrangement, expert=expert, by=guide, on=story.calendar.long_ago)
        with acting(expert.pk):
            accept_arrangement(acceptance=acceptance, by=expert, on=min(day, story.calendar.back(90)))
