"""What a sheet of paper says, as plain frozen values: no HTML, no request, no database.

A template in `templates/letters/` gets one of these as `letter` and nothing else, so that what may not stand on paper
cannot get there: an address that is secret is simply not in it. Lengths are bounded here, since a letter has to fit on
one sheet; a text that is too long raises ValidationError with the code `paper_too_long`.
"""

from collections.abc import Iterable
from dataclasses import Field, dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NAME_MAX = 45
SCHOOL_MAX = 60
EXPERT_MAX = 40
LINE_MAX = 60
MAIL_MAX = 50
QUESTION_MAX = 120
OWN_WORDS_MAX = 200  # two full lines
REASON_MAX = 400  # as in consent.Consultation
PART_MAX = 45
PARTS_MAX = 4
PARTS_TOTAL = 100  # all of them together, or the table grows out of the sheet
LOGO_MAX = 400_000
TEXT_MAX = 60_000


def listed(parts: Iterable[str]) -> str:
    """Return "a, b en c" of `parts`."""
    *head, last = parts
    return f"{', '.join(head)} en {last}" if head else last


def at_most(size: int, default: str | None = None):
    """Return a dataclass field for a text, or a tuple of texts, of `size` characters at most."""
    bounds = {"max": size}
    return field(metadata=bounds) if default is None else field(default=default, metadata=bounds)


def texts_at_most(size: int, count: int, total: int | None = None):
    """Return a dataclass field for at most `count` texts of `size` characters each, `total` together."""
    return field(default=(), metadata={"max": size, "count": count, "total": total})


class Bounded:
    """Refuses texts that are longer than their field says."""

    __slots__ = ()

    def __post_init__(self) -> None:
        """Raise ValidationError `paper_too_long` when a text, or the number of texts, passes its bound."""
        for bound in fields(self):
            value = getattr(self, bound.name)
            texts = value if isinstance(value, tuple) else (value or "",)
            lengths = [len(text) for text in texts if isinstance(text, str)]
            size, count, total = (bound.metadata.get(name) for name in ("max", "count", "total"))
            if size and max(lengths, default=0) > size:
                raise _too_long(_("This is too long for the letter: %(most)s characters at most."), size, bound, self)
            if count and len(texts) > count:
                raise _too_long(_("These are too many lines for the letter: %(most)s at most."), count, bound, self)
            if total and sum(lengths) > total:
                raise _too_long(
                    _("Together this is too long for the letter: %(most)s characters at most."), total, bound, self
                )


