"""Who may see this case: everybody that the rule lets in, on the right ground, and nobody else."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions import give_role
from accounts.models import Role, User
from accounts.wall import SYSTEM, acting
from cases.access import Reading
from cases.actions.files import add_member, close_trajectory
from cases.actions.glass import open_glass
from cases.actions.people import assign_teacher, create_group, place_pupil
from cases.models import Heading, Trajectory
from cases.readers import readers_of
from tests.conftest import LONG_AGO, TODAY
from tests.steps import at_level, engaged, fresh, full_talk

pytestmark = pytest.mark.django_db
STAFF = {"coordinator", "director", "own", "duo", "substitute", "handover", "member"}
KINDS = {
    Reading.STAFF: STAFF,
    Reading.DOSSIER: {"see_dossier"},
    Reading.ANONYMOUS: {"see_anonymous"},
    Reading.GLASS: {"glass"},
}


def readings(trajectory):
    """{uuid of a user: reading} as the rule of access says it, for everybody who signs in."""
    found = {}
    with acting(SYSTEM):
        people = list(User.objects.all())
    for user in people:
        with acting(user.pk):
            row = Trajectory.objects.for_user(user).filter(pk=trajectory.pk).values_list("reading", flat=True).first()
        if row and row != Reading.TRACE:
            found[user.pk] = row
    return found


def listed(viewer, trajectory):
    """{uuid of a reader: Reader} as this person is shown it."""
    with acting(viewer.pk):
        return {reader.uuid: reader for reader in readers_of(Trajectory.objects.get(pk=trajectory.pk))}


def agree(viewer, trajectory):
    """Hold the box against the rule."""
    rule, box = readings(trajectory), listed(viewer, trajectory)
    assert set(box) == set(rule)
    assert not [reader for uuid, reader in box.items() if reader.kind not in KINDS[rule[uuid]]]
    return {reader.kind for reader in box.values()}


@pytest.fixture
def case(cast):
    """Emma's case with every kind of reader: a duo, a substitute, one who hands over, a colleague, two experts."""
    case = at_level(cast, 2)
    full_talk(cast, case, by=cast.coordinator)
    with acting(SYSTEM):
        earlier = create_group(school=cast.school, name="4a", year="4", school_year="2025-2026", by=SYSTEM)
        place_pupil(pupil=cast.pupil, group=earlier, from_on=LONG_AGO - timedelta(days=300), year="4", by=SYSTEM)
        place_pupil(pupil=cast.pupil, group=cast.group, from_on=LONG_AGO, year="5", by=SYSTEM)
        more = {}
        for name in ("duo", "substitute", "handover", "old_teacher"):
            user = more[name] = User.objects.create(username=name, first_name=name, last_name="Smit")
            give_role(user=user, role=Role.TEACHER, school=cast.school, from_on=LONG_AGO, by=SYSTEM)
        end = TODAY + timedelta(days=20)
        for name, group, until in (
            ("duo", cast.group, None),
            ("substitute", cast.group, end),
            ("handover", earlier, end),
        ):
            assign_teacher(
                group=group, user=more[name], kind=name, from_on=TODAY - timedelta(days=5), until_on=until, by=SYSTEM
            )
        assign_teacher(group=earlier, user=more["old_teacher"], from_on=LONG_AGO, by=SYSTEM)
    with acting(cast.coordinator.pk):
        add_member(trajectory=case, user=cast.colleague, reason="x", from_on=TODAY, until_on=end, by=cast.coordinator)
    heading = Heading.objects.filter(school=cast.school).order_by("position").first()
    engaged(cast, case, parts=[(heading, TODAY)])
    engaged(cast, case, "anonymous", expert=cast.blind_expert)
    return case


@pytest.mark.parametrize("viewer", ["coordinator", "director", "teacher", "colleague"])
def test_the_box_holds_everybody_who_reads_the_case_and_nobody_else(viewer, cast, case):
    with acting(cast.auditor.pk):
        open_glass(trajectory=case, kind="sample", sentence="x", by=cast.auditor, at=timezone.now())

    kinds = agree(getattr(cast, viewer), case)

    assert kinds == STAFF | {"see_dossier", "see_anonymous", "glass"}


def test_of_a_case_that_was_closed_before_this_year_the_teachers_are_not_readers(cast, trajectory, frozen_clock):
    with acting(cast.coordinator.pk):
        close_trajectory(trajectory=fresh(trajectory), outcome="Klaar.", by=cast.coordinator, on=TODAY)
    assert "own" in agree(cast.director, trajectory)

    frozen_clock.move_to("2027-08-02T10:00:00+02:00")

    assert "own" not in agree(cast.director, trajectory)


def test_who_is_kept_out_stands_in_no_list_and_is_named_to_leaders_alone(cast, trajectory, sign_in):
    address = reverse("cases:trajectory_readers", args=[trajectory.pk])
    for name in ("teacher", "coordinator"):
        assert cast.excluded.pk not in listed(getattr(cast, name), trajectory)
    assert "Els" not in sign_in(cast.teacher).get(address).text
    assert sign_in(cast.coordinator).get(address).context["left_out"] == [("Els Bakkers", None)]


def test_it_says_since_when_and_until_when_and_every_ground(cast, case):
    with acting(cast.coordinator.pk):
        add_member(trajectory=case, user=cast.director, reason="x", from_on=TODAY, until_on=TODAY, by=cast.coordinator)
    box = {reader.name: reader for reader in listed(cast.teacher, case).values()}

    assert (box["Lotte Bakkers"].since, box["Lotte Bakkers"].until) == (LONG_AGO, None)
    assert box["substitute Smit"].until == TODAY + timedelta(days=20)
    assert (box["Dirk Bakkers"].ground, box["Dirk Bakkers"].also) == ("directeur", ("betrokken bij dit traject",))
    assert box["Bo De Boer"].until is not None


def test_people_with_the_same_name_are_two_readers(cast, case):
    box = listed(cast.coordinator, case)

    assert {cast.expert.pk, cast.blind_expert.pk} <= set(box)
    assert len({box[user.pk].name for user in (cast.expert, cast.blind_expert)}) == 1


def test_the_list_is_one_question(cast, case, own_queries):
    with acting(cast.coordinator.pk):
        row = Trajectory.objects.get(pk=case.pk)
        with own_queries() as asked:
            readers_of(row)
    assert len(asked) == 1


def test_the_page_says_what_each_of_them_sees(cast, case, sign_in, own_queries):
    with acting(cast.fg.pk):
        open_glass(trajectory=case, kind="sample", sentence="Zomaar.", by=cast.fg, at=timezone.now())
    client, address = sign_in(cast.teacher), reverse("cases:trajectory_readers", args=[case.pk])
    client.get(address)

    with own_queries() as asked:
        page = client.get(address)

    assert len(asked) <= 15
    for words in ("Gesprekken vanaf 24-11-2026", "Het hele traject", "tot 10:40", "Een omschrijving zonder naam"):
        assert words in " ".join(page.text.split())
    assert "Dat dit traject bestaat" in page.text
    for words in ("Zomaar.", "Aart Bakkers", "Petra Bakkers", "Saskia Bakkers"):
        assert words not in page.text, "a supervisor has no name here, nor has a reason"


@pytest.mark.parametrize("name", ["auditor", "fg", "expert", "blind_expert", "stranger", "excluded", "admin"])
def test_nobody_but_the_staff_of_the_case_asks_who_sees_it(name, cast, case, sign_in):
    assert sign_in(getattr(cast, name)).get(reverse("cases:trajectory_readers", args=[case.pk])).status_code == 404
