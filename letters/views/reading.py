"""Reading a report by a link with a code: the one page of a child's file for somebody who has no account."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.forms import page_form
from cases.views.papers import attachment
from letters.actions import open_link
from letters.forms import ReadingCodeForm


@login_not_required
@sensitive_variables("token")
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def reading_link_open(request, token):
    """Ask for the code, and give the report once. The page is the same for every link: right, wrong, used, too old."""
    form = page_form(ReadingCodeForm(request.POST or None), _("Open report"))
    if form.is_valid():
        if opened := open_link(token=token, code=form.cleaned_data["code"]):
            return attachment(*opened)
        form.add_error(
            "code",
            ValidationError(
                _("This does not open. The code may be wrong, or the link was used or is too old. Ask the school."),
                code="closed",
            ),
        )
    return render(request, "letters/reading_link_open.html", {"form": form}, status=422 if form.errors else 200)
