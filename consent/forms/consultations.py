"""What may be typed about conferring with the expert when parents stay silent."""

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import DutchDateField
from consent.models import Consultation


def _yes_or_no(label):
    """A question of which no answer is ticked beforehand."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", _("yes")), ("no", _("no"))],
        coerce=lambda word: word == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect({"class": "chips"}),
    )


class ConsultationForm(forms.Form):
    """When school and expert conferred, what they decided, and why. Nothing is ticked beforehand."""

    on = DutchDateField(label=_("When did you speak with the expert?"), not_future=True)
    decision = forms.ChoiceField(
        label=_("What did you decide together?"), choices=Consultation.Decision, widget=forms.RadioSelect
    )
    school_agrees = _yes_or_no(_("Does the school want to begin without the answer?"))
    expert_agrees = _yes_or_no(_("Does the expert want that too?"))
    until = DutchDateField(
        label=_("Until which day do you wait?"), required=False, not_past=True,
        help_text=_("The parents can answer until that day. After it you confer again."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why?"),
        max_length=400,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("One or two sentences. If you begin, the parents read them in a letter: write to them."),
    )

    layout = Layout(
        "on",
        "decision",
        Fieldset(_("If you begin without the answer"), "school_agrees", "expert_agrees"),
        Fieldset(_("If you wait longer"), "until"),
        "reason",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()

    def clean(self):
        """Each says yes or no when it comes to beginning; for waiting neither is asked."""
        cleaned = super().clean()
        if cleaned.get("decision") == Consultation.Decision.START:
            for name in ("school_agrees", "expert_agrees"):
                if cleaned.get(name) is None:
                    self.add_error(name, ValidationError(_("Say yes or no."), code="required"))
                elif not cleaned[name]:
                    refusal = _("You begin only when school and expert both want it. If not, wait longer.")
                    self.add_error(name, ValidationError(refusal, code="not_agreed"))
        return cleaned

    def deed(self):
        """Return what was typed as the arguments of the deed."""
        deed = dict(self.cleaned_data)
        for name in ("school_agrees", "expert_agrees"):
            deed[name] = bool(deed[name])
        return deed
