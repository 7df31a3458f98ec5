"""The trajectory of one support question through the levels, and who works in its file."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Dated, Kept, SetUpQuerySet, User
from accounts.sealing import SealedTextField
from cases.access import SEE_ANONYMOUS, SEE_DOSSIER, ExclusionQuerySet, FileQuerySet, TrajectoryQuerySet
from cases.models.people import Pupil


class SupportLevel(Kept):
    """A level as this school names it. Rules ask its kind, never its number (R2, T9)."""

    class Kind(models.TextChoices):
        """Whose turn it is."""

        TEACHER = "teacher", _("the teacher")
        INTERNAL = "internal", _("the intern begeleider")
        EXTERNAL = "external", _("an external expert")

    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=40)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    asks_talk = models.BooleanField(_("a shared talk before going on"), default=True)
    asks_topics = models.BooleanField(_("what must be told before going on"), default=True)
    asks_outcome = models.BooleanField(_("an outcome before going on"), default=False)

    objects = SetUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("support level")
        constraints = [
            models.UniqueConstraint(
                fields=["school", "number"], name="level_number_stands_once", violation_error_code="level_twice"
            )
        ]

    def __str__(self):
        return self.name


class Heading(Kept):
    """A heading of the dossier, with the words in which a letter names it to parents."""

    name = models.CharField(_("name"), max_length=60)
    parents_name = models.CharField(_("name for parents"), max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    objects = SetUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("heading")
        constraints = [models.UniqueConstraint(fields=["school", "name"], name="heading_stands_once")]

    def __str__(self):
        return self.name


class CaseTerms(Kept):
    """What a school decides itself: terms and reminders. The sources name no numbers (R16, R40)."""

    answer_days = models.PositiveSmallIntegerField(_("days to answer the letter"), default=14)
    contact_weeks = models.PositiveSmallIntegerField(_("weeks without contact with parents"), default=6)
    asks_administration = models.BooleanField(
        _("reports, letters and closed cases also stand in the pupil administration"), default=False
    )
    one_letter_per_address = models.BooleanField(_("one letter for parents at one address"), default=True)

    objects = SetUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("terms")
        constraints = [models.UniqueConstraint(fields=["school"], name="terms_stand_once")]

    def __str__(self):
        return f"terms {self.school_id}"


class Administered(models.Model):
    """What schools keep in their pupil administration (ParnasSys) too: ticked when it stands there."""

    in_administration_on = models.DateField(_("also in the pupil administration since"), null=True, blank=True)

    class Meta:
        abstract = True


class Trajectory(Administered, Kept):
    """A support question that the teacher can't answer alone, and the way it goes (R3)."""

    class State(models.TextChoices):
        """Whether something happens now."""

        OPEN = "open", _("running")
        RESTING = "resting", _("followed from afar")
        CLOSED = "closed", _("closed")

    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="trajectories")
    level = models.ForeignKey(SupportLevel, models.PROTECT, related_name="+", verbose_name=_("level"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    initials = SealedTextField("trajectory.initials", max_length=10)
    question = SealedTextField("trajectory.question", _("support question"), max_length=2000)
    education_needs = SealedTextField(
        "trajectory.education_needs", _("educational needs"), max_length=4000, null=True, blank=True
    )
    upbringing_needs = SealedTextField(
        "trajectory.upbringing_needs", _("upbringing needs"), max_length=4000, null=True, blank=True
    )
    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    outcome = SealedTextField("trajectory.outcome", _("outcome"), max_length=4000, null=True, blank=True)
    taken_over_because = SealedTextField(
        "trajectory.taken_over", _("why it was taken over"), max_length=500, null=True, blank=True
    )

    objects = TrajectoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("trajectory")
        permissions = [
            (SEE_DOSSIER, "may see the opened parts of the file"),
            (SEE_ANONYMOUS, "may see it without a name"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(state="closed") & Q(closed_on__isnull=False) & Q(outcome__isnull=False))
                | (~Q(state="closed") & Q(closed_on=None)),
                name="trajectory_closes_with_an_outcome",
                violation_error_code="outcome_missing",
                violation_error_message=_("Write down how it ended."),
            )
        ]
        indexes = [models.Index(fields=["school", "closed_on"], name="trajectory_running")]

    def __str__(self):
        return self.initials

    @property
    def dossier_id(self):
        """A trajectory is its own dossier in the record of looking."""
        return self.pk

    @property
    def is_closed(self):
        """Whether nothing may be added any more."""
        return self.state == self.State.CLOSED


class FileRow(Kept):
    """A record inside a file. Its trajectory never changes: policies hang on it."""

    trajectory = models.ForeignKey(Trajectory, models.PROTECT, related_name="%(class)ss", editable=False)

    objects = FileQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def dossier_id(self):
        """The dossier that the record of looking files this under."""
        return self.trajectory_id


class LevelPhase(FileRow, Dated):
    """The time a trajectory spends at a level, how it came there, and what came of it (R19)."""

    level = models.ForeignKey(SupportLevel, models.PROTECT, related_name="+")
    began_by = models.CharField(
        max_length=10,
        choices=[
            ("opened", _("opened")),
            ("raised", _("raised")),
            ("lowered", _("lowered")),
            ("taken_over", _("taken over")),
        ],
    )
    outcome = SealedTextField("level_phase.outcome", _("what it brought"), max_length=4000, null=True, blank=True)
    skipped = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    skipped_because = SealedTextField(
        "level_phase.skipped_because", _("why a step was skipped"), max_length=1000, null=True, blank=True
    )

    class Meta(Dated.Meta):
        verbose_name = _("time at a level")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(skipped=[]) | Q(skipped_because__isnull=False),
                name="level_phase_skips_with_a_reason",
                violation_error_code="reason_missing",
                violation_error_message=_("Say why this step is skipped; the reason stays visible."),
            ),
        ]

    def __str__(self):
        return f"{self.level_id} {self.from_on}"


class CaseMember(FileRow, Dated):
    """A colleague or the director who is added to one case, for a reason and a while."""

    user = models.ForeignKey(User, models.PROTECT, related_name="cases", verbose_name=_("colleague"))
    reason = SealedTextField("case_member.reason", _("reason"), max_length=300)

    class Meta(Dated.Meta):
        verbose_name = _("colleague in this case")

    def __str__(self):
        return f"member {self.user_id}"


class CaseExclusion(Kept, Dated):
    """Somebody who may not see one child's file (an own child, a neighbour's): it beats every role."""

    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="exclusions")
    user = models.ForeignKey(User, models.PROTECT, related_name="exclusions", verbose_name=_("colleague"))
    reason = SealedTextField("case_exclusion.reason", _("reason"), max_length=300)

    objects = ExclusionQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("exclusion")

    def __str__(self):
        return f"exclusion {self.user_id}"
