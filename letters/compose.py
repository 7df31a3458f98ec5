"""What a letter says, taken from the records: a case goes in, a sheet of `letters.papers` comes out.

Here is decided what may stand on whose paper: one letter for parents at one address, a secret address on no sheet, and
in the copy for one parent nothing of what the other thought elsewhere. Paper is Dutch.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import term
from accounts.models import HelpDesk as DeskRow
from accounts.models import Membership
from cases.models import Guardian, SupportLevel
from consent.actions import agreed_words
from consent.days import DayPage
from consent.models import Consultation, Engagement, Outcome, ParentChoice, split_items, who_must_answer
from letters.circle import FUNCTIONS, VOOGD, Circle, Staff, called, capital, place_of, relation_word
from letters.papers import (
    Addressee,
    AgendaLine,
    AgreementLine,
    AnswerLine,
    CaseSummary,
    ClbAgenda,
    HeldTalk,
    HelpDesk,
    KeptAgreement,
    Letterhead,
    NamelessCopy,
    ParentLetter,
    PhaseLine,
    PositionLine,
    Reminder,
    Stance,
    StartedLetter,
    TalkReport,
)


class PaperKind(StrEnum):
    """What a sheet is; the value is the first word of its file name."""

    LETTER = "brief"
    REMINDER = "herinnering"
    REPORT = "verslag"
    STARTED = "bericht"
    SUMMARY = "samenvatting"


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
            **self.addressed(envelope.people),
            **self.shared,
        )

    def addressed(self, people: tuple[Guardian | None, ...]) -> dict[str, Any]:
        """Return to whom a letter of this envelope speaks, and where it goes."""
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


# --- the letter that the expert begins without an answer (R43) -------------------------------------------------------

OF_BOTH = (
    "school", "sent_on", "child", "alias", "teacher", "expert", "expert_function", "contact", "contact_phone",
    "contact_days", "contact_mail", "signers", "fg_name", "fg_mail", "help_desks", "complaint_page",
)  # fmt: skip


@dataclass
class StartedFacts:
    """What the letters of R43 tell of one engagement, as the answers stand today. `by` is who makes them."""

    engagement: Engagement
    on: date
    by: Any = None

    def __post_init__(self) -> None:
        """Gather what the first letters told."""
        self.letters = LetterFacts(self.engagement, self.on, self.by)

    @cached_property
    def choices(self) -> list[ParentChoice]:
        """Everyone who was asked, and what each answered."""
        prefetch_related_objects([self.engagement], "choices")  # the outcome asks for the same rows
        return sorted((choice for choice in self.engagement.choices.all() if choice.asked_on), key=lambda row: row.pk)

    @cached_property
    def is_answered(self) -> bool:
        """Whether an answer came after the beginning."""
        return bool(self.choices) and self.engagement.outcome(self.on) != Outcome.SILENT

    @cached_property
    def decision(self) -> Any:
        """The consultation in which school and expert decided to begin."""
        return self.engagement.consultations.filter(decision=Consultation.Decision.START).latest("held_on", "pk")

    @cached_property
    def envelopes(self) -> list[Envelope]:
        """The letters as of today, with the reference of the slip that these people have."""
        return [
            Envelope(self._reference(self._asked(envelope), envelope), envelope.people)
            for envelope in self.letters.envelopes
        ]

    def _asked(self, envelope: Envelope) -> list[ParentChoice]:
        """Return the choices of these people; none when they decide since the letter only."""
        people = {person and person.pk for person in envelope.people}
        return [choice for choice in self.choices if choice.guardian_id in people]

    def _reference(self, asked: list[ParentChoice], envelope: Envelope) -> str:
        own = next((choice.letter_of for choice in asked), self.engagement.reference)
        return own if own.startswith(self.engagement.reference) else envelope.reference

    def letter(self, envelope: Envelope) -> StartedLetter:
        """Return the letter for this envelope. Raises ValidationError."""
        asked, engagement = self._asked(envelope), self.engagement
        return StartedLetter(
            reference=envelope.reference,
            asked_on=min((choice.asked_on for choice in asked), default=None),
            reminded_on=max((choice.reminded_on for choice in asked if choice.reminded_on), default=None),
            own_answer=self._own_answer(asked, envelope),
            was_for_more=len(self.choices) > 1,
            conferred_on=self.decision.held_on,
            reason=self.decision.reason.strip(),
            started_on=engagement.started_on,
            is_answered=self.is_answered,
            ended_on=engagement.ended_on,
            **{name: self.letters.shared[name] for name in OF_BOTH},
            **self.letters.addressed(envelope.people),
        )

    def _own_answer(self, asked: list[ParentChoice], envelope: Envelope) -> str:
        """Return what all of these people answered, in one word; '' when one did not, or they differ."""
        given = {answer_of(choice, self.choices) for choice in asked}
        answers = {row and row.choice for row in given}
        if len(asked) < len(envelope.people) or len(answers) != 1:
            return ""
        return {"anonymous": "A, anoniem", "known": "B, bekend"}.get(answers.pop() or "", "")


def answer_of(choice: ParentChoice, asked: Iterable[ParentChoice]) -> ParentChoice | None:
    """Return the row in which this person's answer stands: the own one, or of who answered for both; or None."""
    if choice.choice:
        return choice
    same = (other for other in asked if other.engagement_id == choice.engagement_id)
    return next((other for other in same if other.for_both and other.letter_of == choice.letter_of), None)


