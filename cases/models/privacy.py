"""Somebody says that something is wrong with privacy, and what the school does about it (R56)."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import schools_of, schools_traced_by, signals_about
from accounts.models import LEADING, Kept, Role, User
from accounts.sealing import SealedTextField
from cases.access import barred_pupils

HOURS_TO_REPORT = 72  # AVG art. 33: from the moment that the school knows
WATCHING = (Role.PRIVACY_OFFICER, Role.FG)


def _kept_from(user):
    """Signals about a child whose file this person is kept from, or about the person."""
    return Q(child__among=barred_pupils(user)) | Q(pk__among=signals_about(user))


class SignalQuerySet(models.QuerySet):
    """Signals: for who wrote one, and for who sees to privacy at that school; an exclusion beats both.

    So does that it is about somebody: who that is sees nothing of it.
    """

    def handled_by(self, user):
        """Those that this person reads in full: intern begeleider, director, privacy officer and FG."""
        led = Q(school__among=schools_of(user, LEADING)) | Q(school__among=schools_traced_by(user, WATCHING))
        return self.filter(led, ~_kept_from(user))

    def written_by(self, user):
        """The person's own: the words and how it stands, not what is done about it."""
        return self.filter(~_kept_from(user), writer=user)

    def for_user(self, user):
        """Both."""
        led = Q(school__among=schools_of(user, LEADING)) | Q(school__among=schools_traced_by(user, WATCHING))
        return self.filter(led | Q(writer=user), ~_kept_from(user))

    def editable_by(self, user):
        """Those on which this person decides. The FG supervises: reads and advises, decides nothing."""
        officer = Q(school__among=schools_traced_by(user, (Role.PRIVACY_OFFICER,)))
        return self.filter(Q(school__among=schools_of(user, LEADING)) | officer, ~_kept_from(user))

    def open(self):
        """Keep those that are not closed."""
        return self.exclude(state=PrivacySignal.State.CLOSED)


class PrivacySignal(Kept):
    """Something is wrong with privacy, in the words of who noticed it (R56).

    `about` and `child` name a case and its pupil by number: the signal is no part of the file, and outlives it.
    """

    class State(models.TextChoices):
        """How it stands."""

        NEW = "new", _("new")
        LOOKING = "looking", _("being looked at")
        CLOSED = "closed", _("closed")

    class Left(models.TextChoices):
        """Whether data may have come to who should not have them."""

        YES = "yes", _("Yes, I think so")
        NO = "no", _("No")
        UNKNOWN = "unknown", _("I don't know")

    writer = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("written by"))
    written_at = models.DateTimeField(default=timezone.now)
    about = models.UUIDField(null=True, blank=True)
    child = models.UUIDField(null=True, blank=True)
    text = SealedTextField("privacy_signal.text", _("what is wrong"), max_length=4000)
    data_left = models.CharField(_("data may have left"), max_length=8, choices=Left)
    noticed_on = models.DateField(_("noticed on"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.NEW)
    discovered_at = models.DateTimeField(_("the school knows since"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = SignalQuerySet.as_manager()

    class Meta:
        verbose_name = _("privacy signal")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False) | ~Q(state="closed") & Q(closed_on=None),
                name="signal_closes_on_a_day",
                violation_error_code="closed",
            ),
            models.CheckConstraint(
                condition=Q(about=None, child=None) | Q(about__isnull=False, child__isnull=False),
                name="signal_names_a_case_with_its_child",
                violation_error_code="case",
            ),
        ]

    def __str__(self):
        return f"signal {self.written_at:%d-%m-%Y}"

    @property
    def report_by(self):
        """Until when the school may report a breach to the Autoriteit Persoonsgegevens."""
        return self.discovered_at + timedelta(hours=HOURS_TO_REPORT)


class StepQuerySet(models.QuerySet):
    """Steps: for who handles the signal, never for its writer alone."""

    def for_user(self, user):
        """Steps of the signals that this person handles."""
        return self.filter(signal__in=PrivacySignal.objects.handled_by(user).values("pk"))


class SignalStep(Kept):
    """One step in handling a signal: a note or a decision. Steps are only added; the newest decision counts."""

    class Kind(models.TextChoices):
        """What was done."""

        NOTE = "note", _("note")
        REPORTED = "reported", _("reported to the Autoriteit Persoonsgegevens")
        NOT_REPORTED = "not_reported", _("not reported to the Autoriteit Persoonsgegevens")
        TOLD = "told", _("the people concerned were told")
        NOT_TOLD = "not_told", _("the people concerned are not told")
        TOLD_LATER = "told_later", _("the people concerned are told later")

    signal = models.ForeignKey(PrivacySignal, models.PROTECT, related_name="steps")
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    text = SealedTextField("signal_step.text", _("words"), max_length=4000)
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("who"))
    taken_at = models.DateTimeField(default=timezone.now)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step about a privacy signal")

    def __str__(self):
        return f"{self.kind} {self.taken_at:%d-%m-%Y}"


REPORTING = (SignalStep.Kind.REPORTED, SignalStep.Kind.NOT_REPORTED)
TELLING = (SignalStep.Kind.TOLD, SignalStep.Kind.NOT_TOLD, SignalStep.Kind.TOLD_LATER)
