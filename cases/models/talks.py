"""Talks with parents: what was said, agreed and shared, and what each parent thought of it (R4-R24)."""

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, F, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sealing import SealedTextField
from cases.access import ItemQuerySet
from cases.models.files import Administered, FileRow, SupportLevel
from cases.models.people import Guardian


class Topic(models.TextChoices):
    """What must have been told at a level. Codes; the words are the product's own."""

    WORRY = "worry", _("The teacher is worried about how the child is doing")
    INTERNAL_HELP = "internal_help", _("The teacher is going to ask for help inside the school")
    AT_A_LOSS = "at_a_loss", _("The teacher doesn't know how to go on")
    FOLLOW_UP = "follow_up", _("What happens next: a colleague, a look in the classroom, or a talk with the child")
    COACHING = "coaching", _("It is about what the teacher does, and about what fits the child")
    ADVICE = "advice", _("The teacher wants advice for what she does")
    CLASS_VISIT = "class_visit", _("The expert may come and look in the classroom")


TOPICS = {  # what each kind of level asks for: R4; R12; R21-R23
    SupportLevel.Kind.TEACHER: (Topic.WORRY, Topic.INTERNAL_HELP),
    SupportLevel.Kind.INTERNAL: (Topic.AT_A_LOSS, Topic.FOLLOW_UP),
    SupportLevel.Kind.EXTERNAL: (Topic.COACHING, Topic.ADVICE, Topic.CLASS_VISIT),
}


class ConversationQuerySet(ItemQuerySet):
    """Talks, with who was there and who has the report, for lists."""

    def with_sharing(self):
        """Add `present` and `have` (uuids of guardians: who was there, who has the present edition) and `ever`."""
        there = Q(attendees__guardian__isnull=False, attendees__dropped=False)
        now = Q(sharings__edition=F("edition"))
        return self.annotate(
            present=ArrayAgg("attendees__guardian", filter=there, distinct=True, default=Value([])),
            have=ArrayAgg("sharings__guardian", filter=now, distinct=True, default=Value([])),
            ever=Count("sharings", distinct=True),
        ).defer("text", "child_view", "judgement", "judgement_rests_on", "source")


class Conversation(Administered, FileRow):
    """A talk and its report. Three things are asked at saving; the rest when it is needed.

    `edition` counts what the parents could have in hand: an edit after sharing makes the next one.
    """

    held_on = models.DateField(_("date"))
    level = models.ForeignKey(SupportLevel, models.PROTECT, related_name="+", verbose_name=_("level"))
    led_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("led by"))
    text = SealedTextField("conversation.text", _("what was discussed"))
    topics = ArrayField(
        models.CharField(max_length=20, choices=Topic), default=list, blank=True, verbose_name=_("told")
    )
    child_view = SealedTextField(
        "conversation.child_view", _("what the child thinks"), max_length=4000, null=True, blank=True
    )
    source = SealedTextField("conversation.source", _("source"), max_length=200, null=True, blank=True)
    judgement = SealedTextField(
        "conversation.judgement", _("judgement or hypothesis"), max_length=4000, null=True, blank=True
    )
    judgement_rests_on = SealedTextField(
        "conversation.rests_on", _("facts it rests on"), max_length=4000, null=True, blank=True
    )
    no_agreements = models.BooleanField(_("no agreements were made"), default=False)
    edition = models.PositiveSmallIntegerField(default=1, editable=False)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("talk")
        constraints = [
            models.CheckConstraint(
                condition=Q(judgement__isnull=True) | Q(judgement_rests_on__isnull=False),
                name="conversation_judgement_rests_on_facts",
                violation_error_code="judgement_without_facts",
                violation_error_message=_("Say which facts the judgement rests on."),
            )
        ]
        indexes = [models.Index(fields=["trajectory", "-held_on"], name="conversation_in_file")]

    def __str__(self):
        return f"talk {self.held_on:%d-%m-%Y}"


