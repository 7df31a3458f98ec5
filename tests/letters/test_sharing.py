"""The report of a talk, shared in writing: what each parent reads, how it goes, and the reading link."""

import io
from datetime import timedelta

import pikepdf
import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.wall import SYSTEM, acting
from audit.models import Event
from cases.actions.talks import change_conversation, set_position
from cases.models import Conversation, ReportSharing
from letters import pdf
from letters.actions import (
    make_reading_link,
    nameless_text,
    open_link,
    protected_pdf,
    share_report,
)
from letters.compose import report
from letters.models import IssuedLetter, ReadingLink
from tests.conftest import TODAY, make_guardian
from tests.letters.conftest import to_external
from tests.letters.test_issuing import add_parent, change, elsewhere, text_of

pytestmark = pytest.mark.django_db


def share(stage, how="print", guardians=None, talk=None, **more):
    with acting(stage.coordinator.pk):
        return share_report(
            talk=talk or stage.talk,
            guardians=[stage.mother.guardian] if guardians is None else guardians,
            how=how,
            by=stage.coordinator,
            on=TODAY,
            **more,
        )


def stance(stage, guardian, **position):
    with acting(stage.coordinator.pk):
        set_position(conversation=stage.talk, guardian=guardian, by=stage.coordinator, **position)


def composed(stage, *guardians):
    with acting(stage.coordinator.pk):
        return report(stage.talk, guardians, TODAY)


# --- what each parent reads ------------------------------------------------------------------------------------------


def test_the_copy_for_one_parent_leaves_out_what_the_other_said_elsewhere(stage):
    father = add_parent(stage, **elsewhere()).guardian
    stance(stage, stage.mother.guardian, stance="objects", reasons="Ik wil geen vreemde in de klas.")
    stance(stage, father, stance="objects", reasons="Ik las het pas gisteren.")

    mothers, fathers = composed(stage, stage.mother.guardian), composed(stage, father)

    assert [line.reasons for line in mothers.positions] == ["Ik wil geen vreemde in de klas."]
    assert [line.reasons for line in fathers.positions] == ["Ik las het pas gisteren."]
    copies = share(stage, guardians=[stage.mother.guardian, father])
    with acting(stage.coordinator.pk):
        for copy in copies:
            text = text_of(copy.letter.file.data)
            assert ("vreemde" in text) != ("gisteren" in text)


def test_parents_who_sat_at_one_talk_read_what_both_thought_in_one_copy(cast, trajectory):
    father = add_parent(cast).guardian
    cast.talk = to_external(cast, trajectory, guardians=[cast.mother.guardian, father])

    copies = share(cast, guardians=[cast.mother.guardian, father])

    assert len(copies) == 1
    with acting(cast.coordinator.pk):
        text = text_of(copies[0].letter.file.data)
        assert "Mevrouw A. Kaya: stemt in." in text
        assert "De heer M. Demir: stemt in." in text
        assert {row.guardian_id for row in ReportSharing.objects.all()} == {cast.mother.guardian_id, father.pk}


def test_a_judgement_stands_apart_from_the_facts_with_what_it_rests_on(cast, trajectory):
    cast.talk = to_external(
        cast, trajectory, judgement="Emma mist de tafels.", judgement_rests_on="Toets van oktober: 4 van de 20."
    )

    (copy,) = share(cast)

    with acting(cast.coordinator.pk):
        text = text_of(copy.letter.file.data)
    assert "Wat denken wij? Dit is wat wij denken. Het is geen feit. Emma mist de tafels." in text
    assert "Wij denken dit, omdat: Toets van oktober: 4 van de 20." in text


def test_the_choice_stands_in_the_report_of_the_joint_talk(stage):
    assert "A: Emma blijft anoniem. B: Emma is bekend." in composed(stage, stage.mother.guardian).choice


def test_no_address_stands_in_a_report(stage):
    (copy,) = share(stage)

    with acting(stage.coordinator.pk):
        assert "Dorpsstraat" not in text_of(copy.letter.file.data)


# --- how it goes -----------------------------------------------------------------------------------------------------


def test_sharing_asks_what_each_parent_thought(cast, trajectory):
    cast.talk = to_external(cast, trajectory, positions={})

    with pytest.raises(ValidationError) as refusal:
        share(cast)

    assert refusal.value.code == "stance_missing"
    with acting(cast.coordinator.pk):
        assert not IssuedLetter.objects.exists()
    share(cast, positions={cast.mother.guardian: {"stance": "objects", "gave_no_reason": True}})
    with acting(cast.coordinator.pk):
        assert "Wilde geen reden noemen" in text_of(IssuedLetter.objects.get().file.data)


