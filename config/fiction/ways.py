"""What was said and agreed in the cases that came to an expert. Plain and factual: what was seen, by whom, and when."""

from config.fiction.telling import Way

EMMA = Way(
    question="Hoe help ik bij het rekenen?",
    worry="Juf Lotte vertelde wat zij ziet: bij vier van de vijf rekenlessen komt Emma niet toe aan de laatste "
    "opgaven. "
    "Op de toets van blok 1 had zij 9 van de 20 opgaven goed. Moeder zegt dat Emma thuis graag winkeltje speelt "
    "met echt geld.",
    agreed=("Emma rekent elke dag tien minuten vooruit met de juf", "juf Lotte"),
    tried="Elke dag tien minuten verlengde instructie aan de kleine tafel",
    help="Marloes keek op twee ochtenden in de klas. Emma begint vlot, en stopt zodra een som over het tiental gaat. "
    "Met blokjes erbij maakte zij zes van de acht sommen. Moeder herkent dat.",
    help_agreed=("Blokjes en getallenlijn liggen op tafel bij elke rekenles", "juf Lotte"),
    help_tried="Marloes kijkt twee keer mee in de rekenles",
    helped="Met blokjes maakt zij meer sommen af. Zonder blokjes is er geen verschil met het begin.",
    brought="Materiaal op tafel helpt om te beginnen. Sommen over het tiental lukken nog niet zonder hulp.",
    joint="Wij vertelden dat juf Lotte advies wil over de volgende stap bij rekenen. Het gaat om wat de juf doet "
    "en wat bij "
    "Emma past. De expert kan in de klas komen kijken. Moeder vindt dat een goed plan.",
    joint_agreed=("Na de kerntoets bekijken wij samen wat er veranderd is", "juf Lotte en moeder"),
)
NOOR = Way(
    question="Hoe help ik bij het lezen van langere teksten?",
    worry="Juf Lotte ziet dat Noor na een halve bladzijde stopt met lezen. Losse woorden leest zij op het niveau "
    "van de groep. "
    "Vader zegt dat Noor thuis graag voorgelezen wordt en zelf strips leest.",
    agreed=("Noor kiest zelf een boek en leest dat met een maatje", "juf Lotte"),
    tried="Drie keer per week lezen met een maatje",
    help="Marloes las twee keer met Noor. In een tekst met plaatjes vertelt zij goed na. In een lange tekst zonder "
    "plaatjes "
    "niet. Ouders willen graag weten hoe zij thuis kunnen helpen.",
    help_agreed=("Elke tekst krijgt van tevoren drie vragen", "juf Lotte"),
    help_tried="Marloes leest twee keer mee in de leesles",
    helped="Met vragen vooraf leest Noor een bladzijde uit. Bij nieuwe teksten stopt zij nog halverwege.",
    brought="Vragen vooraf helpen. De juf zoekt nog hoe dat zonder haar kan.",
    joint="Wij vertelden dat juf Lotte advies vraagt over leeslessen met lange teksten. De expert helpt de juf, en "
    "kan in de "
    "klas komen kijken. Ouders willen er thuis over nadenken en krijgen de brief.",
    joint_agreed=("Ouders noemen welke boeken thuis goed gaan", "ouders"),
)
TIJN = Way(
    question="Hoe help ik bij het beginnen aan een taak?",
    worry="Juf Lotte ziet dat Tijn gemiddeld zes minuten wacht voor hij begint. Als zij ernaast staat, begint hij "
    "meteen. "
    "Moeder ziet thuis hetzelfde bij opruimen.",
    agreed=("De eerste stap van een taak staat op een kaartje", "juf Lotte"),
    tried="Een kaartje met de eerste stap bij elke taak",
    help="Marloes telde drie ochtenden mee. Met een kaartje begon Tijn in zeven van de twaalf gevallen binnen een "
    "minuut.",
    help_agreed=("Tijn tekent zelf de kaartjes voor zijn weektaak", "juf Lotte"),
    help_tried="Marloes bespreekt met de juf hoe zij de start van een les opbouwt",
    helped="Bij rekenen en lezen gaat het beginnen beter. Bij schrijven niet.",
    brought="Een kaartje helpt bij rekenen en lezen. Bij schrijven weet de juf niet hoe zij verder kan.",
    joint="Wij vertelden dat juf Lotte advies wil over schrijfopdrachten: hoe zij een taak kleiner maakt. De "
    "expert kan in "
    "de klas komen kijken. De ouders kwamen apart; dit is het gesprek met moeder.",
    joint_agreed=("Moeder en juf bellen elke tweede week", "juf Lotte en moeder"),
)
DAAN = Way(
    question="Hoe help ik bij ruzie op het plein?",
    worry="In twee weken was er zes keer ruzie bij het voetballen. Juf Lotte was er drie keer zelf bij. Daan "
    "vertelt achteraf "
    "goed wat er gebeurde. Vader zegt dat Daan op de club een vaste plek in het veld heeft, en dat dat goed gaat.",
    agreed=("Voor de pauze spreken juf en Daan af wat hij gaat doen", "juf Lotte"),
    tried="Elke pauze een afspraak vooraf, en even napraten",
    help="Marloes keek drie pauzes mee. Met een afspraak vooraf ging het twee keer goed. Zonder scheidsrechter "
    "ontstond er ruzie.",
    help_agreed=("Er is bij het voetbal altijd een scheidsrechter uit groep 8", "Marloes Visser"),
    help_tried="Marloes kijkt mee op het plein en praat na met de juf",
    helped="Met een scheidsrechter was er in een week een keer ruzie. Op dagen zonder scheidsrechter vaker.",
    brought="Duidelijke rollen helpen. De juf wil leren hoe zij zulke situaties met de hele groep oefent.",
    joint="Wij vertelden dat juf Lotte advies wil over samen spelen in de groep. Vader vroeg of de expert dan over "
    "Daan "
    "schrijft. Wij legden uit dat dat niet gebeurt. Vader wil er nog over doorpraten.",
    joint_agreed=("Wij bellen vader als de brief er ligt", "Marloes Visser"),
)
AMIR = Way(
    question="Hoe praat ik met een leerling die het Nederlands nog leert?",
    worry="Met tolk. Juf Sanne vertelde dat Amir in de kring luistert en niets zegt. In het groepje van drie praat "
    "hij wel. "
    "Ouders zeggen dat hij in het Arabisch graag vertelt. Zij willen weten welke woorden in de week aan de beurt zijn.",
    agreed=("De woorden van de week gaan op vrijdag mee naar huis", "juf Sanne"),
    tried="Elke dag een praatje in een groepje van drie",
    help="Met tolk. Marloes keek mee. Amir gebruikt in het groepje zinnen van drie tot vijf woorden. In de grote "
    "groep niet. "
    "Vader vraagt of thuis Arabisch praten goed is. Wij zeiden dat dat goed is.",
    help_agreed=("Amir mag een antwoord eerst in het groepje zeggen", "juf Sanne"),
    help_tried="Marloes kijkt twee keer mee bij het groepje",
    helped="In het groepje praat hij elke dag. In de kring een keer in de week.",
    brought="Kleine groepjes werken. De leerkracht zoekt hoe hij dat in de hele groep kan gebruiken.",
    joint="Met tolk. Wij vertelden dat de leerkracht advies wil over lesgeven aan een leerling die de taal nog "
    "leert. De expert "
    "kan in de klas komen kijken. Ouders vroegen of dit geld kost. Dat is niet zo.",
    joint_agreed=("Wij lezen de brief samen met de tolk", "Marloes Visser"),
)
YARA = Way(
    question="Hoe help ik een leerling die in de klas weinig zegt?",
    worry="Meester Youssef telde in een week twee keer een antwoord in de kring. Op het plein praat Yara wel. "
    "Ouders horen thuis "
    "elke dag wat zij op school deed.",
    agreed=("Yara hoort een dag eerder welke vraag zij krijgt", "meester Youssef"),
    tried="De vraag voor de kring een dag eerder geven",
    help="Marloes keek mee in de kring en bij het samenwerken. In tweetallen praat Yara evenveel als de ander.",
    help_agreed=("Eerst in tweetallen praten, dan pas in de kring", "meester Youssef en juf Ingrid"),
    help_tried="Marloes en de leerkrachten bereiden samen drie kringen voor",
    helped="In tweetallen gaat het goed. In de kring is er weinig veranderd.",
    brought="Praten in tweetallen lukt. Voor de kring weten de leerkrachten niet hoe zij verder kunnen.",
    joint="Wij vertelden dat de leerkrachten advies willen over praten in de kring. De expert helpt de "
    "leerkrachten. Ouders "
    "willen liever dat de expert niet weet om wie het gaat. Dat kan.",
    joint_agreed=("Over zes weken praten wij verder", "meester Youssef"),
)
GUUS = Way(
    question="Hoe help ik bij samenwerken in een groepje?",
    worry="Meester Youssef ziet dat Guus bij samenwerken alleen verder werkt als het groepje overlegt. Zijn eigen "
    "deel is af. "
    "Vader herkent dat van de scouting.",
    agreed=("Guus krijgt in het groepje een vaste taak", "meester Youssef"),
    tried="Een vaste taak in elk groepje, vier weken lang",
    help="Marloes keek mee bij natuur. Met een vaste taak bleef Guus vijftien minuten in het groepje.",
    help_agreed=("De taken hangen zichtbaar in de klas", "meester Youssef"),
    help_tried="Marloes kijkt twee keer mee bij samenwerken",
    helped="Met zichtbare taken gaat het in kleine groepjes goed, in grote niet.",
    brought="Vaste taken helpen in een groepje van drie. De leerkracht wil weten hoe het in grotere groepjes kan.",
    joint="Wij vertelden dat meester Youssef advies wil over samenwerken. De expert kan in de klas komen kijken. "
    "Vader vindt "
    "het goed dat de leerkracht hulp vraagt.",
    joint_agreed=("Vader krijgt de brief mee", "Marloes Visser"),
)
ROMY = Way(
    question="Hoe houd ik een leerling aan het werk die snel klaar is?",
    worry="Juf Anouk ziet dat Romy haar rekenwerk na een kwartier af heeft en dan door de klas loopt. Moeder zegt "
    "dat Romy "
    "thuis eigen boekjes maakt.",
    agreed=("Romy kiest elke maandag een eigen onderzoek", "juf Anouk"),
    tried="Een eigen onderzoek als het werk af is",
    help="Marloes bekeek met juf Anouk het werk van vier weken. Het eigen onderzoek stopt na de eerste dag.",
    help_agreed=("Romy maakt een plan met drie stappen", "juf Anouk"),
    help_tried="Marloes bespreekt elke week met de juf hoe het onderzoek loopt",
    helped="Met een plan komt zij tot stap twee. Daarna zoekt zij iets nieuws.",
    brought="Een plan helpt om te beginnen. De juf zoekt hoe zij het volhouden kan begeleiden.",
    joint="Wij vertelden dat juf Anouk advies wil over werk voor snelle leerlingen. De groep is klein; de expert "
    "kan misschien "
    "raden om wie het gaat. Dat zeiden wij erbij. Moeder kiest daarom nog niet vandaag.",
    joint_agreed=("Moeder leest de brief rustig thuis", "moeder"),
)
OMAR = Way(
    question="Hoe help ik bij het onthouden van de tafels?",
    worry="Juf Kim vertelde dat Omar de tafels van 2, 5 en 10 kent. De andere tafels telt hij op zijn vingers. "
    "Moeder oefent "
    "elke avond vijf minuten.",
    agreed=("Op school en thuis dezelfde tafel van de week", "juf Kim en moeder"),
    tried="Elke dag vijf minuten dezelfde tafel",
    help="Marloes keek mee. Met een rij stippen erbij vindt Omar acht van de tien antwoorden.",
    help_agreed=("De stippenkaart ligt op tafel", "juf Kim"),
    help_tried="Marloes kijkt mee bij rekenen",
    helped="Met de kaart lukt het. Zonder kaart is er weinig verschil.",
    brought="De kaart helpt. De juf wil weten hoe zij de kaart kan afbouwen.",
    joint="Wij vertelden dat juf Kim advies wil over automatiseren. De expert kan in de klas komen kijken. Moeder "
    "knikte en had "
    "geen vragen.",
    joint_agreed=("De brief gaat vandaag mee", "juf Kim"),
)
NOAH = Way(
    question="Hoe help ik bij het nakijken van eigen werk?",
    worry="Juf Kim ziet dat Noah zijn werk inlevert zonder het na te kijken. In een week zaten er in vier van de vijf "
    "taken fouten die hij zelf kon vinden. Moeder zegt dat hij thuis ook graag snel klaar is.",
    agreed=("Noah kijkt na met een kaart van drie stappen", "juf Kim"),
    tried="Een kaart met drie stappen bij elke taak",
    help="Marloes keek op twee ochtenden mee. Met de kaart vindt Noah de helft van de fouten, als de juf ernaast zit.",
    help_agreed=("Noah kijkt na met een maatje", "juf Kim"),
    help_tried="Marloes kijkt twee keer mee bij het nakijken",
    helped="Met een maatje kijkt hij elke taak na. Alleen doet hij dat nog niet.",
    brought="Nakijken met een maatje lukt. De juf wil weten hoe zij het zelf nakijken opbouwt.",
    joint="Wij vertelden dat juf Kim advies wil over nakijken in de klas. De expert kan in de klas komen kijken. "
    "Moeder wilde de brief thuis lezen.",
    joint_agreed=("De brief gaat vandaag mee", "juf Kim"),
)
LIEKE = Way(
    question="Hoe help ik bij het schrijven van een verhaal?",
    worry="Juf Kim ziet dat Lieke goed vertelt en in een half uur twee zinnen schrijft. Ouders zien dat bij "
    "kaartjes thuis ook.",
    agreed=("Lieke vertelt eerst, de juf schrijft steekwoorden op", "juf Kim"),
    tried="Eerst vertellen, dan schrijven, vier weken lang",
    help="Marloes bekeek zes verhalen. Met steekwoorden schrijft Lieke zes tot acht zinnen.",
    help_agreed=("Lieke mag typen bij lange teksten", "juf Kim"),
    help_tried="Marloes en de juf bereiden samen twee schrijflessen voor",
    helped="Typen scheelt: gemiddeld tien zinnen. Met de hand blijft het bij zes.",
    brought="Steekwoorden en typen helpen. De juf wil weten hoe zij het schrijven met de hand opbouwt.",
    joint="Wij vertelden dat juf Kim advies wil over schrijfonderwijs. De expert kan in de klas komen kijken. "
    "Beide ouders "
    "vinden het plan goed.",
    joint_agreed=("Ouders geven twee teksten van thuis mee", "ouders"),
)
AMINA = Way(
    question="Hoe help ik bij het afscheid nemen in de ochtend?",
    worry="Meester Mehmet ziet dat Amina de eerste tien minuten bij de kapstok blijft. Daarna doet zij mee. Vader "
    "brengt haar op "
    "de meeste dagen.",
    agreed=("Amina heeft een vaste taak bij binnenkomst", "meester Mehmet"),
    tried="Een vaste taak bij binnenkomst",
    help="Marloes stond drie ochtenden bij de deur. Met een taak duurde het vier minuten.",
    help_agreed=("Vader blijft bij het hek, een klasgenoot loopt mee", "vader"),
    help_tried="Marloes kijkt drie ochtenden mee",
    helped="Op dagen met een taak en een maatje duurt het twee tot vier minuten.",
    brought="Een taak en een maatje helpen. De leerkracht wil weten hoe hij dit afbouwt.",
    joint="Wij vertelden dat meester Mehmet advies wil over het begin van de dag. Vader wil niet dat iemand van buiten "
    "meedenkt. Wij schreven zijn redenen op.",
    joint_agreed=("De directeur belt vader", "Elise Vos"),
)
ILIAS = Way(
    question="Hoe help ik bij wisselen tussen lessen?",
    worry="Juf Naomi ziet dat Ilias bij een wisseling van les nog tien minuten met de vorige taak bezig is. Als "
    "zij het van "
    "tevoren zegt, is dat vijf minuten.",
    agreed=("De dag hangt in plaatjes op de tafel van Ilias", "juf Naomi"),
    tried="Het programma van de dag in plaatjes",
    help="Joris keek mee op drie ochtenden. Met plaatjes en een zandloper ging de wisseling vier van de zes keer vlot.",
    help_agreed=("Elke wisseling krijgt vijf minuten vooraf een teken", "juf Naomi"),
    help_tried="Joris kijkt drie ochtenden mee",
    helped="Bij vaste wisselingen gaat het goed. Bij onverwachte niet.",
    brought="Plaatjes en een zandloper helpen. De juf zoekt wat zij bij onverwachte wisselingen kan doen.",
    joint="Wij vertelden dat juf Naomi advies wil over wisselen tussen lessen. De expert kan in de klas komen "
    "kijken. Moeder "
    "wil liever geen naam noemen.",
    joint_agreed=("Moeder vertelt wat thuis helpt", "moeder"),
)
DINA = Way(
    question="Hoe help ik bij het plannen van huiswerk?",
    worry="Meester Bram ziet dat Dina drie van de vijf opdrachten op tijd af heeft. Dina zegt dat zij thuis geen "
    "rustige plek heeft.",
    agreed=("Dina werkt dinsdag en donderdag na schooltijd op school", "Dina en meester Bram"),
    tried="Twee middagen huiswerk op school",
    help="Joris sprak met Dina en haar moeder. Op de middagen op school komt het werk af.",
    help_agreed=("Dina maakt op maandag een planning van de week", "Dina"),
    help_tried="Joris bekijkt vier weken de planning met de leerkracht",
    helped="De planning klopt voor twee dagen. Daarna loopt het uit.",
    brought="Een vaste plek helpt. De leerkracht wil weten hoe hij plannen kan oefenen in de les.",
    joint="Wij vertelden dat meester Bram advies wil over plannen. Dina is zestien en kiest zelf of de expert haar "
    "naam mag "
    "weten. Haar moeder was erbij en vindt dat goed.",
    joint_agreed=("Dina krijgt de brief zelf", "Joris Bakker"),
)

