"""What parents were asked about an external expert, what they answered, and the expert's work that waits for it."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Kept, User
from accounts.sealing import SealedTextField
from cases.access import LedQuerySet, Reading
from cases.models import Conversation, Document, FileRow, Guardian, Heading


class WorkingArrangement(Kept):
    """How a school and its external experts work together (R45, R55)."""

    text = models.TextField(_("arrangement"), max_length=8000)
    edition = models.PositiveSmallIntegerField(default=1)
    from_on = models.DateField(_("from"))

    objects = LedQuerySet.as_manager()

    class Meta:
        verbose_name = _("working arrangement")
        constraints = [models.UniqueConstraint(fields=["school", "edition"], name="arrangement_edition_stands_once")]

    def __str__(self):
        return f"arrangement {self.edition}"


class AcceptanceQuerySet(LedQuerySet):
    """Acceptances: the expert's own, and for who leads the school all of it."""

    def of(self, user):
        """What was offered to this expert; the expert alone accepts it."""
        return self.filter(user=user)


class Acceptance(Kept):
    """That an arrangement was offered to an expert, and since when the expert has accepted it (R55)."""

    arrangement = models.ForeignKey(WorkingArrangement, models.PROTECT, related_name="acceptances")
    user = models.ForeignKey(User, models.PROTECT, related_name="acceptances")
    offered_on = models.DateField()
    accepted_on = models.DateField(null=True, blank=True)

    objects = AcceptanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("acceptance of an arrangement")
        constraints = [models.UniqueConstraint(fields=["arrangement", "user"], name="arrangement_offered_once")]

    def __str__(self):
        return f"{self.user_id}"


class Outcome(models.TextChoices):
    """What the answers of everyone who was asked come to, on a day."""

    NOT_ASKED = "not_asked", _("not asked yet")
    WAITING = "waiting", _("waiting for the parents")
    SILENT = "silent", _("no answer")
    TALK = "talk", _("parents want to talk first")
    OBJECTS = "objects", _("parents object to the plan")
    ANONYMOUS = "anonymous", _("anonymous")
    KNOWN = "known", _("known")


class Engagement(FileRow):
    """One expert, one question, one letter. Its state follows from what was done and answered; it is not stored.

    It is born before the letter. `alias` and `case_code` are new for each engagement.
    """

    expert = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("expert"))
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("joint talk")
    )
    reference = models.CharField(_("reference"), max_length=8)
    question = SealedTextField("engagement.question", _("question in one line"), max_length=120)
    alias = SealedTextField("engagement.alias", _("how the expert hears of an anonymous child"), max_length=80)
    case_code = SealedTextField("engagement.case_code", max_length=12)
    items = SealedTextField(
        "engagement.items", _("what may be shared without a name"), max_length=400, null=True, blank=True
    )
    own_words = SealedTextField(
        "engagement.own_words", _("own words of the school"), max_length=400, null=True, blank=True
    )
    prepared_on = models.DateField()
    informed_on = models.DateField(null=True, blank=True)
    asked_on = models.DateField(null=True, blank=True)
    started_on = models.DateField(null=True, blank=True)
    until = models.DateField(_("until"))
    ended_on = models.DateField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    skipped_because = SealedTextField(
        "engagement.skipped_because", _("why the talk was skipped"), max_length=1000, null=True, blank=True
    )

    class Meta:
        verbose_name = _("guidance by an expert")
        constraints = [
            models.UniqueConstraint(fields=["school", "reference"], name="engagement_reference_stands_once"),
            models.CheckConstraint(
                condition=Q(started_on=None) | Q(asked_on__isnull=False),
                name="engagement_starts_after_parents_were_asked",
                violation_error_code="not_asked",
                violation_error_message=_("The parents have not been asked yet."),
            ),
        ]

    def __str__(self):
        return self.reference

    def outcome(self, on):
        """Return what the answers come to on that day (docs/rules.md, decision 2; R25-R44).

        An objection stops all; who wants to talk first stops the term; one A is enough for anonymous; known asks
        B of everyone, or of one on behalf of both at one address.
        """
        asked = [choice for choice in self.choices.all() if choice.asked_on]
        answers = {choice.choice for choice in asked}
        if not asked:
            return Outcome.NOT_ASKED
        for stronger, outcome in (
            ("objects", Outcome.OBJECTS),
            ("talk_first", Outcome.TALK),
            ("anonymous", Outcome.ANONYMOUS),
        ):
            if stronger in answers:
                return outcome
        if all(self._says_known(choice, asked) for choice in asked):
            return Outcome.KNOWN
        return Outcome.WAITING if any(choice.due_on >= on for choice in asked if not choice.choice) else Outcome.SILENT

    @staticmethod
    def _says_known(choice, asked):
        """Whether this person chose B, or somebody who had the same letter did for both."""
        return choice.choice == "known" or any(
            other.choice == "known" and other.for_both and other.letter_of == choice.letter_of for other in asked
        )

    def is_known_by_right(self, respondents):
        """Whether each of these people was asked and says known: who got gezag after the letter has not (R96)."""
        asked = {choice.guardian_id: choice for choice in self.choices.all() if choice.asked_on}
        people = [respondent.guardian and respondent.guardian.pk for respondent in respondents]
        return bool(people) and all(
            person in asked and self._says_known(asked[person], asked.values()) for person in people
        )

    def reading(self, on):
        """Return how much the expert may see on that day, or None for nothing."""
        running = (
            self.started_on and self.started_on <= on <= self.until and not self.ended_on and not self.cancelled_on
        )
        if not running:
            return None
        outcome = self.outcome(on)
        if outcome == Outcome.OBJECTS:
            return None
        return Reading.DOSSIER if outcome == Outcome.KNOWN else Reading.ANONYMOUS

    def state(self, on):
        """Return where this engagement stands, as a code."""
        if self.cancelled_on:
            return "cancelled"
        if self.ended_on:
            return "closed"
        if self.started_on:
            return "active"
        if self.asked_on:
            return self.outcome(on).value
        return "parents_informed" if self.informed_on else "prepared"


