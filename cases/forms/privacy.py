"""What may be typed when something is wrong with privacy, and when the school handles it (R56)."""

from datetime import datetime, time

from crispy_forms.layout import Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.forms import DutchDateField
from cases.models import PrivacySignal, SignalStep


class WriteSignalForm(forms.Form):
    """What is wrong. `schools` are those that the writer works for, `cases` [(Trajectory, its name for the writer)].

    `people` are [(school's uuid, User)] of who handles such signals: one may be about one of them.
    """

    text = forms.CharField(
        label=_("What is wrong?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What did you see or hear? Name as few names of children as you can."),
    )
    school = forms.ChoiceField(label=_("For which school?"), widget=forms.RadioSelect)
    case = forms.ChoiceField(label=_("About which case?"), required=False)
    data_left = forms.ChoiceField(
        label=_("Could somebody have seen or received data who may not have them?"),
        choices=PrivacySignal.Left.choices,
        widget=forms.RadioSelect,
    )
    noticed_on = DutchDateField(label=_("When did you notice it?"), not_future=True, initial=timezone.localdate)

    concerns = forms.ChoiceField(
        label=_("Is it about somebody of the school?"),
        required=False,
        help_text=_("You don't have to say. Whom you choose, does not get to see this."),
    )

    layout = Layout("text", "school", "case", "concerns", "data_left", "noticed_on")

    def __init__(self, *args, schools, cases, people, **options):
        super().__init__(*args, **options)
        self.schools = {str(school.pk): school for school in schools}
        self.cases = {str(case.pk): case for case, _name in cases}
        self.fields["school"].choices = [(key, school.name) for key, school in self.schools.items()]
        self.fields["case"].choices = [
            ("", _("No case in particular")),
            *((str(case.pk), name) for case, name in cases),
        ]
        if len(schools) == 1:
            self.fields["school"].required = False
            self.fields["school"].widget = forms.HiddenInput()
        self.people = {str(user.pk): user for _school, user in people}
        self.fields["concerns"].choices = [
            ("", _("No, or I'd rather not say")),
            *((key, user.full_name) for key, user in self.people.items()),
        ]
        names = [name for name, filled in (("case", cases), ("concerns", people)) if not filled]
        for name in names:
            del self.fields[name]
        asked = ("text", "school", "case", "concerns", "data_left", "noticed_on")
        self.layout = Layout(*(name for name in asked if name not in names))

    def clean_concerns(self):
        """The person, or None."""
        return self.people.get(self.cleaned_data["concerns"])

    def clean_school(self):
        """The school itself; the only one when there is one."""
        only = next(iter(self.schools.values())) if len(self.schools) == 1 else None
        return self.schools.get(self.cleaned_data["school"], only)

    def clean_case(self):
        """The case itself, or None."""
        return self.cases.get(self.cleaned_data["case"])


class TakeUpSignalForm(forms.Form):
    """Since when the school knows: the clock of a breach runs from then."""

    on = DutchDateField(label=_("On which day did the school hear of it?"), not_future=True)
    at = forms.TimeField(
        label=_("At what time?"), input_formats=["%H:%M", "%H.%M"], help_text=_("Like 14:30."),
        error_messages={"invalid": _("Write the time like 14:30.")},
    )  # fmt: skip

    layout = Layout("on", Field("at", wrapper_class="field-short"))

    def clean(self):
        """One moment of the two."""
        data = super().clean() or self.cleaned_data
        if data.get("on") and data.get("at"):
            moment = timezone.make_aware(datetime.combine(data["on"], data["at"]))
            if moment > timezone.now():
                self.add_error("at", ValidationError(_("This moment is still to come."), code="future"))
            data["discovered_at"] = moment
        return data

    @classmethod
    def of(cls, data, signal):
        """Start from when the signal was written."""
        moment = timezone.localtime(signal.discovered_at)
        return cls(data, initial={"on": moment.date(), "at": time(moment.hour, moment.minute).strftime("%H:%M")})


class SignalStepForm(forms.Form):
    """A note, or a decision with its reason. `kinds` are those that this person may add."""

    kind = forms.ChoiceField(label=_("What do you write down?"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What, and why?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("A decision stands with its reason, also the one not to report."),
    )

    def __init__(self, *args, may_decide, **options):
        super().__init__(*args, **options)
        kinds = SignalStep.Kind if may_decide else (SignalStep.Kind.NOTE,)
        self.fields["kind"].choices = [(kind.value, capfirst(kind.label)) for kind in kinds]
        self.fields["kind"].initial = SignalStep.Kind.NOTE
