"""A list of parents and carers, as CSV or XLSX: bytes in, frozen rows and problems out.

Pure and tolerant: schools make this list themselves, so columns are known by what they are called in Dutch, in any
order. A row is one grown-up, or one child with its carers side by side ("Verzorger 1 achternaam"). A column that we
don't know is named and left alone. What a cell holds is text, whatever sign it starts with.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy as _

from cases.guardian_words import MAN, WOMAN, answer_of, plain, relation_of, title_of
from cases.incoming import Problem, Problems, UnreadableFile, check_bytes, decode, kind_of
from cases.sheets import HEADER_WITHIN, MAX_COLUMNS, Line, csv_lines, refused, sheets

__all__ = ["GuardianFile", "GuardianRow", "Problem", "UnreadableFile", "parse"]

LIMITS = {
    "pupil_key": 256,
    "first_name": 60,
    "prefix": 20,
    "surname": 100,
    "institution": 100,
    "authority_source": 200,
    "street": 80,
    "city": 60,
    "phone": 60,
    "email": 120,
    "language": 40,
}

FIELDS = {
    "pupil_key": _("pupil number"),
    "first_name": _("first name or initials"),
    "prefix": _("prefix"),
    "surname": _("surname"),
    "institution": _("institution"),
    "authority_source": _("who says so"),
    "street": _("street and number"),
    "city": _("town"),
    "phone": _("phone"),
    "email": _("e-mail"),
    "language": _("language at talks"),
    "has_authority": _("has gezag"),
    "needs_interpreter": _("needs an interpreter"),
    "secret_address": _("secret address"),
    "no_contact": _("no contact allowed"),
}
REFUSALS = {
    "no_header": _(
        "We don't find the columns. The first row must name them: at least “Leerlingnummer”, or the child's "
        "“Roepnaam” and “Achternaam”, and “Achternaam ouder”."
    ),
    "no_guardians": _("There are no parents or carers in this file."),
}
NOTES = {
    "row_without_pupil": _("This row does not say which child it is about. It is left out."),
    "guardian_without_name": _("This parent or carer has no surname, and is left out."),
    "relation_unknown": _("What this person is to the child can't be read. Choose it by hand."),
    "relation_missing": _("The file does not say what this person is to the child. It is taken as parent."),
    "date": _("The child's date of birth can't be read. It is left empty."),
    "taken_as_yes": _("Here should be yes or no (“{field}”). It is taken as yes, to be safe."),
    "yes_or_no": _("Here should be yes or no (“{field}”). It is left open."),
    "email": _("This is not an e-mail address. It is left empty."),
    "too_long": _("This is too long for “{field}”. The end is cut off."),
    "guardian_twice": _("The same person stands at line {first} for the same child. This one is left out."),
}

# What a column is about, by a word in its heading; and what a grown-up is by that word alone.
_OF_PUPIL = frozenset(("leerling", "leerlingen", "kind", "pupil", "ll"))
_OF_GUARDIAN = {
    **dict.fromkeys(("ouder", "ouders", "vader", "moeder"), "parent"),
    **dict.fromkeys(("pleegouder", "pleegouders", "pleegvader", "pleegmoeder"), "foster_parent"),
    **dict.fromkeys(("verzorger", "verzorgers", "verz", "contactpersoon"), ""),
    "voogd": "guardian",
}
_ORDINALS = {"eerste": "1", "tweede": "2", "derde": "3", "vierde": "4"}
_FILLERS = frozenset(("van", "de", "het", "een", "der", "tot", "met", "v", "d"))
# The rest of a heading, written as one word, says which field.
_PUPIL_WORDS = {
    word: name
    for name, words in {
        "pupil_key": "leerlingnummer leerlingnr llnr llnummer nummer nr id key leerlingid leerlingkey stamnummer "
        "administratienummer edexkey",
        "pupil_call_name": "roepnaam voornaam voornamen",
        "pupil_prefix": "tussenvoegsel tussenvoegsels voorvoegsel voorvoegsels tv",
        "pupil_surname": "achternaam familienaam",
        "pupil_born_on": "geboortedatum geboren gebdatum geboortedag",
        "pupil_name": "naam volledigenaam",
    }.items()
    for word in words.split()
}
_GUARDIAN_WORDS = {
    word: name
    for name, words in {
        "relation": "relatie relatietype soortrelatie typerelatie soort rol",
        "title": "aanhef titel geslacht",
        "first_name": "voornaam voornamen roepnaam voorletters voorletter initialen",
        "prefix": "tussenvoegsel tussenvoegsels voorvoegsel voorvoegsels tv",
        "surname": "achternaam familienaam",
        "name": "naam volledigenaam",
        "institution": "instelling voogdijinstelling organisatie gecertificeerdeinstelling",
        "has_authority": "gezag ouderlijkgezag heeftgezag heeftouderlijkgezag wettelijkvertegenwoordiger gezagjanee "
        "wettelijkevertegenwoordiger",
        "authority_source": "brongezag gezagbron gezagvolgens bronvangezag wiezegtdat gezaggezienin",
        "street": "adres straat straatenhuisnummer straathuisnummer straatnaam adresregel",
        "number": "huisnummer huisnr",
        "addition": "toevoeging huisnummertoevoeging toev huisletter",
        "postcode": "postcode pc",
        "city": "plaats woonplaats stad postcodeplaats postcodeenplaats postcodewoonplaats postcodeenwoonplaats",
        "phone": "telefoon telefoonnummer tel telnr mobiel mobielnummer mobieletelefoon telefoonmobiel gsm "
        "telefoonthuis telefoonoverdag telefoonwerk noodnummer",
        "email": "email emailadres mail mailadres",
        "language": "taal thuistaal gesprekstaal spreektaal voorkeurstaal taalbijgesprekken moedertaal",
        "needs_interpreter": "tolk tolknodig heefttolknodig tolkjanee",
        "secret_address": "geheimadres adresgeheim geheim",
        "no_contact": "contactverbod geencontact heeftcontactverbod",
    }.items()
    for word in words.split()
}
# With no word that says whose: these are the child's, and these can be anybody's.
_PLAINLY_PUPIL = frozenset(
    word
    for word, name in _PUPIL_WORDS.items()
    if name in ("pupil_key", "pupil_born_on") and word not in ("nr", "nummer")
)
_ANYBODYS = {
    **dict.fromkeys(("roepnaam", "voornaam", "voornamen"), ("pupil_call_name", "first_name")),
    **dict.fromkeys(
        ("tussenvoegsel", "tussenvoegsels", "voorvoegsel", "voorvoegsels", "tv"), ("pupil_prefix", "prefix")
    ),
    **dict.fromkeys(("achternaam", "familienaam"), ("pupil_surname", "surname")),
    **dict.fromkeys(("naam", "volledigenaam"), ("pupil_name", "name")),
}
_NAMING = frozenset(("surname", "name", "institution"))
_SEVERAL = frozenset(("phone", "email"))
PUPIL, ALONE = "pupil", "*"

_DAY = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].{0,20})?", re.ASCII)
_POSTCODE = re.compile(r"(\d{4})\s*([A-Za-z]{2})\b[\s,]*(.*)", re.ASCII)
_EMAIL = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>.]{1,64}(?:\.[^@\s,;<>.]{1,64}){1,6}")

Columns = dict[tuple[str, str], list[int]]


@dataclass(frozen=True, slots=True)
class GuardianRow:
    """One grown-up of one child. A text that the file does not have is "". The words are those of the records:
    `relation` "" has to be chosen by hand, `has_authority` None is not known.
    """

    line: int
    pupil_key: str | None
    pupil_call_name: str = field(repr=False)
    pupil_prefix: str = field(repr=False)
    pupil_surname: str = field(repr=False)
    pupil_born_on: date | None = field(repr=False)
    relation: str
    title: str
    first_name: str = field(repr=False)
    prefix: str = field(repr=False)
    surname: str = field(repr=False)
    institution: str = field(repr=False)
    has_authority: bool | None
    authority_source: str = field(repr=False)
    street: str = field(repr=False)
    postcode: str = field(repr=False)
    city: str = field(repr=False)
    phone: str = field(repr=False)
    email: str = field(repr=False)
    language: str = field(repr=False)
    needs_interpreter: bool
    secret_address: bool
    no_contact: bool


@dataclass(frozen=True, slots=True)
class GuardianFile:
    """What one list says. `columns`: each heading that we know, and as which field; `ignored`: the others."""

    rows: tuple[GuardianRow, ...] = field(repr=False)
    problems: tuple[Problem, ...]
    columns: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]


@dataclass(slots=True)
class _Heading:
    """A column's heading as we understand it: whose ("" is anybody's), and which field ("" is none)."""

    place: int
    text: str
    whose: str = ""
    name: str = ""
    word: str = ""
    relation: str = ""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the headings stand, and which columns belong to the child and to each grown-up."""

    columns: Columns
    people: tuple[str, ...]
    relations: Mapping[str, tuple[str, str]]
    known: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]


