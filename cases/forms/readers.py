"""The tick above a button that saves: an expert who is not to read this."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class OfferedField(forms.MultipleChoiceField):
    """Some of what was offered. An expert whose guidance ended while the form was open is no reason to refuse it."""

    def validate(self, value):
        """Anything goes: what is not offered any more does nothing."""


class ReadByExpertsForm(forms.Form):
    """Something that an expert may read: `experts` (cases.readers.ReadingExpert) are those to whom it opens."""

    not_for = OfferedField(
        label=_("Who does not read this?"),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )

    def __init__(self, *args, experts=(), **kwargs):
        super().__init__(*args, **kwargs)
        words = _("Do not let %(name)s read this")
        self.experts = {str(one.uuid): one for one in experts}
        self.fields["not_for"].choices = [(key, words % {"name": one.called}) for key, one in self.experts.items()]

    def left_out(self):
        """Return {User: whether it stays out of what this expert reads}, for each one whose box was on the page."""
        ticked = set(self.cleaned_data["not_for"]) & set(self.experts)
        shown = ticked | (set(self.data.getlist("offered")) & set(self.experts))
        return {user: str(user.pk) in ticked for user in User.objects.filter(pk__in=shown)} if shown else {}
