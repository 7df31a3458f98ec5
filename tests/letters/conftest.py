"""Letters to look at: one of an ordinary school, and one in which every name is as long as it may be."""

from datetime import date, timedelta

import pytest

from accounts.actions import add_help_desk
from accounts.wall import SYSTEM, acting
from cases.actions.files import raise_level
from cases.actions.talks import log_conversation
from cases.models import Heading, SupportLevel
from consent.actions import prepare_engagement
from letters.actions import issue_parent_letter
from letters.papers import (
    Addressee,
    AgreementLine,
    HelpDesk,
    Letterhead,
    ParentLetter,
    PositionLine,
    Signer,
    Stance,
    TalkReport,
)
from tests.conftest import TODAY


def ordinary(**changes):
    """Return the letter of De Wilgenboom to mevrouw Kaya about Emma, with `changes`."""
    words = {
        "school": Letterhead(
            name="Basisschool De Wilgenboom",
            street="Schoolstraat 1",
            postcode="1234 AB",
            city="Voorbeeldstad",
            phone="0123-456789",
        ),
        "addressees": (Addressee(name="Mevrouw A. Kaya", salutation="mevrouw Kaya"),),
        "address": ("Dorpsstraat 12", "1234 AB  VOORBEELDSTAD"),
        "sent_on": date(2026, 11, 12),
        "reference": "7Q2-A",
        "due_on": date(2026, 11, 26),
        "child": "Emma",
        "initials": "E.K.",
        "group": "groep 5",
        "alias": "Een meisje uit groep 5",
        "talk_on": date(2026, 11, 10),
        "teacher": "juf Lotte",
        "expert": "mevrouw De Boer",
        "expert_function": "gedragsdeskundige",
        "question": "Hoe kan juf Lotte Emma beter helpen met rekenen?",
        "own_words": "Wij spraken af dat juf Lotte elke ochtend tien minuten met Emma oefent.",
        "parts": ("de gesprekken over rekenen", "de toetsen van rekenen"),
        "items": ("de toetsen van rekenen", "wat thuis helpt"),
        "contact": Signer("Marloes Visser", "intern begeleider"),
        "contact_phone": "0123-456789",
        "contact_days": "ma, di, do",
        "contact_mail": "m.visser@dewilgenboom.example",
        "signers": (Signer("Marloes Visser", "intern begeleider"), Signer("Lotte de Wit", "leerkracht groep 5")),
        "fg_name": "Karim Bakker",
        "fg_mail": "fg@bestuur.example",
        "help_desks": (
            HelpDesk("Ouders & Onderwijs", "0800-5010"),
            HelpDesk("ouder- en jeugdsteunpunt", "0123-987654"),
            HelpDesk("onderwijsconsulenten", "0123-555666"),
        ),
        "complaint_page": "dewilgenboom.example/klacht",
    }
    return ParentLetter(**(words | changes))


def longest(**changes):
    """Return a letter in which everything is as long as it may be, with two full lines of own words."""
    name = "Marie-Louise van Voorst tot Voorstenburg-Kamp"
    words = {
        "school": Letterhead(
            name="Katholieke Daltonbasisschool Sint-Willibrordus-De Wilgenboom",
            street="Burgemeester van Voorst tot Voorststraat 123-A",
            postcode="1234 AB",
            city="Nieuwerkerk aan den IJssel",
            phone="0123-456789",
        ),
        "addressees": (
            Addressee(
                name="Mevrouw A.M.C. van den Heuvel-Vanderkerckhove",
                salutation="mevrouw Van den Heuvel-Vanderkerckhove",
            ),
            Addressee(
                name="De heer J.P.F. Vanderkerckhove-van den Heuvel",
                salutation="meneer Vanderkerckhove-van den Heuvel",
            ),
        ),
        "address": (
            "Appartement 4.12, ingang Prinsenhof",
            "Burgemeester van Voorst tot Voorststraat 123-A",
            "1234 AB  NIEUWERKERK AAN DEN IJSSEL",
            "NEDERLAND",
        ),
        "reference": "7Q2M9K-A12",
        "child": "Anna-Sophie-Charlotte",
        "initials": "A.V.",
        "group": "groep 5/6",
        "alias": "Een meisje uit groep 5/6",
        "teacher": "juf Marie-Antoinette",
        "expert": "mevrouw Van den Heuvel-Vanderkerckhoven",
        "expert_function": "gz-psycholoog en orthopedagoog generalis",
        "question": "Hoe kan juf Marie-Antoinette de instructie bij rekenen zo geven dat ook Anna-Sophie-Charlotte "
        "zelf kan gaan beginnen?",
        "own_words": "Wij spraken af dat Anna-Sophie-Charlotte elke ochtend eerst tien minuten met juf "
        "Marie-Antoinette oefent en dat u thuis niet hoeft te oefenen. Na de kerstvakantie praten wij verder over "
        "hoe het gaat.",
        "parts": (
            "de gesprekken over rekenen",
            "de toetsen van rekenen",
            "de afspraken van dit jaar",
            "wat thuis goed werkt",
        ),
        "items": ("de toetsen van rekenen", "wat thuis helpt", "de afspraken van dit jaar", "hoe het vorig jaar ging"),
        "contact": Signer(name, "intern begeleider"),
        "contact_phone": "0123-456789",
        "contact_days": "ma, di, wo, do, vr",
        "contact_mail": "ml.vanvoorsttotvoorstenburg@willibrordus.example",
        "signers": (Signer(name, "intern begeleider en coördinator"), Signer(name, "leerkracht groep 5/6")),
        "fg_name": name,
        "fg_mail": "functionaris-gegevens@katholiek-onderwijs.example",
        "help_desks": (HelpDesk("Ouders & Onderwijs (landelijk)", "0800-5010 gratis"),) * 3,
        "complaint_page": "www.sint-willibrordus.example/klachtenregeling-1",
    }
    return ordinary(**(words | changes))


