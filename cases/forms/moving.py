"""What may be typed to move a record to the right child."""

from django import forms
from django.utils.translation import gettext_lazy as _


class MoveRecordForm(forms.Form):
    """Which file it belongs in: one of the running cases that this person works in."""

    to = forms.ChoiceField(label=_("With which child does it belong?"), widget=forms.RadioSelect)

    def __init__(self, *args, targets, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = targets
