"""What may be typed about break-glass."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.forms.trajectories import long_text
from cases.models import BreakGlass


class OpenGlassForm(forms.Form):
    """Why somebody opens one file: a reason of the list, and one sentence."""

    kind = forms.ChoiceField(
        label=_("Why do you need to see this file?"), choices=BreakGlass.Kind.choices, widget=forms.RadioSelect
    )
    sentence = forms.CharField(
        label=_("In one sentence"),
        max_length=300,
        help_text=_("What do you need to know, and for what? Write no names. Whoever judges this reads your sentence."),
    )


class ReviewGlassForm(forms.Form):
    """Whether it was justified; anything else is explained."""

    verdict = forms.ChoiceField(
        label=_("Was it right to open this file?"), choices=BreakGlass.Verdict.choices, widget=forms.RadioSelect
    )
    note = long_text(
        _("Explanation"),
        required=False,
        rows=3,
        max_length=1000,
        help_text=_("Needed unless it was justified: what is wrong, or what do you still ask?"),
    )

    def clean(self):
        """A verdict that is not "justified" is explained, at the field."""
        cleaned = super().clean()
        if cleaned.get("verdict") in ("unjust", "ask") and not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", ValidationError(_("Explain this verdict."), code="note_missing"))
        return cleaned