def parse(data: bytes, filename: str = "") -> GuardianFile:
    """Read a list of parents. What it is, is told by its content; by its name only that it should have been a workbook.

    Raises UnreadableFile, with a message for people, when nothing can be had from it.
    """
    problems = Problems(NOTES)
    called_workbook = filename.lower().endswith((".xlsx", ".xlsm"))
    if called_workbook and kind_of(data) == "zip":
        raise refused("broken_xlsx")
    if check_bytes(data, allowed="xlsx") == "xlsx":
        tables = sheets(data)
    elif called_workbook:
        raise refused("broken_xlsx")
    else:
        tables = iter([csv_lines(decode(data, problems), _understood)])
    for lines in tables:
        for start, (_line, cells) in enumerate(lines[:HEADER_WITHIN]):
            layout = _layout(cells)
            if layout:
                return _read(lines[start + 1 :], layout, problems)
    raise _refused("no_header")


def _refused(code: str) -> UnreadableFile:
    return UnreadableFile(code, REFUSALS[code])


# From headings to a layout


def _understood(lines: Iterable[Line]) -> int:
    return max(
        (sum(bool(_heading(place, cell).name) for place, cell in enumerate(cells)) for _, cells in lines), default=0
    )


def _heading(place: int, text: str) -> _Heading:
    """What a heading says by itself: "E-mail verzorger 2" → the second grown-up's e-mail."""
    heading = _Heading(place, text)
    words = re.findall(
        r"[^\W\d_]+|\d+", re.sub(r"\b(\d)e\b", r"\1", plain(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text[:80])))
    )
    words = [_ORDINALS.get(word, word) for word in words]
    whole = "".join(words)
    if whole in _PLAINLY_PUPIL:
        heading.whose, heading.name = PUPIL, _PUPIL_WORDS[whole]
        return heading
    about = [word for word in words if word in _OF_GUARDIAN]
    numbers = [word for word in words if word.isdigit()]
    heading.word = _rest(words)
    if about:
        heading.name = _GUARDIAN_WORDS.get(heading.word, "" if heading.word else "name")
        heading.whose = numbers[0] if numbers else about[0] if len(about) == 1 and about[0] in WOMAN | MAN else ALONE
        heading.relation = about[0] if len(set(about)) == 1 else "ouder" if {"vader", "moeder"} <= set(about) else ""
    elif any(word in _OF_PUPIL for word in words):
        _of_pupil(heading)
    elif heading.word not in _ANYBODYS and heading.word != "geslacht":
        heading.name = _GUARDIAN_WORDS.get(heading.word, "")
        heading.whose = ALONE if heading.name else ""
    elif heading.word in _ANYBODYS and not numbers:
        heading.name = _ANYBODYS[heading.word][0]
    return heading


