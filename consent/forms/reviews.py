"""What is said about each right in the yearly review: goes on, or ends."""

from django import forms
from django.utils.translation import gettext_lazy as _

CHOICES = (("keep", _("Still needed")), ("end", _("End it")))


class ReviewForm(forms.Form):
    """One choice for each right of somebody else; nothing is filled in beforehand. `lines` are GrantLines."""

    def __init__(self, *args, lines, **options):
        super().__init__(*args, **options)
        self.lines = [line for line in lines if not line.is_own]
        for line in self.lines:
            self.fields[line.field] = forms.ChoiceField(
                label=f"{line.name}: {line.what}",
                choices=CHOICES,
                widget=forms.RadioSelect({"class": "form-check-input"}),
                error_messages={"required": _("Say whether this is still needed.")},
            )

    def verdicts(self):
        """[(line, whether it goes on)]."""
        return [(line, self.cleaned_data[line.field] == "keep") for line in self.lines]
