"""Everybody who signs in at the fictional schools. All of them are made up; so are the schools and the towns."""

from dataclasses import dataclass, field

from accounts.models import Role

# The one password of the practice schools, published on purpose: it opens nothing but a try-out.
SESAME = "oefenschool-2026"
EXPERT = "expert"

WILGENBOOM, POPULIER, ZEEMEEUW = "De Wilgenboom", "De Populier", "De Zeemeeuw"
BOARDS = {"Stichting De Bomenrij": (WILGENBOOM, POPULIER), "Vereniging Het Baken": (ZEEMEEUW,)}

SCHOOLS = {
    WILGENBOOM: {
        "brin": "99WB", "street": "Schoolstraat 1", "postcode": "1234 AB", "city": "Voorbeeldstad", "colour": 1,
        "phone": "0123-456789", "email": "info@wilgenboom.example", "complaint_page": "wilgenboom.example/klacht",
        "fg_name": "Ada Verhoeven", "fg_email": "fg@bomenrij.example",
    },
    POPULIER: {
        "brin": "99ZZ", "street": "Laan 40", "postcode": "1234 CD", "city": "Voorbeeldstad", "colour": 2,
        "phone": "0123-456700", "email": "info@populier.example", "complaint_page": "populier.example/klacht",
        "fg_name": "Ada Verhoeven", "fg_email": "fg@bomenrij.example",
    },
    ZEEMEEUW: {
        "brin": "99ZM", "street": "Kade 8", "postcode": "4321 ZM", "city": "Oefenhaven", "colour": 3,
        "phone": "0123-987654", "email": "info@zeemeeuw.example", "complaint_page": "zeemeeuw.example/klacht",
        "fg_name": "Ruud Terpstra", "fg_email": "fg@hetbaken.example",
    },
}  # fmt: skip

HELP_DESKS = (
    ("Oudertelefoon", "0123-111222"),
    ("Ouder- en jeugdsteunpunt", "0123-333444"),
    ("Onafhankelijk adviseur", "0123-555666"),
)

ARRANGEMENT = """Zo werken wij samen met een expert van buiten.

1. De expert helpt de leerkracht. Onderzoek of behandeling van een kind hoort hier niet bij.
2. De expert begint pas als de ouders een antwoord hebben gegeven op onze brief.
3. Is een kind anoniem? Dan vraagt de expert niet naar de naam en schrijft niets op waaraan iemand het kind herkent.
4. Is een kind bekend? Dan leest de expert alleen de delen van het dossier die in de brief staan, en maakt geen kopie.
5. In e-mail, agenda en bestandsnamen staan alleen voorletters. Bij een anoniem kind staat daar alleen de code.
6. Wat de expert hier hoort of leest, blijft hier. Dat geldt ook na de begeleiding.
7. Gaat er iets mis met gegevens? Dan belt de expert de school binnen 24 uur.
8. Als de begeleiding stopt, stopt ook het lezen. Eigen aantekeningen gaan dan weg."""


@dataclass(frozen=True)
class Person:
    """Somebody who signs in: `role` at each of `schools` (an expert: who has their arrangement)."""

    username: str
    role: str
    schools: tuple[str, ...]
    first_name: str
    last_name: str
    prefix: str = ""
    called: str = ""
    works_on: str = ""
    board: str = ""
    expert: dict = field(default_factory=dict)

    @property
    def name(self):
        """First name, prefix and surname."""
        return " ".join(filter(None, (self.first_name, self.prefix, self.last_name)))

    @property
    def user_fields(self):
        """The fields of User."""
        phone = "" if self.role == EXPERT else SCHOOLS[self.schools[0]]["phone"]
        return {
            "username": self.username, "email": f"{self.username}@school.example", "phone": phone,
            "first_name": self.first_name, "prefix": self.prefix, "last_name": self.last_name,
            "called": self.called, "works_on": self.works_on,
        }  # fmt: skip


def _expert(username, schools, first_name, last_name, prefix="", **profile):
    return Person(username, EXPERT, schools, first_name, last_name, prefix, expert=profile)


_BOTH = (WILGENBOOM, POPULIER)