def _rest(words: list[str]) -> str:
    """The words that are left when nobody is meant by them, as one; fillers only when they belong to it."""
    left = [word for word in words if word not in _OF_GUARDIAN and word not in _OF_PUPIL and not word.isdigit()]
    joined = "".join(left)
    if joined in _GUARDIAN_WORDS or joined in _PUPIL_WORDS:
        return joined
    return "".join(word for word in left if word not in _FILLERS)


def _of_pupil(heading: _Heading) -> None:
    if heading.word in ("relatie", "gezag", "ouderlijkgezag"):
        heading.whose, heading.name = ALONE, _GUARDIAN_WORDS[heading.word]
    elif name := _PUPIL_WORDS.get(heading.word, "" if heading.word else "pupil_name"):
        heading.whose, heading.name = PUPIL, name


def _layout(cells: list[str]) -> _Layout | None:
    """How the columns lie, when these cells are headings: they name the child and at least one grown-up."""
    headings = [_heading(place, cell) for place, cell in enumerate(cells) if cell]
    _settle_anybodys(headings)
    people = _people(headings)
    columns: Columns = {}
    known: dict[int, tuple[str, str]] = {}
    for heading in headings:
        spot = (heading.whose, heading.name)
        if heading.name and (spot not in columns or heading.name in _SEVERAL) and heading.whose in (PUPIL, *people):
            columns.setdefault(spot, []).append(heading.place)
            known[heading.place] = (heading.text, heading.name)
    pupil = {name for whose, name in columns if whose == PUPIL}
    if not people or not pupil & {"pupil_key", "pupil_surname", "pupil_call_name", "pupil_name"}:
        return None
    relations = {heading.whose: heading.relation for heading in reversed(headings) if heading.relation}
    ignored = tuple(dict.fromkeys(heading.text for heading in headings if heading.place not in known))
    return _Layout(
        columns,
        people,
        {whose: (_OF_GUARDIAN[word], word) for whose, word in relations.items()},
        tuple(known.values()),
        ignored,
    )


