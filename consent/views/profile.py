"""What an external expert tells schools about himself (R57, R118)."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actions import describe_expert
from accounts.forms import page_form
from accounts.models import ExpertProfile
from cases.forms import tell
from cases.views.levels import show_form
from consent.forms.guidance import ProfileForm


@require_http_methods(["GET", "POST"])
def my_profile(request):
    """The expert's own data: filled in by the expert alone."""
    profile = ExpertProfile.objects.filter(user=request.user).first()
    if profile is None:
        raise Http404
    initial = {name: getattr(profile, name) for name in ProfileForm.base_fields}
    form = page_form(ProfileForm(request.POST or None, initial=initial), _("Save changes"), guard=True)
    if form.is_valid():
        try:
            describe_expert(profile=profile, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("consent:my_profile")
    return show_form(request, "consent/my_profile.html", form, title=profile.title, function=profile.function)
