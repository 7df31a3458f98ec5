"""Who reads which part of a child's file, as one table: the pages ask it, the tests hold every cell of it.

`opens(reading, "talks")` is how a value that is built for a reader asks whether a part goes in. A new kind of record
gets a row here, or no page shows it. Printed as docs/reference/matrix.md by `./dev python tests/matrix.py`.
"""

from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _


class Cell(models.TextChoices):
    """How much of a part somebody reads."""

    ALL = "all", _("everything")
    BY_NAME = "by_name", _("by name, initials in what leaves")
    NAMELESS = "nameless", _("without a name")
    OPENED = "opened", _("under opened headings")
    OWN = "own", _("only what is of or for this person")
    EXISTS = "exists", _("only that, by whom and when")
    NOTHING = "nothing", _("nothing")


UNREAD = (Cell.NOTHING, Cell.EXISTS)  # of these parts no content goes into a page


@dataclass(frozen=True)
class Column:
    """A kind of reader. `reading` is how `Trajectory.objects.for_user` marks a case for them, "" when it hides it."""

    code: str
    name: str
    reading: str


COLUMNS = (
    Column("leads", _("intern begeleider, director"), "staff"),
    Column("teacher", _("teacher of the group"), "staff"),
    Column("member", _("colleague involved in the case"), "staff"),
    Column("expert_known", _("expert, child known"), "dossier"),
    Column("expert_anonymous", _("expert, child anonymous"), "anonymous"),
    Column("supervisor", _("FG, privacy officer"), "trace"),
    Column("auditor", _("auditor"), "trace"),
    Column("glass", _("these three, file opened by break-glass"), "glass"),
    Column("admin", _("administrator"), ""),
    Column("other", _("everybody else"), ""),
)


@dataclass(frozen=True)
class Part:
    """A field group: what it is called, what each reading opens of it, and for whom that is otherwise.

    `tables` are the tables whose rows it is; `fields` single columns of other tables (or of its own) that belong to it:
    `model.field`. A reading that is not named reads nothing.
    """

    code: str
    name: str
    cells: dict[str, Cell]
    otherwise: dict[str, Cell] = field(default_factory=dict)
    tables: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    def cell(self, column):
        """Return what somebody of this column reads of it."""
        return self.otherwise.get(column.code, self.cells.get(column.reading, Cell.NOTHING))


STAFF = {"staff": Cell.ALL}
READ = STAFF | {"glass": Cell.ALL}  # of the file itself: what break-glass opens too
OF_EXPERTS = {"staff": Cell.ALL, "dossier": Cell.OWN, "anonymous": Cell.OWN}
OPENED = READ | {"dossier": Cell.OPENED}
# What is of one person, whatever the role.
PERSONAL = {"staff": Cell.OWN, "dossier": Cell.OWN, "anonymous": Cell.OWN}
LEADS_ALONE = {"teacher": Cell.NOTHING, "member": Cell.NOTHING}