def _settle_anybodys(headings: list[_Heading]) -> None:
    """Give names without an owner one: the child's when the grown-ups' names have theirs, and the other way round."""
    free = [heading for heading in headings if heading.name and not heading.whose]
    named = any(heading.name in ("surname", "name") for heading in headings if heading.whose not in ("", PUPIL))
    if not named:
        split = _split(headings, free)
        for heading in free:
            if heading.place >= split:
                heading.whose, heading.name = ALONE, _ANYBODYS[heading.word][1]
    for heading in free:
        heading.whose = heading.whose or PUPIL


def _split(headings: list[_Heading], free: list[_Heading]) -> int:
    """From which column on the names are a grown-up's."""
    pupil = {heading.name for heading in headings if heading.whose == PUPIL}
    if pupil & {"pupil_surname", "pupil_name", "pupil_call_name"}:
        return 0
    surnames = [heading.place for heading in free if heading.name in ("pupil_surname", "pupil_name")]
    if len(surnames) > 1:
        # First the child, then the grown-up: where another column comes between, or a name comes back.
        seen: set[str] = set()
        for heading in headings:
            between = heading.place > surnames[0] and heading.whose == ALONE
            again = not heading.whose and heading.name in seen
            if between or again:
                return heading.place
            if not heading.whose:
                seen.add(heading.name)
    first_names = [heading for heading in free if heading.name == "pupil_call_name"]
    if "pupil_key" not in pupil and "pupil_born_on" not in pupil:
        return MAX_COLUMNS
    return first_names[0].place + 1 if len(first_names) > 1 else 0


def _people(headings: list[_Heading]) -> tuple[str, ...]:
    """The grown-ups of a row, in order. "Telefoon ouder 2" without a second name is the one person's second phone."""
    named = list(dict.fromkeys(h.whose for h in headings if h.name in _NAMING and h.whose not in ("", PUPIL)))
    if named == [ALONE]:
        for heading in headings:
            if heading.whose not in ("", PUPIL) and heading.name in _SEVERAL:
                heading.whose = ALONE
    return tuple(named)