@pytest.fixture
def letter():
    """The ordinary letter."""
    return ordinary()


@pytest.fixture
def make_letter():
    """Make an ordinary letter with changes."""
    return ordinary


@pytest.fixture
def make_longest():
    """Make the longest letter with changes."""
    return longest


@pytest.fixture
def report(letter):
    """The report of the talk about Emma, as mevrouw Kaya gets it."""
    return TalkReport(
        school=letter.school,
        sent_on=date(2026, 11, 10),
        child="Emma Kaya",
        called="Emma",
        initials="E.K.",
        group="groep 5",
        level="Hulp van buiten de school",
        talk_on=date(2026, 11, 10),
        led_by="juf Lotte",
        present=("mevrouw A. Kaya (moeder)", "Lotte de Wit (leerkracht)"),
        for_whom="mevrouw A. Kaya",
        text=("Emma rekent langzamer dan in september.", "Moeder vertelt: thuis rekent Emma graag mee."),
        told=("De expert helpt de leerkracht.",),
        child_view="‘Ik vind sommen met plaatjes fijn.’",
        agreements=(
            AgreementLine("Elke ochtend oefenen", "juf Lotte", date(2026, 12, 12)),
            AgreementLine("Emma laten betalen in de winkel", "moeder"),
        ),
        positions=(PositionLine(who="Mevrouw A. Kaya", stance=Stance.OBJECTS, gave_no_reason=True),),
        contact=letter.contact,
        contact_phone="0123-456789",
    )


def to_external(cast, trajectory, *, guardians=None, **talk):
    """Raise Emma's case to the level of an expert, and log the joint talk with these guardians (the mother)."""
    external = SupportLevel.objects.get(school=cast.school, kind=SupportLevel.Kind.EXTERNAL)
    with acting(cast.coordinator.pk):
        while trajectory.level_id != external.pk:
            raise_level(
                trajectory=trajectory, by=cast.coordinator, on=TODAY - timedelta(days=14), outcome="Geen antwoord.",
                skip_because="liep al",
            )  # fmt: skip
        said = {
            "held_on": TODAY - timedelta(days=7),
            "text": "Emma rekent langzamer dan in september.",
            "guardians": [cast.mother.guardian] if guardians is None else guardians,
            "colleagues": [cast.teacher],
            "topics": ["coaching", "advice", "class_visit"],
            "agreements": [{"what": "Elke ochtend oefenen", "who": "juf Lotte"}],
        } | talk
        said.setdefault("positions", {person: {"stance": "agrees"} for person in said["guardians"]})
        return log_conversation(trajectory=trajectory, by=cast.coordinator, **said)


def prepared(cast, trajectory, talk=None, **fields):
    """Prepare the guidance by mevrouw De Boer; the letter can be made."""
    with acting(cast.coordinator.pk):
        words = {
            "question": "Hoe kan de juf beter helpen met rekenen?",
            "items": "de toetsen van rekenen, wat thuis helpt",
            "own_words": "Wij spraken af: elke ochtend oefenen.",
            "skip_because": None if talk else "liep al",
            "parts": [(Heading.objects.get(school=cast.school, name="Toetsen"), TODAY - timedelta(days=30))],
        }
        return prepare_engagement(
            trajectory=trajectory, expert=cast.expert, by=cast.coordinator, on=TODAY, conversation=talk,
            **(words | fields),
        )  # fmt: skip


@pytest.fixture
def stage(cast, trajectory):
    """Emma's case at the level of an expert: the joint talk with the mother, the guidance prepared."""
    with acting(SYSTEM):
        for position, name in enumerate(("Ouders & Onderwijs", "Ouder- en jeugdsteunpunt", "Onderwijsconsulenten")):
            add_help_desk(school=cast.school, name=name, phone="0123-987654", position=position, by=SYSTEM)
    cast.trajectory = trajectory
    cast.talk = to_external(cast, trajectory)
    cast.engagement = prepared(cast, trajectory, cast.talk)
    return cast


@pytest.fixture
def issued(stage):
    """The letters of the stage, made today by the intern begeleider."""
    with acting(stage.coordinator.pk):
        stage.letters = issue_parent_letter(engagement=stage.engagement, by=stage.coordinator, on=TODAY)
    return stage
