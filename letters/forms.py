"""What may be typed about letters: how one was given, its words, how a report is shared, the code of a reading link."""

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import DutchDateField, Folded
from cases.models import Position, ReportSharing
from letters.models import IssuedLetter
from letters.papers import OWN_WORDS_MAX, QUESTION_MAX

How = ReportSharing.How


class GivenForm(forms.Form):
    """How and when a letter left."""

    how = forms.ChoiceField(
        label=_("How was it given?"), choices=IssuedLetter.How, widget=forms.RadioSelect({"class": "chips"})
    )
    on = DutchDateField(label=_("Date"), not_future=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()


class LetterWordsForm(forms.Form):
    """The words of a letter that was not made yet, at the length that fits on one sheet."""

    question = forms.CharField(
        label=_("What is the question, in one line?"),
        max_length=QUESTION_MAX,
        help_text=_("Parents read it in the letter. Without the name of the child: the expert may read it too."),
    )
    own_words = forms.CharField(
        label=_("Own words in the letter"),
        required=False,
        max_length=OWN_WORDS_MAX,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Two lines at most: what you discussed and agreed."),
    )
    items = forms.CharField(
        label=_("Under A: what do you offer to share without a name?"),
        required=False,
        max_length=400,
        help_text=_("Four things at most, a comma in between."),
    )
    alias = forms.CharField(label=_("How does the expert hear of an anonymous child?"), max_length=40)
    version = forms.IntegerField(widget=forms.HiddenInput)
    layout = Layout("question", "own_words", "items", "alias", "version")


class ShareReportForm(forms.Form):
    """Everything that sharing asks and the report still misses, on one screen (docs/rules.md, decision 8)."""

    no_agreements = forms.BooleanField(label=_("No agreements were made"), required=False)
    receivers = forms.MultipleChoiceField(
        label=_("With whom?"),
        widget=forms.CheckboxSelectMultiple({"class": "chips"}),
        error_messages={"required": _("Choose with whom you share it.")},
    )
    how = forms.ChoiceField(label=_("How?"), widget=forms.RadioSelect({"class": "chips"}))
    on = DutchDateField(label=_("Date"), not_future=True)

    def __init__(self, *args, receivers, ticked, unanswered, asks_agreements, has_letter, **kwargs):
        super().__init__(*args, **kwargs)
        self.receivers = {key: person for key, (person, _label) in receivers.items()}
        self.unanswered = unanswered
        ways = [choice for choice in How.choices if choice[0] != How.LETTER or has_letter]
        self.fields["how"].choices = ways
        self.fields["receivers"].choices = [(key, label) for key, (_person, label) in receivers.items()]
        self.fields["receivers"].initial = ticked
        self.fields["on"].initial = timezone.localdate()
        asked = [part for person in unanswered for part in self._ask(person)]
        if asks_agreements:
            asked.append("no_agreements")
        else:
            del self.fields["no_agreements"]
        self.layout = Layout(*asked, "receivers", "how", "on")

    def _ask(self, person):
        """Add the fields about one parent who was there; return their place in the page."""
        stance, reasons, none = (f"{name}_{person.pk}" for name in ("stance", "reasons", "no_reason"))
        self.fields[stance] = forms.ChoiceField(
            label=_("What did %(name)s think of it?") % {"name": person.full_name},
            choices=Position.Stance,
            widget=forms.RadioSelect({"class": "chips"}),
        )
        self.fields[reasons] = forms.CharField(
            label=_("Objection, in the words of %(name)s") % {"name": person.full_name},
            required=False,
            max_length=4000,
            widget=forms.Textarea({"rows": 2}),
        )
        self.fields[none] = forms.BooleanField(label=_("Did not want to give a reason"), required=False)
        return [stance, Folded(_("In case of an objection: why?"), reasons, none)]

    def clean(self):
        """An objection has reasons, or none were given; agreements are written down, or that there are none."""
        cleaned = super().clean()
        for person in self.unanswered:
            reasons, none = cleaned.get(f"reasons_{person.pk}"), cleaned.get(f"no_reason_{person.pk}")
            if cleaned.get(f"stance_{person.pk}") == Position.Stance.OBJECTS and not (reasons or none):
                error = ValidationError(
                    _("Write down why, or that this parent did not want to give a reason."),
                    code="objection_without_reasons",
                )
                self.add_error(f"reasons_{person.pk}", error)
        if "no_agreements" in self.fields and not cleaned.get("no_agreements"):
            error = ValidationError(
                _("Tick that no agreements were made, or write them down in the report first."),
                code="agreements_missing",
            )
            self.add_error("no_agreements", error)
        return cleaned

    def completed(self):
        """Return what the report missed, as the arguments of `complete_report`."""
        typed = self.cleaned_data
        positions = {
            person: {
                "stance": typed[f"stance_{person.pk}"],
                "reasons": typed[f"reasons_{person.pk}"],
                "gave_no_reason": typed[f"no_reason_{person.pk}"],
            }
            for person in self.unanswered
        }
        return {"positions": positions, "no_agreements": typed.get("no_agreements", False)}

    def deed(self):
        """Return everything, as the arguments of `share_report`."""
        typed = self.cleaned_data
        guardians = [self.receivers[key] for key in typed["receivers"]]
        return {"guardians": guardians, "how": typed["how"], "on": typed["on"], **self.completed()}


class NamelessForm(forms.Form):
    """With whom the copy without names is shared, once it stands in the app."""

    receivers = forms.MultipleChoiceField(
        label=_("With whom did you share it?"), widget=forms.CheckboxSelectMultiple({"class": "chips"})
    )

    def __init__(self, *args, receivers, ticked, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {key: person for key, (person, _label) in receivers.items()}
        self.fields["receivers"].choices = [(key, label) for key, (_person, label) in receivers.items()]
        self.fields["receivers"].initial = ticked

    def guardians(self):
        """Return who was chosen."""
        return [self.people[key] for key in self.cleaned_data["receivers"]]


class ReadingCodeForm(forms.Form):
    """The code of a reading link, as somebody heard it by telephone."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Eight letters and digits. The school gave you this code apart from the link."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
