"""From a school's pupil file to the letters for two parents, as an intern begeleider and a teacher walk it.

On a served copy of the fictional school. Nobody here is real.
"""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.dates import short_date
from tests.browser.files import BSNS, Paper, parents_list, pupil_export, uploaded, zipped
from tests.browser.hands import Hands

COORDINATOR, TEACHER = "marloes.visser", "lotte.dewit"
MOTHER, FATHER = "Hanneke Mulder", "Fadi van der Hoek"
WORRY = "Roos leest elke dag tien minuten. Bij lange woorden raadt zij de helft. Moeder ziet dat thuis ook."


@pytest.fixture
def see(looks_right):
    """Return a look at a page that does not stop the story: for a picture and axe."""
    return looks_right


def test_from_the_pupil_file_to_the_letters_for_two_parents(open_as, see):
    guide = Hands(open_as(COORDINATOR, refusals=(422,)))
    teacher = Hands(open_as(TEACHER, refusals=(422,)))
    the_pupils_come_in(guide, see)
    their_teacher_is_assigned(guide, see)
    parents_are_added(guide, see)
    case = the_teacher_opens_a_case(teacher, see)
    parents_come_from_a_list(guide, see)
    talk = the_teacher_logs_the_talk(teacher, see)
    the_report_is_shared(teacher, open_as(None, refusals=(422,)), talk, see)
    help_inside_the_school(guide, case, see)
    the_joint_talk(teacher, guide, case, see)
    letters = the_letters_are_made(guide, case, see)
    the_letters_are_read_back(guide, letters, see)
    the_parents_answer(guide, see)


def the_pupils_come_in(guide, see):
    """Story 2: the wrong file first; then looked at, confirmed, and once more without a change."""
    page, export = guide.page, pupil_export(timezone.localdate())
    page.goto("/")
    guide.follow("Leerlingen")
    guide.follow("Leerlingen inlezen")
    _choose(guide, uploaded("edex.zip", zipped(export)))
    guide.is_refused("Bestand", "zip")
    see(page, "import-refused")
    _choose(guide, uploaded("edex.xml", pupil_export(timezone.localdate(), brin="11XX")))
    guide.reads("11XX")
    _choose(guide, uploaded("edex.xml", export))
    see(page, "import-preview")
    _counts(page, {"Nieuw": "7", "Gewijzigd": "0", "Van school": "0"})
    guide.reads("regel", "bsn", "eckid", "postcodenl")
    guide.reads_not(*BSNS)
    guide.press("Lees bestand in")
    guide.is_told("Het bestand is ingelezen")
    see(page, "pupils")
    page.goto("/leerlingen/inlezen/")
    _choose(guide, uploaded("edex.xml", export))
    guide.reads("Dit bestand verandert niets")
    expect(page.get_by_role("button", name="Lees bestand in")).to_have_count(0)


def _choose(guide, file):
    guide.tap("School", "De Wilgenboom")
    guide.page.get_by_label("Bestand").set_input_files(file)
    guide.press("Bekijk bestand")


def _counts(page, wanted):
    for word, number in wanted.items():
        expect(page.locator("dt", has_text=word).locator("xpath=following-sibling::dd[1]").first).to_have_text(number)


def their_teacher_is_assigned(guide, see):
    """Story 3: the new group gets its teacher, who sees nothing of it before."""
    guide.page.goto("/groepen/")
    see(guide.page, "groups")
    guide.follow("Uilen")
    guide.follow("Leerkracht toewijzen")
    guide.page.get_by_label("Leerkracht").select_option(label="Lotte de Wit")
    see(guide.page, "group-assign")
    guide.press("Leerkracht toewijzen")
    guide.is_told("De leerkracht is toegewezen")
    see(guide.page, "group")


def parents_are_added(guide, see):
    """Story 3: two parents at two addresses by hand, one with an interpreter."""
    guide.follow("Hoek, Roos")
    see(guide.page, "pupil-new")
    for title, name, street, language in (
        ("mevrouw", MOTHER, "Notenlaan 4", ""),
        ("de heer", FATHER, "Eikenhof 22", "Arabisch"),
    ):
        guide.follow("Ouder toevoegen")
        first, _, surname = name.partition(" ")
        prefix, _, surname = surname.rpartition(" ")
        guide.tap("Aanhef in een brief", title)
        guide.type("Voornaam of voorletters", first)
        guide.type("Tussenvoegsel", prefix)
        guide.type("Achternaam", surname)
        if language:
            guide.press("Bewaar ouder of verzorger")  # gezag is not said yet
            see(guide.page, "guardian-refused")
        guide.tap("gezag", "Ja")
        guide.type("Wie zegt dat", "beide ouders, bij de aanmelding")
        guide.type("Straat en nummer", street)
        guide.type("Postcode", "1234ab")
        guide.type("Plaats", "Voorbeeldstad")
        if language:
            guide.type("Taal bij gesprekken", language)
            guide.tick("tolk")
        guide.press("Bewaar ouder of verzorger")
        guide.is_told("bewaard")
    see(guide.page, "pupil-with-parents")
    guide.reads(MOTHER, FATHER, "Notenlaan 4", "Eikenhof 22", "1234 AB", "Arabisch")


def the_teacher_opens_a_case(teacher, see):
    """Story 4: niveau 0, with a support question. Returns the address of the case."""
    page = teacher.page
    page.goto("/leerlingen/")
    teacher.follow("Hoek, Roos")
    teacher.follow("Open traject")
    teacher.type("Wat is je ondersteuningsvraag?", "Hoe help ik bij het lezen van lange woorden?")
    see(page, "case-open")
    teacher.press("Open traject")
    teacher.is_told("Het traject is geopend")
    see(page, "case-new")
    return page.url


def parents_come_from_a_list(guide, see):
    """Story 3: parents of children with a running case come in from a CSV, the rest later."""
    page = guide.page
    page.goto("/leerlingen/")
    guide.follow("Ouders inlezen")
    _choose(guide, uploaded("ouders.csv", parents_list(), "text/csv"))
    see(page, "guardians-preview")
    _counts(page, {"Nieuw": "1", "Later": "1"})
    guide.reads("Karim Bouzid", "regel 4")
    guide.press("Lees bestand in")
    guide.is_told("Het bestand is ingelezen")
    guide.follow("Bouzid, Aya")
    guide.reads("Karim Bouzid")


def the_teacher_logs_the_talk(teacher, see):
    """Story 4: three things. A mistake loses nothing."""
    page, tomorrow = teacher.page, timezone.localdate() + timedelta(days=1)
    teacher.done.clear()
    teacher.follow("Gesprek vastleggen")
    teacher.tap("Met wie?", MOTHER)
    teacher.type("Wat is er besproken?", WORRY)
    assert len(teacher.done) == 3
    see(page, "talk-typed")
    teacher.reads("Dit lezen straks", "Lotte de Wit", "Marloes Visser")
    teacher.type("Datum", short_date(tomorrow))
    teacher.press("Opslaan", exact=True)
    teacher.is_refused("Datum", "Deze datum moet nog komen")
    see(page, "talk-refused")
    expect(page.get_by_label("Wat is er besproken?")).to_have_value(WORRY)
    expect(page.get_by_label(MOTHER)).to_be_checked()
    teacher.press("Vandaag", exact=True)
    teacher.type("Afspraken", "- elke dag drie lange woorden - moeder - volgende week")
    teacher.press("Opslaan", exact=True)
    teacher.is_told("Het gesprek is opgeslagen")
    see(page, "talk")
    return page.url