PARTS = (
    Part(
        "names",
        _("name of the child"),
        {"staff": Cell.BY_NAME, "dossier": Cell.BY_NAME, "anonymous": Cell.NAMELESS, "glass": Cell.BY_NAME},
        tables=("cases_pupil",),
        fields=("pupil.call_name", "pupil.prefix", "pupil.surname", "trajectory.initials"),
    ),
    Part("person", _("first names, date of birth, boy or girl"), STAFF, fields=("pupil.first_names", "pupil.born")),
    Part("group", _("class and year"), {"staff": Cell.ALL, "dossier": Cell.ALL}, tables=("cases_groupplace",)),
    Part(
        "contact",
        _("parents and carers: contact data, gezag"),
        STAFF,
        tables=("cases_guardian", "cases_guardianship"),
    ),
    Part("secret", _("secret address, and how to reach who may not be called"), STAFF, LEADS_ALONE),
    Part(
        "case",
        _("that there is a case: its level and state"),
        READ | {"dossier": Cell.ALL, "anonymous": Cell.ALL, "trace": Cell.ALL},
        tables=("cases_trajectory",),
    ),
    Part(
        "question",
        _("support question, needs, outcome"),
        READ,
        fields=(
            "trajectory.question",
            "trajectory.education_needs",
            "trajectory.upbringing_needs",
            "trajectory.outcome",
            "trajectory.taken_over_because",
        ),
    ),
    Part(
        "course",
        _("levels gone through, steps skipped, what was moved"),
        READ,
        tables=("cases_levelphase", "cases_movedrecord"),
    ),
    Part(
        "talks",
        _("talks: what was discussed, the view of the child"),
        OPENED,
        tables=("cases_conversation",),
    ),
    Part(
        "stances",
        _("talks: who was there, what each parent thought, who was sent the report"),
        READ,
        tables=("cases_attendee", "cases_position", "cases_reportsharing"),
        fields=("conversation.source", "agreement.who"),
    ),
    Part("agreements", _("agreements"), OPENED, tables=("cases_agreement",)),
    Part("interventions", _("interventions and whether they helped"), READ, tables=("cases_intervention",)),
    Part("notes", _("notes"), OPENED, tables=("cases_entry",)),
    Part(
        "judgements",
        _("judgements, with the facts they rest on"),
        OPENED,
        fields=("conversation.judgement", "conversation.judgement_rests_on", "entry.rests_on"),
    ),
    Part(
        "documents",
        _("documents and their files"),
        OPENED | {"anonymous": Cell.OWN},
        tables=("cases_document", "cases_keptfile"),
    ),
    Part("reports", _("reports of experts"), OF_EXPERTS, tables=("consent_expertreport",)),
    Part("guidance", _("question to the expert, term, class visit"), OF_EXPERTS, tables=("cases_trajectorygrant",)),
    Part(
        "alias",
        _("alias and case code"),
        {"staff": Cell.ALL, "anonymous": Cell.OWN},
        fields=("trajectorygrant.alias", "trajectorygrant.case_code", "engagement.alias", "engagement.case_code"),
    ),
    Part(
        "opened",
        _("which headings open, what is left out"),
        OF_EXPERTS,
        tables=("cases_grantedheading", "cases_leftoutitem"),
    ),
    Part(
        "shared",
        _("texts shared without a name"),
        {"staff": Cell.ALL, "anonymous": Cell.OWN},
        tables=("cases_shareditem",),
    ),
    Part(
        "engagement",
        _("preparation of the guidance, conferring, why something is shared"),
        STAFF,
        tables=("consent_engagement", "consent_engagementpart", "consent_consultation", "consent_sharingreason"),
    ),
    Part("answers", _("answers and consents of the parents"), STAFF, tables=("consent_parentchoice",)),
    Part("days", _("CLB days: which cases"), OF_EXPERTS, tables=("consent_clbplace",)),
    Part("coaching", _("advice to a teacher"), PERSONAL, tables=("consent_coachingnote",)),
    Part(
        "letters",
        _("letters to the parents"),
        STAFF,
        tables=("letters_issuedletter", "letters_addressee", "letters_readinglink"),
    ),
    Part("members", _("colleagues involved in the case, and why"), STAFF, tables=("cases_casemember",)),
    Part("exclusions", _("who is kept from the file, and why"), STAFF, LEADS_ALONE, tables=("cases_caseexclusion",)),
    Part(
        "glass",
        _("that a file was opened by break-glass, by whom and why"),
        READ | {"trace": Cell.ALL},
        {"teacher": Cell.NOTHING, "member": Cell.NOTHING},
        tables=("cases_breakglass",),
    ),
    Part(
        "signals",
        _("signals about privacy"),
        PERSONAL | {"trace": Cell.OWN, "glass": Cell.OWN},
        {"leads": Cell.ALL, "supervisor": Cell.ALL, "admin": Cell.OWN, "other": Cell.OWN},
        tables=("cases_privacysignal",),
    ),
    Part(
        "steps",
        _("what is done about such a signal"),
        {},
        {"leads": Cell.ALL, "supervisor": Cell.ALL},
        tables=("cases_signalstep",),
    ),
    Part("imports", _("files being read in"), {"staff": Cell.OWN}, LEADS_ALONE, tables=("cases_importrun",)),
    Part("history", _("history: what each field was and became"), READ | {"trace": Cell.EXISTS}),
    Part(
        "setup",
        _("set-up of the school; no child in it"),
        STAFF,
        LEADS_ALONE | {"admin": Cell.ALL},
    ),
)  # fmt: skip
_BY_CODE = {part.code: part for part in PARTS}


def part(code):
    """Return the part of this code."""
    return _BY_CODE[code]


def how(reading, code):
    """Return the Cell of this reading ("" for who reads nothing of the case): what holds for everyone who has it."""
    return _BY_CODE[code].cells.get(reading, Cell.NOTHING)


def opens(reading, code):
    """Whether content of this part goes into a value that is made for this reading."""
    return how(reading, code) not in UNREAD


def part_of(model_name, field_name):
    """Return the Part that a column stands in, or None for one of the set-up: `part_of("conversation", "text")`."""
    name = f"{model_name}.{field_name}"
    own = next((one for one in PARTS if name in one.fields), None)
    return own or next((one for one in PARTS if any(t.split("_", 1)[1] == model_name for t in one.tables)), None)


def lines():
    """Return the whole table as people read it: [(part's name, [a Cell for each of COLUMNS])]."""
    return [(str(one.name), [one.cell(column) for column in COLUMNS]) for one in PARTS]
