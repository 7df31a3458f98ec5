"""What parents were asked about an external expert, what they answered, and the expert's work that waits for it."""

import re
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import schools_of
from accounts.models import LEADING, WORKING, Kept, User
from accounts.sealing import SealedTextField
from cases.access import FileQuerySet, LedQuerySet, Reading, guided_cases
from cases.models import Conversation, Document, FileRow, Guardian, Heading, LevelPhase, SharedItem, Visit


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
    started_without_answer = models.BooleanField(default=False)
    parents_told_on = models.DateField(null=True, blank=True)
    whole_because = SealedTextField(
        "engagement.whole_because", _("why the whole file opens"), max_length=400, null=True, blank=True
    )
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

    def visit(self, on):
        """Return what the expert may look at in the classroom: what everyone who was asked allows (R31, R37, T1).

        Empty on the slip is a visit to teacher and group. A "no" of one parent counts; the child is looked at only
        when everyone said so.
        """
        asked = [choice for choice in self.choices.all() if choice.asked_on]
        if self.outcome(on) == Outcome.KNOWN:
            return Visit.CHILD if all(self._said(choice, asked, "observe") for choice in asked) else Visit.CLASS
        said = {self._said(choice, asked, "class_visit") for choice in asked}
        if Visit.NO in said:
            return Visit.NO
        return Visit.CHILD if said == {Visit.CHILD} else Visit.CLASS

    @staticmethod
    def _said(choice, asked, field):
        """What this person filled in on the slip, or who answered on behalf of both did."""
        for other in asked:
            if not choice.choice and other.for_both and other.letter_of == choice.letter_of:
                return getattr(other, field)
        return getattr(choice, field)

    def allowed_items(self, on):
        """Return what everyone who was asked allows to be shared without a name, as a tuple of texts (R29, R30)."""
        if self.outcome(on) != Outcome.ANONYMOUS:
            return ()
        asked = [choice for choice in self.choices.all() if choice.asked_on]
        lists = [split_items(self._said(choice, asked, "items")) for choice in asked]
        common = set.intersection(*({item.casefold() for item in items} for items in lists)) if lists else set()
        return tuple(item for item in lists[0] if item.casefold() in common) if lists else ()

    @property
    def is_reminded(self):
        """Whether somebody who had not answered was reminded: once is what the letter says (R40)."""
        return any(choice.reminded_on for choice in self.choices.all())

    @property
    def agreement_to_begin(self):
        """Return the Consultation in which school and expert last decided to begin without the answer, or None.

        It speaks of the silence of its day: a term that ran on since then, or a decision to wait, makes it void
        (R40, R41, decision 13).
        """
        last = max(self.consultations.all(), key=lambda row: row.held_on, default=None)
        return last if last and self._holds(last.decision, last.held_on) else None

    def _holds(self, decision, on):
        """Whether what was decided on that day still makes the expert begin."""
        silent = [choice.due_on for choice in self.choices.all() if choice.asked_on and not choice.choice]
        return decision == Consultation.Decision.START and all(due < on for due in silent)

    @property
    def _may_begin_unanswered(self):
        """Whether school and expert decided so: as `with_decision` told, or asked now."""
        if "last_decision" in self.__dict__:
            return bool(self.last_decision) and self._holds(self.last_decision, self.decided_on)
        return self.agreement_to_begin is not None

    @property
    def runs_untold(self):
        """Whether the expert began without an answer and the parents haven't been told why yet (R43)."""
        return self.started_without_answer and self.parents_told_on is None and not self.cancelled_on

    def state(self, on):
        """Return where this engagement stands, as a code.

        After the term: "silent", and "consulted" once school and expert decided to begin. Waiting longer is "waiting".
        """
        if self.cancelled_on:
            return "cancelled"
        if self.ended_on:
            return "closed"
        if self.started_on:
            return "active"
        if self.asked_on:
            outcome = self.outcome(on)
            return "consulted" if outcome == Outcome.SILENT and self._may_begin_unanswered else outcome.value
        return "parents_informed" if self.informed_on else "prepared"


def split_items(text):
    """Return what is offered or allowed under A, one by one: "de toetsen, wat thuis helpt" → two items."""
    return tuple(part.strip(" .") for part in re.split(r"[,;\n]", text or "") if part.strip(" ."))


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


