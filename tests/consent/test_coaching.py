"""Advice to a teacher: read by that teacher, by its author while the work goes on, and by nobody else (R52)."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.access import Reading
from cases.actions.files import raise_level
from cases.actions.people import assign_teacher, create_group
from cases.models import LevelPhase
from consent.actions import end_engagement, remove_note, withdraw_choice, write_internal_note, write_note
from consent.models import CoachingNote, end_of_the_next_school_year
from tests.conftest import LONG_AGO, TODAY, staff
from tests.steps import at_level, engaged, refused

pytestmark = pytest.mark.django_db
LIST = reverse("consent:note_list")
ADVICE = "Wacht drie tellen na een vraag."


@pytest.fixture
def case(cast):
    """Emma's case at level 2."""
    return at_level(cast, 2)


def advised(cast, case, *, seen=Reading.DOSSIER, **fields):
    """Advice of the expert to Emma's teacher."""
    with acting(cast.expert.pk):
        return write_note(
            trajectory=case, seen=seen, by=cast.expert, on=TODAY, **({"teacher": cast.teacher, "text": ADVICE} | fields)
        )


def post(client, case, **fields):
    """Advise as the page does."""
    url = reverse("consent:note_write", args=[case.pk])
    seen = fields.pop("seen", None) or client.get(url).context["form"]["seen"].value()
    return client.post(url, {"seen": seen, "text": ADVICE} | fields)


def test_the_teacher_and_the_author_read_it_and_nobody_else(cast, case, sign_in):
    engaged(cast, case)
    assert post(sign_in(cast.expert), case, teacher=cast.teacher.pk).status_code == 302

    readers = {
        name for name in ("teacher", "expert", "coordinator", "director", "colleague", "blind_expert", "auditor", "fg",
                          "privacy_officer", "admin", "stranger", "excluded", "safeguarding_lead")
        if ADVICE in sign_in(getattr(cast, name)).get(LIST).text
    }  # fmt: skip
    assert readers == {"teacher", "expert"}


@pytest.mark.parametrize("name", ["teacher", "coordinator", "director"])
def test_it_is_on_no_page_of_the_case(name, cast, case, sign_in):
    engaged(cast, case)
    advised(cast, case)
    client = sign_in(getattr(cast, name))

    for page in ("cases:trajectory_detail", "cases:pupil_detail"):
        row = case.pk if page == "cases:trajectory_detail" else cast.pupil.pk
        assert ADVICE not in client.get(reverse(page, args=[row])).text
    assert ADVICE not in sign_in(cast.expert).get(reverse("consent:guided_detail", args=[case.pk])).text


def test_new_advice_stands_on_vandaag_of_the_teacher_without_its_words(cast, case, sign_in, frozen_clock):
    engaged(cast, case)
    advised(cast, case)

    text = sign_in(cast.teacher).get(reverse("cases:today")).text
    assert "Advies van Bo De Boer" in text
    assert ADVICE not in text
    assert "Advies van" not in sign_in(cast.coordinator).get(reverse("cases:today")).text
    frozen_clock.move_to("2026-12-20T10:00:00+01:00")
    assert "Advies van" not in sign_in(cast.teacher).get(reverse("cases:today")).text


@pytest.mark.parametrize("says", ["known", "anonymous"])
@pytest.mark.parametrize("text", ["Vraag Emma eerst.", "Bij E.K. werkt stilte.", "Bel mevrouw Kaya."])
def test_advice_holds_no_name_whether_the_child_is_known_or_not(says, text, cast, case, sign_in):
    engaged(cast, case, says=says)
    seen = Reading.DOSSIER if says == "known" else Reading.ANONYMOUS

    assert post(sign_in(cast.expert), case, teacher=cast.teacher.pk, text=text).status_code == 422
    with refused("names_child"):
        advised(cast, case, seen=seen, text=text)
    with acting(SYSTEM):
        assert not CoachingNote.objects.exists()


