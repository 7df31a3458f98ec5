"""Which part of the record of looking somebody wants to see."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DutchDateField
from cases import event_words


class LooksForm(forms.Form):
    """All of it optional. `people` are [(uuid, name)] of whom this reader sees something."""

    persoon = forms.ChoiceField(label=_("Who"), required=False)
    soort = forms.ChoiceField(label=_("What"), required=False)
    van = DutchDateField(label=_("From"), required=False)
    tot = DutchDateField(label=_("Up to"), required=False)
    zaak = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, people, **options):
        super().__init__(*args, **options)
        self.fields["persoon"].choices = [("", _("Everybody")), *people]
        self.fields["soort"].choices = [("", _("Everything")), *event_words.things()]
