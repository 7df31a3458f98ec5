"""The case page, the talk, Vandaag: who gets in, what they show, and how many questions they ask of the database."""

import pytest
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.actions.files import open_trajectory
from cases.actions.papers import add_entry
from cases.actions.talks import log_conversation
from cases.models import Agreement, Conversation, Heading, LevelPhase, Trajectory
from tests.conftest import TODAY, make_pupil

pytestmark = pytest.mark.django_db


def talk_of(cast, trajectory, by=None, **fields):
    """A talk with the mother, logged by the teacher."""
    by = by or cast.teacher
    with acting(by.pk):
        defaults = {"held_on": TODAY, "text": "Wij praatten over rekenen.", "guardians": [cast.mother.guardian]}
        return log_conversation(trajectory=trajectory, by=by, **(defaults | fields))


def test_a_talk_is_saved_with_a_date_people_and_text(cast, trajectory, sign_in):
    page = reverse("cases:conversation_log", args=[trajectory.pk])

    answer = sign_in(cast.teacher).post(
        page,
        {
            "held_on": "24-11-2026",
            "present": [f"g-{cast.mother.guardian_id}"],
            "text": "Emma telt op haar vingers.\n- elke dag tien sommen - moeder - 1-12-2026",
        },
    )

    with acting(cast.teacher.pk):
        talk = Conversation.objects.get()
        agreement = Agreement.objects.get()
    assert answer.url == reverse("cases:conversation_detail", args=[talk.pk])
    assert talk.text == "Emma telt op haar vingers."
    assert (agreement.what, agreement.who, str(agreement.due_on)) == ("elke dag tien sommen", "moeder", "2026-12-01")


def test_what_was_typed_stays_when_something_misses(cast, trajectory, sign_in):
    page = reverse("cases:conversation_log", args=[trajectory.pk])

    answer = sign_in(cast.teacher).post(page, {"held_on": "24-11-2027", "text": "Een lang verhaal."})

    assert answer.status_code == 422
    assert "Een lang verhaal." in answer.text
    assert {"held_on", "present"} <= set(answer.context["form"].errors)
    with acting(cast.teacher.pk):
        assert not Conversation.objects.exists()


def test_two_people_who_change_the_same_talk_are_both_heard(cast, trajectory, sign_in):
    talk = talk_of(cast, trajectory)
    page = reverse("cases:conversation_edit", args=[talk.pk])
    typed = {"held_on": "24-11-2026", "present": [f"g-{cast.mother.guardian_id}"], "version": talk.version}
    client = sign_in(cast.teacher)
    client.post(page, typed | {"text": "De eerste."})

    answer = client.post(page, typed | {"text": "De tweede."})

    assert answer.status_code == 422
    assert "De eerste." in answer.text
    assert "De tweede." in answer.text
    client.post(page, typed | {"text": "De eerste en de tweede.", "seen": talk.version + 1})
    with acting(cast.teacher.pk):
        assert Conversation.objects.get().text == "De eerste en de tweede."


@pytest.mark.parametrize("rows", [1, 50])
def test_the_case_page_asks_as_much_for_one_as_for_many(rows, cast, trajectory, sign_in, own_queries):
    for _number in range(rows):
        talk_of(cast, trajectory, agreements=[{"what": "lezen"}])
    with acting(cast.teacher.pk):
        heading = Heading.objects.filter(school=cast.school).first()
        for _number in range(rows * 10):
            add_entry(trajectory=trajectory, heading=heading, text="Rekende.", observed_on=TODAY, by=cast.teacher)
    client = sign_in(cast.teacher)

    with own_queries() as asked:
        answer = client.get(reverse("cases:trajectory_detail", args=[trajectory.pk]))

    assert answer.status_code == 200
    assert len(asked) <= 15, "\n".join(query["sql"][:160] for query in asked.captured_queries)


