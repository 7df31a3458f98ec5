"""Which part of the record of looking somebody wants to see, and what was found in it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DutchDateField
from accounts.models import NOTE_ROOM, LookVerdict
from cases import event_words
from cases.unusual import WHY


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


class VerdictForm(forms.Form):
    """Whether there was a reason to look, and a note."""

    verdict = forms.ChoiceField(
        choices=LookVerdict.Verdict.choices, error_messages={"required": _("Choose what you found.")}
    )
    note = forms.CharField(max_length=NOTE_ROOM, required=False)


class UnusualVerdictForm(VerdictForm):
    """The same, of reading that stood out: who, on which day, why."""

    about = forms.UUIDField()
    on = forms.DateField(input_formats=["%Y-%m-%d"])
    why = forms.ChoiceField(choices=list(WHY.items()))

    @property
    def place(self):
        """Which finding it is; None when what was sent names none."""
        data = self.cleaned_data
        return (data["about"], data["on"], data["why"]) if {"about", "on", "why"} <= set(data) else None