def test_sharing_asks_whether_nothing_was_agreed(cast, trajectory):
    cast.talk = to_external(cast, trajectory, agreements=[])

    with pytest.raises(ValidationError) as refusal:
        share(cast)

    assert refusal.value.code == "agreements_missing"
    (copy,) = share(cast, no_agreements=True)
    with acting(cast.coordinator.pk):
        assert "Er zijn geen afspraken gemaakt." in text_of(copy.letter.file.data)


def test_only_who_gets_the_report_gets_it(stage):
    with acting(SYSTEM):
        barred = make_guardian(stage.pupil, first_name="Kees", surname="Verboden", no_contact=True)

    with pytest.raises(ValidationError) as refusal:
        share(stage, guardians=[barred.guardian])

    assert refusal.value.code == "not_a_receiver"


@pytest.mark.parametrize(("how", "given"), [("print", "handed"), ("post", "post"), ("reading_link", "")])
def test_a_shared_copy_is_kept_with_how_it_went(how, given, stage):
    (copy,) = share(stage, how=how)

    with acting(stage.coordinator.pk):
        letter = IssuedLetter.objects.get(pk=copy.letter.pk)
        assert (letter.kind, letter.edition, letter.given_on, letter.given_how) == ("report", 1, TODAY, given)
        assert ReportSharing.objects.get().how == how


def test_a_report_changed_after_sharing_is_version_two_and_says_so(stage):
    share(stage)
    with acting(stage.coordinator.pk):
        change_conversation(
            conversation=stage.talk,
            by=stage.coordinator,
            version=stage.talk.version,
            guardians=[stage.mother.guardian],
            colleagues=[stage.teacher],
            agreements=[{"what": "Elke ochtend oefenen", "who": "juf Lotte"}],
            text="Emma rekent net zo snel als in september.",
        )

    (copy,) = share(stage)

    assert copy.letter.edition == 2
    with acting(stage.coordinator.pk):
        assert "Dit is versie 2. Deze versie komt in de plaats van de vorige." in text_of(copy.letter.file.data)


def test_a_protected_pdf_opens_with_its_pass_phrase_and_the_kept_one_stays_as_it_was(stage):
    (copy,) = share(stage, how="protected_pdf")

    with acting(stage.coordinator.pk):
        locked = protected_pdf(letter=copy.letter, pass_phrase=copy.pass_phrase, by=stage.coordinator)
        assert copy.letter.file.data != locked
        with pytest.raises(ValidationError):
            protected_pdf(letter=copy.letter, pass_phrase="geheim", by=stage.coordinator)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(locked))
    assert len(pikepdf.open(io.BytesIO(locked), password=copy.pass_phrase).pages) == 1


# --- without names ---------------------------------------------------------------------------------------------------


def test_the_copy_for_the_parent_app_names_nobody(cast, trajectory):
    cast.talk = to_external(
        cast,
        trajectory,
        text="Emma Kaya telt. Mevrouw Kaya zag Emma's schrift. Ayse helpt E.K. thuis; juf Lotte helpt op school.",
        interventions=[{"text": "Emma krijgt een kaart."}],
    )
    with acting(cast.coordinator.pk):
        text, replaced = nameless_text(talk=cast.talk, on=TODAY)

    assert "Uw kind telt. Moeder zag schrift van uw kind. Moeder helpt uw kind thuis" in text
    assert "de leerkracht helpt op school" in text
    assert "Uw kind krijgt een kaart." in text
    assert replaced == 0
    for name in ("Emma", "Kaya", "Ayse", "E.K.", "Lotte"):
        assert name not in text


def test_a_name_of_which_it_is_unclear_whose_it_is_is_taken_out_and_counted(cast, trajectory):
    cast.talk = to_external(cast, trajectory, text="De familie Kaya verhuist.")
    with acting(cast.coordinator.pk):
        text, replaced = nameless_text(talk=cast.talk, on=TODAY)

    assert "De familie [naam] verhuist." in text
    assert replaced == 1


# --- the reading link ------------------------------------------------------------------------------------------------


@pytest.fixture
def link(stage):
    """A report behind a link, for the mother."""
    (stage.copy,) = share(stage, how="reading_link")
    return stage


def opened(stage, code=None, token=None):
    """Somebody without an account tries."""
    with acting(""):
        return open_link(token=token or stage.copy.token, code=code or stage.copy.code)


