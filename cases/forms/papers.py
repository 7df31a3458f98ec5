"""What may be typed about a note or a paper."""

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import DutchDateField, Folded
from cases.forms.readers import ReadByExpertsForm
from cases.forms.trajectories import long_text
from cases.models import Entry, Heading
from cases.uploads import accept


class UnderHeadingForm(ReadByExpertsForm):
    """Something that stands under a heading of the dossier."""

    heading = forms.ModelChoiceField(label=_("Heading"), queryset=Heading.objects.none(), empty_label=None)

    def __init__(self, *args, school, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["heading"].queryset = Heading.objects.filter(school=school).order_by("position")

    def deed(self):
        """Return what was typed as the arguments of `add_entry` or `add_document`."""
        deed = {name: value for name, value in self.cleaned_data.items() if name != "not_for"}
        return deed | {"left_out": self.left_out()}


class EntryForm(UnderHeadingForm):
    """A note."""

    observed_on = DutchDateField(label=_("Date"), not_future=True)
    text = long_text(
        _("What did you see or hear?"), rows=5, max_length=8000, help_text=_("Facts. A judgement stands apart.")
    )
    kind = forms.ChoiceField(label=_("What is it?"), choices=Entry.Kind, widget=forms.RadioSelect({"class": "chips"}))
    rests_on = long_text(_("Which facts does it rest on?"), required=False, rows=2)
    source = forms.CharField(
        label=_("Source, when you did not hear or see it yourself"), required=False, max_length=200
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["observed_on"].initial = timezone.localdate()
        self.fields["kind"].initial = Entry.Kind.FACT
        self.layout = Layout("observed_on", "heading", "text", "kind", Folded(_("More"), "rests_on", "source"))

    def clean(self):
        """A judgement says which facts it rests on."""
        cleaned = super().clean()
        if cleaned.get("kind") != Entry.Kind.FACT and not cleaned.get("rests_on"):
            self.add_error(
                "rests_on",
                ValidationError(_("Say which facts the judgement rests on."), code="judgement_without_facts"),
            )
        return cleaned


class DocumentForm(UnderHeadingForm):
    """A paper that came in."""

    title = forms.CharField(label=_("What is it?"), max_length=120, help_text=_("For example: old letter of March."))
    received_on = DutchDateField(label=_("Date"), not_future=True)
    file = forms.FileField(label=_("File"), help_text=_("A PDF, JPEG, PNG or HEIC of at most 20 MB."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["received_on"].initial = timezone.localdate()
        self.layout = Layout("file", "title", "heading", "received_on")

    def clean_file(self):
        """Give what may be kept."""
        return accept(self.cleaned_data["file"])

    def deed(self):
        """Return what was typed as the arguments of `add_document`."""
        deed = super().deed()
        return deed | {"accepted": deed.pop("file")}