class Attendee(FileRow):
    """Somebody who was at a talk: a guardian, the child, a colleague, or somebody else by name."""

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="attendees")
    guardian = models.ForeignKey(Guardian, models.PROTECT, null=True, blank=True, related_name="+")
    staff = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    is_child = models.BooleanField(default=False)
    other = SealedTextField("attendee.other", max_length=120, null=True, blank=True)
    dropped = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("who was there")

    def __str__(self):
        return f"{self.guardian_id or self.staff_id or 'other'}"


class Position(FileRow):
    """What one parent thought of what was agreed (R9, R10): never called consent."""

    class Stance(models.TextChoices):
        """What was said."""

        AGREES = "agrees", _("agrees")
        OBJECTS = "objects", _("objects")
        NOT_DISCUSSED = "not_discussed", _("not discussed")

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="positions")
    guardian = models.ForeignKey(Guardian, models.PROTECT, related_name="+")
    stance = models.CharField(_("stance"), max_length=14, choices=Stance)
    reasons = SealedTextField(
        "position.reasons", _("reasons, in the parent's words"), max_length=4000, null=True, blank=True
    )
    gave_no_reason = models.BooleanField(_("did not want to give a reason"), default=False)

    class Meta:
        verbose_name = _("stance of a parent")
        constraints = [
            models.CheckConstraint(
                condition=~Q(stance="objects") | Q(reasons__isnull=False) | Q(gave_no_reason=True),
                name="position_objection_has_reasons_or_none_given",
                violation_error_code="objection_without_reasons",
                violation_error_message=_("Write down why, or that this parent did not want to give a reason."),
            ),
            models.UniqueConstraint(fields=["conversation", "guardian"], name="position_one_a_parent"),
        ]

    def __str__(self):
        return self.stance


class Intervention(FileRow):
    """What will be tried, and whether it helped (R5, R13-R15, R19)."""

    class Kind(models.TextChoices):
        """What it is. The four acts that need consent are not among these."""

        CLASSROOM = "classroom", _("something in the classroom")
        INTERNAL_CONSULT = "internal_consult", _("talk with a colleague")
        CLASS_VISIT = "class_visit", _("intern begeleider looks in the classroom")
        COACHING = "coaching", _("coaching of the teacher")
        CHILD_TALK = "child_talk", _("talk with the child")

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="interventions")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.CLASSROOM)
    text = SealedTextField("intervention.text", _("what"), max_length=1000)
    evaluate_on = models.DateField(_("look back on"), null=True, blank=True)
    evaluation = SealedTextField("intervention.evaluation", _("did it help"), max_length=2000, null=True, blank=True)
    evaluated_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("intervention")

    def __str__(self):
        return self.kind


class Agreement(FileRow):
    """What was agreed: what, who, when (R6)."""

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="agreements")
    what = SealedTextField("agreement.what", _("what"), max_length=500)
    who = SealedTextField("agreement.who", _("who"), max_length=120, null=True, blank=True)
    due_on = models.DateField(_("when"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    dropped = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("agreement")

    def __str__(self):
        return f"agreement {self.position}"


class ReportSharing(FileRow):
    """That one edition of a report was given to one parent, how and when (R7, R17, R24)."""

    class How(models.TextChoices):
        """In writing: telling is not sharing."""

        PRINT = "print", _("printed and handed over")
        POST = "post", _("sent by post")
        PROTECTED_PDF = "protected_pdf", _("protected PDF")
        READING_LINK = "reading_link", _("reading link with a code")
        PARENT_APP = "parent_app", _("copy without names in the parent app")
        LETTER = "letter", _("in the letter")

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="sharings")
    guardian = models.ForeignKey(Guardian, models.PROTECT, related_name="+")
    edition = models.PositiveSmallIntegerField()
    shared_on = models.DateField(_("shared on"))
    how = models.CharField(_("how"), max_length=14, choices=How)

    class Meta:
        verbose_name = _("report shared")

    def __str__(self):
        return f"{self.how} {self.shared_on:%d-%m-%Y}"
