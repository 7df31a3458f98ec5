"""What the actions of the record of looking are called: "trajectory.looked" is of a thing, and what was done to it.

Rooms above add words for their own things with `call_things` and `call_deeds`. docs/reference/events.md says them all.
"""

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_things = {
    "administration": gettext_lazy("tick of the pupil administration"),
    "arrangement": gettext_lazy("working arrangement"),
    "case": gettext_lazy("access to a case"),
    "choice": gettext_lazy("answer of parents"),
    "clb_day": gettext_lazy("CLB day"),
    "conversation": gettext_lazy("talk"),
    "document": gettext_lazy("document"),
    "engagement": gettext_lazy("guidance"),
    "entry": gettext_lazy("note"),
    "expert": gettext_lazy("expert"),
    "glass": gettext_lazy("break-glass"),
    "grant": gettext_lazy("access of an expert"),
    "group": gettext_lazy("group"),
    "guardian": gettext_lazy("parent or carer"),
    "guardians": gettext_lazy("parents"),
    "guidance": gettext_lazy("case, as an expert"),
    "history": gettext_lazy("history of a record"),
    "import": gettext_lazy("file to read in"),
    "invitation": gettext_lazy("invitation"),
    "item": gettext_lazy("part that an expert reads"),
    "key": gettext_lazy("key of a school"),
    "keys": gettext_lazy("keys"),
    "leave": gettext_lazy("leave"),
    "letter": gettext_lazy("letter"),
    "looks": gettext_lazy("record of looking"),
    "matrix": gettext_lazy("who reads what"),
    "note": gettext_lazy("advice to a teacher"),
    "page": gettext_lazy("page"),
    "part": gettext_lazy("heading that an expert reads"),
    "person": gettext_lazy("person"),
    "pupil": gettext_lazy("pupil"),
    "pupils": gettext_lazy("pupils"),
    "reading_link": gettext_lazy("reading link"),
    "refused": gettext_lazy("refused"),
    "report": gettext_lazy("report"),
    "right": gettext_lazy("right that asks two people"),
    "rights": gettext_lazy("rights of the school"),
    "role": gettext_lazy("role"),
    "school": gettext_lazy("school"),
    "seal": gettext_lazy("sealed text"),
    "setup": gettext_lazy("settings of the school"),
    "signal": gettext_lazy("signal about privacy"),
    "signin": gettext_lazy("sign-in"),
    "slip": gettext_lazy("answer slip"),
    "today": gettext_lazy("Today"),
    "trajectory": gettext_lazy("case"),
}
_deeds = {
    "403": gettext_lazy("wanted to change what is only to be read"),
    "404": gettext_lazy("asked for what is not there for this person"),
    "accepted": gettext_lazy("accepted"),
    "added": gettext_lazy("added"),
    "agenda_made": gettext_lazy("agenda made"),
    "approved": gettext_lazy("agreed to"),
    "asked": gettext_lazy("asked"),
    "broken": gettext_lazy("did not open"),
    "brought_back": gettext_lazy("switched on again"),
    "cancelled": gettext_lazy("called off"),
    "changed": gettext_lazy("changed"),
    "cleared": gettext_lazy("taken away"),
    "closed": gettext_lazy("closed"),
    "conferred": gettext_lazy("conferred about"),
    "copy_given": gettext_lazy("copy given to the parents"),
    "created": gettext_lazy("created"),
    "described": gettext_lazy("details changed"),
    "destroyed": gettext_lazy("destroyed"),
    "done": gettext_lazy("done"),
    "downloaded": gettext_lazy("downloaded"),
    "ended": gettext_lazy("ended"),
    "excluded": gettext_lazy("a colleague was kept out"),
    "exclusion_ended": gettext_lazy("a colleague is no longer kept out"),
    "exported": gettext_lazy("taken along as a file"),
    "factors_dropped": gettext_lazy("second step taken away"),
    "failed": gettext_lazy("failed"),
    "found": gettext_lazy("looked up"),
    "freed": gettext_lazy("taken off the agenda"),
    "given": gettext_lazy("given"),
    "imported": gettext_lazy("read in"),
    "invited": gettext_lazy("invited"),
    "issued": gettext_lazy("made"),
    "judged": gettext_lazy("judged: was there a reason"),
    "left_out": gettext_lazy("left out"),
    "let_in": gettext_lazy("let in again"),
    "listed": gettext_lazy("list looked at"),
    "logged": gettext_lazy("written down"),
    "looked": gettext_lazy("looked at"),
    "lowered": gettext_lazy("to the level below"),
    "made": gettext_lazy("made"),
    "member_added": gettext_lazy("a colleague was involved"),
    "member_ended": gettext_lazy("a colleague is no longer involved"),
    "moved_away": gettext_lazy("moved to another file"),
    "moved_here": gettext_lazy("moved here from another file"),
    "offered": gettext_lazy("offered"),
    "opened": gettext_lazy("opened"),
    "out": gettext_lazy("ended by the person"),
    "parts_looked": gettext_lazy("what the expert reads looked at"),
    "placed": gettext_lazy("put on the agenda"),
    "planned": gettext_lazy("planned"),
    "prepared": gettext_lazy("prepared"),
    "published": gettext_lazy("published"),
    "raised": gettext_lazy("to the next level"),
    "read": gettext_lazy("read"),
    "readers_looked": gettext_lazy("looked who may see it"),
    "received": gettext_lazy("handed in"),
    "recorded": gettext_lazy("recorded"),
    "refused": gettext_lazy("refused"),
    "removed": gettext_lazy("taken away"),
    "reopened": gettext_lazy("opened again"),
    "rephrased": gettext_lazy("question changed"),
    "rested": gettext_lazy("followed from afar"),
    "resumed": gettext_lazy("taken up again"),
    "reviewed": gettext_lazy("judged or looked over"),
    "rewrapped": gettext_lazy("wrapped anew"),
    "rotated": gettext_lazy("replaced"),
    "sampled": gettext_lazy("sample drawn"),
    "searched": gettext_lazy("searched for"),
    "seen": gettext_lazy("ticked as seen"),
    "sent": gettext_lazy("form sent"),
    "shared": gettext_lazy("shared"),
    "sought": gettext_lazy("searched for"),
    "spent": gettext_lazy("emptied: nothing is closed with it any more"),
    "started": gettext_lazy("started"),
    "step": gettext_lazy("step written down"),
    "switched_off": gettext_lazy("switched off"),
    "taken_over": gettext_lazy("taken over"),
    "taken_up": gettext_lazy("taken up"),
    "teacher_assigned": gettext_lazy("a teacher was given the group"),
    "teacher_ended": gettext_lazy("a teacher no longer has the group"),
    "ticked": gettext_lazy("ticked"),
    "traced": gettext_lazy("changes looked at"),
    "viewed_as_expert": gettext_lazy("looked at as the expert sees it"),
    "withdrawn": gettext_lazy("withdrawn"),
    "written": gettext_lazy("written"),
}
GROUNDS = {
    "staff": gettext_lazy("works in this case"),
    "dossier": gettext_lazy("expert, by name"),
    "anonymous": gettext_lazy("expert, without a name"),
    "trace": gettext_lazy("supervises the school"),
    "leading": gettext_lazy("leads the school"),
    "group or case": gettext_lazy("own group or case"),
}