def _too_long(words: str, most: int, bound: Field, sheet: Bounded) -> ValidationError:
    """Return the error for the field `bound` of this sheet: `params` say of what, so that a page can lead there."""
    where = {"most": most, "field": bound.name, "of": type(sheet).__name__}
    return ValidationError(words, code="paper_too_long", params=where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead(Bounded):
    """The school at the top of a sheet. `logo` is a data: URI (PNG, JPEG or SVG) or None."""

    name: str = at_most(SCHOOL_MAX)
    street: str = at_most(LINE_MAX)
    postcode: str = at_most(10)
    city: str = at_most(40)
    phone: str = at_most(20)
    logo: str | None = field(default=None, repr=False, metadata={"max": LOGO_MAX})

    def __post_init__(self) -> None:
        """Raise ValidationError on a text that is too long, and `paper_logo` on a logo that is not a data: URI."""
        Bounded.__post_init__(self)
        if self.logo and not self.logo.startswith("data:image/"):
            raise ValidationError(_("The logo has to be a picture."), code="paper_logo")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Addressee(Bounded):
    """Who a letter is for: as on the envelope ("Mevrouw A. Kaya") and as in the greeting ("mevrouw Kaya")."""

    name: str = at_most(NAME_MAX)
    salutation: str = at_most(NAME_MAX)


@dataclass(frozen=True, slots=True)
class Signer(Bounded):
    """Who signs: "Marloes Visser", "intern begeleider"."""

    name: str = at_most(NAME_MAX)
    function: str = at_most(EXPERT_MAX)


@dataclass(frozen=True, slots=True)
class HelpDesk(Bounded):
    """Someone outside the school who helps parents, and the telephone number."""

    name: str = at_most(30)
    phone: str = at_most(16)


class ToParents(Bounded):
    """A letter to the parents of one address, to a voogd, or to the pupil: how it speaks to them."""

    __slots__ = ()

    @property
    def greeting(self) -> str:
        """Return "mevrouw Kaya en meneer Demir"."""
        return listed(person.salutation for person in self.addressees)

    @property
    def about(self) -> str:
        """Return whom the letter is about, in the middle of a sentence: "Emma", or "u" for the pupil itself."""
        return "u" if self.is_pupil else self.child

    @property
    def asks_others(self) -> bool:
        """Whether somebody else may be asked the same."""
        return not (self.is_guardian_institution or self.is_pupil)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ParentLetter(ToParents):
    """The letter that puts the choice to the parents of one address: may the expert know who the child is?
    (R25-R34, R38.) One per address; `letters/parent_letter.html` adds the answer slip."""

    sheets: ClassVar[int] = 2  # the letter and the slip, whatever the names are
    school: Letterhead
    addressees: tuple[Addressee, ...]  # one, or two who share an address
    address: tuple[str, ...] = texts_at_most(LINE_MAX, 4)  # none: handed over, or the address is secret
    sent_on: date
    reference: str = at_most(12)  # "7Q2-A"
    due_on: date
    child: str = at_most(25)  # the roepnaam
    initials: str = at_most(8)  # "E.K."
    group: str = at_most(12)  # "groep 5"
    alias: str = at_most(40)  # "Een meisje uit groep 5"
    talk_on: date | None = None  # the talk at level 2; None when it was skipped with a reason
    teacher: str = at_most(30)  # "juf Lotte"
    expert: str = at_most(EXPERT_MAX)  # "mevrouw De Boer"
    expert_function: str = at_most(EXPERT_MAX)
    question: str = at_most(QUESTION_MAX)
    own_words: str = at_most(OWN_WORDS_MAX, "")  # agreements of the talk flow in here (R34)
    parts: tuple[str, ...] = texts_at_most(
        PART_MAX, PARTS_MAX, PARTS_TOTAL
    )  # for B, in parents' words; none: nothing is opened
    items: tuple[str, ...] = texts_at_most(PART_MAX, PARTS_MAX, PARTS_TOTAL)  # offered for A, in parents' words
    contact: Signer  # who explains: the ib'er
    contact_phone: str = at_most(16)
    contact_days: str = at_most(30)  # "ma, di, do"
    contact_mail: str = at_most(MAIL_MAX)
    signers: tuple[Signer, ...]
    fg_name: str = at_most(NAME_MAX)
    fg_mail: str = at_most(MAIL_MAX)
    help_desks: tuple[HelpDesk, ...] = texts_at_most(LINE_MAX, 3)
    complaint_page: str = at_most(MAIL_MAX)
    is_guardian_institution: bool = False  # a voogd: "Emma", never "uw kind", and nobody else is asked
    is_pupil: bool = False  # from 16 on: the pupil itself, "u", and nobody else is asked (R103)

    @property
    def shares_address(self) -> bool:
        """Two people at one address: one letter, two lines to sign (docs/rules.md, decision 7)."""
        return len(self.addressees) > 1

    @property
    def parts_listed(self) -> str:
        """Return "de gesprekken over rekenen en de toetsen van rekenen", or ''."""
        return listed(self.parts) if self.parts else ""

    @property
    def code(self) -> str:
        """Return what a scan is searched for: "ZV-7Q2-A"."""
        return f"ZV-{self.reference}"

    @property
    def title(self) -> str:
        """Return the title of the PDF; it leaves, so it names nobody."""
        return f"Brief met een vraag, kenmerk {self.reference}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Reminder(Bounded):
    """The one reminder: `first` is the letter as it was sent; the slip goes along again."""

    sheets: ClassVar[int] = 2
    first: ParentLetter
    sent_on: date
    due_on: date

    @property
    def title(self) -> str:
        """Return the title of the PDF, without a name."""
        return f"Herinnering, kenmerk {self.first.reference}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StartedLetter(ToParents):
    """The letter that tells why the expert began without an answer (R43). One sheet: the slip of the first letter
    still counts."""

    sheets: ClassVar[int] = 1
    school: Letterhead
    addressees: tuple[Addressee, ...]  # one, or two who share an address
    address: tuple[str, ...] = texts_at_most(LINE_MAX, 4)  # none: handed over, or the address is secret
    sent_on: date
    reference: str = at_most(12)  # of the slip that these people have
    child: str = at_most(25)  # the roepnaam
    alias: str = at_most(40)
    teacher: str = at_most(30)
    expert: str = at_most(EXPERT_MAX)
    expert_function: str = at_most(EXPERT_MAX)
    asked_on: date | None  # None: these people were not asked, since they did not decide then
    reminded_on: date | None
    own_answer: str = at_most(30)  # what all of these people answered: "B: bekend"; '' when one of them did not
    was_for_more: bool  # whether more people were asked than one
    conferred_on: date
    reason: str = at_most(REASON_MAX)
    started_on: date
    is_answered: bool  # whether an answer came after the beginning: then it counts, and nobody may read otherwise
    ended_on: date | None
    contact: Signer
    contact_phone: str = at_most(16)
    contact_days: str = at_most(30)
    contact_mail: str = at_most(MAIL_MAX)
    signers: tuple[Signer, ...]
    fg_name: str = at_most(NAME_MAX)
    fg_mail: str = at_most(MAIL_MAX)
    help_desks: tuple[HelpDesk, ...] = texts_at_most(LINE_MAX, 3)
    complaint_page: str = at_most(MAIL_MAX)
    is_guardian_institution: bool = False
    is_pupil: bool = False

    @property
    def title(self) -> str:
        """Return the title of the PDF, without a name."""
        return f"Bericht dat de expert begint, kenmerk {self.reference}"


@dataclass(frozen=True, slots=True)
class AgreementLine(Bounded):
    """One agreement of a talk: what, who, and by when (or None)."""

    what: str = at_most(500)
    who: str = at_most(120)
    due_on: date | None = None


class Stance(StrEnum):
    """What a guardian thought of a talk (R8-R10)."""

    AGREES = "agrees"
    OBJECTS = "objects"
    NOT_DISCUSSED = "not_discussed"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PositionLine(Bounded):
    """What one guardian (or several together) thought; an objection in their own words, or `gave_no_reason`."""

    who: str = at_most(2 * NAME_MAX + 4)
    stance: Stance
    reasons: str = at_most(4000, "")
    gave_no_reason: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AnswerLine(Bounded):
    """What was answered to the letter about an expert, added to the report of the talk before it (R26).

    `who` is empty in the copy of the one person who answered: "Uw keuze".
    """

    who: str = at_most(2 * NAME_MAX + 4, "")
    on: date
    for_both: bool = False
    expert: str = at_most(EXPERT_MAX, "")  # only when several experts were asked about
    answer: str = at_most(60)  # "A, anoniem"
    details: tuple[str, ...] = texts_at_most(600, 4)  # what else was ticked, a sentence each


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TalkReport(Bounded):
    """The report of a talk as it is shared with `for_whom`. What somebody else said elsewhere is not in it: whoever
    makes this leaves it out."""

    school: Letterhead
    sent_on: date
    child: str = at_most(90)  # "Emma Kaya"
    called: str = at_most(25)  # "Emma"
    initials: str = at_most(8)
    group: str = at_most(12)
    level: str = at_most(LINE_MAX)  # the school's own name for it, "Extra hulp in de klas"
    talk_on: date
    led_by: str = at_most(120)
    present: tuple[str, ...] = texts_at_most(120, 20)
    for_whom: str = at_most(2 * NAME_MAX + 4)
    text: tuple[str, ...] = texts_at_most(TEXT_MAX, 400)  # paragraphs
    source: str = at_most(200, "")
    judgement: str = at_most(4000, "")  # apart from the facts, with those it rests on (R62)
    judgement_rests_on: str = at_most(4000, "")
    told: tuple[str, ...] = texts_at_most(300, 20)  # what the school has told, a sentence each
    child_view: str = at_most(4000, "")
    interventions: tuple[str, ...] = texts_at_most(1000, 30)
    agreements: tuple[AgreementLine, ...] = texts_at_most(500, 40)
    positions: tuple[PositionLine, ...] = texts_at_most(500, 6)
    choice: str = at_most(300, "")  # the choice between anonymous and known, as put to the parents (R26)
    answers: tuple[AnswerLine, ...] = texts_at_most(500, 40)  # and what `for_whom` answered since
    version: int = 1
    is_for_file: bool = False  # the copy for the pupil administration: everything, to nobody in particular
    contact: Signer
    contact_phone: str = at_most(16)

    @property
    def present_listed(self) -> str:
        """Return who were there, in one line."""
        return listed(self.present) if self.present else ""

    @property
    def title(self) -> str:
        """Return the title of the PDF: initials, since it leaves (R36)."""
        return f"Gespreksverslag {self.initials}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NamelessCopy(Bounded):
    """The same report for the school's parent app: plain text, "uw kind", nobody's name."""

    talk_on: date
    text: tuple[str, ...] = texts_at_most(TEXT_MAX, 400)
    judgement: str = at_most(4000, "")
    judgement_rests_on: str = at_most(4000, "")
    told: tuple[str, ...] = texts_at_most(300, 20)
    interventions: tuple[str, ...] = texts_at_most(1000, 30)
    agreements: tuple[AgreementLine, ...] = texts_at_most(500, 40)
    choice: str = at_most(300, "")
    answers: tuple[AnswerLine, ...] = texts_at_most(500, 40)
    answers_elsewhere: bool = False  # there are answers, and not everyone may read them
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PhaseLine(Bounded):
    """The time that a case spent at one level, and what it brought."""

    level: str = at_most(LINE_MAX)
    from_on: date
    until_on: date | None
    outcome: str = at_most(4000, "")
    skipped_because: str = at_most(1000, "")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HeldTalk(Bounded):
    """A talk, in one line."""

    on: date
    level: str = at_most(LINE_MAX)
    led_by: str = at_most(120)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeptAgreement(Bounded):
    """An agreement, with the day on which it was done."""

    what: str = at_most(500)
    who: str = at_most(120, "")
    due_on: date | None = None
    done_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CaseSummary(Bounded):
    """A closed case on a sheet or two, for the pupil administration of the school (docs/rules.md, decision 6)."""

    school: Letterhead
    made_on: date
    child: str = at_most(90)
    initials: str = at_most(8)
    question: str = at_most(2000)
    education_needs: str = at_most(4000, "")
    upbringing_needs: str = at_most(4000, "")
    opened_on: date
    closed_on: date
    outcome: str = at_most(4000)
    taken_over_because: str = at_most(500, "")
    phases: tuple[PhaseLine, ...] = texts_at_most(500, 60)
    talks: tuple[HeldTalk, ...] = texts_at_most(500, 400)
    agreements: tuple[KeptAgreement, ...] = texts_at_most(500, 400)

    @property
    def title(self) -> str:
        """Return the title of the PDF: initials, since it leaves (R36)."""
        return f"Samenvatting {self.initials}"


@dataclass(frozen=True, slots=True)
class AgendaLine(Bounded):
    """One child on an agenda: initials, or an alias with the case code; and the question. Never a name."""

    who: str = at_most(100)
    question: str = at_most(QUESTION_MAX)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ClbAgenda(Bounded):
    """What is sent to an expert before a CLB day: the group of known children, and apart from it the others (R48, R54).

    It leaves the school: known children by initials, the others by alias and code.
    """

    school: Letterhead
    made_on: date
    held_on: date
    expert: str = at_most(EXPERT_MAX)
    known: tuple[AgendaLine, ...]
    nameless: tuple[AgendaLine, ...]
    contact: str = at_most(NAME_MAX)

    @property
    def title(self) -> str:
        """Return the title of the PDF, without a name."""
        return f"Agenda CLB-dag {self.held_on:%d-%m-%Y}"

    @property
    def file_name(self) -> str:
        """Return "agenda-2026-12-01.pdf"."""
        return f"agenda-{self.held_on:%Y-%m-%d}.pdf"


@dataclass(frozen=True, slots=True)
class LookLine(Bounded):
    """One look, deed or refusal, as the list of looks prints it. It names no child."""

    when: str = at_most(20)
    who: str = at_most(200)
    role: str = at_most(120)
    what: str = at_most(160)
    about: str = at_most(120)
    case: str = at_most(40)
    ground: str = at_most(80)
    told: str = at_most(120)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LooksList(Bounded):
    """The list of looks, for who looks along the record (R130). Made when asked; its seal is kept."""

    made_on: date
    rows: tuple[LookLine, ...] = texts_at_most(300, 1000)

    @property
    def title(self) -> str:
        """Return the title of the PDF."""
        return f"Inzagelog van {self.made_on:%d-%m-%Y}"


@dataclass(frozen=True, slots=True)
class LookRow(Bounded):
    """One look, or more of the same on one day: an outsider by name, somebody of the school by function."""

    on: date
    who: str = at_most(160)
    what: str = at_most(80)
    ground: str = at_most(80)
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LooksExtract(Bounded):
    """Who looked at a child's file, for its parents (R130). Made when asked, and not kept."""

    school: Letterhead
    made_on: date
    child: str = at_most(90)
    initials: str = at_most(8)
    since: date | None
    rows: tuple[LookRow, ...] = texts_at_most(300, 4000)
    signer: str = at_most(90)

    @property
    def title(self) -> str:
        """Return the title of the PDF: initials, since it leaves (R36)."""
        return f"Wie keek er in het dossier {self.initials}"
