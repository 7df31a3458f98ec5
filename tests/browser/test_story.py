"""From a school's pupil file to the letters for two parents, as an intern begeleider and a teacher walk it.

On a served copy of the fictional school. Nobody here is real.
"""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from accounts.dates import short_date
from tests.browser.files import BSNS, Paper, parents_list, pupil_export, uploaded, zipped
from tests.browser.hands import Hands

COORDINATOR, TEACHER = "marloes.visser", "lotte.dewit"
MOTHER, FATHER = "Hanneke Mulder", "Fadi van der Hoek"
WORRY = "Roos leest elke dag tien minuten. Bij lange woorden raadt zij de helft. Moeder ziet dat thuis ook."


def test_from_the_pupil_file_to_the_letters_for_two_parents(open_as, looks_right):
    see = looks_right
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
        guide.type("Straat en huisnummer", street)
        guide.type("Postcode", "1234ab")
        guide.type("Plaats", "Voorbeeldstad")
        if language:
            guide.type("Taal bij gesprekken", language)
            guide.tick("tolk")
        guide.press("Bewaar ouder of verzorger")
        guide.is_told("bewaard")
    see(guide.page, "pupil-with-parents")
    guide.reads("mevrouw H. Mulder", "de heer F. van der Hoek", "Notenlaan 4", "Eikenhof 22", "1234 AB", "Arabisch")


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
    guide.reads("de heer K. Bouzid")


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
    expect(page.get_by_label("Bron, als je het niet zelf hoorde")).to_be_hidden()
    teacher.press("Vandaag", exact=True)
    teacher.type("Afspraken", "- elke dag drie lange woorden - moeder - volgende week")
    teacher.press("Opslaan", exact=True)
    teacher.is_told("Het gesprek is opgeslagen")
    see(page, "talk")
    return page.url


def the_report_is_shared(teacher, reader, talk, see):
    """Story 4: on paper in two taps, by a reading link that opens once; what changes after is to be shared again."""
    page = teacher.page
    teacher.follow("Deel verslag")
    see(page, "share")
    teacher.tap(f"Wat vond {MOTHER} ervan?", "stemt in")
    teacher.done.clear()
    teacher.tap("Hoe?", "geprint en meegegeven")
    teacher.press("Deel verslag")
    assert len(teacher.done) == 2
    teacher.is_told("Het verslag is gedeeld")
    see(page, "shared")
    printed = page.request.get(page.get_by_role("link", name="Verslag printen").get_attribute("href"))
    assert printed.ok
    assert printed.body().startswith(b"%PDF")

    page.goto(talk)
    teacher.reads("geprint en meegegeven")
    page.goto(f"{talk}delen/")
    teacher.reads("Iedereen heeft dit verslag al")
    teacher.tap("Hoe?", "leeslink met een code")
    teacher.press("Deel verslag")
    see(page, "reading-link")
    link, code = page.locator("code").all_inner_texts()
    _the_link_opens_once(Hands(reader), link, code, see)

    page.goto(talk)
    teacher.follow("Wijzig gesprek")
    teacher.type("Wat is er besproken?", f"{WORRY} Vader leest op zaterdag met haar.")
    teacher.press("Opslaan", exact=True)
    teacher.reads("versie 2", "nog niet")
    page.goto("/")
    see(page, "today-teacher")
    teacher.reads("Deel het gewijzigde verslag opnieuw")
    page.goto(f"{talk}delen/")
    see(page, "share-again")
    teacher.tap("Hoe?", "geprint en meegegeven")
    teacher.press("Deel verslag")
    teacher.is_told("Het verslag is gedeeld")


def _the_link_opens_once(parent, link, code, see):
    page = parent.page
    page.goto(link)
    see(page, "link")
    parent.type("Code", "AAAA2222")
    parent.press("Verslag openen")
    parent.is_refused("Code", "Dit gaat niet open")
    see(page, "link-refused")
    parent.type("Code", code)
    with page.expect_download() as download:
        parent.press("Verslag openen")
    report = Paper(download.value)
    assert "lange woorden" in report.text
    assert "Roos" not in report.name + report.title
    page.goto(link)
    parent.type("Code", code)
    parent.press("Verslag openen")
    parent.is_refused("Code", "Dit gaat niet open")


def help_inside_the_school(guide, case, see):
    """Story 5: to niveau 1 with its topics, the talk of that level, and to niveau 2 with what it brought."""
    page = guide.page
    page.goto(case)
    see(page, "case-niveau-0")
    guide.follow("Naar het volgende niveau")
    see(page, "raise-0")
    guide.tap("Wat heb je de ouders verteld?", "maakt zich zorgen", "gaat hulp vragen binnen de school")
    guide.press("Verhoog traject")
    guide.reads("Niveau 1")
    guide.follow("Gesprek vastleggen")
    guide.tap("Met wie?", MOTHER, "Lotte de Wit")
    guide.type("Wat is er besproken?", "Ik las twee keer met Roos. Korte woorden gaan goed, lange stokken na de helft.")
    guide.type("Afspraken", "drie keer per week samen lezen - Lotte - vandaag")
    guide.press("Opslaan en delen")
    guide.tap(f"Wat vond {MOTHER} ervan?", "stemt in")
    guide.tap("Hoe?", "geprint en meegegeven")
    guide.press("Deel verslag")
    page.goto(case)
    see(page, "case-niveau-1")
    guide.follow("Naar het volgende niveau")
    guide.tap("Wat heb je de ouders verteld?", "weet niet goed hoe het verder moet", "een kijkje in de klas")
    guide.press("Verhoog traject")
    see(page, "raise-1-refused")
    guide.is_refused("Wat leverde dit niveau op?", "Schrijf op wat dit niveau opleverde")
    guide.type("Wat leverde dit niveau op?", "Samen lezen helpt bij korte woorden. Bij lange woorden nog niet.")
    guide.press("Verhoog traject")
    guide.reads("Niveau 2")


