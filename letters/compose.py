"""What a letter says, taken from the records: a case goes in, a sheet of `letters.papers` comes out.

Here is decided what may stand on whose paper: one letter for parents at one address, a secret address on no sheet, and
in the copy for one parent nothing of what the other thought elsewhere. Paper is Dutch.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.actions import term
from accounts.models import HelpDesk as DeskRow
from accounts.models import Membership
from cases.models import Guardian, SupportLevel
from consent.actions import agreed_words
from consent.days import DayPage
from consent.models import Engagement, ParentChoice, split_items, who_must_answer
from letters.circle import FUNCTIONS, VOOGD, Circle, Staff, called, capital, relation_word
from letters.papers import (
    Addressee,
    AgendaLine,
    AgreementLine,
    ClbAgenda,
    HelpDesk,
    Letterhead,
    NamelessCopy,
    ParentLetter,
    PositionLine,
    Reminder,
    Stance,
    TalkReport,
)


class PaperKind(StrEnum):
    """What a sheet is; the value is the first word of its file name."""

    LETTER = "brief"
    REMINDER = "herinnering"
    REPORT = "verslag"


def file_name(kind: PaperKind, initials: str, on: date) -> str:
    """Return "brief-EK-2026-11-12.pdf": what leaves the school carries initials and no name (R36, R54)."""
    plain = unicodedata.normalize("NFKD", initials).encode("ascii", "ignore").decode()
    letters = re.sub(r"[^A-Za-z]", "", plain).upper()[:4] or "X"
    return f"{kind.value}-{letters}-{on:%Y-%m-%d}.pdf"


def letterhead(school: Any) -> Letterhead:
    """Return the school at the top of a sheet. Raises ValidationError when a line is too long."""
    return Letterhead(
        name=school.name, street=school.street, postcode=school.postcode, city=school.city, phone=school.phone
    )


def _initials(pupil: Any) -> str:
    return pupil.initials or "-"


# --- the letter about an expert (R25-R34, R38) -----------------------------------------------------------------------

SUFFIXES = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Envelope:
    """One letter of an engagement: its reference, and the guardians it is for (None: the pupil, from 16 on)."""

    reference: str
    people: tuple[Guardian | None, ...]


@dataclass
class LetterFacts:
    """Everything that the letters of one engagement share, read once. `by` is who makes them."""

    engagement: Engagement
    on: date
    by: Any = None

    def __post_init__(self) -> None:
        """Gather who is round the child and who speaks for the school."""
        self.pupil = self.engagement.trajectory.pupil
        self.circle = Circle(self.pupil, self.on)
        self.staff = Staff(self.engagement.school, self.pupil, self.on, self.by, present=self.colleagues_present)

    @cached_property
    def seats(self) -> list[Any]:
        """Who was at the joint talk."""
        talk = self.engagement.conversation
        if talk is None:
            return []
        stance = talk.positions.filter(guardian=OuterRef("guardian"))
        return list(talk.attendees.filter(dropped=False).annotate(has_stance=Exists(stance)))

    @property
    def awaits_stance(self) -> bool:
        """Whether a parent was at the joint talk of whom nobody wrote down what he or she thought."""
        return any(row.guardian_id and not row.has_stance for row in self.seats)

    @property
    def colleagues_present(self) -> set[Any]:
        """The staff at the joint talk."""
        led_by = {self.engagement.conversation.led_by_id} if self.engagement.conversation else set()
        return led_by | {row.staff_id for row in self.seats if row.staff_id}

    def were_there(self, people: tuple[Guardian | None, ...]) -> bool:
        """Whether one of these people was at the joint talk."""
        there = {None if row.is_child else row.guardian_id for row in self.seats if row.is_child or row.guardian_id}
        return any((person and person.pk) in there for person in people)

    @cached_property
    def have_report(self) -> set[Any]:
        """The guardians who have the report of the joint talk in its present edition."""
        talk = self.engagement.conversation
        return set(talk.sharings.filter(edition=talk.edition).values_list("guardian_id", flat=True)) if talk else set()

    def tells_talk_to(self, envelope: Envelope) -> list[Guardian]:
        """Return for whom this letter is the written report of the joint talk (docs/rules.md, decision 7)."""
        if not self.were_there(envelope.people):
            return []
        return [person for person in envelope.people if person and person.pk not in self.have_report]

    @cached_property
    def envelopes(self) -> list[Envelope]:
        """The letters of this engagement: one for each address, one for the pupil from 16 on, none for nobody."""
        today = self.circle.relations.values()
        people = [respondent.guardian for respondent in who_must_answer(self.pupil, on=self.on, relations=today)]
        groups = [(None,)] if people == [None] else self.circle.together(people)
        return [Envelope(f"{self.engagement.reference}-{SUFFIXES[n]}", group) for n, group in enumerate(groups)]

    @cached_property
    def due_on(self) -> date:
        """The day on which the answer is asked; holidays don't count."""
        return term(self.engagement.school, start=self.on, days=self.circle.terms.answer_days)

    @cached_property
    def agreed(self) -> str:
        """The agreements of the joint talk as one line."""
        return agreed_words(self.engagement.conversation)

    def own_words_for(self, envelope: Envelope) -> str:
        """Return the school's own words. They tell of the talk: not to a parent who was not there."""
        if self.engagement.conversation and not self.were_there(envelope.people):
            return ""
        return self.engagement.own_words or (self.agreed if self.tells_talk_to(envelope) else "")

    @cached_property
    def shared(self) -> dict[str, Any]:
        """What stands in every one of the letters. Raises ValidationError `paper_too_long` or `no_contact`."""
        engagement, school, staff = self.engagement, self.engagement.school, self.staff
        parts = engagement.parts.filter(dropped=False).select_related("heading").order_by("heading__position", "pk")
        desks = DeskRow.objects.filter(school=school).order_by("position", "pk")[:3]
        return {
            "school": letterhead(school),
            "sent_on": self.on,
            "due_on": self.due_on,
            "child": self.pupil.call_name,
            "initials": _initials(self.pupil),
            "group": staff.group,
            "alias": capital(engagement.alias),
            "teacher": staff.teacher_called,
            "expert": engagement.expert.expert.name,
            "expert_function": engagement.expert.expert.function,
            "question": engagement.question,
            "parts": tuple(part.heading.parents_name for part in parts),
            "items": split_items(engagement.items),
            "contact": staff.contact,
            "contact_phone": staff.contact_phone,
            "contact_days": staff.explains.works_on,
            "contact_mail": staff.explains.email or school.email,
            "signers": staff.signers,
            "fg_name": school.fg_name,
            "fg_mail": school.fg_email,
            "help_desks": tuple(HelpDesk(desk.name, desk.phone) for desk in desks),
            "complaint_page": school.complaint_page,
        }

    def letter(self, envelope: Envelope) -> ParentLetter:
        """Return the letter for this envelope. Raises ValidationError."""
        talk = self.engagement.conversation
        return ParentLetter(
            reference=envelope.reference,
            talk_on=talk.held_on if talk and self.were_there(envelope.people) else None,
            own_words=self.own_words_for(envelope),
            **self._addressed(envelope.people),
            **self.shared,
        )

    def _addressed(self, people: tuple[Guardian | None, ...]) -> dict[str, Any]:
        if people == (None,):
            own = Addressee(name=self.pupil.full_name, salutation=self.pupil.call_name)
            return {"addressees": (own,), "is_pupil": True}
        return {
            "addressees": tuple(self.circle.addressee(person) for person in people),
            "address": self.circle.lines_of(people[0]),
            "is_guardian_institution": self.circle.relation_of(people[0]) in VOOGD,
        }


