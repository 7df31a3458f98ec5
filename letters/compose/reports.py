"""The report of a talk, for each of its readers, and the copy without names (R7-R10, R17, R24, R26)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone

from accounts.models import Membership
from cases.models import Guardian, SupportLevel
from consent.models import ParentChoice
from letters.circle import FUNCTIONS, Circle, Staff, called, capital, place_of, relation_word
from letters.compose.heads import initials_of, letterhead
from letters.compose.letters import answer_of
from letters.papers import (
    AgreementLine,
    AnswerLine,
    NamelessCopy,
    PositionLine,
    Stance,
    TalkReport,
)

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
            "initials": initials_of(self.pupil),
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