class EngagementPart(FileRow):
    """A heading that opens when the parents choose B, from a date on, as the letter names it."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="parts")
    heading = models.ForeignKey(Heading, models.PROTECT, related_name="+")
    from_on = models.DateField(_("from"))
    dropped = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("part that opens")

    def __str__(self):
        return f"{self.heading_id}"


class ParentChoice(FileRow):
    """One person asked for one engagement, and the answer (R25-R39). A change of mind is a new edition of the row."""

    class Choice(models.TextChoices):
        """The answers that the slip offers, and an objection to the whole plan."""

        ANONYMOUS = "anonymous", _("A: anonymous")
        KNOWN = "known", _("B: known")
        TALK_FIRST = "talk_first", _("wants to talk first")
        OBJECTS = "objects", _("objects to the plan")

    class How(models.TextChoices):
        """How the answer came in."""

        SLIP = "slip", _("answer slip")
        TALK = "talk", _("in a talk")
        PHONE = "phone", _("by phone")
        OLD_LETTER = "old_letter", _("on the old letter")

    class ClassVisit(models.TextChoices):
        """Under A: what the expert may look at."""

        NO = "no", _("no visit")
        CLASS = "class", _("teacher and group")
        CHILD = "child", _("also my child, without a name")

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="choices")
    guardian = models.ForeignKey(
        Guardian, models.PROTECT, null=True, blank=True, related_name="+"
    )  # null: the pupil answers, from 16 on
    letter_of = models.CharField(max_length=12, blank=True)  # reference of the letter: shared by parents at one address
    asked_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    reminded_on = models.DateField(null=True, blank=True)
    choice = models.CharField(_("choice"), max_length=12, choices=Choice, blank=True)
    for_both = models.BooleanField(_("on behalf of both parents"), default=False)
    class_visit = models.CharField(_("class visit"), max_length=6, choices=ClassVisit, blank=True)
    observe = models.BooleanField(_("may look at the child"), null=True, blank=True)
    items = SealedTextField("choice.items", _("may be shared without a name"), max_length=400, null=True, blank=True)
    remark = SealedTextField("choice.remark", _("what the parent said"), max_length=2000, null=True, blank=True)
    how = models.CharField(_("how"), max_length=10, choices=How, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    scan = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("choice of a parent")
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "guardian"], nulls_distinct=False, name="choice_one_a_person"
            ),
            models.CheckConstraint(
                condition=Q(choice="") | (Q(answered_on__isnull=False) & ~Q(how="")),
                name="choice_says_when_and_how",
                violation_error_code="how_missing",
                violation_error_message=_("Say when and how this answer came in."),
            ),
        ]

    def __str__(self):
        return self.choice or "-"


@dataclass(frozen=True)
class Respondent:
    """Somebody who must be asked: a guardian, or (guardian None) the pupil."""

    guardian: Guardian | None


def who_must_answer(pupil, *, on, relations=None):
    """Return who chooses for this child on that day, as Respondents (R96, R103).

    From 16 on the pupil; before that every guardian with gezag who is to be asked. With whom no contact is allowed
    gets no letter, and is not asked. `relations` are the Guardianships of that day, for who has read them already.
    """
    age = pupil.age_on(on)
    if age is not None and age >= 16:
        return [Respondent(None)]
    if relations is None:
        relations = pupil.guardianships.on(on).select_related("guardian").order_by("from_on", "pk")
    asked = (row for row in relations if row.is_asked and row.has_authority and not row.guardian.no_contact)
    return [Respondent(row.guardian) for row in asked]
