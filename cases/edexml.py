"""EDEXML, the pupil export of every pupil administration (1.03, 2.0, 2.1): bytes in, frozen rows and problems out.

Pure and tolerant. The published schema ends at school year 2024-2025 and knows no vendor's own blocks, so it would
refuse each file of today: we look for what we know and say per line what we could not use. Kept is a whitelist: key,
names, date of birth, sex, year, class, dates of entry and leaving. All else about a pupil is counted and dropped, and
never leaves this module. Of staff only the number is told: rights are never given by a file.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from lxml import etree

from cases.incoming import Problem, Problems, UnreadableFile, check_bytes, clean, decode, line_at

__all__ = ["EdexFile", "EdexGroup", "EdexPupil", "Problem", "UnreadableFile", "parse"]

MAX_PUPILS = 20_000
MAX_TAGS = 2_000_000
KEY_LIMIT = 256
GROUP_NAME_LIMIT = 64
SEXES = {"0": "unknown", "1": "boy", "2": "girl", "9": "unspecified", "": "unknown"}
LIMITS = {
    "achternaam": 200,
    "voorvoegsel": 20,
    "voornamen": 200,
    "voorletters-1": 20,
    "roepnaam": 64,
    "jaargroep": 10,
}
KEPT = frozenset({*LIMITS, "key", "geboortedatum", "geslacht", "groep", "instroomdatum", "uitstroomdatum"})
# What else the schema (1.03 to 2.1) knows of a pupil. Only these are told by name: a vendor's own name of an element
# can itself say something about a child.
KNOWN = frozenset(
    [
        "eckid",
        "start_ondw_jgr3",
        "samengestelde_groepen",
        "vestiging",
        "gebruikersnaam",
        "emailadres",
        "fotourl",
        "etniciteit",
        "land",
        "land_vader",
        "land_moeder",
        "sofinummer",
        "bsn",
        "onderwijsnummer",
        "bsn_ondwnr-4",
        "rijksregisternummer",
        "gewicht_nieuw",
        "gewicht",
        "postcodenl",
        "postnummerbe",
        "postcodeoverig",
        "toevoegingen",
        "mutatiedatum",
    ]
)
OTHER = "overig"

FIELDS = {
    "achternaam": _("surname"),
    "voorvoegsel": _("prefix"),
    "voornamen": _("first names"),
    "voorletters-1": _("first letters"),
    "roepnaam": _("call name"),
    "jaargroep": _("year group"),
    "naam": _("name of the group"),
    "geboortedatum": _("date of birth"),
    "instroomdatum": _("date of entry"),
    "uitstroomdatum": _("date of leaving"),
    "peildatum": _("reference date"),
}
REFUSALS = {
    "doctype": _("This file brings rules of its own (a DOCTYPE). A real export has none: ask for a new one."),
    "not_xml": _("This is not an XML file. Choose the file that your pupil administration exports (EDEX.XML)."),
    "too_much": _("There is more in this file than one school can have. Choose the file of one school."),
    "broken_xml": _("This XML file is broken at line {line}. Make a new export."),
    "uwlr": _("This is a UWLR message, not an EDEXML file. Choose the EDEX export."),
    "oso": _("This is an OSO transfer file, not an EDEXML file. Choose the EDEX export."),
    "not_edex": _("This is an XML file, but not EDEXML: it does not start with EDEX."),
    "no_pupils": _("There are no pupils in this file."),
}
NOTES = {
    "school_missing": _("The file does not say of which school it is, nor of which school year."),
    "school_year": _("The school year can't be read: it should be like 2026-2027."),
    "brin": _("The BRIN number can't be read: it should be like 12AB."),
    "group_name_twice": _("Two groups have the same name. This one gets a number behind it."),
    "group_key_missing": _("This group has no key, so that no pupil can be in it. It is left out."),
    "group_key_twice": _("This group has the same key as the one at line {first}. It is left out."),
    "pupil_key_twice": _("This pupil has the same key as the one at line {first}. This one is left out."),
    "pupil_key_missing": _("This pupil has no key, so next time only the name tells who it is."),
    "pupil_without_name": _("This pupil has no surname and no call name, and is left out."),
    "surname_missing": _("This pupil has no surname."),
    "call_name_missing": _("This pupil has no call name and no first names."),
    "year_missing": _("The file does not say in which year this pupil is."),
    "group_unknown": _("This pupil is in a group that is not in the file."),
    "sex": _("Boy or girl can't be read here. It is taken as unknown."),
    "born_later": _("This date of birth lies in the future. It is left empty."),
    "key_too_long": _("This key is too long. It is not used."),
    "too_long": _("This is too long for “{field}”. The end is cut off."),
    "date": _("This is not a date (“{field}”). It is left empty."),
    "dummy_keys": _("Keys that start with “#” do not last, so they are not kept: {count}."),
}

_PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DECLARATION = re.compile(r"\s*<\?xml\s.*?\?>", re.DOTALL)
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,10}));")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ]\d\d:\d\d.{0,30}|Z|[+-]\d\d:\d\d)?", re.ASCII)
_SCHOOL_YEAR = re.compile(r"(\d{4})\s*[-/–]\s*(\d{4})", re.ASCII)
_BRIN = re.compile(r"(\d\d[A-Z]{2})(\d\d)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class EdexGroup:
    """A class. `key` binds pupils to it in this file; next time it is the same only when `has_lasting_key`."""

    key: str
    name: str
    year: str
    line: int

    @property
    def has_lasting_key(self) -> bool:
        """False for a dummy key ("#…"): such a class is known again by its name."""
        return not self.key.startswith("#")


@dataclass(frozen=True, slots=True)
class EdexPupil:
    """A pupil as the whitelist keeps it. A text that the file does not have is ""; a key that is no identity is None.

    `call_name` is the roepnaam, or else the first of the first names. `year` is the pupil's own, or else the group's.
    `has_left`: went before the reference date, or stands in the file as history.
    """

    key: str | None
    surname: str = field(repr=False)
    prefix: str = field(repr=False)
    first_names: str = field(repr=False)
    initials_given: str = field(repr=False)
    call_name: str = field(repr=False)
    born_on: date | None = field(repr=False)
    sex: str
    year: str
    group_key: str | None
    entered_on: date | None
    left_on: date | None
    has_left: bool
    line: int


@dataclass(frozen=True, slots=True)
class EdexFile:
    """What one file says. `dropped` counts, per name of element, for how many pupils something was not taken.

    Names that the schema doesn't have are counted together, under "overig".
    """

    school_year: str | None
    reference_date: date | None
    brin: str | None
    site_code: str | None
    groups: tuple[EdexGroup, ...]
    pupils: tuple[EdexPupil, ...] = field(repr=False)
    staff_count: int
    problems: tuple[Problem, ...]
    dropped: dict[str, int]


def parse(data: bytes, *, today: date) -> EdexFile:
    """Read an EDEXML file. `today` stands in for a reference date that the file lacks; nobody is born after it.

    Raises UnreadableFile, with a message for people, when nothing can be had from it.
    """
    check_bytes(data)
    problems = Problems(NOTES)
    return _Reading(_root(decode(data, problems), problems), problems, today).file()


def _refused(code: str, **words) -> UnreadableFile:
    return UnreadableFile(code, format_lazy(REFUSALS[code], **words) if words else REFUSALS[code])


def _root(text: str, problems: Problems) -> etree._Element:
    """The root of the document, once it is known to declare nothing: no DOCTYPE, so no entities to expand."""
    text = _without_wrong_references(text, problems)
    prolog = _PROLOG.match(text).end()
    if text[prolog : prolog + 9].upper() == "<!DOCTYPE":
        raise _refused("doctype")
    if text[prolog : prolog + 1] != "<":
        raise _refused("not_xml")
    if text.count("<") > MAX_TAGS:
        raise _refused("too_much")
    if declaration := _DECLARATION.match(text):
        # It is decoded already, whatever it declares; but its lines count.
        text = "\n" * declaration[0].count("\n") + text[declaration.end() :]
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        collect_ids=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as wrong:
        raise _refused("broken_xml", line=wrong.lineno or 1) from wrong
    if root.getroottree().docinfo.doctype:
        raise _refused("doctype")
    _check_root(root)
    return root


def _without_wrong_references(text: str, problems: Problems) -> str:
    """The text without references to signs that XML can't hold (&#0;): they would break the whole file."""
    wrong: list[int] = []

    def mended(reference: re.Match) -> str:
        sign = int(reference[1], 16) if reference[1] else int(reference[2])
        if sign in (9, 10, 13) or 0x20 <= sign <= 0xD7FF or 0xE000 <= sign <= 0xFFFD or 0x10000 <= sign <= 0x10FFFF:
            return reference[0]
        wrong.append(reference.start())
        return ""

    if "&#" in text:
        whole, text = text, _REFERENCE.sub(mended, text)
        if wrong:
            problems.add(line_at(whole, wrong[0]), "control_signs")
    return text