PEOPLE = (
    Person("marloes.visser", Role.COORDINATOR, _BOTH, "Marloes", "Visser", called="Marloes Visser",
           works_on="ma, di, do"),
    Person("lotte.dewit", Role.TEACHER, (WILGENBOOM,), "Lotte", "Wit", "de", called="juf Lotte"),
    Person("youssef.elamrani", Role.TEACHER, (WILGENBOOM,), "Youssef", "El Amrani", called="meester Youssef"),
    Person("ingrid.postma", Role.TEACHER, (WILGENBOOM,), "Ingrid", "Postma", called="juf Ingrid"),
    Person("sanne.hoekstra", Role.TEACHER, (WILGENBOOM,), "Sanne", "Hoekstra", called="juf Sanne"),
    Person("tomas.kowalski", Role.TEACHER, (WILGENBOOM,), "Tomas", "Kowalski", called="meester Tomas"),
    Person("anouk.vandenberg", Role.TEACHER, (WILGENBOOM,), "Anouk", "Berg", "van den", called="juf Anouk"),
    Person("fatima.ouali", Role.TEACHER, (WILGENBOOM,), "Fatima", "Ouali", called="juf Fatima"),
    Person("eline.wouters", Role.TEACHER, (WILGENBOOM,), "Eline", "Wouters", called="juf Eline"),
    Person("karel.veldman", Role.TEACHER, (WILGENBOOM,), "Karel", "Veldman", called="meester Karel"),
    Person("dirk.brouwer", Role.DIRECTOR, (WILGENBOOM,), "Dirk", "Brouwer", called="Dirk Brouwer"),
    Person("saskia.groen", Role.SAFEGUARDING_LEAD, (WILGENBOOM,), "Saskia", "Groen"),
    Person("bea.linders", Role.ADMIN, _BOTH, "Bea", "Linders"),
    Person("aart.roozen", Role.AUDITOR, (WILGENBOOM,), "Aart", "Roozen"),
    Person("petra.schouten", Role.PRIVACY_OFFICER, _BOTH, "Petra", "Schouten"),
    Person("ada.verhoeven", Role.FG, (WILGENBOOM,), "Ada", "Verhoeven", board="Stichting De Bomenrij"),
    Person("kim.nguyen", Role.TEACHER, (POPULIER,), "Kim", "Nguyen", called="juf Kim"),
    Person("mehmet.yildiz", Role.TEACHER, (POPULIER,), "Mehmet", "Yıldız", called="meester Mehmet"),
    Person("elise.vos", Role.DIRECTOR, (POPULIER,), "Elise", "Vos", called="Elise Vos"),
    Person("joris.bakker", Role.COORDINATOR, (ZEEMEEUW,), "Joris", "Bakker", called="Joris Bakker", works_on="wo, vr"),
    Person("naomi.sedney", Role.TEACHER, (ZEEMEEUW,), "Naomi", "Sedney", called="juf Naomi"),
    Person("bram.dekker", Role.TEACHER, (ZEEMEEUW,), "Bram", "Dekker", called="meester Bram"),
    Person("carla.hermans", Role.DIRECTOR, (ZEEMEEUW,), "Carla", "Hermans", called="Carla Hermans"),
    Person("henk.overdijk", Role.ADMIN, (ZEEMEEUW,), "Henk", "Overdijk"),
    Person("ruud.terpstra", Role.FG, (ZEEMEEUW,), "Ruud", "Terpstra", board="Vereniging Het Baken"),
    _expert("willemijn.deboer", (WILGENBOOM, ZEEMEEUW), "Willemijn", "Boer", "de",
            function="gedragsdeskundige", organisation="Praktijk De Boer", title="mevrouw De Boer"),
    _expert("priya.ramdin", _BOTH, "Priya", "Ramdin",
            function="orthopedagoog", organisation="Advies Ramdin", title="mevrouw Ramdin"),
    _expert("sietse.wiersma", (WILGENBOOM,), "Sietse", "Wiersma",
            function="orthopedagoog", organisation="Wiersma en Co", title="meneer Wiersma"),
)  # fmt: skip