# From lines to rows


def _read(lines: list[Line], layout: _Layout, problems: Problems) -> GuardianFile:
    rows: list[GuardianRow] = []
    seen: dict[tuple, int] = {}
    guessed: list[int] = []
    for line, cells in lines:
        of_pupil = _values(cells, layout.columns, PUPIL)
        pupil = _pupil(line, of_pupil, problems)
        for whose in layout.people if pupil else ():
            row = _Person(line, _values(cells, layout.columns, whose), pupil, problems).row(
                *layout.relations.get(whose, ("", "")), alone=layout.people == (ALONE,), guessed=guessed
            )
            if row is None:
                continue
            same = (*pupil.values(), plain(row.first_name), plain(row.surname), plain(row.institution))
            if same in seen:
                problems.add(line, "guardian_twice", row.pupil_key, first=seen[same])
                continue
            seen[same] = line
            rows.append(row)
    if guessed:
        problems.add(guessed[0], "relation_missing")
    if not rows:
        raise _refused("no_guardians")
    return GuardianFile(tuple(rows), problems.all(), layout.known, layout.ignored)


def _values(cells: list[str], columns: Columns, whose: str) -> dict[str, str]:
    """What the cells say about one person, by field; several phones are kept side by side."""
    values = {}
    for (owner, name), places in columns.items():
        if owner == whose:
            values[name] = " / ".join(
                dict.fromkeys(cells[place] for place in places if place < len(cells) and cells[place])
            )
    return values


def _pupil(line: int, values: dict[str, str], problems: Problems) -> dict | None:
    """Which child the row is about, or None when it does not say."""
    call_name, prefix, surname = (values.get(f"pupil_{name}", "") for name in ("call_name", "prefix", "surname"))
    if values.get("pupil_name") and not surname:
        first, split_prefix, surname = _split_name(values["pupil_name"])
        call_name, prefix = call_name or first, prefix or split_prefix
    key = values.get("pupil_key", "")[: LIMITS["pupil_key"]]
    # A dummy ("#…") is nobody's number.
    key = None if not key or key.startswith("#") else key
    if not key and not call_name and not surname:
        problems.add(line, "row_without_pupil")
        return None
    born = values.get("pupil_born_on", "")
    born_on = _day(born)
    if born and born_on is None:
        problems.add(line, "date", key)
    return {
        "pupil_key": key,
        "pupil_call_name": call_name[:64],
        "pupil_prefix": prefix[:20],
        "pupil_surname": surname[:200],
        "pupil_born_on": born_on,
    }


def _day(text: str) -> date | None:
    """A day as people or Excel write it. A child's year of two digits is of this century."""
    if match := _ISO_DAY.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := _DAY.fullmatch(text):
        day, month, year = map(int, match.groups())
        year += 2000 if len(match[3]) == 2 else 0
    else:
        return None
    try:
        return date(year, month, day) if 1900 <= year <= 2100 else None
    except ValueError:
        return None


def _split_name(text: str) -> tuple[str, str, str]:
    """First name, prefix and surname of "Fatma van der Kaya" or "Kaya, Fatma van der": small words are the prefix."""
    before, comma, after = text.partition(",")
    words = (after or before).split()
    small = [place for place, word in enumerate(words) if word.lstrip("'’‘`")[:1].islower()]
    if comma:
        first = words[: small[0]] if small else words
        return " ".join(first), " ".join(words[small[0] :] if small else ()), before.strip()
    if small and small[-1] < len(words) - 1:
        end = small[0]
        while end + 1 in small:
            end += 1
        return " ".join(words[: small[0]]), " ".join(words[small[0] : end + 1]), " ".join(words[end + 1 :])
    return " ".join(words[:-1]), "", words[-1] if words else ""