def test_the_right_code_opens_a_report_once(link):
    kept, name = opened(link)

    assert kept.data.startswith(b"%PDF")
    assert name == "verslag-EK-2026-11-24.pdf"
    assert opened(link) is None
    with acting(SYSTEM):
        assert ReadingLink.objects.get().opened_at
        assert Event.objects.filter(action="reading_link.opened").count() == 1
        assert Event.objects.filter(action="reading_link.refused").count() == 1


def test_a_code_may_be_typed_as_it_was_heard(link):
    assert opened(link, code=link.copy.code.lower().replace("-", " "))


def test_five_wrong_codes_close_a_link(link):
    for _number in range(5):
        assert opened(link, code="AAAA-AAAA") is None

    assert opened(link) is None


def test_a_link_is_open_for_two_weeks(link):
    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        assert opened(link) is None


def test_an_unknown_link_opens_nothing(link):
    assert opened(link, token="geen-bestaand-adres") is None


def test_a_new_link_closes_the_older_one(link):
    with acting(link.coordinator.pk):
        token, code = make_reading_link(letter=link.copy.letter, by=link.coordinator)

    assert opened(link) is None
    assert opened(link, token=token, code=code)


def test_a_link_closes_for_whom_contact_is_no_longer_allowed(link):
    change(link.mother.guardian, no_contact=True)

    assert opened(link) is None


def corrected(stage, **more):
    """The talk of the stage gets another text: what was shared is an older version now."""
    with acting(stage.coordinator.pk):
        change_conversation(
            conversation=Conversation.objects.get(pk=stage.talk.pk),
            by=stage.coordinator,
            version=stage.talk.version,
            guardians=[stage.mother.guardian],
            colleagues=[stage.teacher],
            agreements=[{"what": "Elke ochtend oefenen", "who": "juf Lotte"}],
            text="Emma rekent net zo snel als in september.",
        )
        return IssuedLetter.objects.get(pk=stage.copy.letter.pk)


ENDED = [{"gets_report": False}, {"until_on": TODAY - timedelta(days=1)}]


@pytest.mark.parametrize("ended", ENDED, ids=["no reports", "relation ended"])
def test_a_link_closes_for_who_gets_no_reports_any_more(ended, link):
    change(link.mother, **ended)

    assert opened(link) is None
    with acting(link.coordinator.pk), pytest.raises(ValidationError) as refusal:
        make_reading_link(letter=IssuedLetter.objects.get(), by=link.coordinator)
    assert refusal.value.code == "not_a_receiver"


def test_a_link_to_a_copy_for_two_closes_when_one_of_them_gets_no_reports_any_more(cast, trajectory):
    father = add_parent(cast)
    both = [cast.mother.guardian, father.guardian]
    cast.talk = to_external(cast, trajectory, guardians=both)
    (cast.copy,) = share(cast, how="reading_link", guardians=both)
    change(father, until_on=TODAY - timedelta(days=1))

    assert opened(cast) is None


def test_a_link_to_an_older_version_closes_and_no_new_one_is_made(link):
    letter = corrected(link)

    assert opened(link) is None
    with acting(link.coordinator.pk), pytest.raises(ValidationError) as refusal:
        make_reading_link(letter=letter, by=link.coordinator)
    assert refusal.value.code == "older_edition"


def test_the_corrected_report_opens_by_its_own_link(link):
    corrected(link)
    with acting(link.coordinator.pk):
        link.talk.refresh_from_db()
    (link.copy,) = share(link, how="reading_link")

    assert opened(link)


def test_neither_token_nor_code_is_kept(link):
    with acting(SYSTEM):
        row = ReadingLink.objects.get()
    for secret in (link.copy.token, link.copy.code, link.copy.code.replace("-", "")):
        assert ReadingLink.hash(secret) != bytes(row.code_hash)
        assert secret.encode() not in bytes(row.token_hash) + bytes(row.code_hash)


def test_only_a_report_is_read_by_a_link(issued):
    with acting(issued.coordinator.pk), pytest.raises(ValidationError):
        make_reading_link(letter=issued.letters[0], by=issued.coordinator)


def test_what_the_parent_reads_are_the_kept_bytes(link):
    kept, _name = opened(link)

    with acting(link.coordinator.pk):
        assert kept.data == IssuedLetter.objects.get().file.data


def test_a_report_in_paper_is_as_composed(stage):
    made = pdf.render("letters/report.html", composed(stage, stage.mother.guardian))

    assert "Verslag van ons gesprek" in text_of(made.pdf)
