"""Break-glass (noodinzage): a supervisor opens one file for half an hour, and somebody else looks at why."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import schools_of, schools_traced_by
from accounts.models import LEADING, TRACING, Role, User
from accounts.sealing import SealedTextField
from cases.access import FileQuerySet, barred_pupils
from cases.models.files import FileRow

MINUTES = timedelta(minutes=30)


class BreakGlassQuerySet(FileQuerySet):
    """Break-glasses: found by who opened one, by who leads the school and by who supervises it."""

    def for_user(self, user):
        """Rows that this person opened or oversees; of a child that the person is kept from, none."""
        led, traced = schools_of(user, LEADING), schools_traced_by(user, TRACING)
        return self.filter(
            Q(user=user) | Q(school__among=led) | Q(school__among=traced),
            ~Q(trajectory__pupil__among=barred_pupils(user)),
        )

    def editable_by(self, user):
        """The person's own rows, to close them."""
        return self.for_user(user).filter(user=user)

    def reviewable_by(self, user):
        """Rows that this person judges: a leader those of the own school, the FG those of a leader. Never one's own."""
        led, board = schools_of(user, LEADING), schools_traced_by(user, [Role.FG])
        judged = Q(school__among=led) & ~Q(role__in=LEADING) | Q(school__among=board, role__in=LEADING)
        return self.for_user(user).filter(judged, ~Q(user=user))

    def told_to(self, user):
        """Rows that this person hears of as FG of the board."""
        return self.for_user(user).filter(Q(school__among=schools_traced_by(user, [Role.FG])), ~Q(user=user))

    def living(self):
        """Keep those that open a file at this moment."""
        return self.filter(ended_at=None, until_at__gt=timezone.now())

    def unjudged(self):
        """Keep those without a last word."""
        return self.filter(verdict__in=("", BreakGlass.Verdict.ASK))


class BreakGlass(FileRow):
    """One person opened one file, for a reason, until a moment; and what somebody else thought of that."""

    class Kind(models.TextChoices):
        """Why: from a list, so that it can be counted."""

        CRISIS = "crisis", _("crisis or safety")
        COMPLAINT = "complaint", _("complaint")
        BREACH = "breach", _("inquiry into a data breach")
        SAMPLE = "sample", _("supervision or sample")
        ABSENCE = "absence", _("taking over while somebody is away")

    class Verdict(models.TextChoices):
        """What somebody else thought of it."""

        JUST = "just", _("justified")
        UNJUST = "unjust", _("not justified")
        ASK = "ask", _("to be asked about")

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("who opened it"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    kind = models.CharField(_("reason"), max_length=12, choices=Kind)
    sentence = SealedTextField("break_glass.sentence", _("what it is needed for"), max_length=300)
    opened_at = models.DateTimeField(_("opened at"))
    until_at = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    review_by = models.DateField(_("to be judged before or on"))
    fg_seen_on = models.DateField(_("seen by the FG on"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("judged by")
    )
    reviewed_on = models.DateField(_("judged on"), null=True, blank=True)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict, blank=True)
    note = SealedTextField("break_glass.note", _("explanation"), max_length=1000, null=True, blank=True)

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        verbose_name = _("break-glass")
        constraints = [
            models.CheckConstraint(
                condition=Q(until_at__gt=F("opened_at"), until_at__lte=F("opened_at") + MINUTES),
                name="break_glass_lasts_half_an_hour",
                violation_error_code="too_long",
                violation_error_message=_("A file opens for half an hour at most."),
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("user")),
                name="break_glass_is_judged_by_somebody_else",
                violation_error_code="own_glass",
                violation_error_message=_("Somebody else judges this."),
            ),
            models.CheckConstraint(
                condition=Q(verdict="", reviewed_by=None, reviewed_on=None)
                | (~Q(verdict="") & Q(reviewed_by__isnull=False, reviewed_on__isnull=False)),
                name="break_glass_verdict_has_a_name_and_a_day",
                violation_error_code="verdict_missing",
                violation_error_message=_("Choose a verdict."),
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["", "just"]) | Q(note__isnull=False),
                name="break_glass_that_is_not_just_says_why",
                violation_error_code="note_missing",
                violation_error_message=_("Explain this verdict."),
            ),
        ]
        indexes = [models.Index(fields=["user", "until_at"], name="break_glass_living")]

    def __str__(self):
        return f"break-glass {self.pk}"

    @property
    def ground(self):
        """What each look is written under, in the record of looking."""
        return f"glass:{str(self.pk)[:8]}"

    @property
    def is_living(self):
        """Whether the file is open at this moment."""
        return self.ended_at is None and self.until_at > timezone.now()
