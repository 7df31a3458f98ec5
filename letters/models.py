"""Papers that went out: the bytes as they were, to whom, and by which road."""

import uuid
from hashlib import sha256

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.sealing import SealedTextField
from cases.models import Administered, Conversation, FileRow, Guardian, KeptFile
from consent.models import Engagement


class IssuedLetter(Administered, FileRow):
    """A letter or report, rendered once. A download gives these bytes and never renders again."""

    class Kind(models.TextChoices):
        """What it is."""

        REFERRAL = "referral", _("letter about an external expert")
        REMINDER = "reminder", _("reminder")
        REPORT = "report", _("report of a talk")
        STARTED = "started", _("letter that the expert begins without an answer")

    class How(models.TextChoices):
        """How it went out."""

        HANDED = "handed", _("handed over")
        POST = "post", _("by post")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    engagement = models.ForeignKey(Engagement, models.PROTECT, null=True, blank=True, related_name="letters")
    conversation = models.ForeignKey(Conversation, models.PROTECT, null=True, blank=True, related_name="letters")
    edition = models.PositiveSmallIntegerField(default=1)
    reference = models.CharField(_("reference"), max_length=12, blank=True)
    addressees = SealedTextField("letter.addressees", _("to"), max_length=300)
    file = models.OneToOneField(KeptFile, models.PROTECT, related_name="+")
    issued_on = models.DateField(_("date"))
    given_on = models.DateField(_("given on"), null=True, blank=True)
    given_how = models.CharField(_("how"), max_length=8, choices=How, blank=True)

    class Meta:
        verbose_name = _("letter")
        indexes = [models.Index(fields=["school", "-issued_on"], name="letter_by_date")]

    def __str__(self):
        return f"{self.kind} {self.reference}"


class Addressee(FileRow):
    """One of the people a letter is for."""

    letter = models.ForeignKey(IssuedLetter, models.PROTECT, related_name="to")
    guardian = models.ForeignKey(Guardian, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("addressee")

    def __str__(self):
        return f"{self.guardian_id}"


class ReadingLink(models.Model):
    """A one-time address at which one parent reads one report, with a code by another road. Only hashes are kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey("accounts.School", models.PROTECT, related_name="+")
    trajectory = models.ForeignKey("cases.Trajectory", models.PROTECT, related_name="+")
    letter = models.ForeignKey(IssuedLetter, models.PROTECT, related_name="links")
    token_hash = models.BinaryField(unique=True)
    code_hash = models.BinaryField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"link {self.pk}"

    @property
    def is_open(self):
        """Whether it can still be used."""
        return self.opened_at is None and self.tries < 5 and self.expires_at > timezone.now()

    @staticmethod
    def hash(text):
        """The bytes under which a token or code is kept."""
        return sha256(text.encode()).digest()
