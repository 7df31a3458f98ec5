"""The Dutch words of a list of parents: what somebody is to a child, yes or no, how to address."""

import re
import unicodedata

_RELATIONS = (
    ("gezinsvoogd", "supervisor"),
    ("jeugdbeschermer", "supervisor"),
    ("pleeg", "foster_parent"),
    ("voogdij", "institution"),
    ("instelling", "institution"),
    ("gi", "institution"),
    ("jeugdbescherming", "institution"),
    ("voogd", "guardian"),
    *((word, "parent") for word in ("vader", "moeder", "ouder", "papa", "mama", "biologische", "adoptie")),
)
_NO_PARENT = frozenset(("stief", "partner", "vriend", "vriendin", "ex", "buur", "oppas"))
_TITLES = {
    **dict.fromkeys(("mevrouw", "mevr", "mw", "mvr", "v", "vrouw", "f"), "mevrouw"),
    **dict.fromkeys(("de heer", "dhr", "heer", "meneer", "m", "man"), "de heer"),
}
_YES = frozenset(("ja", "j", "yes", "y", "1", "x", "true", "waar", "wel", "gezamenlijk", "volledig"))
_NO = frozenset(("nee", "n", "neen", "no", "0", "false", "onwaar", "geen", "niet"))
WOMAN, MAN = frozenset(("moeder", "mama", "pleegmoeder")), frozenset(("vader", "papa", "pleegvader"))
_OPEN = frozenset(("", "onbekend", "weet niet", "nvt"))


def plain(text: str) -> str:
    """The text in small letters without accents."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(sign))


def relation_of(said: str) -> str:
    """What somebody is to the child, "" when that can't be told: "partner van moeder" is no parent."""
    words = re.findall(r"[^\W\d_]+", plain(said))
    if _NO_PARENT & set(words):
        return ""
    for start, relation in _RELATIONS:
        if any(word == start or (len(start) > 2 and word.startswith(start)) for word in words):
            return relation
    return ""


def answer_of(text: str) -> bool | str | None:
    """Yes, no, not known (None), or "?" for what can't be read."""
    told = plain(text).strip(" .!?-")
    if told in _OPEN:
        return None
    return True if told in _YES else False if told in _NO else "?"


def title_of(said: str, relation: str) -> str:
    """How to address somebody: as the file says, or as "moeder" and "vader" tell."""
    told = plain(said).strip(" .")
    if told in _TITLES:
        return _TITLES[told]
    words = set(re.findall(r"[^\W\d_]+", plain(relation)))
    if bool(words & WOMAN) == bool(words & MAN):
        return "none"
    return "mevrouw" if words & WOMAN else "de heer"