def parent_letter(engagement: Engagement, guardians: tuple[Guardian | None, ...], on: date) -> ParentLetter:
    """Return the letter of this engagement for these guardians (None: the pupil). Raises ValidationError."""
    facts = LetterFacts(engagement, on)
    wanted = {person and person.pk for person in guardians}
    for envelope in facts.envelopes:
        if wanted == {person and person.pk for person in envelope.people}:
            return facts.letter(envelope)
    raise ValidationError(_("These people do not get one letter together."), code="no_such_letter")


def unanswered_envelopes(facts: LetterFacts, choices: list[ParentChoice]) -> list[Envelope]:
    """Return the letters that got no answer yet, each for those who did not answer (R40).

    Who let the other parent answer for both has answered.
    """
    covered = {choice.letter_of for choice in choices if choice.choice and choice.for_both}
    open_ones = [choice for choice in choices if not choice.choice and choice.letter_of not in covered]
    by_letter: dict[str, list[Any]] = {}
    for choice in open_ones:
        by_letter.setdefault(choice.letter_of, []).append(choice.guardian)
    if all(reference.startswith(facts.engagement.reference) for reference in by_letter):
        return [Envelope(reference, tuple(people)) for reference, people in by_letter.items()]
    # A letter from before this system has no reference that a slip could carry.
    people = [person for group in by_letter.values() for person in group]
    groups = [(None,)] if people == [None] else facts.circle.together(people)
    return [Envelope(f"{facts.engagement.reference}-{SUFFIXES[n]}", group) for n, group in enumerate(groups)]


def reminder(facts: LetterFacts, envelope: Envelope, *, asked_on: date) -> Reminder:
    """Return the reminder of the letter of `asked_on`. Raises ValidationError."""
    first = replace(facts.letter(envelope), sent_on=asked_on)
    return Reminder(first=first, sent_on=facts.on, due_on=facts.due_on)


