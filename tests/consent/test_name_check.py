"""The naamcontrole on its way to a reader who may not know the child: what gives the child away is refused."""

import pytest
from django.core.exceptions import ValidationError

from accounts.wall import SYSTEM, acting
from cases.actions.people import add_guardian
from consent.actions import check_nameless
from tests.conftest import LONG_AGO, make_pupil

pytestmark = pytest.mark.django_db


@pytest.fixture
def sister(cast):
    """Noor, in another group, whose mother is Emma's mother."""
    with acting(SYSTEM):
        child = make_pupil(cast.school, cast.group, "Noor", "Zeezicht")
        relation = {"has_authority": True}
        add_guardian(pupil=child, person=cast.mother.guardian, relation=relation, from_on=LONG_AGO, by=SYSTEM)
    return child


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hoe help ik Emma?", "names_child"),
        ("Hoe help ik Emmaatje?", "names_child"),
        ("Em\u200bma rekent.", "strange_signs"),
        ("Е\u043c\u043c\u0430 rekent.", "strange_signs"),
        ("E\u2800mma", "strange_signs"),
        ("Een meisje uit de Vlinders.", "names_child"),
        ("Het zusje van Noor.", "names_child"),
        ("Zij woont in de Dorpsstraat 12.", "names_child"),
        ("Geboren 4-3-2017.", "names_child"),
        ("Geboren op 4 maart 2017.", "names_child"),
        ("E.K. telt op haar vingers.", "names_child"),
    ],
)
def test_what_gives_the_child_away_is_refused(text, code, cast, sister):
    with acting(cast.teacher.pk), pytest.raises(ValidationError) as refusal:
        check_nameless(text, cast.pupil, field="question")

    assert refusal.value.error_dict["question"][0].code == code


@pytest.mark.parametrize("text", ["", "Hoe help ik bij rekenen tot twintig?", "Café, naïef, coördinatie: dat mag."])
def test_plain_questions_pass(text, cast, sister):
    with acting(cast.teacher.pk):
        check_nameless(text, cast.pupil, field="question")
