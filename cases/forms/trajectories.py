"""What may be typed on the way of a case."""

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import DutchDateField, Folded
from accounts.models import WORKING, Membership, Role, User
from cases.models import GroupTeacher, SupportLevel, Topic


def long_text(label, *, rows=4, required=True, help_text="", max_length=4000):
    """A text area of so many lines."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=max_length,
        help_text=help_text,
        widget=forms.Textarea({"rows": rows}),
    )


class OpenTrajectoryForm(forms.Form):
    """The question that the teacher can't answer alone (R3)."""

    on = DutchDateField(label=_("Date"), not_future=True)
    question = long_text(
        _("What is your support question?"), help_text=_("What would you like to know or be able to do?")
    )
    education_needs = long_text(_("What does the child need to learn?"), required=False, rows=3)
    upbringing_needs = long_text(_("What does the child need from grown-ups?"), required=False, rows=3)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()
        self.layout = Layout("on", "question", Folded(_("More"), "education_needs", "upbringing_needs"))


class TakeOverForm(forms.Form):
    """A case that ran already on paper or elsewhere."""

    on = DutchDateField(label=_("Running since"), not_future=True)
    level = forms.ModelChoiceField(
        label=_("At which level is it now?"),
        queryset=SupportLevel.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
    )
    question = long_text(_("What is the support question?"))
    because = forms.CharField(
        label=_("Why is it taken over?"),
        max_length=500,
        help_text=_("For example: it ran already when we began with this system."),
    )

    def __init__(self, *args, school, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["level"].queryset = SupportLevel.objects.filter(school=school).order_by("number")


class RaiseLevelForm(forms.Form):
    """To the next level: what the present one must have told, what it brought, or why a step is skipped."""

    on = DutchDateField(label=_("Date"), not_future=True)
    told = forms.MultipleChoiceField(
        label=_("What have you told the parents?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick what was told in a talk. What an earlier talk covers is not asked again."),
    )
    outcome = long_text(_("What did this level bring?"), required=False, rows=3)
    skip_because = forms.CharField(
        label=_("Why do you skip what is not done yet?"),
        required=False,
        max_length=1000,
        help_text=_("Only when you go on without it. The reason stays visible in the case."),
    )

    def __init__(self, *args, untold, asks_outcome, may_skip, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()
        self.fields["told"].choices = [(topic, Topic(topic).label) for topic in untold]
        if not untold:
            del self.fields["told"]
        if asks_outcome and not may_skip:  # with a reason to skip, the outcome may be skipped too
            self.fields["outcome"].required = True
        if not may_skip:
            del self.fields["skip_because"]


class LowerLevelForm(forms.Form):
    """Back to the level below, with what the higher one brought."""

    on = DutchDateField(label=_("Date"), not_future=True)
    outcome = long_text(_("What did this level bring?"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()


class CloseTrajectoryForm(LowerLevelForm):
    """How it ended."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["outcome"].label = _("How did it end?")


class AddMemberForm(forms.Form):
    """A colleague in one case, for a reason and a while."""

    user = forms.ModelChoiceField(
        label=_("Colleague"), queryset=User.objects.none(), empty_label=_("Choose a colleague")
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)
    from_on = DutchDateField(label=_("From"))
    until_on = DutchDateField(label=_("Until"), not_past=True)

    def __init__(self, *args, school, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["from_on"].initial = timezone.localdate()
        self.fields["user"].queryset = colleagues(school)

    def clean(self):
        """An end before the beginning is said at the end."""
        cleaned = super().clean()
        if cleaned.get("from_on") and cleaned.get("until_on") and cleaned["until_on"] < cleaned["from_on"]:
            self.add_error(
                "until_on", ValidationError(_("The end lies before the beginning."), code="ends_before_it_begins")
            )
        return cleaned


def colleagues(school):
    """Return the people who work with children at this school today."""
    held = Membership.objects.on(timezone.localdate()).filter(school=school, role__in=WORKING)
    return User.objects.filter(pk__in=held.values("user_id"), is_active=True).order_by("first_name", "last_name")


def people_near(trajectory):
    """Return the colleagues who most likely sit at a talk: the teachers of the group and the intern begeleiders."""
    day = timezone.localdate()
    places = trajectory.pupil.places.on(day).values("group_id")
    teachers = GroupTeacher.objects.on(day).filter(group__in=places).values("user_id")
    coordinators = (
        Membership.objects.on(day).filter(school=trajectory.school_id, role=Role.COORDINATOR).values("user_id")
    )
    return User.objects.filter(Q(pk__in=teachers) | Q(pk__in=coordinators), is_active=True)