# --- the report of a talk (R7-R10, R17, R24) -------------------------------------------------------------------------


@dataclass
class TalkFacts:
    """Everything that the copies of one report share, read once. `by` is who shares it."""

    talk: Any
    on: date
    by: Any = None

    def __post_init__(self) -> None:
        """Gather who was there and who speaks for the school."""
        self.trajectory = self.talk.trajectory
        self.pupil = self.trajectory.pupil
        self.circle = Circle(self.pupil, self.on)
        present = {self.talk.led_by_id} | {row.staff_id for row in self.seats if row.staff_id}
        self.staff = Staff(self.talk.school, self.pupil, self.on, self.by, present=present)

    @cached_property
    def seats(self) -> list[Any]:
        """Who was there."""
        rows = self.talk.attendees.filter(dropped=False).select_related("guardian", "staff")
        return list(rows.order_by("pk"))

    @cached_property
    def guardians_present(self) -> set[Any]:
        """The guardians who were there."""
        return {row.guardian_id for row in self.seats if row.guardian_id}

    def copies(self, guardians: list[Guardian]) -> list[tuple[Guardian, ...]]:
        """Return these receivers by copy: who sat at the talk together and live together may have one."""
        there = [person for person in guardians if person.pk in self.guardians_present]
        alone = [(person,) for person in guardians if person.pk not in self.guardians_present]
        return [*self.circle.together(there), *alone]

    @cached_property
    def roles(self) -> dict[Any, str]:
        """What the colleagues who were there are at this school."""
        people = {row.staff_id for row in self.seats if row.staff_id} | {self.talk.led_by_id}
        held = Membership.objects.on(self.talk.held_on).filter(user__in=people, school=self.talk.school_id)
        order = list(FUNCTIONS)
        rows = sorted((row for row in held if row.role in FUNCTIONS), key=lambda row: -order.index(row.role))
        return {row.user_id: FUNCTIONS[row.role] for row in rows}

    def _names_present(self) -> tuple[str, ...]:
        staff = {row.staff_id: row.staff for row in self.seats if row.staff_id}
        staff = {self.talk.led_by_id: self.talk.led_by} | staff
        guardians = [row.guardian for row in self.seats if row.guardian_id]
        return (
            *(f"{person.formal_name} ({self.circle.word_of(person)})" for person in guardians),
            *([self.pupil.call_name] if any(row.is_child for row in self.seats) else []),
            *(
                f"{person.full_name} ({self.roles[pk]})" if pk in self.roles else person.full_name
                for pk, person in staff.items()
            ),
            *(row.other for row in self.seats if row.other),
        )

    @cached_property
    def positions(self) -> list[Any]:
        """What each guardian thought."""
        return list(self.talk.positions.select_related("guardian").order_by("pk"))

    def positions_for(self, receivers: tuple[Guardian, ...]) -> tuple[PositionLine, ...]:
        """Return the stances that these receivers may read: their own, and those of who sat there with them."""
        if not receivers:
            return ()
        own = {person.pk for person in receivers}
        with_others = own <= self.guardians_present
        return tuple(
            PositionLine(
                who=capital(row.guardian.formal_name),
                stance=Stance(row.stance),
                reasons=row.reasons or "",
                gave_no_reason=row.gave_no_reason,
            )
            for row in self.positions
            if row.guardian_id in own or (with_others and row.guardian_id in self.guardians_present)
        )

    def _choice(self) -> str:
        """The choice between anonymous and known, in the report of the talk that goes before the letter (R26)."""
        if self.talk.level.kind != SupportLevel.Kind.EXTERNAL:
            return ""
        child = self.pupil.call_name
        return (
            f"U kiest of de expert mag weten wie {child} is. A: {child} blijft anoniem. B: {child} is bekend. "
            "U krijgt daarover een brief met een strook voor uw antwoord."
        )

    @cached_property
    def shared(self) -> dict[str, Any]:
        """What stands in every copy. Raises ValidationError `no_contact` or `paper_too_long`."""
        talk = self.talk
        agreements = talk.agreements.filter(dropped=False).order_by("position", "pk")
        return {
            "school": letterhead(talk.school),
            "sent_on": self.on,
            "child": self.pupil.full_name,
            "called": self.pupil.call_name,
            "initials": _initials(self.pupil),
            "group": self.staff.group,
            "level": talk.level.name,
            "talk_on": talk.held_on,
            "led_by": called(talk.led_by),
            "present": self._names_present(),
            "text": tuple(part for part in re.split(r"\n\s*\n", talk.text.strip()) if part.strip()),
            "source": talk.source or "",
            "judgement": talk.judgement or "",
            "judgement_rests_on": talk.judgement_rests_on or "",
            "child_view": talk.child_view or "",
            "interventions": tuple(row.text for row in talk.interventions.order_by("pk")),
            "agreements": tuple(AgreementLine(row.what, row.who or "", row.due_on) for row in agreements),
            "choice": self._choice(),
            "version": talk.edition,
            "contact": self.staff.contact,
            "contact_phone": self.staff.contact_phone,
        }

    def report(self, receivers: tuple[Guardian, ...]) -> TalkReport:
        """Return the copy for these receivers. Raises ValidationError."""
        return TalkReport(
            for_whom=" en ".join(person.formal_name for person in receivers),
            positions=self.positions_for(receivers),
            **self.shared,
        )

    def words_for_names(self) -> dict[str, str]:
        """Return what each name becomes where none may stand: "Emma" → "uw kind", "juf Lotte" → "de leerkracht"."""
        pupil = self.pupil
        words = {pupil.full_name: "uw kind", pupil.call_name: "uw kind", pupil.initials: "uw kind"}
        words |= dict.fromkeys((pupil.first_names or "").split(), "uw kind")
        for row in self.circle.relations.values():
            person, word = row.guardian, relation_word(row.relation, row.guardian.title)
            surname = " ".join(filter(None, (person.prefix, person.surname)))
            titled = [f"{title} {surname}" for title in ("mevrouw", "meneer", "de heer", "mevr.", "dhr.")]
            words |= dict.fromkeys((person.full_name, person.formal_name, person.first_name, *titled), word)
        staff = {row.staff for row in self.seats if row.staff} | {self.talk.led_by, self.staff.teacher} - {None}
        for user in staff:
            word = f"de {self.roles.get(user.pk, 'leerkracht')}"
            words |= dict.fromkeys((user.called, user.full_name), word)
        return {name: word for name, word in words.items() if name and len(name.strip(".")) > 1}


