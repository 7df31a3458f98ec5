"""What an outsider may see: one row per person and trajectory, written by consent, read by the access rule."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from accounts.models import School, User
from accounts.sealing import SealedTextField
from cases.access import SEE_DOSSIER, ForReaderQuerySet, Reading
from cases.models.files import FileRow, Heading, Trajectory


class Visit(models.TextChoices):
    """What the expert may look at in the classroom."""

    NO = "no", _("no visit")
    CLASS = "class", _("teacher and group")
    CHILD = "child", _("also this child")


class TrajectoryGrant(UserObjectPermissionBase):
    """This outsider may see this trajectory, so much of it, until this day.

    It carries what the reader of an anonymous child may have instead of the child: an alias, a case code, the question.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    content_object = models.ForeignKey(Trajectory, models.CASCADE, related_name="grants")
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    engagement = models.UUIDField()  # of consent, which stands above: a number, not a key
    from_on = models.DateField()
    until = models.DateField()
    visit = models.CharField(max_length=6, choices=Visit)
    alias = SealedTextField("grant.alias", max_length=80)
    case_code = SealedTextField("grant.case_code", max_length=12)
    question = SealedTextField("grant.question", max_length=300)

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("grant")
        constraints = [models.UniqueConstraint(fields=["user", "content_object"], name="grant_one_a_reader")]

    def __str__(self):
        return f"grant {self.pk}"

    @property
    def reading(self):
        """How much this grant opens."""
        return Reading.DOSSIER if self.permission.codename == SEE_DOSSIER else Reading.ANONYMOUS


class GrantedHeading(models.Model):
    """A heading of the file that a grant opens, from a day on: what is older stays closed. Written by consent alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    trajectory = models.ForeignKey(Trajectory, models.PROTECT, related_name="+")
    grant = models.ForeignKey(TrajectoryGrant, models.PROTECT, related_name="headings")
    reader = models.ForeignKey(User, models.PROTECT, related_name="+")
    heading = models.ForeignKey(Heading, models.PROTECT, related_name="+")
    from_on = models.DateField()

    objects = ForReaderQuerySet.as_manager()

    class Meta:
        verbose_name = _("opened heading")
        constraints = [models.UniqueConstraint(fields=["grant", "heading"], name="grant_opens_a_heading_once")]

    def __str__(self):
        return f"{self.heading_id} {self.from_on}"


class LeftOutItem(FileRow):
    """One note, document or talk that an expert doesn't read, though its heading is open. Points by (kind, item)."""

    class Kind(models.TextChoices):
        """What is left out."""

        ENTRY = "entry", _("note")
        DOCUMENT = "document", _("document")
        TALK = "talk", _("talk")

    reader = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("expert"))
    kind = models.CharField(max_length=8, choices=Kind)
    item = models.UUIDField()
    dropped = models.BooleanField(default=False)

    objects = ForReaderQuerySet.as_manager()

    class Meta:
        verbose_name = _("left out")
        constraints = [models.UniqueConstraint(fields=["reader", "item"], name="left_out_stands_once")]

    def __str__(self):
        return f"{self.kind} {self.item}"


class SharedItem(FileRow):
    """A text without a name that the expert of an anonymous child may read (R29, R30). Written by consent alone."""

    reader = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("expert"))
    title = SealedTextField("shared_item.title", _("what it is"), max_length=120)
    text = SealedTextField("shared_item.text", _("text without a name"), max_length=4000)
    shared_on = models.DateField()
    removed_on = models.DateField(null=True, blank=True)

    objects = ForReaderQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared without a name")
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_on=None) | Q(removed_on__gte=F("shared_on")),
                name="shared_item_is_removed_after_it_was_shared",
                violation_error_code="ends_before_it_begins",
                violation_error_message=_("The end lies before the beginning."),
            )
        ]

    def __str__(self):
        return f"shared {self.shared_on:%d-%m-%Y}"


class MovedRecord(FileRow):
    """The line that stays where a record stood that was of another child. It says nothing of that record's content."""

    kind = models.CharField(max_length=8, choices=LeftOutItem.Kind)
    moved_on = models.DateField()

    class Meta:
        verbose_name = _("moved to the right child")

    def __str__(self):
        return f"{self.kind} {self.moved_on}"