class _Person:
    """One grown-up in one row, on the way to a GuardianRow."""

    def __init__(self, line: int, values: dict[str, str], pupil: dict, problems: Problems):
        self.line = line
        self.values = values
        self.pupil = pupil
        self.problems = problems

    def row(self, relation: str, word: str, *, alone: bool, guessed: list[int]) -> GuardianRow | None:
        """The row, or None when there is nobody. `relation` and `word` are what the headings say this person is."""
        self._take_name_apart()
        if not self.values.get("surname") and not self.values.get("institution"):
            if alone or any(self.values.get(name) for name in ("first_name", "phone", "email", "street")):
                self._note("guardian_without_name")
            return None
        postcode, city = self._postcode_and_city()
        said = self.values.get("relation", "")
        relation, word = self._relation(said, relation, guessed), said or word
        return GuardianRow(
            line=self.line,
            **self.pupil,
            relation=relation,
            title=title_of(self.values.get("title", ""), word if relation else ""),
            first_name=self._text("first_name"),
            prefix=self._text("prefix"),
            surname=self._text("surname"),
            institution=self._text("institution"),
            has_authority=self._yes_or_no("has_authority"),
            authority_source=self._text("authority_source"),
            street=self._street(),
            postcode=postcode,
            city=city,
            phone=self._phone(),
            email=self._email(),
            language=self._text("language"),
            needs_interpreter=bool(self._yes_or_no("needs_interpreter")),
            secret_address=self._to_be_safe("secret_address"),
            no_contact=self._to_be_safe("no_contact"),
        )

    def _note(self, code: str, **words) -> None:
        self.problems.add(self.line, code, self.pupil["pupil_key"], **words)

    def _take_name_apart(self) -> None:
        if self.values.get("name") and not self.values.get("surname"):
            first, prefix, surname = _split_name(self.values["name"])
            self.values |= {
                "first_name": self.values.get("first_name") or first,
                "prefix": self.values.get("prefix") or prefix,
                "surname": surname,
            }

    def _relation(self, said: str, by_heading: str, guessed: list[int]) -> str:
        if not said:
            if self.values.get("institution") and not by_heading:
                return "institution"
            if not by_heading:
                guessed.append(self.line)
            return by_heading or "parent"
        relation = relation_of(said)
        if not relation:
            self._note("relation_unknown")
        return relation

    def _text(self, name: str) -> str:
        return self._cut(name, self.values.get(name, ""))

    def _cut(self, name: str, text: str) -> str:
        if len(text) > LIMITS[name]:
            self._note("too_long", field=FIELDS[name])
        return text[: LIMITS[name]].rstrip()

    def _yes_or_no(self, name: str) -> bool | None:
        answer = answer_of(self.values.get(name, ""))
        if answer == "?":
            self._note("yes_or_no", field=FIELDS[name])
            return None
        return answer

    def _to_be_safe(self, name: str) -> bool:
        """Yes unless it says no: a secret address that is written in other words stays secret."""
        answer = answer_of(self.values.get(name, ""))
        if answer == "?":
            self._note("taken_as_yes", field=FIELDS[name])
        return bool(answer)

    def _street(self) -> str:
        return self._cut("street", " ".join(filter(None, map(self.values.get, ("street", "number", "addition")))))

    def _postcode_and_city(self) -> tuple[str, str]:
        """Also when one column holds both."""
        postcode, city = self.values.get("postcode", ""), self.values.get("city", "")
        match = _POSTCODE.fullmatch(postcode or city)
        if match:
            city = match[3] or (city if postcode else "")
            postcode = f"{match[1]} {match[2].upper()}"
        return postcode[:10], self._cut("city", city)

    def _phone(self) -> str:
        """Excel takes the zero off a number that it thinks is a sum."""
        phone = self.values.get("phone", "")
        return self._cut("phone", " / ".join(re.sub(r"^([1-9]\d{8})$", r"0\1", part) for part in phone.split(" / ")))

    def _email(self) -> str:
        text = self.values.get("email", "")
        match = _EMAIL.search(text)
        if text and not match:
            self._note("email")
        return self._cut("email", match[0] if match else "")