# --- the report of a talk (R7-R10, R17, R24) -------------------------------------------------------------------------


ANSWERS = {
    ParentChoice.Choice.ANONYMOUS: "A, anoniem",
    ParentChoice.Choice.KNOWN: "B, bekend",
    ParentChoice.Choice.TALK_FIRST: "eerst praten met de school",
    ParentChoice.Choice.OBJECTS: "niet eens met het plan",
}


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

    @cached_property
    def receivers(self) -> list[Guardian]:
        """Who gets the written report, as `cases.actions.files.report_receivers` says it, from what was read here."""
        day = max(self.on, timezone.localdate())
        rows = (row for row in self.circle.known if row.holds_on(day))
        return [row.guardian for row in rows if row.gets_report and not row.guardian.no_contact]

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
            self._position(row)
            for row in self.positions
            if row.guardian_id in own or (with_others and row.guardian_id in self.guardians_present)
        )

    @staticmethod
    def _position(row: Any) -> PositionLine:
        return PositionLine(
            who=capital(row.guardian.formal_name),
            stance=Stance(row.stance),
            reasons=row.reasons or "",
            gave_no_reason=row.gave_no_reason,
        )

    @cached_property
    def choices(self) -> list[Any]:
        """Everyone who was asked about an expert after this talk, with what each answered."""
        rows = ParentChoice.objects.filter(engagement__conversation=self.talk.pk, asked_on__isnull=False)
        return list(rows.select_related("guardian", "engagement__expert__expert").order_by("asked_on", "pk"))

    def answers_for(self, receivers: tuple[Guardian, ...]) -> tuple[AnswerLine, ...]:
        """Return what these receivers answered to the letter (R26); of others they read nothing."""
        own = {person.pk for person in receivers}
        choices = [choice for choice in self.choices if choice.guardian_id in own]
        return self._answers(choices, in_company=len(own) > 1)

    def all_answers(self) -> tuple[AnswerLine, ...]:
        """Return all answers, each with whose it is: for the school's own file."""
        return self._answers(self.choices, is_for_file=True)

    def _whose(self, row: Any) -> str:
        return row.guardian.formal_name if row.guardian else self.pupil.call_name

    def _answers(
        self, choices: list[Any], *, in_company: bool = False, is_for_file: bool = False
    ) -> tuple[AnswerLine, ...]:
        rows = [row for row in (answer_of(choice, self.choices) for choice in choices) if row]
        rows = list(dict.fromkeys(rows))  # one answer for two people stands once
        names_expert = len({choice.engagement_id for choice in self.choices}) > 1
        return tuple(
            AnswerLine(
                who=self._whose(row) if is_for_file or (in_company and not row.for_both) else "",
                on=row.answered_on,
                for_both=row.for_both,
                expert=row.engagement.expert.expert.name if names_expert else "",
                answer=ANSWERS[row.choice],
                details=tuple(self._details(row)),
            )
            for row in rows
        )

    def _details(self, row: Any) -> Iterable[str]:
        """What was ticked under the answer, a sentence each; what was left empty as the slip says it counts."""
        child = self.pupil.call_name
        if row.choice == ParentChoice.Choice.ANONYMOUS:
            yield {
                ParentChoice.ClassVisit.NO: "De expert komt niet in de klas kijken.",
                ParentChoice.ClassVisit.CHILD: f"De expert mag in de klas ook naar {child} kijken, zonder de naam.",
            }.get(row.class_visit, "De expert kijkt in de klas alleen naar de leerkracht en de groep.")
            yield (
                f"Dit mag de expert weten, zonder naam: {row.items.strip().rstrip('.')}."
                if row.items
                else "Wij delen niets met de expert."
            )
        elif row.choice == ParentChoice.Choice.KNOWN:
            yield (
                f"De expert mag in de klas ook naar {child} kijken."
                if row.observe
                else f"De expert kijkt in de klas niet speciaal naar {child}."
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
            answers=self.answers_for(receivers),
            **self.shared,
        )

    def report_for_file(self) -> TalkReport:
        """Return the copy for the school's own administration: what each parent thought and answered, too."""
        return TalkReport(
            for_whom="het dossier van de school",
            positions=tuple(self._position(row) for row in self.positions),
            answers=self.all_answers(),
            is_for_file=True,
            **self.shared,
        )

    def answers_in_app(self) -> tuple[tuple[AnswerLine, ...], bool]:
        """Return (answers, whether some were left out) for the copy without names: one text that goes to all, so that
        an answer stands in it only when everyone who gets reports may read it.
        """
        answers = self.answers_for(tuple(self.receivers))
        return (answers, False) if self._is_one_home(self.receivers) else ((), bool(answers))

    def _is_one_home(self, receivers: list[Guardian]) -> bool:
        """Whether these people may all read the same answers: one person, or one address that had one letter."""
        if len(receivers) < 2:
            return True
        places = {place_of(person) for person in receivers}
        letters: dict[Any, set[str]] = {}
        for choice in self.choices:
            letters.setdefault(choice.engagement_id, set()).add(choice.letter_of)
        asked = {choice.guardian_id for choice in self.choices}
        return (
            len(places) == 1
            and None not in places
            and all(len(references) == 1 for references in letters.values())
            and {person.pk for person in receivers} <= asked
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


def nameless(report: TalkReport, words_for: Mapping[str, str], *, answers_elsewhere: bool = False) -> NamelessCopy:
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
        answers=tuple(
            replace(line, who=clean(line.who), expert="", details=tuple(clean(text) for text in line.details))
            for line in report.answers
        ),
        answers_elsewhere=answers_elsewhere,
        version=report.version,
    )


