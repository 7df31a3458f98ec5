"""Names of people: initials, an order for lists, and the *naamcontrole* that finds names in a text.

Pure: texts go in, texts and places come out. The naamcontrole finds names, not "the girl with diabetes": before a text
goes out somebody is still asked whether people who know the class can tell who it is (docs/rules.md, R28).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

# Letters that carry no loose mark, so that taking marks off leaves them as they are; and all signs for one apostrophe,
# one hyphen. A space of no width parts two words; other invisible signs stand inside one.
_PLAIN = str.maketrans(
    dict(zip("ıøłđðħŧŋəƒɓɗƙ", "ioldðhtnefbdk", strict=True))
    | {"ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u200b": " "}
    | dict.fromkeys("ʼ’‘`´ʹʻ′＇", "'")
    | dict.fromkeys("‐‑‒–—−", "-")
)
_APOSTROPHE = "['ʼ’‘`´ʹʻ′]"

# Tussenvoegsels. The Dutch ones count however they are written ("Van den Berg": B).
_DUTCH = "aan achter bij boven d de den der die het in l of onder op over s t te ten ter tot uit van voor"
_DUTCH_PREFIXES = frozenset(_DUTCH.split())
# These count in small letters only: "el Amrani" stands under A, "El Amrani" under E, as its bearers do.
_OTHER = (
    "al auf aus ben bin bint da dal dalla das degli dei del della des di do dos du el ibn la las le les lo los ould "
    "tho thoe to toe unter vom von zu zum zur"
)
_OTHER_PREFIXES = frozenset(_OTHER.split())
_PREFIXES = _DUTCH_PREFIXES | _OTHER_PREFIXES
_FIRST_WORD = re.compile(
    rf"(?:(?P<word>{_APOSTROPHE}?[^\W\d_]+{_APOSTROPHE}?)\s+|(?P<s>{_APOSTROPHE}[sS]-)|(?P<d>[dl]{_APOSTROPHE}))(?=.*[^\W\d_])"
)

# Names that are plain words too: in small letters they are read as the word.
_PLAIN_WORDS = (
    "aal aan aap acht alle als ander anders appel april arm augustus baan baard baas bak bakker bal bang bank bas "
    "beek been beer ben bent berg beter bij blauw blij bloem blok boek boer boeren bol bom boom bos bot bout breed "
    "broek broer brood brug bruin buis bus buur dag dam dan das de deken den denk der die dijk dit does donker dood "
    "door dorp draad draak druif druk duif duim dus echt een eik eind elk eng engel erg even ezel fee feest fijn "
    "flink fris gans geel goed goede gouden graaf graan gras grijs groen groep groot grote haak haan haar haas hak "
    "ham hamer hand hard haring hart heel heer heide hem hemel her hert het heuvel hoed hoek hof hond honing hoog "
    "hoop hoorn horst huis jaar jacht jager jan jong jonge jongen juli juni kaars kaas kalf kam kamp kan kans kap "
    "kar kat kei keizer kerk kers keuken keus kind klaar klein kleine klok knop koe koel kok koning kool koopman "
    "koos koper koren kort korte kost kraan kramer krijger kruis kuiper kwaad laan laat lam lamp land lang lange "
    "last leer leeuw lente les leven licht lief lieve linde lint lof los lot maan maandag maart man mark markt mast "
    "mee meer mees meester mei meid mens merel mes met mij mijn min moed moeder molen mooi muis muur naar nacht nek "
    "net nieuw nieuwe noord noot oever olie onder oog ook oom oost oud oude over paard paas pad pan pas paus peer "
    "pen pijl pijn plant plas pool poort post pot prins punt put raad raaf raam rad ram rand recht reus riet rijk "
    "rijke ring rivier roman rood roos ros ruim ruiter rust schaap schaar scherp schilder schipper schoen school "
    "schoon sik slager slim sluis smal smid snel snoek spaan spin spits staal stam ster stijl stil stoel stoop "
    "storm straat stroom struik tak tam tang tas tegen tijger timmerman tol toren trap tuin tulp uil vaak vaart "
    "vader val van vee veel veen veer vel veld ver vet vijver vink vis visser vlam vlinder vlug voet vogel vogels "
    "vol voor vos vrede vriend vrij vroeg vrolijk vroom waard wagen wal wang water weer weg wel werf west wiel wij "
    "wijn wijs wil wilde wind winter wit witte wolf wolk zaal zand zee zeeman zeil zilver zoet zomer zon zout zuid "
    "zwaan zwaar zwart zwarte"
)
_WORDS = frozenset(_PLAIN_WORDS.split())
# Short forms, and whatever stands inside them: in small letters "7 september e.k." names nobody.
_ABBREVIATIONS = (
    "ad agv ah as aub bd bg bv bvd ca cq cs dd di dmv dwz ea ed eg ek eo ev fa hh ic ie iha ihb im io iom ipv ism "
    "itt ivm izgst jl lo ls ma maw mbt mbv mi miv mmv mn muv nav nb nl nmm nvt oa oi oid olv om ot ov pa pd pj pm "
    "po pp ps pw qq rk svp tav tbv tgv tk tm tnv to tov ttv twv tzt ui va vd vh vo vv vwb wo wv wvttk za zg zi zoz "
    "zsm"
)
_SHORT_FORMS = frozenset(
    short[start:end]
    for short in _ABBREVIATIONS.split()
    for start in range(len(short))
    for end in range(start + 2, len(short) + 1)
)

_LETTERS = re.compile(r"[^\W\d_]+")
_BEFORE, _AFTER = r"(?<![^\W\d_])", r"(?![^\W\d_])"


@dataclass(frozen=True, slots=True)
class Name:
    """A name to look for: a person's name with its parts, a whole whose parts name nobody, or initials."""

    text: str = field(repr=False)
    kind: Literal["name", "whole", "initials"] = "name"


