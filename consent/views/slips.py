"""A slip that came in finds its case by the reference that stands on it."""

import re

from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import page_form
from audit.record import record
from cases.views.levels import show_form
from cases.views.pupils import workplaces
from consent.forms.opened import FindSlipForm
from consent.models import ParentChoice


@require_http_methods(["GET", "POST"])
def slip_find(request):
    """From the reference on the slip to the answer of that person; of two on one letter, choose who."""
    workplaces(request.user)
    form = page_form(FindSlipForm(request.POST or None), _("Find letter"))
    found = _asked(request.user, form.cleaned_data["reference"]) if form.is_valid() else []
    if len(found) == 1:
        return redirect("consent:choice_record", found[0].pk)
    if form.is_valid() and not found:
        # One answer for what is not there and for what is another's.
        words = _("You have no letter with this reference. Look at the slip again: two letters look alike sometimes.")
        form.add_error("reference", ValidationError(words, code="reference_unknown"))
    if found:
        record("slip.found", by=request.user, detail={"rows": len(found)})
    crumbs = [(_("Answer slip"), "")]
    return show_form(request, "consent/slip_find.html", form, found=found, crumbs=crumbs)


def _asked(user, typed):
    """Return who was asked by the letter of this reference, in the cases where this person may record the answer."""
    code = re.sub(r"[^0-9A-Z]", "", typed.upper())
    code = code.removeprefix("ZV") if len(code) > LENGTH + 1 else code
    rows = ParentChoice.objects.editable_by(user).filter(engagement__cancelled_on=None, engagement__ended_on=None)
    rows = rows.filter(letter_of=f"{code[:LENGTH]}-{code[LENGTH:]}", engagement__reference=code[:LENGTH])
    return list(rows.select_related("guardian", "trajectory__pupil", "school").order_by("school", "asked_on", "pk"))


LENGTH = 4  # of an engagement's reference: what follows is the letter