# These stay inside the school: what an expert would be told has no words.
JULIA = Way(
    question="Hoe help ik bij spelling?",
    worry="Juf Sanne liet drie dictees zien: gemiddeld 12 fouten in 40 woorden, de meeste bij verdubbeling. Moeder "
    "spreekt "
    "thuis Pools met Julia en leest Nederlands met haar.",
    agreed=("Elke week een dictee met alleen de regel van die week", "juf Sanne"),
    tried="Vier weken een regel per week",
    help="Wij bekeken de dictees van vier weken: 12, 9, 9 en 8 fouten. Moeder vraagt om de regels op papier.",
    help_agreed=("Een kaart met de regels gaat mee naar huis", "meester Tomas"),
    help_tried="Marloes kijkt mee in een spellingles",
)
RAYAN = Way(
    question="Hoe help ik bij begrijpend lezen?",
    worry="Juf Anouk ziet dat Rayan bij een tekst van twee bladzijden drie van de tien vragen maakt. Bij een tekst "
    "van een "
    "halve bladzijde negen van de tien. Vader zegt dat hij thuis de krant leest.",
    agreed=("Teksten in drie stukken, met vragen na elk stuk", "juf Anouk"),
    tried="Lange teksten in drie stukken",
    help="Rayan was erbij. Met drie stukken maakt hij zeven van de tien vragen. Wij stelden voor om met een "
    "groepje buiten de "
    "klas te oefenen. Vader wil dat niet. Wij zoeken een manier in de klas.",
    help_agreed=("Rayan oefent in de klas met een maatje", "juf Anouk"),
    help_tried="Marloes praat met Rayan over wat hem helpt",
)
IMANI = Way(
    question="Hoe help ik bij rekenen met breuken?",
    worry="Juf Sanne vertelde dat Imani op de toets 4 van de 15 breuksommen goed had. Andere sommen gaan goed. "
    "Moeder ziet "
    "thuis dat zij graag kookt en daarbij goed afmeet.",
    agreed=("Breuken oefenen met maatbekers", "juf Sanne"),
    tried="Breuken met maatbekers, drie weken lang",
    help="Wij vertelden hoe het ging met de maatbekers: 7 van de 15 goed. Moeder is het niet eens met hulp door de "
    "intern "
    "begeleider en wilde daar geen reden voor geven. Wij spraken niets af.",
)
SOFIE = Way(
    question="Hoe help ik bij het opletten tijdens uitleg?",
    worry="Meester Youssef ziet dat Sofie tijdens de uitleg uit het raam kijkt. Haar werk is daarna meestal goed. "
    "Moeder zegt dat "
    "zij thuis ook beter luistert als haar handen iets doen.",
    agreed=("Sofie mag tekenen tijdens de uitleg", "meester Youssef"),
    tried="Tekenen tijdens de uitleg, drie weken lang",
    help="Marloes bekeek met meester Youssef het werk van drie weken. Het gaat goed. Wij volgen het tot de "
    "volgende toets.",
    help_agreed=("Na de toets kijken wij of de vraag weg is", "Marloes Visser"),
)
FLEUR = Way(
    question="Hoe help ik bij zelf aan het werk gaan?",
    worry="Juf Lotte ziet dat Fleur gemiddeld vijf keer per les iets vraagt. Als de juf wacht, vindt zij vier van "
    "de vijf keer zelf "
    "het antwoord. Moeder herkent dat.",
    agreed=("Eerst zelf proberen, dan een maatje, dan de juf", "juf Lotte"),
    tried="Drie stappen voor een vraag, op een kaart",
    help="Marloes telde mee: nog twee vragen per les. Wij maken samen een weektaak. Moeder is tevreden.",
    help_agreed=("Fleur maakt haar eigen weektaak", "juf Lotte"),
)
TESS = Way(
    question="Hoe help ik bij het vertellen in de kring?",
    worry="Meester Mehmet ziet dat Tess in de kring begint en na een zin stopt. Met een voorwerp in haar hand "
    "vertelt zij vijf "
    "zinnen. Moeder hoort thuis lange verhalen.",
    agreed=("Tess neemt op maandag iets van thuis mee", "moeder"),
    tried="Vertellen met een voorwerp, drie weken lang",
    help="",
)
ZOE = Way(
    question="Hoe help ik bij het bijhouden van de weektaak?",
    worry="Juf Kim bekeek vier weektaken: op woensdag is meestal een derde af, op vrijdag de helft. Moeder zegt "
    "dat Zoë thuis ook "
    "liever laat begint.",
    agreed=("Elke ochtend vijf minuten plannen", "juf Kim"),
    tried="Elke ochtend vijf minuten plannen",
    help="Marloes bekeek met juf Kim de weektaken van vier weken: op vrijdag is nu twee derde af.",
    help_agreed=("De weektaak staat in twee delen op papier", "juf Kim"),
    brought="Plannen helpt voor het eerste deel. De juf weet niet hoe zij het tweede deel kan begeleiden.",
)
EVI = Way(
    question="Hoe help ik bij het omgaan met drukte in de klas?",
    worry="Juf Naomi ziet dat Evi bij groepswerk drie keer per uur naar de gang vraagt. Met een koptelefoon een "
    "keer. Vader zegt dat "
    "zij thuis ook een rustige plek zoekt.",
    agreed=("Een koptelefoon ligt klaar bij groepswerk", "juf Naomi"),
    tried="Een koptelefoon bij groepswerk",
    help="",
)
HUGO = Way(
    question="Hoe help ik bij hardop lezen?",
    worry="Juf Naomi ziet dat Hugo in zijn hoofd een bladzijde leest in twee minuten. Hardop stopt hij na drie "
    "regels. Moeder leest "
    "elke avond met hem.",
    agreed=("Hardop lezen alleen met de juf", "juf Naomi"),
    tried="Hardop lezen met de juf, drie keer per week",
    help="Joris las twee keer met Hugo. In een klein hokje leest hij een halve bladzijde hardop.",
    help_agreed=("Hugo neemt zijn eigen stem op", "Hugo en juf Naomi"),
    help_tried="Joris leest twee keer mee",
    helped="Met opnemen leest hij een hele bladzijde hardop.",
    brought="Opnemen helpt. De juf wilde weten hoe hij dit in het groepje kan.",
    joint="Wij vertelden dat juf Naomi advies wilde over hardop lezen. Inmiddels gaat het beter. Moeder en school "
    "wachten eerst af.",
    joint_agreed=("Over zes weken kijken wij opnieuw", "Joris Bakker en moeder"),
)
