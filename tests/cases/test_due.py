"""What Vandaag asks: reports to share, agreements and looks back whose day has come, parents who heard nothing."""

from datetime import date, timedelta

import pytest

from accounts.actions import change_setting
from accounts.wall import acting
from cases.actions.files import rest_trajectory
from cases.actions.talks import change_conversation, evaluate_intervention, settle_agreement
from cases.due import agreements_due, parents_unheard, reports_to_share
from cases.models import CaseTerms
from tests.conftest import TODAY
from tests.steps import fresh, share, talk

OPENED = TODAY - timedelta(days=30)


def due(cast, source, day=TODAY, user=None):
    """The tasks of one kind for the teacher, or for somebody else, on a day."""
    user = user or cast.teacher
    with acting(user.pk):
        return list(source(user, day))


def test_a_report_is_on_vandaag_until_it_is_shared_and_again_after_a_change(cast, trajectory):
    held = talk(cast, trajectory, held_on=TODAY - timedelta(days=1))
    (first,) = due(cast, reports_to_share)
    share(cast, held)
    assert due(cast, reports_to_share) == []

    with acting(cast.teacher.pk):
        change_conversation(
            conversation=held, by=cast.teacher, version=held.version, guardians=[cast.mother.guardian], text="Beter."
        )
    (again,) = due(cast, reports_to_share)

    assert (first.child, first.late) == ("E.K.", True)
    assert first.text != again.text


@pytest.mark.parametrize(("weeks", "day", "is_due"), [(6, 42, False), (6, 43, True), (2, 14, False), (2, 15, True)])
def test_parents_who_heard_nothing_for_too_long_are_on_vandaag(weeks, day, is_due, cast, trajectory):
    with acting(cast.coordinator.pk):
        terms = CaseTerms.objects.get(school=cast.school)
        change_setting(row=terms, version=terms.version, by=cast.coordinator, contact_weeks=weeks)

    assert bool(due(cast, parents_unheard, OPENED + timedelta(days=day))) == is_due


def test_only_a_talk_with_a_parent_counts_as_contact(cast, trajectory):
    late = TODAY + timedelta(weeks=6)
    talk(cast, trajectory, guardians=[], positions=None, child=True)
    assert due(cast, parents_unheard, late)

    talk(cast, trajectory)
    assert not due(cast, parents_unheard, late)
    assert due(cast, parents_unheard, late + timedelta(days=1))


def test_a_case_that_rests_asks_for_no_contact(cast, trajectory):
    with acting(cast.teacher.pk):
        rest_trajectory(trajectory=fresh(trajectory), by=cast.teacher)

    assert not due(cast, parents_unheard, TODAY + timedelta(weeks=60))


def test_an_agreement_is_on_vandaag_from_three_days_before_until_it_is_done(cast, trajectory):
    held = talk(cast, trajectory, agreements=[{"what": "lezen", "due_on": date(2026, 12, 4)}, {"what": "bellen"}])

    assert not due(cast, agreements_due, date(2026, 11, 30))
    (soon,) = due(cast, agreements_due, date(2026, 12, 1))
    (late,) = due(cast, agreements_due, date(2026, 12, 5))
    assert (soon.late, late.late) == (False, True)

    with acting(cast.teacher.pk):
        settle_agreement(agreement=held.agreements.get(position=0), by=cast.teacher, on=TODAY)
    assert not due(cast, agreements_due, date(2026, 12, 5))


def test_an_intervention_is_on_vandaag_until_somebody_looked_back(cast, trajectory):
    held = talk(cast, trajectory, interventions=[{"text": "Blokjes.", "evaluate_on": TODAY}])

    def asked():
        return [(task.due, task.late) for task in due(cast, reports_to_share) if task.kind == "evaluate"]

    assert asked() == [(TODAY, False)]
    with acting(cast.teacher.pk):
        evaluate_intervention(intervention=held.interventions.get(), evaluation="Hielp.", by=cast.teacher, on=TODAY)
    assert asked() == []


def test_what_is_due_is_due_to_who_works_in_the_case(cast, trajectory):
    talk(cast, trajectory, agreements=[{"what": "lezen", "due_on": TODAY}])

    for user in (cast.coordinator, cast.director, cast.teacher):
        assert due(cast, agreements_due, user=user)
    for user in (cast.colleague, cast.excluded, cast.stranger, cast.auditor, cast.expert):
        assert not due(cast, agreements_due, user=user)