@dataclass(frozen=True, slots=True)
class Found:
    """A name in a text: `text[start:end]` is how it stands there, `name` what it was looked for as."""

    name: str = field(repr=False)
    start: int
    end: int


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    plain = unicodedata.normalize("NFKD", char.casefold().translate(_PLAIN)).casefold().translate(_PLAIN)
    return "".join(part for part in plain if unicodedata.category(part) not in ("Mn", "Me", "Cf"))


def fold(text: str | None) -> str:
    """The text without capitals, accents and invisible signs, to compare and sort by: "İpek Ağaoğlu" → "ipek agaoglu".

    It goes letter by letter, so that a place in the result can be led back to a place in the text.
    """
    return "".join(map(_folded, text or ""))


def without_prefix(surname: str | None) -> str:
    """The surname behind the tussenvoegsels that it starts with: "van 't Hof" → "Hof", "'s-Gravesande" → "Gravesande".

    One word always stays: somebody can be called "Le" or "Den".
    """
    bare = (surname or "").strip()
    while match := _FIRST_WORD.match(bare):
        if (word := match["word"]) and not _is_prefix(word):
            break
        bare = bare[match.end() :].strip()
    return bare


def _is_prefix(word: str) -> bool:
    plain = fold(word).strip("'")
    if len(plain) == 1 and plain == word and not word.islower():
        return False
    return plain in _DUTCH_PREFIXES or (plain in _OTHER_PREFIXES and word.islower())


def _first_letter(text: str | None) -> str:
    for char in unicodedata.normalize("NFKC", text or ""):
        if char.isalpha():
            return unicodedata.normalize("NFKC", char.upper())[0]
    return ""


def initials(call_name: str | None, surname: str | None, first_names: str | None = None) -> str:
    """E.K.: the first letter of the call name (else of the first names) and of the surname without its tussenvoegsel.

    A letter that nobody knows is left out; with none at all the answer is "".
    """
    first = _first_letter(call_name) or _first_letter(first_names)
    return "".join(f"{letter}." for letter in (first, _first_letter(without_prefix(surname))) if letter)


