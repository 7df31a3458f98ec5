"""Which file, of which school."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import School


class ImportForm(forms.Form):
    """A file to look at first."""

    school = forms.ModelChoiceField(
        label=_("School"),
        queryset=School.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect({"class": "chips"}),
    )
    file = forms.FileField(label=_("File"))

    def __init__(self, *args, schools, help_text, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = School.objects.filter(pk__in=schools).order_by("name")
        self.fields["file"].help_text = help_text
        if len(schools) == 1:
            self.fields["school"].initial = next(iter(schools))
            self.fields["school"].widget = forms.HiddenInput()