def test_the_form_says_that_a_word_about_the_child_belongs_in_the_file(cast, case, sign_in):
    engaged(cast, case)
    text = sign_in(cast.expert).get(reverse("consent:note_write", args=[case.pk])).text

    assert "Schrijf niets over een kind: wat iets zegt over het kind, hoort in het dossier." in text


def test_of_a_known_child_only_its_teachers_can_be_chosen(cast, case, sign_in):
    engaged(cast, case)
    with acting(SYSTEM):
        other = create_group(school=cast.school, name="6", year="6", school_year="2026-2027", by=SYSTEM)
        assign_teacher(group=other, user=cast.colleague, from_on=LONG_AGO, by=SYSTEM)

    text = sign_in(cast.expert).get(reverse("consent:note_write", args=[case.pk])).text

    assert "Lotte Bakkers" in text
    assert "Karel Bakkers" not in text
    with refused("not_teaching"):
        advised(cast, case, teacher=cast.colleague)


def test_of_an_anonymous_child_every_teacher_of_the_school_can_be_chosen_and_no_class_is_told(cast, case, sign_in):
    engaged(cast, case, says="anonymous")
    with acting(SYSTEM):
        for number in range(6):
            user = staff(f"juf{number}", cast.school, "teacher")
            group = create_group(school=cast.school, name=f"Klas{number}", year="6", school_year="2026-2027", by=SYSTEM)
            assign_teacher(group=group, user=user, from_on=LONG_AGO, by=SYSTEM)
    client = sign_in(cast.expert)

    text = client.get(reverse("consent:note_write", args=[case.pk])).text

    assert all(name in text for name in ("Lotte Bakkers", "Juf0 Bakkers", "Juf5 Bakkers"))
    assert not any(name in text for name in ("Vlinders", "Klas0", "Emma", "E.K.", "Karel Bakkers"))
    assert 'value="" selected' in text
    assert post(client, case, teacher=cast.teacher.pk).status_code == 302


def test_it_lasts_until_the_end_of_the_school_year_after_the_guidance(cast, case, frozen_clock, sign_in):
    engagement = engaged(cast, case)
    note = advised(cast, case)

    assert note.lasts_until == end_of_the_next_school_year(engagement.until) == date(2028, 7, 31)
    frozen_clock.move_to("2028-07-31T10:00:00+02:00")
    assert ADVICE in sign_in(cast.teacher).get(LIST).text
    frozen_clock.move_to("2028-08-01T10:00:00+02:00")
    assert ADVICE not in sign_in(cast.teacher).get(LIST).text


def test_the_author_reads_it_while_the_guidance_runs_and_the_teacher_afterwards_too(cast, case, sign_in):
    engagement = engaged(cast, case)
    advised(cast, case)
    assert ADVICE in sign_in(cast.expert).get(LIST).text

    with acting(cast.coordinator.pk):
        end_engagement(engagement=engagement, by=cast.coordinator, on=TODAY)

    assert ADVICE not in sign_in(cast.expert).get(LIST).text
    assert ADVICE in sign_in(cast.teacher).get(LIST).text


def test_the_teacher_takes_it_away_for_everyone(cast, case, sign_in):
    engaged(cast, case)
    note = advised(cast, case)
    url = reverse("consent:note_remove", args=[note.pk])
    assert sign_in(cast.expert).post(url).status_code == 403
    assert sign_in(cast.coordinator).post(url).status_code == 404
    with acting(cast.expert.pk), refused("not_yours"):
        remove_note(note=note, by=cast.expert, on=TODAY)

    assert sign_in(cast.teacher).post(url).status_code == 302

    for person in (cast.teacher, cast.expert):
        assert ADVICE not in sign_in(person).get(LIST).text
    with acting(SYSTEM):
        assert CoachingNote.objects.get().removed_on == TODAY


