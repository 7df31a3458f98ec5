"""What an expert types: a report, advice to a teacher, what others may know of the expert; and what the school adds."""

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import DutchDateField
from accounts.models import User
from cases.forms.trajectories import long_text
from cases.uploads import accept
from consent.actions import OF_THE_CHILD
from consent.models import ExpertReport


class OfGuidanceForm(forms.Form):
    """What is written during a guidance. `seen` is how much of the child the writer saw when the page was made."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=20, required=False)

    def look_again(self, seen):
        """Take what stands now: who has read the page again may save after all."""
        self.data = self.data.copy()
        self.data["seen"] = seen


class HandInReportForm(OfGuidanceForm):
    """A report as a PDF."""

    kind = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[*ExpertReport.Kind.choices, (OF_THE_CHILD, _("research, diagnostics or treatment of the child"))],
        widget=forms.RadioSelect,
    )
    title = forms.CharField(label=_("What is it?"), max_length=120, help_text=_("Without a name or initials."))
    written_on = DutchDateField(label=_("Date of the report"), not_future=True)
    file = forms.FileField(label=_("File"), help_text=_("A PDF of at most 20 MB."))

    layout = Layout("seen", "kind", "title", "written_on", "file")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["written_on"].initial = timezone.localdate()

    def clean_file(self):
        """Give what may be kept: a PDF, no photo of one."""
        accepted = accept(self.cleaned_data["file"])
        if accepted.content_type != "application/pdf":
            raise ValidationError(_("Choose a PDF."), code="not_allowed")
        return accepted


class CopyGivenForm(forms.Form):
    """How the parents got their copy of a report."""

    how = forms.ChoiceField(label=_("How?"), choices=ExpertReport.How, widget=forms.RadioSelect({"class": "chips"}))
    on = DutchDateField(label=_("Date"), not_future=True)

    layout = Layout("how", "on")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()


class WriteNoteForm(OfGuidanceForm):
    """Advice to one teacher: one field, and to whom."""

    teacher = forms.ModelChoiceField(
        label=_("For which teacher?"), queryset=User.objects.none(), empty_label=None, widget=forms.RadioSelect
    )
    text = long_text(
        _("What do you advise?"),
        rows=8,
        help_text=_("Write nothing about a child: what says something about the child belongs in the file."),
    )

    def __init__(self, *args, teachers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["teacher"].queryset = teachers
        self.fields["teacher"].label_from_instance = lambda user: user.full_name
        names = list(teachers[:SHORT_LIST])
        if len(names) == 1:
            self.fields["teacher"].initial = names[0].pk
        if len(names) == SHORT_LIST:
            self.fields["teacher"].empty_label = _("Choose a teacher")  # nobody is chosen beforehand
            self.fields["teacher"].widget = forms.Select(choices=self.fields["teacher"].choices)
        self.layout = Layout("seen", "teacher", "text")


SHORT_LIST = 6  # from so many on, a list that unfolds


class ProfileForm(forms.Form):
    """What an expert tells schools about himself (R57, R118)."""

    organisation = forms.CharField(label=_("Organisation"), max_length=80, required=False)
    privacy_statement = forms.URLField(
        label=_("Web page with your privacy statement"),
        required=False,
        max_length=200,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        help_text=_("Schools see this address. You see to the statement yourself."),
    )
    professional_code = forms.CharField(
        label=_("Professional code that you work by"),
        max_length=60,
        required=False,
        help_text=_("For example: NVO, NIP, SKJ, BIG."),
    )

    layout = Layout("organisation", "privacy_statement", "professional_code")