# --- a closed case (docs/rules.md, decision 6) -----------------------------------------------------------------------


def case_summary(trajectory: Any, on: date) -> CaseSummary:
    """Return what the pupil administration keeps of a closed case. Raises ValidationError."""
    if not trajectory.is_closed:
        raise ValidationError(_("Close the case first: the summary says how it ended."), code="not_closed")
    phases = trajectory.levelphases.select_related("level").order_by("from_on", "until_on", "level__number")
    talks = trajectory.conversations.select_related("level", "led_by").order_by("held_on", "pk")
    agreements = trajectory.agreements.filter(dropped=False).order_by("conversation__held_on", "position", "pk")
    return CaseSummary(
        school=letterhead(trajectory.school),
        made_on=on,
        child=trajectory.pupil.full_name,
        initials=trajectory.initials or "-",
        question=trajectory.question,
        education_needs=trajectory.education_needs or "",
        upbringing_needs=trajectory.upbringing_needs or "",
        opened_on=trajectory.opened_on,
        closed_on=trajectory.closed_on,
        outcome=trajectory.outcome,
        taken_over_because=trajectory.taken_over_because or "",
        phases=tuple(
            PhaseLine(
                level=row.level.name,
                from_on=row.from_on,
                until_on=row.until_on,
                outcome=row.outcome or "",
                skipped_because=row.skipped_because or "",
            )
            for row in phases
        ),
        talks=tuple(HeldTalk(on=row.held_on, level=row.level.name, led_by=called(row.led_by)) for row in talks),
        agreements=tuple(
            KeptAgreement(what=row.what, who=row.who or "", due_on=row.due_on, done_on=row.done_on)
            for row in agreements
        ),
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