def ascii_initials(text: str | None) -> str:
    """Initials as a file name can carry them on every machine: "Ş.Ł." → "SL"; "X" when no letter is left."""
    return re.sub(r"[^a-z]", "", fold(text)).upper() or "X"


def sort_key(surname: str | None, prefix: str | None, call_name: str | None) -> tuple[str, str, str]:
    """Where a person stands in a list: by surname without tussenvoegsel, then call name, then tussenvoegsel."""
    return fold(without_prefix(surname)), fold(call_name), fold(prefix)


def names_of(pupil, guardianships: Iterable) -> tuple[Name, ...]:
    """All names that give a child away: its own, its initials, and the names of the grown-ups round it.

    `pupil` has call_name, first_names, prefix and surname; each of `guardianships` has a guardian with first_name,
    prefix, surname and institution. Each of them may be empty.
    """
    names = [Name(pupil.call_name or ""), *map(Name, (pupil.first_names or "").split())]
    names += _surname_forms(pupil.call_name, pupil.prefix, pupil.surname)
    names += (Name(short, "initials") for short in _short_names(pupil))
    for row in guardianships:
        person = row.guardian
        names += map(Name, (person.first_name or "").split())
        names += _surname_forms(person.first_name, person.prefix, person.surname)
        if len((person.institution or "").split()) > 1:
            names.append(Name(person.institution, "whole"))
    return tuple(dict.fromkeys(name for name in names if name.text.strip()))


def _surname_forms(first: str | None, prefix: str | None, surname: str | None) -> list[Name]:
    """The surname, also behind its prefix and both ways round with the first name: "EmmaKaya.pdf" names her too."""
    surname = surname or ""
    behind = " ".join(filter(None, (prefix, surname)))
    pairs = ((first, behind), (first, surname), (surname, first))
    return [Name(surname), Name(behind, "whole"), *(Name(" ".join(pair), "whole") for pair in pairs if all(pair))]


def _short_names(pupil) -> Iterator[str]:
    """The initials of a child in all ways that people write them: E.K., E.v.d.K., and those of its first names."""
    first, middle = (pupil.first_names or "").split(), (pupil.prefix or "").split()
    bare = without_prefix(pupil.surname)
    for words in ((pupil.call_name, bare), (pupil.call_name, *middle, bare), (*first[:1], bare), (*first, bare)):
        letters = [letter for letter in map(_first_letter, words) if letter]
        if len(letters) > 1:
            yield "".join(f"{letter}." for letter in letters)


def find_names(text: str, names: Iterable[Name | str]) -> list[Found]:
    """The naamcontrole: the places where one of `names` stands in `text`, in order, each once and at its longest.

    Found are whole words, with or without accents and capitals, also as a possessive (Emma's, Emmas); each part of
    three letters or more of a name of several words; and initials as E.K., E.K, EK or E. K. A name that is a plain
    word too (de Boer, Jong) or that is very short counts when it has a capital; so do initials that are a short form
    (e.k.).
    """
    plain, places = _with_places(text)
    hits: dict[tuple[int, int], str] = {}
    for name in names:
        name = Name(name) if isinstance(name, str) else name
        look = _initials_in if name.kind == "initials" else _words_in
        for first, last in look(text, plain, places, name):
            hits.setdefault((places[first], _end(text, places[last])), name.text)
    found: list[Found] = []
    for (start, end), name in sorted(hits.items(), key=lambda hit: (hit[0][0], -hit[0][1])):
        if not found or end > found[-1].end:
            found.append(Found(name, start, end))
    return found


