"""De Zeemeeuw: a school of another board, where a pupil of sixteen answers for herself."""

from accounts.wall import acting
from cases.models import GroupTeacher
from cases.models.talks import TOPICS
from config.fiction import ways
from config.fiction.letters import send_letter
from consent.actions import cancel_engagement

OWN = GroupTeacher.Kind.OWN


def tell(story):
    """Tell everything that happened at this school."""
    story.group("5", "5", ("4", "4"), naomi__sedney=OWN)
    story.group("Schakelklas", "8", ("7", "7"), bram__dekker=OWN)
    for sex, call_name, surname in (
        ("girl", "Senna", "Vroom"), ("boy", "Mees", "Tuinman"), ("boy", "Hugo", "Boersma"), ("girl", "Evi", "Slagter"),
        ("boy", "Pelle", "Rood"), ("boy", "Ilias", "Chaoui"), ("boy", "Jesse", "Pronk"),
    ):  # fmt: skip
        story.pupil("5", sex, call_name, surname)
    story.pupil("Schakelklas", "girl", "Dina", "Wolde", born=story.calendar.aged(16))
    story.pupil("Schakelklas", "boy", "Sami", "Rahimi", born=story.calendar.aged(15))
    g = story.guardian
    g("Mees", "mevrouw", "Hanneke", "Tuinman", street="Wal 3")
    g("Evi", "de heer", "Rob", "Slagter", street="Wal 40")
    g("Ilias", "mevrouw", "Soraya", "Chaoui", street="Dijk 12", phone="0123-400112")
    g("Dina", "mevrouw", "Sara", "Wolde", street="Dijk 77", language="Tigrinya", needs_interpreter=True)
    g("Hugo", "mevrouw", "Femke", "Boersma", street="Sluis 1")
    _inside_the_school(story)
    _with_an_expert(story)


def _inside_the_school(story):
    days, naomi = story.calendar, story.people["naomi.sedney"]
    mees = story.case("Mees", naomi, 5, "Hoe help ik bij het opruimen van de tafel?")
    story.talk(
        mees, naomi, 3, "Ik liet een foto van de tafel zien, zonder kinderen. Moeder zegt dat een lijstje thuis werkt.",
        topics=TOPICS["teacher"][:1], agreed=[("Een lijstje op de tafel", "juf Naomi", days.ahead(4))], shared=3,
    )  # fmt: skip
    story.to_internal("Evi", naomi, ways.EVI, 9)
    hugo, talk = story.to_external("Hugo", naomi, ways.HUGO, 20)
    given_up = story.engage(hugo, "willemijn.deboer", 19, "Hoe oefen ik hardop lezen?", talk=talk)
    with acting(story.coordinator.pk):
        cancel_engagement(engagement=given_up, by=story.coordinator, on=days.back(16))


def _with_an_expert(story):
    ilias, talk = story.to_external("Ilias", story.people["naomi.sedney"], ways.ILIAS, 22)
    asked = story.engage(
        ilias, "willemijn.deboer", 21, "Hoe begeleid ik wisselingen tussen lessen?", talk=talk, parts=["Notities"],
        items="wat thuis helpt bij wisselen",
    )  # fmt: skip
    send_letter(story, asked, 20)
    story.answer(asked, 14, "anonymous", class_visit="child", items="wat thuis helpt bij wisselen")
    story.start(asked, 12)
    story.share_nameless(
        asked, 9, "wat thuis helpt bij wisselen", "Thuis helpt een wekker die vijf minuten van tevoren gaat.",
        "Zonder dit weet de expert niet welk teken al bekend is.",
    )  # fmt: skip

    dina, talk = story.to_external("Dina", story.people["bram.dekker"], ways.DINA, 8)
    asked = story.engage(dina, "willemijn.deboer", 7, "Hoe oefen ik plannen in de les?", talk=talk, parts=["Notities"])
    send_letter(story, asked, 5)
