"""The children of De Wilgenboom, the groups they sit in and the grown-ups round those with a case."""

from cases.models import GroupTeacher

OWN, DUO = GroupTeacher.Kind.OWN, GroupTeacher.Kind.DUO


def gather(story):
    """Make groups, children and guardians."""
    _groups(story)
    _children(story)
    _guardians(story)


def _groups(story):
    story.group("1", "1", None)
    story.group("2", "2", ("1", "1"))
    story.group("3", "3", ("2", "2"), fatima__ouali=OWN)
    story.group("4", "4", ("3", "3"), eline__wouters=OWN)
    story.group("5", "5", ("4", "4"), lotte__dewit=OWN)
    story.group("Vlinders", "5/6", ("Vlinders", "4/5"), youssef__elamrani=OWN, ingrid__postma=DUO)
    story.group("6", "6", ("5", "5"), karel__veldman=OWN)
    story.group("7", "7", ("6", "6"), sanne__hoekstra=OWN)
    story.group("8", "8", ("7", "7"), anouk__vandenberg=OWN)


def _children(story):
    days = story.calendar
    for group, rows in {
        "1": [("girl", "Mila", "Zandstra")],
        "2": [("boy", "Jurre", "Bosma")],
        "3": [("boy", "Deniz", "Kaya"), ("boy", "Pim", "Versteeg"), ("girl", "Elif", "Aydın")],
        "4": [("boy", "Kevin", "Maas"), ("girl", "Nora", "Lindeman")],
        "5": [
            ("girl", "Emma", "Kaya"), ("girl", "Fleur", "Hendriks"), ("girl", "Aya", "Bouzid"),
            ("boy", "Milan", "Petrović"), ("boy", "Daan", "Koster"), ("boy", "Jayden", "Blokland"),
        ],
        "7": [
            ("boy", "Amir", "Haddad"), ("girl", "Julia", "Wójcik"), ("boy", "Thijs", "Smit"),
            ("girl", "Imani", "Pinas"), ("unknown", "Sam", "Verbeek"),
        ],
        "8": [
            ("girl", "Romy", "Veenstra"), ("boy", "Mats", "Jonker"), ("boy", "Finn", "Kuipers"),
            ("boy", "Stijn", "Lammers"),
        ],
    }.items():  # fmt: skip
        for sex, call_name, surname in rows:
            story.pupil(group, sex, call_name, surname)
    twins_born = days.born(5, 7)
    for twin in ("Noor", "Nina"):
        story.pupil("5", "girl", twin, "Graaf", prefix="de", born=twins_born)
    story.pupil("5", "boy", "Tijn", "Leeuwen", prefix="van")
    for sex, call_name, surname, year in (
        ("girl", "Yara", "Benali", "5"), ("girl", "Sofie", "Willems", "5"), ("girl", "Lina", "Farah", "5"),
        ("boy", "Levi", "Kramer", "5"), ("girl", "Dewi", "Tahapary", "6"), ("girl", "Hanna", "Scholten", "6"),
        ("boy", "Guus", "Postma", "6"), ("boy", "Bilal", "Toprak", "6"),
    ):  # fmt: skip
        story.pupil("Vlinders", sex, call_name, surname, year=year)
    story.pupil("8", "boy", "Rayan", "Idrissi", born=days.aged(12))
    story.pupil("6", "boy", "Ruben", "Dijkman", left_on=days.back(25))


def _guardians(story):
    g = story.guardian
    mother = g("Emma", "mevrouw", "Ayşe", "Kaya", street="Dorpsstraat 12", phone="0123-200112", language="Turks")
    story.relate("Deniz", mother)
    father = g("Noor", "de heer", "Pieter", "Graaf", prefix="de", street="Molenweg 3", phone="0123-200103")
    mother = g("Noor", "mevrouw", "Carolien", "Vermeer", street="Molenweg 3")
    story.relate("Nina", father)
    story.relate("Nina", mother)
    g("Tijn", "mevrouw", "Marit", "Hofman", street="Parkzicht 21", phone="0123-200121")
    g("Tijn", "de heer", "Jeroen", "Leeuwen", prefix="van", street="Stationsplein 5", phone="0123-200105")
    g("Daan", "de heer", "Wouter", "Koster", street="Vlierhof 9", phone="0123-200109")
    g("Daan", "mevrouw", "Esther", "Koster", street="Vlierhof 9")
    g("Aya", "mevrouw", "Samira", "Bouzid", street="Vlierhof 30", phone="0123-200130")
    g("Milan", "mevrouw", "Jelena", "Petrović", street="Kerkpad 2", language="Servisch", phone="0123-200102")
    g("Milan", "de heer", "Goran", "Petrović", street="Havenkant 77", relation={
        "has_authority": False, "is_asked": False, "gets_report": False, "may_be_called": False,
        "authority_source": "uitspraak van de rechtbank, getoond door moeder",
    })  # fmt: skip
    g("Fleur", "mevrouw", "Anja", "Hendriks", street="Kerkpad 14")
    g("Amir", "de heer", "Yousef", "Haddad", street="Ringbaan 101", language="Arabisch", needs_interpreter=True)
    g("Amir", "mevrouw", "Rima", "Haddad", street="Ringbaan 101", language="Arabisch", needs_interpreter=True)
    g("Julia", "mevrouw", "Agnieszka", "Wójcik", street="Ringbaan 45", language="Pools")
    g("Imani", "mevrouw", "Cheryl", "Pinas", street="Lindelaan 8")
    g("Yara", "de heer", "Hassan", "Benali", street="Lindelaan 60", phone="0123-200160")
    g("Yara", "mevrouw", "Nadia", "Benali", street="Lindelaan 60")
    g("Sofie", "mevrouw", "Petra", "Willems", street="Dorpsstraat 90")
    g("Guus", "de heer", "Hidde", "Postma", street="Weideweg 4", phone="0123-200104")
    g("Romy", "mevrouw", "Linda", "Veenstra", street="Weideweg 18")
    g("Mats", "mevrouw", "Tessa", "Jonker", street="Beukenlaan 6")
    g("Rayan", "de heer", "Khalid", "Idrissi", street="Beukenlaan 40")
    g("Ruben", "mevrouw", "Ilse", "Dijkman", street="Havenkant 12")
    _round_kevin(story)


def _round_kevin(story):
    """A foster child: an institution has the gezag, where he lives is secret, his mother may not be called."""
    none = {"has_authority": False, "is_asked": False, "authority_source": "beschikking voogdij"}
    story.guardian(
        "Kevin", "mevrouw", "Chidi", "Okafor", street="Raadhuisplein 1", institution="Jeugdbescherming De Oever",
        phone="0123-700700", relation={"relation": "institution", "authority_source": "beschikking voogdij"},
    )  # fmt: skip
    story.guardian(
        "Kevin", "de heer", "Bas", "Rozema", street="Geheim 1", secret_address=True,
        relation={**none, "relation": "foster_parent"},
    )  # fmt: skip
    story.guardian(
        "Kevin", "mevrouw", "Wendy", "Maas", no_contact=True,
        relation={**none, "gets_report": False, "may_be_called": False},
    )  # fmt: skip
