"""The letters about an expert: the choice, the reminder, and that it begins without an answer (R25-R34, R38, R43)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.actions import term
from accounts.models import HelpDesk as DeskRow
from cases.models import Guardian
from consent.actions import agreed_words
from consent.models import Consultation, Engagement, Outcome, ParentChoice, split_items, who_must_answer
from letters.circle import VOOGD, Circle, Staff, capital
from letters.compose.heads import initials_of, letterhead
from letters.papers import (
    Addressee,
    HelpDesk,
    ParentLetter,
    Reminder,
    StartedLetter,
)

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
            "initials": initials_of(self.pupil),
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
