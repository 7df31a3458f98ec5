"""What may be typed about who teaches a group, and about leave."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import DutchDateField
from accounts.models import WORKING, Membership, User
from cases.models import GroupTeacher


class AssignTeacherForm(forms.Form):
    """Who teaches this group, in what way, from when until when."""

    user = forms.ModelChoiceField(
        label=_("Teacher"),
        queryset=User.objects.none(),
        empty_label=_("Choose a colleague"),
        help_text=_("Is somebody not in this list? Give that person a role at the school first."),
    )
    kind = forms.ChoiceField(
        label=_("In what way?"),
        choices=GroupTeacher.Kind,
        initial=GroupTeacher.Kind.OWN,
        widget=forms.RadioSelect({"class": "chips"}),
        help_text=_("Handing over: reads along before the year begins, or finishes reports after it ended."),
    )
    from_on = DutchDateField(label=_("From"))
    until_on = DutchDateField(
        label=_("Until"), required=False, not_past=True, help_text=_("Required for a substitute and for handing over.")
    )

    def __init__(self, *args, school, **kwargs):
        super().__init__(*args, **kwargs)
        day = timezone.localdate()
        held = Membership.objects.filter(school=school, role__in=WORKING).exclude(until_on__lt=day)
        people = User.objects.filter(pk__in=held.values("user_id"), is_active=True)
        self.fields["user"].queryset = people.order_by("first_name", "last_name")
        self.fields["from_on"].initial = day


class LeaveForm(forms.Form):
    """From when until when somebody is away."""

    from_on = DutchDateField(label=_("From"))
    until_on = DutchDateField(
        label=_("Until"),
        required=False,
        not_past=True,
        help_text=_("The last day of the leave. Leave it empty when you don't know it yet."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["from_on"].initial = timezone.localdate()
