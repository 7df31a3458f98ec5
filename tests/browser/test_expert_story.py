"""From the answers of two parents to the end of a guidance, with two experts: one child known, one anonymous.

On a served copy of the fictional school. Nobody here is real.
"""

import re

from playwright.sync_api import expect

from tests.browser.files import report_of_an_expert
from tests.browser.hands import Hands

GUIDE, TEACHER, EXPERT, OTHER = "marloes.visser", "lotte.dewit", "priya.ramdin", "sietse.wiersma"
MOTHER, FATHER = "Carolien Vermeer", "Pieter de Graaf"
NAMES = ("Yara", "Benali", "Hassan", "Nadia", "Y.B.")


def test_from_the_answers_to_the_end_of_the_guidance(open_as, looks_right):
    guide = Hands(open_as(GUIDE))
    expert = Hands(open_as(EXPERT, refusals=(404,)))
    other = Hands(open_as(OTHER, refusals=(404,)))
    guidance = the_parents_answer_known(guide, looks_right)
    case = the_expert_reads_a_known_child(expert, looks_right)
    an_anonymous_child_stays_so(expert, looks_right)
    the_expert_hands_in_a_report_and_advises(expert, case, looks_right)
    the_teacher_reads_the_advice(Hands(open_as(TEACHER)), looks_right)
    the_staff_look_as_the_expert(guide, expert, guidance, case, looks_right)
    another_expert_finds_nothing(other, case)
    a_parent_changes_her_mind(guide, expert, guidance, case, looks_right)
    the_guidance_ends(guide, expert, guidance, case, looks_right)


def the_parents_answer_known(guide, see):
    """Two parents with one letter: each says B. Then the expert begins. Gives the address of the guidance."""
    page = guide.page
    page.goto("/trajecten/")
    guide.follow("Graaf, Noor de")
    page.get_by_role("link", name=re.compile("Expert .*Ramdin")).first.click()
    see(page, "guidance-waiting")
    for name in (MOTHER, FATHER):
        line = page.get_by_role("listitem").filter(has_text=name)
        line.get_by_role("link", name="Leg antwoord vast").click()
        guide.tap("Wat is het antwoord?", "B: bekend")
        guide.tap("Hoe kwam het binnen?", "in een gesprek")
        guide.press("Antwoord opslaan")
        guide.is_told("Het antwoord is opgeslagen")
    guide.reads("geantwoord: bekend")
    see(page, "guidance-answered")
    guide.press("Laat expert beginnen")
    guide.reads("De expert mag het kind met naam kennen")
    see(page, "guidance-running")
    return page.url


def the_expert_reads_a_known_child(expert, see):
    """By name, what the heading opens, and no more. Gives the address of the page."""
    page = expert.page
    expert.follow("Begeleiding")
    see(page, "expert-list")
    expert.follow("Noor de Graaf")
    expert.reads("Noor de Graaf", "Gesprekken met de ouders", "Lotte de Wit", "Marloes Visser")
    expert.reads_not("Carolien", "Pieter", "Molenweg", "Notities", "Toestemmingen")
    assert "Noor" not in page.title()
    see(page, "expert-known")
    page.set_viewport_size({"width": 390, "height": 900})
    see(page, "expert-known-phone")
    page.set_viewport_size({"width": 1280, "height": 900})
    return page.url


def an_anonymous_child_stays_so(expert, see):
    """An alias and a code: no name, no initials, in nothing that the page holds."""
    page = expert.page
    page.goto("/begeleid/")
    page.get_by_role("link", name=re.compile("^[Ee]en meisje|^[Ee]en leerling uit groep 5")).first.click()
    expert.reads("K-")
    see(page, "expert-anonymous")
    assert not [name for name in NAMES if name in page.content()]


def the_expert_hands_in_a_report_and_advises(expert, case, see):
    """A PDF under its heading, and a word for the teacher alone."""
    page = expert.page
    page.goto(case)
    expert.follow("Verslag inleveren")
    expert.tap("Waar gaat het over?", "CLB-verslag")
    expert.type("Wat is het?", "Verslag van twee bezoeken")
    expert.press("Vandaag", exact=True)
    page.get_by_label("Bestand").set_input_files(report_of_an_expert())
    see(page, "expert-report")
    expert.press("Verslag inleveren")
    expert.reads("Verslag van twee bezoeken")
    expert.follow("Leerkracht adviseren")
    expert.tap("Voor welke leerkracht?", "Lotte de Wit")
    expert.type("Wat adviseer je?", "Begin de les met wat goed ging. Geef daarna pas de opdracht.")
    see(page, "expert-advice")
    expert.press("Advies geven")
    expert.is_told("Je advies staat klaar voor de leerkracht")


def the_teacher_reads_the_advice(teacher, see):
    """On Vandaag, and on a page of its own."""
    teacher.page.goto("/adviezen/")
    teacher.reads("Begin de les met wat goed ging", "Priya Ramdin")
    see(teacher.page, "advice")


def the_staff_look_as_the_expert(guide, expert, guidance, case, see):
    """What the staff see is what the expert sees, to the word; of the advice only that it is there."""
    page = guide.page
    page.goto(guidance)
    guide.follow("Bekijk als expert")
    guide.reads("coachnotitie")
    guide.reads_not("Begin de les met wat goed ging")
    see(page, "look-as-expert")
    expert.page.goto(case)
    ours, theirs = (_guidance_words(hands.page) for hands in (guide, expert))
    assert ours == theirs


def _guidance_words(page):
    """The words of the part that both pages share."""
    return page.locator("main .row.g-3").first.inner_text()


def another_expert_finds_nothing(other, case):
    """Not in the list, and not at the address."""
    other.page.goto("/begeleid/")
    other.reads_not("Noor", "Graaf")
    assert other.page.goto(case).status == 404


def a_parent_changes_her_mind(guide, expert, guidance, case, see):
    """From known to anonymous: at the next click the name is gone."""
    guide.page.goto(guidance)
    line = guide.page.get_by_role("listitem").filter(has_text=MOTHER)
    line.get_by_role("link", name="Wijzig antwoord").click()
    guide.tap("Wat is het antwoord?", "A: anoniem")
    guide.press("Antwoord opslaan")
    guide.is_told("Het antwoord is opgeslagen")
    expert.page.goto(case)
    expert.reads_not("Noor", "Graaf", "Gesprekken met de ouders", "Lotte de Wit")
    see(expert.page, "expert-turned-anonymous")


def the_guidance_ends(guide, expert, guidance, case, see):
    """Nothing more for the expert; the report stays in the file."""
    guide.page.goto(guidance)
    guide.press("Beëindig begeleiding")
    guide.reads("beëindigd")
    see(guide.page, "guidance-ended")
    assert expert.page.goto(case).status == 404
    expert.page.goto("/begeleid/")
    expert.reads_not("Noor", "Graaf")
    guide.page.goto("/trajecten/")
    guide.follow("Graaf, Noor de")
    expect(guide.page.get_by_role("main")).to_contain_text("Verslag van twee bezoeken")
    see(guide.page, "case-with-report")
