"""What may be typed about a text that the expert of an anonymous child reads."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class ShareItemForm(forms.Form):
    """A text without a name: which of what the parents allow, the text, why it is needed, and one question (R30)."""

    title = forms.ChoiceField(label=_("What do you share?"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("The text, without a name"),
        max_length=4000,
        widget=forms.Textarea({"rows": 8}),
        help_text=_("Type it anew. No file: a scan or a handwriting gives the child away."),
    )
    necessity = forms.CharField(
        label=_("Why does the expert need this?"),
        max_length=400,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("What the parents allow is shared only when the expert needs it."),
    )
    recognised = forms.ChoiceField(
        label=_("Can somebody who knows the class see who it is about?"),
        choices=[("no", _("no")), ("yes", _("yes"))],
        widget=forms.RadioSelect({"class": "chips"}),
        help_text=_("Read the text once more. The check finds names, not what only this child has."),
    )

    def __init__(self, *args, allowed, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["title"].choices = [(item, item) for item in allowed]

    def clean_recognised(self):
        """Who can be recognised is not anonymous. Raises ValidationError."""
        if self.cleaned_data["recognised"] == "yes":
            raise ValidationError(
                _("Then the child is not anonymous. Write it wider, or leave out what only this child has."),
                code="recognisable",
            )
        return "no"

    def deed(self):
        """Return what was typed as the arguments of `share_item`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "recognised"}


class FindSlipForm(forms.Form):
    """The reference on a slip, as it is typed."""

    reference = forms.CharField(
        label=_("Which reference stands on the slip?"),
        max_length=20,
        help_text=_("For example 7Q2K-A. With or without hyphen, large or small letters."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters"}),
    )