def test_a_choice_withdrawn_while_the_form_is_open_saves_nothing_and_keeps_what_was_typed(cast, case, sign_in):
    engagement = engaged(cast, case)
    client = sign_in(cast.expert)
    with acting(cast.coordinator.pk):
        withdraw_choice(choice=engagement.choices.get(), by=cast.coordinator)

    answer = post(client, case, seen=Reading.DOSSIER, teacher=cast.teacher.pk)

    assert answer.status_code == 422
    assert "Er is niets bewaard." in answer.text
    assert ADVICE in answer.text
    with acting(SYSTEM):
        assert not CoachingNote.objects.exists()


def test_the_look_at_advice_is_recorded_outside_any_file(cast, case, sign_in):
    engaged(cast, case)
    advised(cast, case)
    sign_in(cast.teacher).get(LIST)

    with acting(SYSTEM):
        event = Event.objects.get(action="note.listed")
    assert (event.actor, event.dossier, event.subject, event.detail) == (cast.teacher.pk, None, None, {"rows": 1})


def test_the_list_asks_as_much_for_one_as_for_fifty(cast, case, sign_in, own_queries):
    engaged(cast, case)
    advised(cast, case)
    client = sign_in(cast.teacher)
    with own_queries() as few:
        client.get(LIST)
    for _number in range(49):
        advised(cast, case)

    with own_queries() as many:
        assert client.get(LIST).text.count(ADVICE) == 50

    assert len(few) == len(many) <= 15


# --- the intern begeleider, at a level of the school's own -----------------------------------------------------------


@pytest.fixture
def inside(cast):
    """Emma's case at level 1."""
    return at_level(cast, 1)


def test_the_intern_begeleider_advises_at_the_level_of_the_school_while_it_lasts(cast, inside, sign_in):
    client = sign_in(cast.coordinator)
    url = reverse("consent:note_write_internal", args=[inside.pk])
    assert url in client.get(reverse("cases:trajectory_detail", args=[inside.pk])).text

    assert client.post(url, {"teacher": cast.teacher.pk, "text": ADVICE}).status_code == 302

    with acting(SYSTEM):
        assert CoachingNote.objects.get().phase == LevelPhase.objects.get(trajectory=inside, until_on=None)
    assert ADVICE in sign_in(cast.teacher).get(LIST).text
    assert ADVICE in client.get(LIST).text
    assert ADVICE not in sign_in(cast.director).get(LIST).text


def test_with_the_level_the_advice_ends(cast, inside, sign_in, frozen_clock):
    with acting(cast.coordinator.pk):
        write_internal_note(trajectory=inside, teacher=cast.teacher, text=ADVICE, by=cast.coordinator, on=TODAY)
        raise_level(trajectory=inside, by=cast.coordinator, on=TODAY, skip_because="liep al", outcome="Het hielp niet.")
    frozen_clock.move_to(f"{TODAY + timedelta(days=2)}T10:00:00+01:00")

    for person in (cast.teacher, cast.coordinator):
        assert ADVICE not in sign_in(person).get(LIST).text


def test_at_another_level_the_intern_begeleider_advises_nobody(cast, case, sign_in):
    url = reverse("consent:note_write_internal", args=[case.pk])
    client = sign_in(cast.coordinator)
    assert url not in client.get(reverse("cases:trajectory_detail", args=[case.pk])).text

    answer = client.post(url, {"teacher": cast.teacher.pk, "text": ADVICE})

    assert answer.status_code == 422
    with acting(cast.coordinator.pk), refused("level"):
        write_internal_note(trajectory=case, teacher=cast.teacher, text=ADVICE, by=cast.coordinator, on=TODAY)


def test_advice_of_the_intern_begeleider_holds_no_name_either(cast, inside):
    with acting(cast.coordinator.pk), refused("names_child"):
        write_internal_note(
            trajectory=inside, teacher=cast.teacher, text="Zet Emma vooraan.", by=cast.coordinator, on=TODAY
        )


def test_a_teacher_writes_no_such_advice(cast, inside, sign_in):
    url = reverse("consent:note_write_internal", args=[inside.pk])

    assert sign_in(cast.teacher).get(url).status_code == 403
    assert url not in sign_in(cast.teacher).get(reverse("cases:trajectory_detail", args=[inside.pk])).text