def test_lists_ask_as_much_for_one_case_as_for_two_hundred(cast, trajectory, sign_in, own_queries):
    client = sign_in(cast.coordinator)
    talk_of(cast, trajectory)
    pages = ["cases:today", "cases:trajectory_list"]
    few = [_asked(client, page, own_queries) for page in pages]
    with acting(SYSTEM):
        for number in range(199):
            pupil = make_pupil(cast.school, cast.group, f"Kind{number}", f"Naam{number}")
            open_trajectory(pupil=pupil, question="Hoe?", by=cast.teacher, on=TODAY)

    many = [_asked(client, page, own_queries) for page in pages]

    assert client.get(reverse(pages[1])).text.count('<th scope="row">') == 200
    assert few == many
    assert max(many) <= 15


def _asked(client, page, own_queries):
    with own_queries() as asked:
        assert client.get(reverse(page)).status_code == 200
    return len(asked)


def test_who_looked_is_written_down(cast, trajectory, sign_in):
    sign_in(cast.teacher).get(reverse("cases:trajectory_detail", args=[trajectory.pk]))

    with acting(SYSTEM):
        event = Event.objects.get(action="trajectory.looked")
    assert (event.actor, event.subject, event.ground) == (cast.teacher.pk, trajectory.pk, "staff")


@pytest.mark.parametrize("name", ["colleague", "excluded", "stranger", "expert", "admin", "safeguarding_lead"])
def test_a_guessed_address_gives_nothing(name, cast, trajectory, sign_in):
    talk = talk_of(cast, trajectory)
    client = sign_in(getattr(cast, name))

    for page, row in [
        ("cases:trajectory_detail", trajectory),
        ("cases:conversation_detail", talk),
        ("cases:conversation_log", trajectory),
    ]:
        assert client.get(reverse(page, args=[row.pk])).status_code == 404
    assert "E.K." not in client.get(reverse("cases:trajectory_list")).text


def test_a_supervisor_sees_that_a_case_exists_and_no_name(cast, trajectory, sign_in):
    answer = sign_in(cast.auditor).get(reverse("cases:trajectory_detail", args=[trajectory.pk]))

    assert answer.status_code == 200
    assert not any(word in answer.text for word in ("Emma", "Kaya", "E.K.", "rekenen"))


def test_raising_shows_what_misses_and_takes_a_reason(cast, trajectory, sign_in):
    client = sign_in(cast.coordinator)
    page = reverse("cases:trajectory_raise", args=[trajectory.pk])

    refused = client.post(page, {"on": "24-11-2026"})
    client.post(page, {"on": "24-11-2026", "skip_because": "Ouders zijn op reis."})

    assert refused.status_code == 422
    with acting(cast.coordinator.pk):
        phase = LevelPhase.objects.get(trajectory=trajectory, until_on=None)
        assert Trajectory.objects.get().level.number == 1
    assert phase.skipped_because == "Ouders zijn op reis."
    assert "talk" in phase.skipped
    assert "Ouders zijn op reis." in client.get(reverse("cases:trajectory_detail", args=[trajectory.pk])).text


def test_an_evaluation_and_an_agreement_are_settled_from_the_page(cast, trajectory, sign_in):
    talk = talk_of(
        cast, trajectory, agreements=[{"what": "lezen"}], interventions=[{"text": "rekenmaatje", "evaluate_on": TODAY}]
    )
    client = sign_in(cast.teacher)
    with acting(cast.teacher.pk):
        agreement, intervention = Agreement.objects.get(), talk.interventions.get()

    client.post(reverse("cases:agreement_settle", args=[agreement.pk]))
    client.post(reverse("cases:intervention_evaluate", args=[intervention.pk]), {"evaluation": "Het hielp."})

    with acting(cast.teacher.pk):
        agreement.refresh_from_db()
        intervention.refresh_from_db()
    assert agreement.done_on == TODAY
    assert intervention.evaluation == "Het hielp."
