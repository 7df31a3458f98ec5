""" "Er klopt iets niet met de privacy": anyone says it, the school handles it within 72 hours (R56)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actions import give_role
from accounts.models import Role
from accounts.wall import SYSTEM, acting
from audit.models import Event
from audit.record import sign
from cases import privacy as seam
from cases.actions import privacy
from cases.actions.people import exclude_colleague
from cases.looking import looks_for
from cases.models import PrivacySignal, SignalStep
from cases.today import tasks
from cases.views.privacy import clock_words
from tests.conftest import TODAY, staff
from tests.steps import at_level, engaged, fresh, refused, talk

WORDS = "Er lag een verslag op de printer."
ALL = (
    "stranger", "colleague", "excluded", "auditor", "fg", "privacy_officer", "safeguarding_lead", "admin", "expert",
    "blind_expert", "teacher", "director", "coordinator",
)  # fmt: skip
HANDLES = ("coordinator", "director", "fg", "privacy_officer")
SENT = {"text": WORDS, "school": "", "case": "", "data_left": "unknown", "noticed_on": "23-11-2026"}


def written(cast, by, case=None, **fields):
    """A signal, in the words of this person."""
    about = {"text": WORDS, "data_left": "unknown", "noticed_on": TODAY} | fields
    with acting(by.pk):
        return privacy.write_signal(school=cast.school, by=by, case=case, **about)


def page_of(signal, name="detail"):
    return reverse(f"cases:signal_{name}", args=[signal.pk])


# --- saying it -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in ALL if name != "stranger"])
def test_everybody_who_signs_in_can_say_it_to_the_school_and_sees_how_it_stands(name, cast, sign_in):
    client = sign_in(getattr(cast, name))
    assert reverse("cases:signal_write") in client.get(reverse("cases:today")).text

    answer = client.post(reverse("cases:signal_write"), SENT, follow=True)

    with acting(SYSTEM):
        row = PrivacySignal.objects.get()
        assert (row.school, row.writer, row.text, row.state) == (cast.school, getattr(cast, name), WORDS, "new")
        assert row.discovered_at == timezone.now()
        event = Event.objects.get(action="signal.written")
        assert event.detail == {"data_left": "unknown", "case": False, "about_somebody": False}
    assert WORDS in answer.text
    assert "nieuw" in answer.text


def test_a_case_comes_along_from_its_page_and_only_one_that_the_writer_sees(cast, trajectory, sign_in):
    url = reverse("cases:signal_write")
    link = f"{url}?zaak={trajectory.pk}"
    client = sign_in(cast.teacher)
    assert link in client.get(reverse("cases:trajectory_detail", args=[trajectory.pk])).text
    form = client.get(link).context["form"]
    assert form["case"].value() == str(trajectory.pk)

    client.post(url, SENT | {"case": str(trajectory.pk)})
    with acting(SYSTEM):
        row = PrivacySignal.objects.get()
    assert (row.about, row.child) == (trajectory.pk, cast.pupil.pk)
    for name in ("colleague", "excluded", "expert", "fg"):
        answer = sign_in(getattr(cast, name)).post(url, SENT | {"case": str(trajectory.pk)})
        assert "Emma" not in answer.text, name
        assert "E.K." not in answer.text, name
    with acting(SYSTEM):
        assert PrivacySignal.objects.filter(about=trajectory.pk).count() == 1


def test_an_expert_names_an_anonymous_child_by_its_alias_alone(cast, sign_in):
    case = at_level(cast, 2)
    engaged(cast, case, "anonymous", expert=cast.blind_expert)
    client = sign_in(cast.blind_expert)

    page = client.get(reverse("cases:signal_write"))

    choices = dict(page.context["form"].fields["case"].choices)
    assert set(choices) == {"", str(case.pk)}
    assert not any(word in page.text for word in ("Emma", "Kaya", "E.K."))
    assert client.post(reverse("cases:signal_write"), SENT | {"case": str(case.pk)}).status_code == 302


def test_who_works_for_two_schools_chooses_one(cast, sign_in):
    with acting(SYSTEM):
        give_role(user=cast.teacher, role="teacher", school=cast.other_school, from_on=TODAY, by=SYSTEM)
    client, url = sign_in(cast.teacher), reverse("cases:signal_write")

    unsaid = client.post(url, SENT)
    client.post(url, SENT | {"school": str(cast.other_school.pk)})

    assert "school" in unsaid.context["form"].errors
    with acting(SYSTEM):
        assert PrivacySignal.objects.get().school == cast.other_school


def test_a_school_that_one_does_not_work_for_is_refused_and_a_case_belongs_to_its_school(cast, trajectory):
    with refused("not_your_school"):
        written(cast, cast.stranger)
    with acting(SYSTEM):
        give_role(user=cast.teacher, role="teacher", school=cast.other_school, from_on=TODAY, by=SYSTEM)
    with refused("other_school"), acting(cast.teacher.pk):
        privacy.write_signal(
            school=cast.other_school, by=cast.teacher, case=trajectory, text=WORDS, data_left="no", noticed_on=TODAY
        )


def test_what_misses_stands_beside_its_field_and_nothing_is_lost(cast, sign_in):
    wrong = SENT | {"data_left": "", "noticed_on": "1-1-2030"}

    answer = sign_in(cast.teacher).post(reverse("cases:signal_write"), wrong)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"data_left", "noticed_on"}
    assert WORDS in answer.text


# --- who reads it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_the_wall_and_the_rule_show_a_signal_to_the_same_people(name, cast, trajectory):
    about = written(cast, cast.teacher, trajectory)
    plain = written(cast, cast.colleague)
    with acting(cast.coordinator.pk):
        privacy.add_step(signal=about, kind="note", text="Gevraagd.", by=cast.coordinator)
        privacy.add_step(signal=plain, kind="note", text="Gevraagd.", by=cast.coordinator)
    user = getattr(cast, name)
    expected = {about.pk, plain.pk} if name in HANDLES else set()
    expected |= {"teacher": {about.pk}, "colleague": {plain.pk}, "excluded": {plain.pk}}.get(name, set())

    with acting(user.pk):
        bare = set(PrivacySignal.objects.values_list("pk", flat=True))
        assert bare == set(PrivacySignal.objects.for_user(user).values_list("pk", flat=True)) == expected
        steps = set(SignalStep.objects.values_list("signal_id", flat=True))
        assert steps == set(SignalStep.objects.for_user(user).values_list("signal_id", flat=True))
    assert steps == (expected if name in (*HANDLES, "excluded") else set())


def test_the_writer_sees_the_words_and_how_it_stands_and_nothing_of_how_it_is_handled(cast, sign_in):
    signal = written(cast, cast.teacher)
    with acting(cast.coordinator.pk):
        privacy.take_up_signal(signal=signal, discovered_at=signal.discovered_at, by=cast.coordinator)
        privacy.add_step(signal=signal, kind="note", text="Karel was het.", by=cast.coordinator)

    page = sign_in(cast.teacher).get(page_of(signal)).text

    assert WORDS in page
    assert "in behandeling" in page
    assert not any(word in page for word in ("Karel was het.", "72 uur", "Stap toevoegen"))


def test_who_is_kept_from_the_child_later_loses_the_signal_too_even_the_own(cast, trajectory, sign_in):
    signal = written(cast, cast.teacher, trajectory)
    with acting(SYSTEM):
        exclude_colleague(pupil=cast.pupil, user=cast.teacher, reason="buurkind", from_on=TODAY, by=SYSTEM)

    assert sign_in(cast.teacher).get(page_of(signal)).status_code == 404


def test_a_stranger_gets_what_is_answered_for_what_is_not_there(cast, trajectory, sign_in):
    signal = written(cast, cast.teacher, trajectory)

    for name in ("stranger", "colleague", "excluded", "auditor", "expert", "ended_expert", "admin"):
        client = sign_in(getattr(cast, name))
        for part in ("detail", "take_up", "step"):
            assert client.get(page_of(signal, part)).status_code == 404, (name, part)
        assert client.post(page_of(signal, "close")).status_code == 404
        assert WORDS not in client.get(reverse("cases:signal_list")).text


def test_the_database_lets_nobody_speak_for_another_or_about_a_case_that_he_does_not_see(cast, trajectory):
    def put(by, **fields):
        row = PrivacySignal(
            school=cast.school, text=WORDS, data_left="no", noticed_on=TODAY, discovered_at=timezone.now(), **fields
        )
        with acting(by.pk), transaction.atomic():
            sign(row, by=by, why="test").save()

    for by, fields in (
        (cast.teacher, {"writer": cast.colleague}),
        (cast.colleague, {"writer": cast.colleague, "about": trajectory.pk, "child": cast.pupil.pk}),
    ):
        with pytest.raises(ProgrammingError, match="row-level security"):
            put(by, **fields)
    put(cast.teacher, writer=cast.teacher, about=trajectory.pk, child=cast.pupil.pk)


def test_the_fg_reads_and_advises_and_decides_nothing_in_either_wall(cast, sign_in):
    signal = written(cast, cast.teacher)
    client = sign_in(cast.fg)

    assert WORDS in client.get(page_of(signal)).text
    assert client.get(page_of(signal, "take_up")).status_code == 403
    assert client.post(page_of(signal, "close")).status_code == 403
    assert client.post(page_of(signal, "step"), {"kind": "reported", "text": "x"}).status_code == 422
    assert client.post(page_of(signal, "step"), {"kind": "note", "text": "Meld dit."}).status_code == 302
    with refused("not_deciding"), acting(cast.fg.pk):
        privacy.add_step(signal=signal, kind="reported", text="x", by=cast.fg)
    step = SignalStep(school=cast.school, signal=signal, kind="reported", text="x", taken_by=cast.fg)
    with pytest.raises(ProgrammingError, match="row-level security"), acting(cast.fg.pk), transaction.atomic():
        sign(step, by=cast.fg, why="test").save()


def test_the_words_lie_sealed_in_the_database(cast):
    signal = written(cast, cast.teacher)
    with acting(cast.coordinator.pk):
        privacy.add_step(signal=signal, kind="note", text="Zeldzaamwoord", by=cast.coordinator)

    with acting(SYSTEM), connection.cursor() as cursor:
        for table in ("privacysignal", "historicalprivacysignal", "signalstep", "historicalsignalstep"):
            cursor.execute(f"select text from cases_{table}")
            for (text,) in cursor.fetchall():
                assert WORDS.encode() not in bytes(text)
                assert b"Zeldzaamwoord" not in bytes(text)


# --- the clock and the steps -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "nog 72 uur"),
        (1, "nog 71 uur"),
        (71, "nog 1 uur"),
        (71.5, "minder dan een uur"),
        (72.5, "0 uur te laat"),
        (77, "5 uur te laat"),
    ],
)
def test_the_clock_says_in_words_how_long_the_school_still_has(hours, words, cast):
    signal = written(cast, cast.teacher)

    assert clock_words(signal, signal.discovered_at + timedelta(hours=hours)) == words


def test_the_72_hours_are_hours_also_when_the_clock_goes_back(cast, frozen_clock):
    frozen_clock.move_to("2026-10-24T12:00:00+02:00")
    signal = written(cast, cast.teacher, noticed_on=TODAY.replace(month=10))

    assert timezone.localtime(signal.report_by).isoformat() == "2026-10-27T11:00:00+01:00"


def test_the_clock_starts_when_the_school_heard_and_not_in_the_future(cast, sign_in):
    signal = written(cast, cast.teacher)
    client, url = sign_in(cast.privacy_officer), page_of(signal, "take_up")

    late = client.post(url, {"on": "24-11-2026", "at": "23:00"})
    odd = client.post(url, {"on": "24-11-2026", "at": "half drie"})
    done = client.post(url, {"on": "23-11-2026", "at": "14.30"})

    assert "at" in late.context["form"].errors
    assert "at" in odd.context["form"].errors
    assert done.status_code == 302
    with acting(SYSTEM):
        row = fresh(signal)
    assert timezone.localtime(row.discovered_at).strftime("%d-%m %H:%M") == "23-11 14:30"
    assert row.state == "looking"
    assert "nog 52 uur" in client.get(page_of(signal)).text
    with refused("future"), acting(cast.director.pk):
        privacy.take_up_signal(signal=row, discovered_at=timezone.now() + timedelta(hours=1), by=cast.director)


def test_a_signal_closes_once_was_decided_on_reporting_and_on_telling(cast, sign_in, frozen_clock):
    signal = written(cast, cast.teacher)
    client = sign_in(cast.director)

    def step(kind):
        assert client.post(page_of(signal, "step"), {"kind": kind, "text": "Omdat."}).status_code == 302
        frozen_clock.shift(timedelta(seconds=1))

    def close():
        client.post(page_of(signal, "close"))
        with acting(SYSTEM):
            return fresh(signal).state == "closed"

    assert not close()
    step("reported")
    assert not close()
    step("told_later")
    assert not close()
    step("told")
    assert close()
    with acting(SYSTEM):
        assert fresh(signal).closed_on == TODAY
        told = Event.objects.get(action="signal.closed")
        assert told.detail == {"reported": "reported", "told": "told"}
    with refused("closed"), acting(cast.director.pk):
        privacy.add_step(signal=fresh(signal), kind="note", text="x", by=cast.director)
    page = client.get(page_of(signal)).text
    assert "gemeld bij de Autoriteit Persoonsgegevens" in page
    assert "Stap toevoegen" not in page


def test_the_newest_decision_counts_and_the_earlier_one_stays_to_be_read(cast, frozen_clock):
    signal = written(cast, cast.teacher)
    with acting(cast.director.pk):
        for kind in ("not_reported", "reported"):
            privacy.add_step(signal=signal, kind=kind, text=f"Want: {kind}", by=cast.director)
            frozen_clock.shift(timedelta(minutes=1))
        steps = list(signal.steps.all())

    assert [step and step.kind for step in privacy.decisions(steps)] == ["reported", None]
    assert len(steps) == 2


def test_vandaag_shows_an_open_signal_to_who_handles_it_until_it_is_closed(cast, trajectory):
    talk(cast, trajectory)
    signal = written(cast, cast.teacher, trajectory)
    with acting(cast.director.pk):
        assert [task.kind for task in tasks(cast.director, TODAY)] == ["signal", "share"], (
            "hours count: it stands first"
        )

    def due(name):
        user = getattr(cast, name)
        with acting(user.pk):
            return [task for task in tasks(user, TODAY) if task.kind == "signal"]

    for name in ALL:
        assert [task.url for task in due(name)] == ([page_of(signal)] if name in HANDLES else []), name
    assert "Emma" not in str(due("coordinator")) + str(due("fg"))
    with acting(cast.director.pk):
        for kind in ("not_reported", "not_told"):
            privacy.add_step(signal=signal, kind=kind, text="Niets gezien.", by=cast.director)
        privacy.close_signal(signal=signal, by=cast.director, on=TODAY)
    assert not due("coordinator")


def test_the_one_question_of_a_breach_leads_to_the_looks_of_that_case_and_those_days(cast, trajectory, monkeypatch):
    signal = written(cast, cast.teacher, trajectory, noticed_on=TODAY - timedelta(days=3))
    plain = written(cast, cast.teacher)
    monkeypatch.setattr(seam, "reverse", lambda name: {"cases:look_list": "/blikken/"}[name])

    assert seam.looks_url(signal) == f"/blikken/?zaak={trajectory.pk}&van=21-11-2026&tot=24-11-2026"
    assert seam.looks_url(plain) == ""


def test_the_handlers_open_the_case_and_the_fg_only_that_it_exists(cast, trajectory, sign_in):
    signal = written(cast, cast.teacher, trajectory)

    assert sign_in(cast.director).get(page_of(signal)).context["case"].name == "E.K."
    shown = sign_in(cast.fg).get(page_of(signal))
    assert shown.context["case"].name == "een leerling"
    assert "E.K." not in shown.text


def test_a_look_at_a_signal_stands_in_the_record_with_its_ground(cast, sign_in):
    signal = written(cast, cast.teacher)
    for name in ("teacher", "fg"):
        sign_in(getattr(cast, name)).get(page_of(signal))

    with acting(SYSTEM):
        looks = Event.objects.filter(action="signal.looked", subject=signal.pk).values_list("actor", "ground")
        assert dict(looks) == {cast.teacher.pk: "writer", cast.fg.pk: "handler"}


def test_the_pages_ask_as_little_for_many_signals_and_steps_as_for_one(cast, trajectory, sign_in, own_queries):
    signal = written(cast, cast.teacher, trajectory)
    client = sign_in(cast.director)
    urls = [page_of(signal), reverse("cases:signal_list"), reverse("cases:signal_write"), reverse("cases:today")]

    def count(url):
        with own_queries() as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    with acting(cast.coordinator.pk):
        privacy.add_step(signal=signal, kind="note", text="x", by=cast.coordinator)
    few = [count(url) for url in urls]
    for _number in range(8):
        written(cast, cast.teacher)
        with acting(cast.coordinator.pk):
            privacy.add_step(signal=signal, kind="note", text="x", by=cast.coordinator)

    assert [count(url) for url in urls] == few
    assert max(few) <= 15, few


# --- about somebody of the school ------------------------------------------------------------------------------------


def test_whom_a_signal_is_about_sees_nothing_of_it_in_either_wall(cast, sign_in):
    signal = written(cast, cast.teacher, concerns=cast.director)
    with acting(cast.coordinator.pk):
        privacy.add_step(signal=signal, kind="note", text="Bestuur gebeld.", by=cast.coordinator)
    for user, sees in ((cast.director, False), (cast.coordinator, True), (cast.fg, True), (cast.teacher, True)):
        with acting(user.pk):
            assert PrivacySignal.objects.for_user(user).exists() is sees
            assert PrivacySignal.objects.exists() is sees
            assert SignalStep.objects.exists() is (sees and user != cast.teacher)
            assert PrivacySignal.history.exists() is (sees and user != cast.teacher)
            told = {"cases.privacysignal"} & set(Event.objects.values_list("kind", flat=True))
            assert told == {"cases.privacysignal"} & set(looks_for(user).values_list("kind", flat=True))
            assert bool(told) is (sees and user in (cast.fg, cast.coordinator, cast.teacher))
    client = sign_in(cast.director)
    assert client.get(page_of(signal)).status_code == 404
    for name in ("take_up", "step", "close"):
        assert client.post(page_of(signal, name)).status_code == 404
    assert [one for one in tasks(cast.director, TODAY) if "privacy" in one.title.lower()] == []
    assert cast.director.full_name in sign_in(cast.coordinator).get(page_of(signal)).text


def test_the_form_asks_whom_it_is_about_and_offers_who_would_read_it_but_oneself(cast, sign_in):
    offered = sign_in(cast.coordinator).get(reverse("cases:signal_write")).context["form"].fields["concerns"].choices
    names = {name for _key, name in offered}

    assert {cast.director.full_name, cast.privacy_officer.full_name, cast.fg.full_name} <= names
    assert cast.coordinator.full_name not in names
    answer = sign_in(cast.teacher).post(
        reverse("cases:signal_write"), SENT | {"concerns": str(cast.coordinator.pk)}, follow=True
    )
    assert WORDS in answer.text
    with acting(cast.coordinator.pk):
        assert not PrivacySignal.objects.exists()


def test_a_signal_is_about_somebody_of_that_school_and_leaves_somebody_to_read_it(cast):
    with refused("not_of_this_school"):
        written(cast, cast.teacher, concerns=cast.stranger)
    with acting(cast.stranger.pk), pytest.raises(ValidationError):
        privacy.write_signal(
            school=cast.other_school, text=WORDS, data_left="no", noticed_on=TODAY, by=cast.stranger,
            concerns=cast.stranger,
        )  # fmt: skip
    with acting(SYSTEM):
        helper = staff("hulp", cast.other_school, Role.TEACHER)
    with acting(helper.pk), refused("nobody_left"):
        privacy.write_signal(
            school=cast.other_school, text=WORDS, data_left="no", noticed_on=TODAY, by=helper, concerns=cast.stranger
        )
