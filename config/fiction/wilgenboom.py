"""De Wilgenboom: the largest school of the story, with a case in nearly every state."""

from django.core.files.base import ContentFile

from accounts.actions import give_leave, give_role
from accounts.models import Role
from accounts.wall import SYSTEM, acting
from cases.actions.files import add_member, close_trajectory, report_receivers, rest_trajectory, take_over_trajectory
from cases.actions.papers import add_document
from cases.actions.people import exclude_colleague
from cases.actions.privacy import add_step, take_up_signal, write_signal
from cases.actions.talks import change_conversation
from cases.models import GroupTeacher
from cases.models.talks import TOPICS
from cases.uploads import accept
from config.fiction import supervision, ways
from config.fiction.families import gather
from config.fiction.letters import send_letter
from config.fiction.slip import old_slip
from config.fiction.telling import APP, POST, READING_LINK
from consent.actions import adopt_old_letter, end_engagement, leave_out
from consent.actions.reviews import review_grants
from consent.reviews import grant_lines


def tell(story):
    """Tell everything that happened at this school."""
    gather(story)
    _at_level_0(story)
    _group_7(story)
    _at_level_1(story)
    _before_the_answer(story)
    _after_the_answer(story)
    _taken_over(story)
    _finished(story)
    supervision.tell(story)
    story.clb_day("willemijn.deboer", 4)
    story.clb_day("priya.ramdin", 6)
    _rights_and_privacy(story)


def _at_level_0(story):
    """One talk that is not shared, one case that is ready to go up, one report that is to be shared again."""
    lotte, days = story.people["lotte.dewit"], story.calendar
    aya = story.case("Aya", lotte, 6, "Hoe help ik bij het klokkijken?")
    story.talk(
        aya, lotte, 1, "Ik zie dat Aya hele uren goed leest. Bij halve uren kiest zij in vier van de tien gevallen het "
        "verkeerde uur. Moeder zegt dat er thuis alleen een klok met cijfers hangt.",
        topics=TOPICS["teacher"][:1],
        agreed=[("Aya krijgt een oefenklok mee naar huis", "juf Lotte", days.ahead(2))],
    )  # fmt: skip
    milan = story.case(
        "Milan", lotte, 40, "Hoe help ik bij het netjes schrijven?", education_needs="Een voorbeeld op tafel, en "
        "weinig per keer.",
        upbringing_needs="Moeder wil weten welke letters aan de beurt zijn.",
    )  # fmt: skip
    talk = story.talk(
        milan, lotte, 34, "Ik liet moeder drie schriften zien. De letters g, j en y staan onder de lijn of "
        "ernaast. Moeder "
        "ziet dat ook. Milan vindt schrijven vervelend, zegt hij zelf.", child=True,
        child_view="“Met een dikke pen gaat het beter.”", topics=TOPICS["teacher"],
        agreed=[("Elke dag drie regels met een dikke pen", "juf Lotte", days.back(4))], shared=34, how=APP,
        interventions=[{"text": "Vier weken schrijven met een dikke pen en hulplijnen", "evaluate_on": days.back(3)}],
    )  # fmt: skip
    story.looked_back(talk, lotte, 3, "De g en de j staan nu op de lijn. De y nog niet.")
    story.note(milan, lotte, 10, "Werk van het kind", "Schrift van deze week: 14 van de 18 letters g staan op de lijn.")
    _changed_report(story)


def _changed_report(story):
    """A report with a mistake: changed after sharing, shared again, and changed once more."""
    fatima, days = story.people["fatima.ouali"], story.calendar
    deniz = story.case("Deniz", fatima, 20, "Hoe help ik bij het stilzitten in de kring?")
    talk = story.talk(
        deniz, fatima, 18, "Ik vertelde dat Deniz in de kring gemiddeld acht minuten blijft zitten. Moeder zegt "
        "dat hij thuis "
        "bij het eten ook graag staat.", agreed=[("Deniz mag op een kruk zitten", "juf Fatima", days.ahead(5))],
        topics=TOPICS["teacher"][:1], shared=18,
    )  # fmt: skip
    with acting(fatima.pk):
        mother = report_receivers(deniz.pupil, days.today)
    agreed = [{"what": "Deniz mag op een kruk zitten", "who": "juf Fatima", "due_on": days.ahead(5)}]
    for back, minutes in ((16, "zes"), (2, "zes tot acht")):
        with acting(fatima.pk):
            change_conversation(
                conversation=talk, by=fatima, version=talk.version, guardians=mother, agreements=agreed,
                text=f"Ik vertelde dat Deniz in de kring gemiddeld {minutes} minuten blijft zitten. Moeder zegt "
                f"dat hij thuis "
                "bij het eten ook graag staat.",
            )  # fmt: skip
        if back > 2:
            story.share(talk, fatima, back)


