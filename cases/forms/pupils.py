"""What may be typed on the pages about pupils."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DutchDateField
from accounts.models import Membership, User


class SearchForm(forms.Form):
    """A part of a name or a phone number."""

    q = forms.CharField(
        label=_("Name or phone number"),
        max_length=80,
        min_length=2,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
        help_text=_("Of a pupil or a parent. A part is enough."),
    )


class ExcludeForm(forms.Form):
    """A colleague who may not see this child's file."""

    user = forms.ModelChoiceField(
        label=_("Colleague"), queryset=User.objects.none(), empty_label=_("Choose a colleague")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("For example: own child. Only the intern begeleider and the director read this."),
    )
    until_on = DutchDateField(
        label=_("Until"), required=False, not_past=True, help_text=_("Leave it empty when there is no end yet.")
    )

    def __init__(self, *args, school, by, day, **kwargs):
        super().__init__(*args, **kwargs)
        here = Membership.objects.filter(school=school).exclude(until_on__lt=day)
        people = User.objects.filter(pk__in=here.values("user_id"), is_active=True).exclude(pk=by.pk)
        self.fields["user"].queryset = people.order_by("first_name", "last_name")