def call_things(words):
    """Say what the things are called that actions of an app begin with: {code: words, translated when shown}."""
    _things.update(words)


def call_deeds(words):
    """Say what the deeds are called that actions of an app end with."""
    _deeds.update(words)


def things():
    """Return [(code, words)] of every thing, by its words."""
    return sorted(((code, str(words)) for code, words in _things.items()), key=lambda one: one[1].lower())


def deeds():
    """Return [(code, words)] of every deed."""
    return [(code, str(words)) for code, words in _deeds.items()]


def action_words(action):
    """Return an action in words: "case: looked at". A code without words is shown as it is."""
    thing, _dot, deed = action.partition(".")
    return f"{_things.get(thing, thing)}: {_deeds.get(deed, deed)}"


def kind_words(kind):
    """Return what a record of this kind is called; "" for none, and for a kind that is no more."""
    try:
        return str(apps.get_model(kind)._meta.verbose_name) if kind else ""
    except LookupError:
        return ""


FILES = {"csv": "CSV", "xlsx": "XLSX", "pdf": "PDF"}


def detail_words(detail):
    """Return what a detail tells in words, for a list: how many rows, as what file. The rest is codes."""
    told = []
    if "rows" in detail:
        told.append(_("%(n)s rows") % {"n": detail["rows"]})
    if detail.get("as") in FILES:
        told.append(FILES[detail["as"]])
    return " · ".join(told)
