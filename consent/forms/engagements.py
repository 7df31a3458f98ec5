"""What may be typed about the guidance by an expert, and the parents' answer."""

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import DutchDateField, Folded
from accounts.models import User
from cases.actions.school import headings_that_open
from cases.models import Document, Heading, Topic
from cases.uploads import accept
from consent.models import Acceptance, ParentChoice


class PrepareEngagementForm(forms.Form):
    """Four things for the letter: expert, question, what opens under B, what may be shared under A."""

    expert = forms.ModelChoiceField(
        label=_("Which expert?"), queryset=User.objects.none(), empty_label=None, widget=forms.RadioSelect
    )
    question = forms.CharField(
        label=_("What is the question, in one line?"),
        max_length=120,
        help_text=_("Parents read it in the letter. Without the name of the child: the expert may read it too."),
    )
    parts = forms.ModelMultipleChoiceField(
        label=_("Under B: which parts may the expert read?"),
        queryset=Heading.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing is ticked beforehand. Can the expert help with this? What is missing?"),
    )
    parts_from = DutchDateField(
        label=_("From which day on?"),
        required=False,
        help_text=_("What is older stays closed. Usually the day on which this case was opened."),
    )
    older_checked = forms.BooleanField(
        label=_("I have read what is older again: it is still right, and the expert needs it."),
        required=False,
        help_text=_("Only when the expert may read things from before this case was opened."),
    )
    whole_because = forms.CharField(
        label=_("Why does the expert need the whole file?"),
        required=False,
        max_length=400,
        help_text=_("Only when you tick every part."),
    )
    items = forms.CharField(
        label=_("Under A: what do you offer to share without a name?"),
        required=False,
        max_length=400,
        help_text=_("For example: the tests of arithmetic, what helps at home. A comma in between."),
    )
    own_words = forms.CharField(
        label=_("Own words in the letter"),
        required=False,
        max_length=200,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Two lines at most: what you discussed and agreed."),
    )
    told = forms.MultipleChoiceField(
        label=_("What have you told the parents?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick what was told in a talk. What an earlier talk covers is not asked again."),
    )
    alias = forms.CharField(label=_("How does the expert hear of an anonymous child?"), max_length=40)
    until = DutchDateField(label=_("Until when at the latest?"), not_past=True)
    skip_because = forms.CharField(
        label=_("Why do you skip what is not done yet?"),
        required=False,
        max_length=1000,
        help_text=_("Only when you go on without it. The reason stays visible in the case."),
    )

    def __init__(self, *args, school, opened_on, untold, may_skip, **kwargs):
        super().__init__(*args, **kwargs)
        self.opened_on = opened_on
        offered = Acceptance.objects.filter(school=school).values("user_id")
        self.fields["expert"].queryset = User.objects.filter(pk__in=offered, is_active=True).select_related("expert")
        self.fields["expert"].label_from_instance = lambda user: f"{user.full_name}, {user.expert.function}"
        self.fields["parts"].queryset = headings_that_open(school)
        self.fields["parts"].label_from_instance = lambda row: f"{row.name} ({row.parents_name})"
        self.fields["told"].choices = [(topic, Topic(topic).label) for topic in untold]
        if not untold:
            del self.fields["told"]
        if not may_skip:
            del self.fields["skip_because"]
        more = ["alias", "until", "parts_from", "older_checked", "whole_because"]
        self.layout = Layout(
            "expert",
            "question",
            "parts",
            "items",
            "own_words",
            *(["told"] if untold else []),
            Folded(_("More"), *more),
            *(["skip_because"] if may_skip else []),
        )

    def clean(self):
        """What is older than the case is read again before it opens (R67)."""
        cleaned = super().clean()
        from_on = cleaned.get("parts_from")
        if cleaned.get("parts") and not from_on and "parts_from" not in self.errors:
            cleaned["parts_from"] = from_on = self.opened_on
        if cleaned.get("parts") and from_on and from_on < self.opened_on and not cleaned.get("older_checked"):
            words = _("Say that you have read it again, or choose a later day.")
            self.add_error("older_checked", ValidationError(words, code="older_unconfirmed"))
        return cleaned

    def deed(self):
        """Return what was typed as the arguments of `prepare_engagement`."""
        deed = dict(self.cleaned_data)
        del deed["older_checked"]
        from_on = deed.pop("parts_from")
        deed["parts"] = [(heading, from_on) for heading in deed["parts"]]
        return deed


class ChoiceForm(forms.Form):
    """The answer of one parent: which, how, when."""

    answer = forms.ChoiceField(label=_("What is the answer?"), choices=ParentChoice.Choice, widget=forms.RadioSelect)
    how = forms.ChoiceField(
        label=_("How did it come in?"), choices=ParentChoice.How, widget=forms.RadioSelect({"class": "chips"})
    )
    on = DutchDateField(label=_("Date"), not_future=True)
    for_both = forms.BooleanField(label=_("On behalf of both parents"), required=False)
    class_visit = forms.ChoiceField(
        label=_("Under A: may the expert come into the classroom?"),
        choices=[("", _("not filled in")), *ParentChoice.ClassVisit.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    items = forms.CharField(
        label=_("Under A: what may the expert know, without a name?"), required=False, max_length=400
    )
    observe = forms.NullBooleanField(
        label=_("Under B: may the expert look at the child too?"),
        widget=forms.Select(choices=[("unknown", _("not filled in")), ("true", _("yes")), ("false", _("no"))]),
    )
    remark = forms.CharField(
        label=_("What did the parent say?"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )
    scan = forms.FileField(
        label=_("Scan of the slip"), required=False, help_text=_("A PDF, JPEG, PNG or HEIC of at most 20 MB.")
    )

    def __init__(self, *args, shares_letter, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()
        more = ["class_visit", "items", "observe", "remark", "scan"]
        if not shares_letter:
            del self.fields["for_both"]
        self.layout = Layout("answer", *(["for_both"] if shares_letter else []), "how", "on", Folded(_("More"), *more))

    def clean_scan(self):
        """Give what may be kept, or nothing."""
        return accept(self.cleaned_data["scan"]) if self.cleaned_data.get("scan") else None


class OldLetterForm(forms.Form):
    """A letter that went out before this system was used."""

    document = forms.ModelChoiceField(
        label=_("Which document is the old letter?"),
        queryset=Document.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
    )
    on = DutchDateField(label=_("When was it given?"), not_future=True)

    def __init__(self, *args, trajectory, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["document"].queryset = Document.objects.filter(trajectory=trajectory).order_by("-received_on")
        self.fields["document"].label_from_instance = lambda row: row.title

    def clean(self):
        """There must be one to choose."""
        cleaned = super().clean()
        if not self.fields["document"].queryset.exists():
            raise ValidationError(_("Add the old letter to the documents of the case first."), code="letter_missing")
        return cleaned