def _group_7(story):
    """What juf Sanne began before her leave, and what her substitute went on with: a letter that is late is among "
    "it."""
    guide, days = story.coordinator, story.calendar
    sanne, tomas = story.people["sanne.hoekstra"], story.people["tomas.kowalski"]
    julia = story.to_internal("Julia", sanne, ways.JULIA, 16)
    imani = story.to_internal("Imani", sanne, ways.IMANI, 17)
    amir, talk = story.to_external("Amir", sanne, ways.AMIR, 24)
    asked = story.engage(
        amir, "priya.ramdin", 22, "Hoe geef ik les aan een leerling die de taal nog leert?", talk=talk,
        parts=["Notities"],
    )  # fmt: skip
    send_letter(story, asked, 20)
    begins, ends = days.substitute_begins, days.substitute_ends
    give_leave(user=sanne, school=story.school, from_on=begins, until_on=ends, by=SYSTEM)
    story.teaches(
        story.groups["7"][0], "tomas.kowalski", kind=GroupTeacher.Kind.SUBSTITUTE, from_on=begins, until_on=ends
    )
    story.talk(
        julia, guide, 4, ways.JULIA.help, colleagues=[tomas], topics=TOPICS["internal"][:1],
        agreed=[(*ways.JULIA.help_agreed, days.ahead(8))], shared=3,
        interventions=[{"kind": "class_visit", "text": ways.JULIA.help_tried, "evaluate_on": days.ahead(6)}],
    )  # fmt: skip
    with acting(guide.pk):
        mother = report_receivers(imani.pupil, days.today)
    story.talk(
        imani, guide, 8, ways.IMANI.help, colleagues=[tomas], no_agreements=True, shared=7, how=POST,
        positions={mother[0]: {"stance": "objects", "gave_no_reason": True}},
    )  # fmt: skip


def _at_level_1(story):
    """One that rests, and a child of twelve who says what it thinks while its father objects."""
    guide, days = story.coordinator, story.calendar
    youssef, anouk = story.people["youssef.elamrani"], story.people["anouk.vandenberg"]
    rayan = story.to_internal("Rayan", anouk, ways.RAYAN, 22)
    with acting(guide.pk):
        father = report_receivers(rayan.pupil, days.today)
    story.talk(
        rayan, guide, 12, ways.RAYAN.help, colleagues=[anouk], child=True, topics=TOPICS["internal"],
        child_view="“Ik wil het zelf proberen en niet apart zitten.”",
        agreed=[(*ways.RAYAN.help_agreed, days.back(1))], shared=11,
        positions={father[0]: {"stance": "objects", "reasons": "Vader wil niet dat Rayan uit de klas gaat voor hulp."}},
        interventions=[{"kind": "child_talk", "text": ways.RAYAN.help_tried, "evaluate_on": days.back(1)}],
    )  # fmt: skip
    sofie = story.to_internal("Sofie", youssef, ways.SOFIE, 30)
    story.talk(
        sofie, guide, 20, ways.SOFIE.help, colleagues=[youssef], topics=TOPICS["internal"],
        agreed=[(*ways.SOFIE.help_agreed, days.ahead(20))], shared=19,
    )  # fmt: skip
    with acting(guide.pk):
        rest_trajectory(trajectory=sofie, by=guide)