def _check_root(root: etree._Element) -> None:
    """Refuse what is XML but not EDEXML, and say what it is when we know."""
    if _name(root) == "edex":
        return
    names = {_name(node) for node in islice(root.iter(etree.Element), 20)}
    spaces = " ".join(space for node in islice(root.iter(etree.Element), 20) for space in node.nsmap.values()).lower()
    if "leerresultaten" in spaces or any(name.startswith("leerlinggegevens") for name in names):
        raise _refused("uwlr")
    if "oso" in re.split(r"[^a-z]+", spaces) or "overstapdossier" in names:
        raise _refused("oso")
    raise _refused("not_edex")


def _name(node: etree._Element) -> str:
    """The name of an element in small letters, whatever its namespace."""
    return node.tag.rpartition("}")[2].lower()


def _line(node: etree._Element) -> int:
    """The line of an element. Past line 65,534 libxml2 tells where the white space behind its tag ends."""
    line = node.sourceline or 0
    if line > 65_534:
        line -= ((node.text if node.text or len(node) else node.tail) or "").count("\n")
    return line


def _children(node: etree._Element | None, name: str) -> Iterator[etree._Element]:
    if node is not None:
        yield from (child for child in node.iterchildren(etree.Element) if _name(child) == name)


def _first(node: etree._Element | None, name: str) -> etree._Element | None:
    return next(_children(node, name), None)