def the_joint_talk(teacher, guide, case, see):
    """Story 5: the talk of niveau 2, of teacher and intern begeleider with both parents. Its report is the letter."""
    page = guide.page
    guide.follow("Gesprek vastleggen")
    guide.tap("Met wie?", MOTHER, FATHER, "Lotte de Wit")
    guide.type("Wat is er besproken?", "Wij vertelden dat juf Lotte advies wil over lange woorden.")
    guide.type("Afspraken", "Na de vakantie praten wij verder - juf Lotte")
    guide.press("Opslaan", exact=True)
    guide.is_told("Het gesprek is opgeslagen")
    teacher.page.goto(case)
    teacher.reads("Niveau 2", "Na de vakantie praten wij verder")
    page.goto(case)
    see(page, "case-niveau-2")


def the_letters_are_made(guide, case, see):
    """Story 6: four things, the letters looked at, made once. Returns the addresses of the two letters."""
    page = guide.page
    guide.follow("Expert inschakelen")
    see(page, "engagement-new")
    guide.tap("Welke expert?", "Willemijn de Boer")
    guide.type("Wat is de vraag, in één regel?", "Hoe help ik Roos bij lange woorden?")
    guide.tap("Bij B: welke delen mag de expert lezen?", "Notities")
    guide.type("Bij A: wat wil je delen zonder naam?", "wat de leerkracht probeerde, de leestoetsen")
    guide.tap("Wat heb je de ouders verteld?", "wat de leerkracht doet", "advies", "in de klas")
    guide.press("Naar de brief")
    see(page, "engagement-refused")
    guide.is_refused("Wat is de vraag, in één regel?", "Roos")
    guide.type("Wat is de vraag, in één regel?", "Hoe help ik bij lezen van lange woorden?")
    guide.press("Naar de brief")
    see(page, "letter-not-ready")
    guide.reads("Nog niet klaar")
    guide.follow("Verslag aanvullen")
    guide.tap(f"Wat vond {MOTHER} ervan?", "stemt in")
    guide.tap(f"Wat vond {FATHER} ervan?", "heeft bezwaar")
    guide.unfold(f"in de woorden van {FATHER}")
    guide.type(f"in de woorden van {FATHER}", "Hij leest thuis wel goed.")
    guide.tap("Hoe?", "in de brief")
    see(page, "share-letter")
    guide.press("Deel verslag")
    see(page, "letter-preview")
    papers = page.get_by_role("article")
    expect(papers).to_have_count(2)
    guide.reads("Lees deze brief samen, met een tolk: Arabisch")
    guide.press("2 brieven maken")
    guide.is_told("De brief is gemaakt")
    see(page, "engagement-waiting")
    return [
        link.get_attribute("href")
        for link in page.get_by_role("main").get_by_role("link", name="Brief over een externe expert").all()
    ]


def the_letters_are_read_back(guide, letters, see):
    """Story 6: two letters for two addresses, each read back; handed over; on Vandaag they wait for the answers."""
    page = guide.page
    assert len(letters) == 2
    texts = []
    for address in letters:
        page.goto(address)
        see(page, f"letter-{len(texts)}")
        with page.expect_download() as download:
            guide.follow("PDF voor ParnasSys")
        paper = Paper(download.value)
        assert len(paper.pages) == 2
        assert paper.is_tagged
        assert not any(name in f"{paper.name} {paper.title}" for name in ("Roos", "Hoek", "Mulder", "Fadi"))
        texts.append(paper.text)
        guide.tap("Hoe is de brief gegeven?", "meegegeven")
        guide.press("Opslaan", exact=True)
        guide.is_told("Genoteerd: de brief is gegeven")
    to_mother, to_father = sorted(texts, key=lambda text: "Eikenhof" in text)
    assert "Notenlaan 4" in to_mother
    assert "Eikenhof" not in to_mother
    assert "Fadi" not in to_mother
    assert "Eikenhof 22" in to_father
    assert "Notenlaan" not in to_father
    assert "Mulder" not in to_father
    assert all("Hoe help ik bij lezen van lange woorden?" in text for text in texts)
    assert all("mevrouw De Boer" in text and "A. Anoniem" in text and "B. Bekend" in text for text in texts)
    page.goto("/")
    see(page, "today-waiting")
    guide.follow("Toon er nog")
    waiting = page.get_by_role("listitem").filter(has_text="R.H.").filter(has_text="Brief is de deur uit")
    waiting.get_by_role("link", name="Bekijk brief").click()


def the_parents_answer(guide, see):
    """Story 6: one parent chooses B, the other A. So the child stays anonymous."""
    page = guide.page
    for name, answer in ((MOTHER, "B: bekend"), (FATHER, "A: anoniem")):
        line = page.get_by_role("listitem").filter(has_text=name)
        line.get_by_role("link", name="Leg antwoord vast").click()
        guide.tap("Wat is het antwoord?", answer)
        guide.tap("Hoe kwam het binnen?", "antwoordstrook")
        see(page, f"answer-{answer[0]}")
        guide.press("Antwoord opslaan")
        guide.is_told("Het antwoord is opgeslagen")
    see(page, "engagement-answered")
    guide.reads("geantwoord: anoniem", "B: bekend", "A: anoniem")