def _before_the_answer(story):
    """Not asked yet; awaiting; one parent of two; wants to talk first."""
    lotte, youssef = story.people["lotte.dewit"], story.people["youssef.elamrani"]
    with acting(story.coordinator.pk):  # his mother teaches this group: she sees nothing of his file
        exclude_colleague(
            pupil=story.pupils["Guus"], user=story.people["ingrid.postma"], reason="moeder van dit kind",
            from_on=story.calendar.year_begins, by=story.coordinator,
        )  # fmt: skip
    guus, talk = story.to_external("Guus", youssef, ways.GUUS, 3)
    story.engage(guus, "priya.ramdin", 2, "Hoe begeleid ik samenwerken in grotere groepjes?", talk=talk)

    noor, talk = story.to_external("Noor", lotte, ways.NOOR, 6)
    asked = story.engage(
        noor, "priya.ramdin", 5, "Hoe bouw ik een leesles met lange teksten op?", talk=talk, parts=["Gesprekken"],
        items="wat thuis helpt bij lezen", own_words="Wij kijken samen welke boeken goed gaan.",
    )  # fmt: skip
    send_letter(story, asked, 4)
    _tijn(story, lotte)
    daan, talk = story.to_external("Daan", lotte, ways.DAAN, 9)
    asked = story.engage(daan, "sietse.wiersma", 8, "Hoe oefen ik samen spelen met de hele groep?", talk=talk)
    send_letter(story, asked, 7)
    father = daan.pupil.guardianships.get(guardian__title="de heer").guardian
    story.answer(asked, 3, "talk_first", guardian=father, remark="Wil eerst weten wat de expert opschrijft.")


def _tijn(story, lotte):
    """Two parents at two addresses: two talks, two letters; the mother answered, the father is silent."""
    guide = story.coordinator
    with acting(guide.pk):
        rows = story.pupils["Tijn"].guardianships
        mother, father = (rows.get(guardian__title=title).guardian for title in ("mevrouw", "de heer"))
    tijn, talk = story.to_external("Tijn", lotte, ways.TIJN, 11, parents=[mother])
    with acting(guide.pk):
        add_member(
            trajectory=tijn, user=story.people["karel.veldman"], reason="gaf vorig jaar les aan dit kind",
            from_on=story.calendar.back(10), until_on=story.calendar.ahead(30), by=guide,
        )  # fmt: skip
    story.talk(
        tijn, guide, 10, "Gesprek met vader apart. Wij vertelden hetzelfde: juf Lotte wil advies over "
        "schrijfopdrachten. Vader "
        "wil de brief rustig lezen.", parents=[father], colleagues=[lotte], topics=TOPICS["external"],
        agreed=[("Vader belt als hij vragen heeft", "vader")], positions={father: {"stance": "not_discussed"}},
        shared=9, how=POST, to=[father],
    )  # fmt: skip
    asked = story.engage(
        tijn, "willemijn.deboer", 9, "Hoe maak ik een schrijfopdracht kleiner?", talk=talk,
        parts=["Notities", "Toetsen"],
    )  # fmt: skip
    send_letter(story, asked, 8)
    story.answer(asked, 5, "known", guardian=mother, observe=True)