def _with_places(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its letters where in the text it came from."""
    parts = [(part, place) for place, char in enumerate(text) for part in _folded(char)]
    return "".join(part for part, _ in parts), [place for _, place in parts]


def _end(text: str, last: int) -> int:
    """Where a find ends: an accent that stands loose belongs to the letter before it."""
    end = last + 1
    while end < len(text) and not _folded(text[end]):
        end += 1
    return end


def _words_in(text: str, plain: str, places: Sequence[int], name: Name) -> Iterator[tuple[int, int]]:
    for pattern in _patterns(name.text, name.kind):
        for match in _everywhere(pattern, plain):
            words = [(match[part], text[places[match.start(part)]]) for part in range(1, pattern.groups + 1)]
            # One word that can be nothing but a name is enough; else one with a capital.
            own = [(word, first) for word, first in words if word not in _PREFIXES] or words
            if any((len(word) > 2 and word not in _WORDS) or not first.islower() for word, first in own):
                yield match.start(), match.end() - 1


def _everywhere(pattern: re.Pattern, plain: str) -> Iterator[re.Match]:
    """All matches, also those that overlap: "Bo Bo Bo" holds "Bo Bo" twice."""
    match = pattern.search(plain)
    while match:
        yield match
        match = pattern.search(plain, match.start() + 1)


@lru_cache(maxsize=512)
def _patterns(name: str, kind: str) -> tuple[re.Pattern, ...]:
    """How a name may stand in a folded text: its words with little or nothing between them, then each part alone."""
    words = _LETTERS.findall(fold(name))[:40]
    if all(len(word) == 1 for word in words):
        return ()
    forms = [words]
    if kind == "name" and len(words) > 1:
        forms += [[word] for word in words if len(word) > 2 and word not in _PREFIXES]
    between = r"(?:[^\w]|_){0,3}"
    return tuple(
        re.compile(_BEFORE + between.join(f"({word})" for word in form) + r"(?:'?s)?" + _AFTER) for form in forms
    )


def _initials_in(text: str, plain: str, places: Sequence[int], name: Name) -> Iterator[tuple[int, int]]:
    letters = _LETTERS.findall(fold(name.text))
    if len(letters) < 2:
        return
    between = r"(?:\s?\.\s?-?|[\s-]?)".join(f"({letter})" for letter in letters)
    # "IB'er" is a profession, whatever the child is called.
    pattern = re.compile(rf"{_BEFORE}{between}(?:\.|(?:'?s)?{_AFTER}(?!['-]?ers?\b))")
    for match in _everywhere(pattern, plain):
        own = "".join(text[places[match.start(part)]] for part in range(1, len(letters) + 1))
        inner = plain[match.start() : match.end(len(letters))]
        dotted = "." in inner
        short_form = "".join(letters) in _SHORT_FORMS or re.search(r"\s", inner)
        if not any(letter.islower() for letter in own) or (dotted and not (short_form and own.islower())):
            yield match.start(), match.end() - 1


def pet_names(call_name: str | None) -> tuple[Name, ...]:
    """The forms in which a call name is made small: Emmaatje, Emmatje, Keesje, Tompie."""
    if not call_name:
        return ()
    return tuple(Name(f"{call_name}{end}") for end in ("je", "tje", "etje", "pje", "atje", "ie", "pie", "ke"))


def is_nickname(group_name: str) -> bool:
    """Whether a class is called something of its own ("Vlinders"), and not just "5", "groep 5" or "4A"."""
    return re.fullmatch(r"(groep)?\s*\d.*", group_name.strip(), re.IGNORECASE) is None


def strange_signs(text: str) -> list[str]:
    """The signs in this text that could hide a name from the naamcontrole: other alphabets, and what nobody sees."""
    hidden = ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp")
    return [sign for sign in dict.fromkeys(text) if not sign.isascii() and _is_strange(sign, hidden)]


def _is_strange(sign: str, hidden: tuple[str, ...]) -> bool:
    name = unicodedata.name(sign, "")
    letter_of_another_alphabet = sign.isalpha() and not name.startswith(
        ("LATIN", "MODIFIER LETTER", "FEMININE", "MASCULINE")
    )
    return letter_of_another_alphabet or unicodedata.category(sign) in hidden or name.startswith("BRAILLE")
