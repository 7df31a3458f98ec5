"""Short sentences for tests of deeds: a talk that was held, a report shared, a letter out, an answer in."""

from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError

from accounts.wall import acting
from cases.actions.files import take_over_trajectory
from cases.actions.school import level_of
from cases.actions.talks import log_conversation, mark_shared
from cases.models import Position, ReportSharing
from cases.models.talks import TOPICS
from consent.actions import ask_choices, prepare_engagement, record_choice, start_engagement
from consent.models import who_must_answer
from tests.conftest import TODAY

AGREES = {"stance": Position.Stance.AGREES}


def codes_of(error):
    """The codes of a refusal, of its fields or of the whole."""
    rows = error.error_dict.values() if hasattr(error, "error_dict") else [error.error_list]
    return {one.code for row in rows for one in row}


@contextmanager
def refused(code):
    """`with refused("closed"): …` asserts that a rule refuses, and which."""
    with pytest.raises(ValidationError) as refusal:
        yield
    assert code in codes_of(refusal.value)


def talk(cast, trajectory, *, by=None, **fields):
    """A talk with the mother, who agrees; nothing was agreed to do."""
    by, mother = by or cast.teacher, cast.mother.guardian
    usual = {
        "held_on": TODAY,
        "text": "Wij praatten over rekenen.",
        "guardians": [mother],
        "positions": {mother: AGREES},
        "no_agreements": True,
    }
    with acting(by.pk):
        return log_conversation(trajectory=trajectory, by=by, **(usual | fields))


def full_talk(cast, trajectory, *, by=None, **fields):
    """A talk in which everything was told that the present level asks for."""
    return talk(cast, trajectory, by=by, **({"topics": TOPICS[trajectory.level.kind]} | fields))


def share(cast, conversation, *guardians, by=None, how=ReportSharing.How.PRINT, on=TODAY):
    """Share a report with the mother, or with these guardians."""
    by = by or cast.teacher
    with acting(by.pk):
        return mark_shared(
            conversation=conversation, guardians=guardians or [cast.mother.guardian], how=how, by=by, on=on
        )


def at_level(cast, number, pupil=None):
    """A case that ran already, at this level."""
    with acting(cast.coordinator.pk):
        return take_over_trajectory(
            pupil=pupil or cast.pupil,
            question="Hoe leert zij rekenen?",
            level=level_of(cast.school, number),
            because="liep al",
            by=cast.coordinator,
            on=TODAY,
        )


def prepared(cast, trajectory, expert=None, on=TODAY, **fields):
    """The guidance by an expert, before the letter."""
    with acting(cast.coordinator.pk):
        return prepare_engagement(
            trajectory=trajectory,
            expert=expert or cast.expert,
            by=cast.coordinator,
            on=on,
            **({"question": "Welke uitleg past bij rekenen?", "skip_because": "liep al"} | fields),
        )


def ask(cast, engagement, on=TODAY):
    """The letter to everyone who must answer: a letter for each address."""
    with acting(cast.coordinator.pk):
        people = [row.guardian for row in who_must_answer(engagement.trajectory.pupil, on=on)]
        homes = list(dict.fromkeys(person and person.address for person in people))
        letters = {person: f"B-{homes.index(person and person.address)}" for person in people}
        return ask_choices(engagement=engagement, letters=letters, by=cast.coordinator, on=on)


def answer(cast, choice, answer, on=TODAY, how="slip", **fields):
    """What one parent answered."""
    with acting(cast.coordinator.pk):
        return record_choice(choice=choice, answer=answer, how=how, by=cast.coordinator, on=on, **fields)


def engaged(cast, trajectory, says="known", expert=None, **fields):
    """A guidance that runs: the letter went out, everyone gave this answer, the expert began."""
    engagement = prepared(cast, trajectory, expert, **fields)
    for choice in ask(cast, engagement):
        answer(cast, choice, says)
    with acting(cast.coordinator.pk):
        return start_engagement(engagement=fresh(engagement), by=cast.coordinator, on=TODAY)


def fresh(row):
    """The row as it stands in the database now."""
    return type(row).objects.get(pk=row.pk)