def _after_the_answer(story):
    """Known, and the expert reads; anonymous, and the expert hears an alias; the only girl of her class."""
    lotte, youssef, anouk = (story.people[name] for name in ("lotte.dewit", "youssef.elamrani", "anouk.vandenberg"))
    guide, days = story.coordinator, story.calendar
    emma, talk = story.to_external("Emma", lotte, ways.EMMA, 28)
    story.note(
        emma,
        lotte,
        60,
        "Toetsen",
        "Toets blok 1: 9 van de 20 opgaven goed. Sommen tot 10: 8 van de 8. Over het tiental: 1 van de 12.",
    )
    story.note(
        emma, lotte, 45, "Notities", "Telt met vingers tot tien en stopt daarna. Met blokjes maakt zij zes van de "
        "acht sommen.",
        source="zelf gezien",
    )  # fmt: skip
    guess = story.note(
        emma, lotte, 12, "Notities", "De stap over het tiental vraagt nog materiaal.", kind="judgement",
        rests_on="Toets blok 1 en 2; drie rekenlessen met blokjes.",
    )  # fmt: skip
    story.note(emma, lotte, 5, "Toetsen", "Toets blok 2: 13 van de 20 opgaven goed. Over het tiental: 5 van de 12.")
    asked = story.engage(
        emma, "willemijn.deboer", 27, "Hoe bouw ik sommen over het tiental op?", talk=talk,
        parts=["Gesprekken", "Toetsen", "Notities"],
        items="de toetsen van rekenen", own_words="Na de toets bekijken wij samen wat er veranderd is.",
    )  # fmt: skip
    send_letter(story, asked, 26)
    story.answer(asked, 20, "known", observe=True, remark="Fijn dat de juf hulp krijgt.")
    story.start(asked, 18)
    with acting(guide.pk):  # a judgement that the expert does not need
        leave_out(trajectory=emma, reader=asked.expert, kind="entry", item=guess.pk, by=guide)
    story.talk(
        emma, guide, 6, "Wij keken terug op twee weken met de expert. Juf Lotte begint elke les met één som samen. "
        "Moeder zegt "
        "dat Emma thuis vertelt dat rekenen beter gaat.", colleagues=[lotte], shared=6, how=READING_LINK,
        agreed=[("Over drie weken praten wij verder", "juf Lotte", days.ahead(9))],
    )  # fmt: skip

    yara, talk = story.to_external("Yara", youssef, ways.YARA, 24)
    asked = story.engage(yara, "priya.ramdin", 23, "Hoe help ik leerlingen die in de kring weinig zeggen?", talk=talk)
    send_letter(story, asked, 22)
    mother = yara.pupil.guardianships.get(guardian__title="mevrouw").guardian
    story.answer(asked, 17, "anonymous", guardian=mother, class_visit="class", items="dat zij in tweetallen wel praat")
    story.start(asked, 15)

    romy, talk = story.to_external("Romy", anouk, ways.ROMY, 14)
    asked = story.engage(romy, "priya.ramdin", 13, "Hoe begeleid ik leerlingen die snel klaar zijn?", talk=talk)
    send_letter(story, asked, 12)
    story.answer(asked, 6, "anonymous", class_visit="no", how="phone")
    story.start(asked, 4)


def _taken_over(story):
    """Cases that ran before this system came: Kevin's letter went to his guardian, Mats has an old answer on paper."""
    guide, days = story.coordinator, story.calendar
    ran = "liep al: overgenomen uit de papieren map"
    with acting(guide.pk):
        kevin = take_over_trajectory(
            pupil=story.pupils["Kevin"], question="Hoe bied ik rust bij het begin van de dag?", level=story.level(2),
            because=ran,
            by=guide, on=days.back(30),
        )  # fmt: skip
    story.talk(
        kevin, guide, 5, "Met de voogd en pleegvader. Kevin komt op dinsdag en donderdag met de taxi; dat is nieuw. De "
        "leerkracht staat die dagen bij de deur. De brief over de expert komt deze week.", shared=4, how=POST,
        colleagues=[story.people["eline.wouters"]], topics=TOPICS["external"][:1],
        agreed=[("Op dinsdag en donderdag staat de leerkracht bij de deur", "juf Eline", days.ahead(10))],
    )  # fmt: skip
    asked = story.engage(
        kevin, "sietse.wiersma", 2, "Hoe maak ik het begin van de dag voorspelbaar?",
        skip_because="Liep al: wat hier ontbreekt, is voor de overname verteld. Het verslag zit in de papieren map.",
    )  # fmt: skip
    send_letter(story, asked, 0, given=False)

    with acting(guide.pk):
        mats = take_over_trajectory(
            pupil=story.pupils["Mats"], question="Hoe help ik bij het maken van een planning?", level=story.level(2),
            because=ran,
            by=guide, on=days.back(70),
        )  # fmt: skip
        scan = add_document(
            trajectory=mats, heading=story.heading("Toestemmingen"), title="Antwoordstrook van moeder", by=guide,
            received_on=days.back(66), accepted=accept(ContentFile(old_slip())),
        )  # fmt: skip
    asked = story.engage(
        mats, "sietse.wiersma", 69, "Hoe leer ik een leerling plannen?", skip_because=ran, parts=["Notities"]
    )
    with acting(guide.pk):
        adopt_old_letter(engagement=asked, document=scan, by=guide, on=days.back(68))
    story.answer(asked, 66, "known", how="old_letter", scan=scan, observe=False)
    story.start(asked, 65)
    story.note(
        mats, guide, 40, "CLB", "De expert keek in de klas en besprak met juf Anouk het maken van een weekplanning."
    )
    story.talk(
        mats, guide, 11, "Wij keken met moeder terug op de begeleiding. Juf Anouk werkt nu met een weekplanning "
        "voor de hele groep. "
        "Mats vulde hem drie weken zelf in.", colleagues=[story.people["anouk.vandenberg"]], no_agreements=True,
        shared=10,
    )  # fmt: skip
    with acting(guide.pk):
        end_engagement(engagement=asked, by=guide, on=days.back(10))


