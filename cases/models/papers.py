"""What hangs in a file: notes under a heading, and papers whose bytes never change."""

import uuid
from hashlib import sha256

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import School, User
from accounts.sealing import SealedBytesField, SealedTextField
from cases.access import FileQuerySet, ItemQuerySet
from cases.models.files import Administered, FileRow, Heading, Trajectory


class Entry(FileRow):
    """A note: a fact, or a judgement or hypothesis that says which facts it rests on (R60-R65)."""

    class Kind(models.TextChoices):
        """Fact first; the rest only when it is needed."""

        FACT = "fact", _("fact")
        JUDGEMENT = "judgement", _("judgement")
        HYPOTHESIS = "hypothesis", _("hypothesis")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.FACT)
    heading = models.ForeignKey(Heading, models.PROTECT, related_name="+", verbose_name=_("heading"))
    text = SealedTextField("entry.text", _("what you saw or heard"), max_length=8000)
    rests_on = SealedTextField("entry.rests_on", _("facts it rests on"), max_length=4000, null=True, blank=True)
    source = SealedTextField("entry.source", _("source"), max_length=200, null=True, blank=True)
    observed_on = models.DateField(_("date"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="fact") | Q(rests_on__isnull=False),
                name="entry_judgement_rests_on_facts",
                violation_error_code="judgement_without_facts",
                violation_error_message=_("Say which facts the judgement rests on."),
            )
        ]
        indexes = [models.Index(fields=["trajectory", "-observed_on"], name="entry_in_file")]

    def __str__(self):
        return f"{self.kind} {self.observed_on:%d-%m-%Y}"


class KeptFile(models.Model):
    """Bytes as they were received or made, with their seal. Written once; no history, no change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="+")
    trajectory = models.ForeignKey(Trajectory, models.PROTECT, related_name="+")
    data = SealedBytesField("kept_file.data")
    sha256 = models.CharField(max_length=64, editable=False)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept file")

    def __str__(self):
        return self.sha256[:12]

    @classmethod
    def keep(cls, data, *, content_type, trajectory):
        """Keep these bytes in the file of this trajectory and return the row."""
        return cls.objects.create(
            school_id=trajectory.school_id,
            trajectory=trajectory,
            data=data,
            sha256=sha256(data).hexdigest(),
            content_type=content_type,
            size=len(data),
        )


class Document(Administered, FileRow):
    """A paper that came from elsewhere: an old letter, a signed slip, a report of an expert (then with its author)."""

    title = SealedTextField("document.title", _("title"), max_length=120)
    heading = models.ForeignKey(Heading, models.PROTECT, related_name="+", verbose_name=_("heading"))
    received_on = models.DateField(_("date"))
    file = models.OneToOneField(KeptFile, models.PROTECT, related_name="+")
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")

    def __str__(self):
        return f"document {self.received_on:%d-%m-%Y}"
