"""Health, and choosing a password by invitation."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import accept_invitation, open_invitation
from accounts.forms import ChoosePasswordForm, page_form
from accounts.keyring import keys_fit
from accounts.sealing import BrokenSeal, seal, unseal


@login_not_required
@transaction.non_atomic_requests
@require_safe
def livez(request):
    """200: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request):
    """200 when the database answers, its tables are as this code needs them, and the keys open; else 503."""
    try:
        executor = MigrationExecutor(connection)
        ready = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        unseal(seal(b"ready", "readyz"), "readyz")
        ready = ready and keys_fit()
    except (DatabaseError, BrokenSeal):
        ready = False
    return HttpResponse("ok" if ready else "not ready", content_type="text/plain", status=200 if ready else 503)


@login_not_required
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def invitation_accept(request, token):
    """Choose a password with a one-time link. Whether a link is wrong, used or too old, it gets the same answer.

    That answer is no 404: Django would write the address, with the token in it, to its log.
    """
    if request.user.is_authenticated:
        return render(request, "accounts/invitation_accept.html", {"state": "signed_in"})
    invitation = open_invitation(token)
    if invitation is None:
        return render(request, "accounts/invitation_accept.html", {"state": "closed"})
    form = page_form(ChoosePasswordForm(request.POST or None, user=invitation.user), _("Save password"))
    if form.is_valid():
        try:
            accept_invitation(invitation=invitation, password=form.cleaned_data["password"])
        except ValidationError:  # somebody used the link a moment ago
            return render(request, "accounts/invitation_accept.html", {"state": "closed"})
        messages.success(request, _("Your password is saved. Sign in with it now."))
        return redirect("account_login")
    context = {"state": "open", "form": form, "person": invitation.user}
    return render(request, "accounts/invitation_accept.html", context, status=422 if form.errors else 200)