def _finished(story):
    """Closed with how it ended: of a child that is still here, and of one that left."""
    guide, days = story.coordinator, story.calendar
    fleur = story.to_internal("Fleur", story.people["lotte.dewit"], ways.FLEUR, 30)
    talk = story.talk(
        fleur, guide, 20, ways.FLEUR.help, colleagues=[story.people["lotte.dewit"]], topics=TOPICS["internal"],
        agreed=[(*ways.FLEUR.help_agreed, days.back(10))], shared=19,
    )  # fmt: skip
    story.looked_back(talk, guide, 6)
    with acting(guide.pk):
        close_trajectory(
            trajectory=fleur, by=guide, on=days.back(5),
            outcome="Fleur werkt sinds drie weken met een eigen weektaak. De vraag van de juf is beantwoord.",
        )  # fmt: skip
    ruben = story.case("Ruben", guide, 60, "Hoe help ik bij het begrijpen van opdrachten?")
    story.talk(
        ruben, guide, 40, "Moeder vertelt dat het gezin verhuist. Wij bespreken wat de nieuwe school mag weten.",
        agreed=[("Moeder leest het verslag voor de nieuwe school eerst", "moeder")], shared=39,
    )  # fmt: skip
    with acting(guide.pk):
        close_trajectory(
            trajectory=ruben, by=guide, on=days.back(25),
            outcome="Verhuisd. Moeder las het verslag voor de nieuwe school en ging akkoord met wat erin staat.",
        )  # fmt: skip


def _rights_and_privacy(story):
    """The rights were looked at; the administrator asks one that takes two; two people say that something is wrong."""
    people, guide, days = story.people, story.coordinator, story.calendar
    bea, priya, youssef = people["bea.linders"], people["priya.ramdin"], people["youssef.elamrani"]
    dirk = people["dirk.brouwer"]
    with acting(dirk.pk):
        lines = grant_lines(story.school, dirk, [])
        kept = [(line, True) for line in lines if not line.is_own]
        review_grants(school=story.school, verdicts=kept, by=dirk, on=days.back(1))
    with acting(bea.pk):
        give_role(
            user=people["karel.veldman"], role=Role.COORDINATOR, school=story.school, from_on=days.ahead(5),
            until_on=days.ahead(45), by=bea,
        )  # fmt: skip
    with acting(priya.pk):
        write_signal(
            school=story.school, data_left="no", noticed_on=days.back(1), by=priya,
            text="In de agenda van de CLB-dag hing een briefje met de volledige naam van een leerling. Ik heb het "
            "weggehaald en aan de ib'er gegeven.",
        )  # fmt: skip
    with acting(youssef.pk):
        signal = write_signal(
            school=story.school, data_left="unknown", noticed_on=days.back(2), by=youssef,
            text="Op de printer in de gang lag een verslag van een gesprek. Ik weet niet hoelang het daar lag.",
        )  # fmt: skip
    with acting(guide.pk):
        take_up_signal(signal=signal, discovered_at=signal.discovered_at, by=guide)
        add_step(
            signal=signal, kind="note", text="Gevraagd aan alle collega's van de gang. Verslag ligt bij mij.", by=guide
        )
