"""What may be typed about a CLB day."""

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DutchDateField
from consent.models import Acceptance


class PlanDayForm(forms.Form):
    """Which expert, at which school that this person leads; and when."""

    place = forms.ChoiceField(label=_("Which expert comes?"), widget=forms.RadioSelect)
    held_on = DutchDateField(label=_("On which day?"), not_past=True)

    layout = Layout("place", "held_on")

    def __init__(self, *args, schools, **kwargs):
        super().__init__(*args, **kwargs)
        rows = Acceptance.objects.filter(school__in=schools, accepted_on__isnull=False, user__is_active=True)
        rows = rows.select_related("school", "user__expert").order_by("user__last_name", "school__name", "pk")
        self.found = {f"{row.school_id}:{row.user_id}": (row.school, row.user) for row in rows}
        self.fields["place"].choices = [
            (key, self._words(school, user, len(schools) > 1)) for key, (school, user) in self.found.items()
        ]

    @staticmethod
    def _words(school, user, is_one_of_more):
        words = f"{user.full_name}, {user.expert.function}"
        return f"{words} ({school.name})" if is_one_of_more else words

    def deed(self):
        """Return what was chosen as the arguments of `plan_day`."""
        school, expert = self.found[self.cleaned_data["place"]]
        return {"school": school, "expert": expert, "held_on": self.cleaned_data["held_on"]}


class OutcomesForm(forms.Form):
    """A short text for each child of a CLB day; what stays empty is skipped."""

    def __init__(self, *args, lines, **kwargs):
        super().__init__(*args, **kwargs)
        self.places = [line.place for line in lines]
        for line in lines:
            self.fields[f"child_{line.place.hex}"] = forms.CharField(
                label=line.child, help_text=line.question, required=False, max_length=2000,
                widget=forms.Textarea({"rows": 3}),
            )  # fmt: skip

    def texts(self):
        """Return what was typed, as (the place's uuid, text)."""
        return [(place, self.cleaned_data[f"child_{place.hex}"]) for place in self.places]
