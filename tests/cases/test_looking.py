"""Who sees which part of the record of looking: the rule in Python and the wall, held against each other."""

import pytest
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from audit.models import Event
from audit.record import record
from cases import looking
from cases.looking import looks_for
from tests.doors import CAST
from tests.rows import one_of_each


def everything():
    """All events there are."""
    with acting(SYSTEM):
        return list(Event.objects.order_by("at", "seq"))


def by_the_wall(user):
    """What the database lets through with no filter at all."""
    with acting(user.pk):
        return set(Event.objects.values_list("pk", flat=True))


def by_the_rule(user):
    """What the rule says where no wall stands."""
    with acting(SYSTEM):
        return set(looks_for(user).values_list("pk", flat=True))


@pytest.fixture
def looks(cast, trajectory, sign_in):
    """Somebody of every kind looked at Emma and at lists; some were refused."""
    rows = one_of_each(cast, trajectory)
    with acting(SYSTEM):
        for who in CAST[1:]:
            user = getattr(cast, who)
            record("today.listed", by=user)
            record("guidance.looked" if "expert" in who else "trajectory.looked", trajectory, by=user)
            record("pupil.looked", cast.pupil, by=user)
            told = {"kind": "cases.guardianship", "subject": str(cast.mother.pk)}
            record("refused.404", by=user, school=cast.school.pk, detail=told)
        for row in rows.values():
            record("test.looked", row, by=cast.coordinator)
        record("case.excluded", rows["cases_caseexclusion"], by=cast.director)
        record("signin.done", by=cast.teacher)
        record("role.given", cast.school, by=cast.admin)
        Event.objects.create(
            action="safeguarding.looked", kind=looking.RESTRICTED[0], school=cast.school.pk, dossier=trajectory.pk,
            actor=cast.safeguarding_lead.pk, actor_name="x",
        )  # fmt: skip
    return everything()


def test_what_the_wall_lets_through_of_the_record_is_what_the_rule_says(cast, looks):
    for who in CAST[1:]:
        user = getattr(cast, who)
        assert by_the_wall(user) == by_the_rule(user), who
        with acting(user.pk):
            assert set(looks_for(user).values_list("pk", flat=True)) == by_the_wall(user), who


def test_a_refusal_is_kept_with_the_case_that_it_was_about(cast, trajectory, sign_in):
    for page, key in (("cases:trajectory_detail", trajectory.pk), ("cases:pupil_detail", cast.pupil.pk)):
        assert sign_in(cast.colleague).get(reverse(page, args=[key])).status_code == 404
    with acting(SYSTEM):
        kept = set(Event.objects.filter(action="refused.404").values_list("school", "dossier"))

    assert kept == {(cast.school.pk, trajectory.pk), (cast.school.pk, None)}


def test_nobody_who_acts_sees_nothing_of_the_record(cast, looks):
    assert not Event.objects.exists()
    with acting(""):
        assert not Event.objects.exists()


def seen(user, looks):
    """The events of `looks` that this person sees and didn't do."""
    found = by_the_wall(user)
    return [event for event in looks if event.pk in found and event.actor != user.pk]


def test_everybody_sees_what_they_did_themselves_but_for_what_was_refused(cast, looks):
    for who in CAST[1:]:
        user = getattr(cast, who)
        mine = {event.pk for event in looks if event.actor == user.pk and not event.action.startswith("refused.")}
        refused = {event.pk for event in looks if event.actor == user.pk} - mine
        assert mine <= by_the_wall(user), who
        assert mine, who
        if who in ("colleague", "stranger", "expert", "teacher", "excluded"):
            assert not refused & by_the_wall(user), "it would tell that there is something"


def test_who_neither_leads_nor_supervises_sees_nothing_of_others(cast, looks):
    for who in ("teacher", "colleague", "expert", "blind_expert", "ended_expert", "stranger"):
        assert not seen(getattr(cast, who), looks), who


def test_an_intern_begeleider_sees_what_outsiders_did_and_nothing_of_colleagues(cast, trajectory, looks):
    found = seen(cast.coordinator, looks)
    experts = {cast.expert.pk, cast.blind_expert.pk, cast.ended_expert.pk}

    assert "guidance.looked" in {event.action for event in found}
    assert {event.actor for event in found} <= experts
    assert {event.dossier for event in found} == {trajectory.pk}


def test_a_director_sees_the_own_school_without_the_restricted_kinds(cast, looks):
    found = seen(cast.director, looks)

    assert {"trajectory.looked", "pupil.looked", "refused.404", "case.excluded"} <= {event.action for event in found}
    assert {event.school for event in found} <= {cast.school.pk, None}
    assert not [event for event in found if event.kind in looking.RESTRICTED]
    assert cast.stranger.pk not in {event.actor for event in found if event.school is None}


def test_who_is_kept_from_a_child_finds_nothing_of_it_in_the_record(cast, trajectory, looks):
    with acting(SYSTEM):
        barred = {cast.pupil.pk, cast.mother.pk, cast.mother.guardian_id, trajectory.pk}
    found = seen(cast.excluded, looks)

    assert found, "a director sees the rest"
    for event in found:
        assert event.dossier != trajectory.pk
        assert event.subject not in barred
        assert event.detail.get("subject") not in {str(key) for key in barred}
        assert event.kind != "cases.caseexclusion"
        assert str(cast.excluded.pk) not in str(event.detail) or event.action.startswith(("role.", "person.")), event


def test_supervisors_see_everything_of_their_schools(cast, looks):
    for who in ("auditor", "privacy_officer", "fg"):
        found = {event.pk for event in seen(getattr(cast, who), looks)}
        here = {event.pk for event in looks if event.school == cast.school.pk and event.actor != getattr(cast, who).pk}
        assert here <= found, who
        assert not [event for event in looks if event.pk in found and event.school not in (cast.school.pk, None)], who


def test_an_administrator_sees_sign_ins_and_rights_and_no_dossier(cast, looks):
    found = seen(cast.admin, looks)

    assert {"signin.done", "role.given"} <= {event.action for event in found}
    assert {event.action.split(".")[0] for event in found} <= {"signin", "role", "person", "invitation", "setup"}
    assert {event.dossier for event in found} == {None}


def test_a_safeguarding_lead_sees_the_restricted_kinds_alone(cast, looks):
    with acting(SYSTEM):
        Event.objects.create(
            action="safeguarding.looked", kind=looking.RESTRICTED[0], school=cast.school.pk,
            actor=cast.fg.pk, actor_name="x",
        )  # fmt: skip
    assert {event.kind for event in seen(cast.safeguarding_lead, everything())} == {looking.RESTRICTED[0]}


def test_the_restricted_kinds_are_the_same_in_the_wall(cast):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select restricted_kinds()")
        assert tuple(cursor.fetchone()[0]) == looking.RESTRICTED