class Consultation(FileRow):
    """School and expert confer because parents stay silent (R40): who agrees, what they decide, and why."""

    class Decision(models.TextChoices):
        """What comes of it."""

        START = "start", _("begin without the answer")
        WAIT = "wait", _("wait longer")

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="consultations")
    held_on = models.DateField(_("date"))
    decision = models.CharField(_("decision"), max_length=6, choices=Decision)
    school_agrees = models.BooleanField(_("the school agrees"), default=False)
    expert_agrees = models.BooleanField(_("the expert agrees"), default=False)
    reason = SealedTextField("consultation.reason", _("why"), max_length=400)
    wait_until = models.DateField(_("wait until"), null=True, blank=True)

    class Meta:
        verbose_name = _("consultation of school and expert")
        constraints = [
            models.CheckConstraint(
                condition=~Q(decision="start") | Q(school_agrees=True, expert_agrees=True),
                name="consultation_begins_only_when_both_agree",
                violation_error_code="not_agreed",
                violation_error_message=_("Beginning without the answer asks that school and expert both agree."),
            ),
            models.CheckConstraint(
                condition=~Q(decision="wait") | Q(wait_until__isnull=False),
                name="consultation_says_how_long_to_wait",
                violation_error_code="until_missing",
                violation_error_message=_("Say until when you wait."),
            ),
        ]

    def __str__(self):
        return f"{self.decision} {self.held_on:%d-%m-%Y}"


def with_decision(engagements):
    """Add `last_decision` and `decided_on` of the newest Consultation to these rows, for lists: no question more."""
    newest = Consultation.objects.filter(engagement=models.OuterRef("pk")).order_by("-held_on", "-pk")
    return engagements.annotate(
        last_decision=models.Subquery(newest.values("decision")[:1]),
        decided_on=models.Subquery(newest.values("held_on")[:1]),
    )