def _value(node: etree._Element | None, name: str) -> str:
    """The text of a child element, "" when it has none."""
    child = _first(node, name)
    return clean(child.text) if child is not None else ""


class _Reading:
    """One file being read: the problems met, and what was counted on the way."""

    def __init__(self, root: etree._Element, problems: Problems, today: date):
        self.root = root
        self.problems = problems
        self.today = today
        self.dropped: Counter[str] = Counter()
        self.dummies: list[int] = []

    def file(self) -> EdexFile:
        school = _first(self.root, "school")
        if school is None:
            self.problems.add(_line(self.root), "school_missing")
        reference_date = self._day(school, "peildatum")
        brin, site_code = self._brin(school)
        groups = self._groups()
        pupils = tuple(self._pupils({group.key: group.year for group in groups}, reference_date or self.today))
        if not pupils:
            raise _refused("no_pupils")
        if self.dummies:
            self.problems.add(min(self.dummies), "dummy_keys", count=len(self.dummies))
        return EdexFile(
            school_year=self._school_year(school),
            reference_date=reference_date,
            brin=brin,
            site_code=site_code,
            groups=groups,
            pupils=pupils,
            staff_count=sum(1 for _ in _children(_first(self.root, "leerkrachten"), "leerkracht")),
            problems=self.problems.all(),
            dropped=dict(sorted(self.dropped.items())),
        )

    def _school_year(self, school: etree._Element | None) -> str | None:
        if school is None:
            return None
        match = _SCHOOL_YEAR.fullmatch(_value(school, "schooljaar"))
        if match and int(match[2]) == int(match[1]) + 1:
            return f"{match[1]}-{match[2]}"
        node = _first(school, "schooljaar")
        self.problems.add(_line(school if node is None else node), "school_year")
        return None

    def _brin(self, school: etree._Element | None) -> tuple[str | None, str | None]:
        """BRIN and site code. Some write both into the one: 12AB01."""
        text = _value(school, "brincode").upper().replace(" ", "")
        match = _BRIN.fullmatch(text)
        if text and not match:
            self.problems.add(_line(_first(school, "brincode")), "brin")
        site = _value(school, "dependancecode").zfill(2)
        if site == "00":
            site = match[2] if match and match[2] else ""
        return match and match[1], site if re.fullmatch(r"\d\d", site, re.ASCII) and site != "00" else None

    def _groups(self) -> tuple[EdexGroup, ...]:
        groups: dict[str, EdexGroup] = {}
        names: set[str] = set()
        for node in _children(_first(self.root, "groepen"), "groep"):
            group = self._group(node)
            if not group.key:
                self.problems.add(group.line, "group_key_missing")
                continue
            if group.key in groups:
                self.problems.add(group.line, "group_key_twice", first=groups[group.key].line)
                continue
            if group.name in names:
                self.problems.add(group.line, "group_name_twice")
                group = replace(group, name=f"{group.name[: GROUP_NAME_LIMIT - 8]} ({len(groups) + 1})")
            if not group.has_lasting_key:
                self.dummies.append(group.line)
            names.add(group.name)
            groups[group.key] = group
        return tuple(groups.values())

    def _group(self, node: etree._Element) -> EdexGroup:
        key = self._key(node)
        name = self._text(node, "naam", GROUP_NAME_LIMIT) or key[:GROUP_NAME_LIMIT]
        return EdexGroup(key, name, self._text(node, "jaargroep", LIMITS["jaargroep"]), _line(node))

    def _pupils(self, years: dict[str, str], reference_date: date) -> Iterator[EdexPupil]:
        seen: dict[str, int] = {}
        for count, node in enumerate(_children(_first(self.root, "leerlingen"), "leerling"), start=1):
            if count > MAX_PUPILS:
                raise _refused("too_much")
            self._count_dropped(node)
            key, line = self._pupil_key(node), _line(node)
            if key in seen:
                self.problems.add(line, "pupil_key_twice", key, first=seen[key])
                continue
            texts = {name: self._text(node, name, limit, key) for name, limit in LIMITS.items()}
            if not texts["achternaam"] and not texts["roepnaam"]:
                self.problems.add(line, "pupil_without_name", key)
                continue
            if key:
                seen[key] = line
            yield self._pupil(node, key, texts, years, reference_date)

    def _pupil(self, node, key, texts: dict[str, str], years: dict[str, str], reference_date: date) -> EdexPupil:
        call_name = texts["roepnaam"] or texts["voornamen"].partition(" ")[0][: LIMITS["roepnaam"]]
        for name, code in ((texts["achternaam"], "surname_missing"), (call_name, "call_name_missing")):
            if not name:
                self.problems.add(_line(node), code, key)
        left_on = self._day(node, "uitstroomdatum", key)
        has_left = texts["jaargroep"].upper() == "H" or bool(left_on and left_on < reference_date)
        group_key = self._group_of(node, key, years)
        # The pupil's own year beats the group's. A combined class (C) has none: there each pupil says it.
        year = next(
            (year for year in (texts["jaargroep"], years.get(group_key, "")) if year.upper() not in ("", "C")), ""
        )
        if not year and not has_left:
            self.problems.add(_line(node), "year_missing", key)
        return EdexPupil(
            key=key,
            surname=texts["achternaam"],
            prefix=texts["voorvoegsel"],
            first_names=texts["voornamen"],
            initials_given=texts["voorletters-1"],
            call_name=call_name,
            born_on=self._born_on(node, key),
            sex=self._sex(node, key),
            year=year,
            group_key=group_key,
            entered_on=self._day(node, "instroomdatum", key),
            left_on=left_on,
            has_left=has_left,
            line=_line(node),
        )

    def _pupil_key(self, node: etree._Element) -> str | None:
        """The key when it is an identity. A dummy ("#…") isn't: next time it may be another child's."""
        key = self._key(node)
        if key.startswith("#"):
            self.dummies.append(_line(node))
            return None
        if not key:
            self.problems.add(_line(node), "pupil_key_missing")
        return key or None

    def _group_of(self, node: etree._Element, key: str | None, years: dict[str, str]) -> str | None:
        group = _first(node, "groep")
        wanted = self._key(group) if group is not None else ""
        if wanted and wanted not in years:
            self.problems.add(_line(group), "group_unknown", key)
            return None
        return wanted or None

    def _sex(self, node: etree._Element, key: str | None) -> str:
        text = _value(node, "geslacht")
        if text not in SEXES:
            self.problems.add(_line(_first(node, "geslacht")), "sex", key)
        return SEXES.get(text, "unknown")

    def _born_on(self, node: etree._Element, key: str | None) -> date | None:
        born_on = self._day(node, "geboortedatum", key)
        if born_on and born_on > self.today:
            self.problems.add(_line(_first(node, "geboortedatum")), "born_later", key)
            return None
        return born_on

    def _key(self, node: etree._Element) -> str:
        key = next((clean(value) for name, value in node.attrib.items() if name.lower() == "key"), "")
        if len(key) > KEY_LIMIT:
            self.problems.add(_line(node), "key_too_long")
            return ""
        return key

    def _text(self, node: etree._Element, name: str, limit: int, key: str | None = None) -> str:
        """The text of a child element, cut to what we can keep."""
        text = _value(node, name)
        if len(text) > limit:
            self.problems.add(_line(_first(node, name)), "too_long", key, field=FIELDS[name])
            text = text[:limit].rstrip()
        return text

    def _day(self, node: etree._Element | None, name: str, key: str | None = None) -> date | None:
        text = _value(node, name)
        if not text:
            return None
        match = _DAY.fullmatch(text)
        try:
            day = date(*map(int, match.groups())) if match else None
        except ValueError:
            day = None
        if day is None or not 1900 <= day.year <= 2100:
            self.problems.add(_line(_first(node, name)), "date", key, field=FIELDS[name])
            return None
        return day

    def _count_dropped(self, node: etree._Element) -> None:
        """Count what this pupil has and we don't take: the schema's name of it, never what stands in it."""
        names = {name.lower() for name, value in node.attrib.items() if not name.startswith("{") and value.strip()}
        for child in node.iterchildren(etree.Element):
            if len(child) or child.attrib or (child.text or "").strip():
                names.add(_name(child))
        self.dropped.update({name if name in KNOWN else OTHER for name in names - KEPT})
