"""De Populier: a smaller school of the same board, with the answers that are not yes."""

from accounts.wall import acting
from cases.models import GroupTeacher
from cases.models.talks import TOPICS
from config.fiction import ways
from config.fiction.letters import remind, send_letter

OWN = GroupTeacher.Kind.OWN


def tell(story):
    """Tell everything that happened at this school."""
    story.group("4", "4", ("3", "3"), mehmet__yildiz=OWN)
    story.group("6", "6", ("5", "5"), kim__nguyen=OWN)
    for group, sex, call_name, surname in (
        ("4", "boy", "Jens", "Hoogland"), ("4", "girl", "Amina", "Yusuf"), ("4", "girl", "Tess", "Evers"),
        ("6", "boy", "Omar", "Said"), ("6", "girl", "Zoë", "Bakhuis"), ("6", "girl", "Lieke", "Dongen"),
        ("6", "boy", "Noah", "Visscher"), ("6", "girl", "Sarah", "Tesfay"),
    ):  # fmt: skip
        story.pupil(group, sex, call_name, surname, prefix="van" if call_name == "Lieke" else None)
    _guardians(story)
    _inside_the_school(story)
    _no_answer(story)
    _begun_without(story)
    _changed_mind(story)
    _objection(story)


def _guardians(story):
    g = story.guardian
    g("Jens", "mevrouw", "Karin", "Hoogland", street="Plein 2")
    g("Amina", "de heer", "Abdi", "Yusuf", street="Plein 30", language="Somalisch", phone="0123-300130")
    g("Tess", "mevrouw", "Ria", "Evers", street="Gracht 11")
    g("Omar", "mevrouw", "Layla", "Said", street="Gracht 48")
    g("Noah", "mevrouw", "Inge", "Visscher", street="Gracht 5", phone="0123-300105")
    g("Zoë", "mevrouw", "Manon", "Bakhuis", street="Brink 7")
    g("Lieke", "mevrouw", "Roos", "Dongen", prefix="van", street="Brink 19", phone="0123-300119")
    g("Lieke", "de heer", "Teun", "Dongen", prefix="van", street="Brink 19")


def _inside_the_school(story):
    days, kim, mehmet = story.calendar, story.people["kim.nguyen"], story.people["mehmet.yildiz"]
    jens = story.case("Jens", mehmet, 8, "Hoe help ik bij het wachten op een beurt?")
    story.talk(
        jens, mehmet, 5, "Ik telde deze week: Jens roept zes van de tien keer door de klas. Moeder zegt dat hij "
        "thuis de jongste "
        "is en vaak niet aan de beurt komt.", topics=TOPICS["teacher"][:1], shared=5,
        agreed=[("Een beurtstokje in de kring", "meester Mehmet", days.ahead(6))],
        interventions=[{"text": "Drie weken een beurtstokje in de kring", "evaluate_on": days.ahead(6)}],
    )  # fmt: skip
    story.to_internal("Tess", mehmet, ways.TESS, 7)
    zoe = story.to_internal("Zoë", kim, ways.ZOE, 25)
    talk = story.talk(
        zoe, story.coordinator, 15, ways.ZOE.help, colleagues=[kim], topics=TOPICS["internal"],
        agreed=[(*ways.ZOE.help_agreed, days.back(2))], shared=14,
    )  # fmt: skip
    story.looked_back(talk, story.coordinator, 3)
    story.up(zoe, 2, outcome=ways.ZOE.brought)  # the talk of level 2 is still to come


def _no_answer(story):
    """Silent after the letter and the reminder."""
    omar, talk = story.to_external("Omar", story.people["kim.nguyen"], ways.OMAR, 38)
    asked = story.engage(omar, "priya.ramdin", 37, "Hoe bouw ik het gebruik van een hulpkaart af?", talk=talk)
    send_letter(story, asked, 36)
    remind(story, asked, 18)


def _begun_without(story):
    """Silent, reminded, conferred, begun; the parents have not been told why yet."""
    noah, talk = story.to_external("Noah", story.people["kim.nguyen"], ways.NOAH, 44)
    asked = story.engage(
        noah, "priya.ramdin", 43, "Hoe bouw ik zelf nakijken op?", talk=talk, parts=["Notities"],
        items="wat thuis helpt bij nakijken",
    )  # fmt: skip
    send_letter(story, asked, 42)
    remind(story, asked, 28)
    story.confer(
        asked, 9, "start", "Juf Kim wil nu weten hoe zij nakijken kan oefenen. Wij belden u drie keer en konden u niet "
        "bereiken.",
    )  # fmt: skip
    story.start(asked, 8)


def _changed_mind(story):
    """Both said B; weeks later the mother made it A: the file closed at once, the help for the teacher went on."""
    lieke, talk = story.to_external("Lieke", story.people["kim.nguyen"], ways.LIEKE, 30)
    asked = story.engage(
        lieke, "priya.ramdin", 29, "Hoe bouw ik schrijven met de hand op?", talk=talk, parts=["Werk van het kind"]
    )
    send_letter(story, asked, 28)
    with acting(story.coordinator.pk):
        mother = lieke.pupil.guardianships.get(guardian__title="mevrouw").guardian
    story.answer(asked, 24, "known", guardian=mother, for_both=True, observe=True)
    story.start(asked, 22)
    story.answer(asked, 6, "anonymous", guardian=mother, how="phone", class_visit="class")
    story.talk(
        lieke, story.coordinator, 6, "Moeder belde. Zij wil dat de expert de naam niet langer gebruikt en het "
        "dossier niet meer "
        "leest. Wij hebben dat direct veranderd. Het advies aan juf Kim gaat door.", parents=[mother], shared=5,
        agreed=[("Wij vertellen de ouders wat juf Kim met het advies doet", "Marloes Visser",
        story.calendar.ahead(12))],
    )  # fmt: skip


def _objection(story):
    """A father who does not want the plan: nothing starts."""
    amina, talk = story.to_external("Amina", story.people["mehmet.yildiz"], ways.AMINA, 12)
    asked = story.engage(amina, "priya.ramdin", 11, "Hoe bouw ik hulp bij het binnenkomen af?", talk=talk)
    send_letter(story, asked, 10)
    story.answer(asked, 7, "objects", how="talk", remark="Wil geen advies van buiten de school.")