class SharingReason(FileRow):
    """Why an item is shared with the expert of an anonymous child: the parents allowed it, and it is needed (R30)."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="sharing_reasons")
    item = models.OneToOneField(SharedItem, models.PROTECT, related_name="+")
    necessity = SealedTextField("sharing_reason.necessity", _("why the expert needs it"), max_length=400)

    class Meta:
        verbose_name = _("reason for sharing")

    def __str__(self):
        return f"{self.item_id}"


class ExpertReportQuerySet(FileQuerySet):
    """Reports of experts: the staff of the file find them all, the author the own ones while the guidance runs."""

    def of_author(self, user):
        """What this expert wrote, in the cases that a grant opens today."""
        return self.filter(author=user, trajectory__in=guided_cases(user))


class ExpertReport(FileRow):
    """A report that an external expert handed in; its paper hangs in the file under its heading (R51)."""

    class Kind(models.TextChoices):
        """What it is about."""

        CLB = "clb", _("CLB report: what the teacher does")

    class How(models.TextChoices):
        """How the parents got their copy."""

        HANDED = "handed", _("handed over")
        POST = "post", _("by post")
        PARENT_TALK = "talk", _("read together")

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="reports")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    written_on = models.DateField(_("date"))
    copy_given_on = models.DateField(_("copy for the parents given on"), null=True, blank=True)
    copy_how = models.CharField(_("how"), max_length=10, choices=How, blank=True)

    objects = ExpertReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of an expert")

    def __str__(self):
        return f"{self.kind} {self.written_on:%d-%m-%Y}"


def end_of_the_next_school_year(day):
    """Return 31 July of the school year after the one of this day: so long a coaching note stays."""
    return date(day.year + (2 if day.month > 7 else 1), 7, 31)


class CoachingNoteQuerySet(models.QuerySet):
    """Coaching notes: for the teacher, and for the author while the work goes on. No role opens them, nor a case."""

    def for_user(self, user):
        """Rows that this person may read today (R52, decision 17). The wall says the same."""
        day = timezone.localdate()
        at_work = schools_of(user, WORKING)
        running = Q(phase__until_on=None) | Q(phase__until_on__gte=day)
        lasts = Q(engagement__isnull=False, lasts_until__gte=day) | Q(Q(phase__isnull=False) & running)
        outside = Q(engagement__isnull=False, trajectory__in=guided_cases(user))
        inside = Q(phase__isnull=False, school__among=at_work) & running
        return self.filter(
            Q(Q(teacher=user, school__among=at_work) & lasts) | Q(Q(author=user) & (outside | inside)),
            removed_on=None,
        )

    def editable_by(self, user):
        """The same rows: the teacher takes one away, the author adds none to what stands."""
        return self.for_user(user)


class CoachingNote(FileRow):
    """Advice to a teacher about the teacher's own work, without a child in it (R52).

    From an expert during a guidance (`engagement`), or from the intern begeleider at a level of the school's own
    (`phase`). `lasts_until` follows from the last day of the guidance.
    """

    engagement = models.ForeignKey(Engagement, models.PROTECT, null=True, blank=True, related_name="+")
    phase = models.ForeignKey(LevelPhase, models.PROTECT, null=True, blank=True, related_name="+")
    teacher = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("teacher"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = SealedTextField("coaching_note.text", _("advice for the teacher"), max_length=4000)
    written_on = models.DateField(_("date"))
    lasts_until = models.DateField(null=True, blank=True)
    removed_on = models.DateField(null=True, blank=True)

    objects = CoachingNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("coaching note")
        constraints = [
            models.CheckConstraint(
                condition=Q(engagement=None) ^ Q(phase=None),
                name="coaching_note_is_of_a_guidance_or_a_level",
                violation_error_code="guidance_or_level",
                violation_error_message=_("A coaching note is of a guidance or of a level, not both."),
            ),
            models.CheckConstraint(
                condition=Q(engagement=None) | Q(lasts_until__isnull=False),
                name="coaching_note_of_a_guidance_ends",
                violation_error_code="end_missing",
                violation_error_message=_("Say until when."),
            ),
        ]

    def __str__(self):
        return f"note {self.written_on:%d-%m-%Y}"


def coaching_notes_of(trajectory):
    """How many coaching notes stand in this case, as an expression: a number for who may not read them (R52)."""
    return models.Func(trajectory, function="coaching_notes_of", output_field=models.IntegerField())


class ClbDayQuerySet(models.QuerySet):
    """Days on which an expert comes: for the school's staff, and for the expert."""

    def for_user(self, user):
        """Days of the schools where this person works."""
        return self.filter(school__among=schools_of(user, WORKING))

    def editable_by(self, user):
        """Days of the schools that this person leads."""
        return self.filter(school__among=schools_of(user, LEADING))

    def of_expert(self, user):
        """Days on which this expert comes."""
        return self.filter(expert=user)


class ClbDay(Kept):
    """A day on which an expert comes to talk about children (R48, R54)."""

    expert = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("expert"))
    held_on = models.DateField(_("date"))
    cancelled_on = models.DateField(null=True, blank=True)

    objects = ClbDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("CLB day")
        constraints = [
            models.UniqueConstraint(
                fields=["school", "expert", "held_on"],
                condition=Q(cancelled_on=None),
                name="clb_day_stands_once",
                violation_error_code="day_twice",
                violation_error_message=_("This expert comes on that day already."),
            )
        ]

    def __str__(self):
        return f"clb day {self.held_on:%d-%m-%Y}"


class ClbPlace(FileRow):
    """A case on a CLB day: in the expert's group of known children (`in_group`), or apart without a name (R48)."""

    day = models.ForeignKey(ClbDay, models.PROTECT, related_name="places")
    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="+")
    in_group = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    dropped = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("place on a CLB day")
        constraints = [models.UniqueConstraint(fields=["day", "engagement"], name="clb_place_stands_once")]

    def __str__(self):
        return f"place {self.position}"

    def validate_constraints(self, exclude=None):
        """Refuse a child in the group whom this expert may not know on that day (R48). Raises ValidationError."""
        super().validate_constraints(exclude=exclude)
        if self.in_group and not self.dropped and self.engagement.reading(timezone.localdate()) != Reading.DOSSIER:
            raise ValidationError(
                _("Only children whom the expert may know stand in the group."), code="anonymous_in_group"
            )


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