def report(talk: Any, guardians: tuple[Guardian, ...], on: date) -> TalkReport:
    """Return the report of this talk as these guardians may read it. Raises ValidationError."""
    return TalkFacts(talk, on).report(tuple(guardians))


# --- the copy without names ------------------------------------------------------------------------------------------


def without_names(text: str, words_for: Mapping[str, str]) -> str:
    """Return `text` with the names of `words_for` replaced: {"Emma": "uw kind", "juf Lotte": "de leerkracht"}.

    Whole words, small or capital, the longest name first; "Emma's boek" becomes "boek van uw kind". It helps the
    writer and promises nothing: the name check looks at the outcome.
    """
    for name, words in sorted(words_for.items(), key=lambda pair: -len(pair[0])):
        whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
        owner = re.compile(rf"(?<!\w){re.escape(name)}['’]s?\s+(\w+)", re.IGNORECASE)
        text = owner.sub(lambda match, words=words: f"{match[1]} van {words}", text)
        text = whole.sub(lambda match, words=words: _like_its_place(match, words), text)
    return text


def _like_its_place(match: re.Match[str], words: str) -> str:
    """Return `words`, with a capital where a sentence begins with one."""
    before = match.string[: match.start()].rstrip()
    begins = (not before or before[-1] in ".!?") and match[0][0].isupper()
    return words[:1].upper() + words[1:] if begins else words


def nameless(report: TalkReport, words_for: Mapping[str, str]) -> NamelessCopy:
    """Return the copy without names of `report`. Positions and the child's own words stay out: they tell who it is."""

    def clean(line: str) -> str:
        return without_names(line, words_for)

    return NamelessCopy(
        talk_on=report.talk_on,
        text=tuple(clean(line) for line in report.text),
        judgement=clean(report.judgement),
        judgement_rests_on=clean(report.judgement_rests_on),
        told=tuple(clean(line) for line in report.told),
        interventions=tuple(clean(line) for line in report.interventions),
        agreements=tuple(AgreementLine(clean(line.what), clean(line.who), line.due_on) for line in report.agreements),
        choice=clean(report.choice),
        version=report.version,
    )


# --- the agenda of a CLB day (R48, R54) ------------------------------------------------------------------------------


def agenda(day: Any, page: DayPage, *, on: date, by: Any) -> ClbAgenda:
    """Return the agenda of a CLB day as it goes to the expert: `page` is that day for who makes it.

    Known children by initials, the others by alias and code, in the order of their codes.
    """
    return ClbAgenda(
        school=letterhead(day.school),
        made_on=on,
        held_on=page.held_on,
        expert=page.expert,
        known=tuple(AgendaLine(line.short, line.question) for line in page.known),
        nameless=tuple(AgendaLine(f"{line.alias} ({line.code})", line.question) for line in page.nameless),
        contact=by.full_name,
    )
