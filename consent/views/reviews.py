"""The page of the yearly review: the director keeps or ends every right; privacy officer and FG may look."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.doors import ReadOnly, Unseen
from accounts.forms import page_form
from accounts.models import School
from accounts.stepup import fresh_sign_in
from audit.record import record
from cases.forms import tell
from cases.views.levels import show_form
from consent.actions.reviews import review_grants
from consent.forms.reviews import ReviewForm
from consent.reviews import grant_lines, last_rounds


@dataclass(frozen=True)
class RoundLine:
    """One round: who looked when, and what came of it."""

    made_on: object
    made_by: str
    kept: int
    ended: int


def _school(request, uuid):
    """Return a school that this person directs or watches over, and whether he directs it. Raises Unseen."""
    mine, watched = School.objects.directed_by(request.user), School.objects.watched_by(request.user)
    school = School.objects.filter(Q(pk__in=mine.values("pk")) | Q(pk__in=watched.values("pk")), pk=uuid).first()
    if school is None:
        raise Unseen(School, uuid)
    return school, mine.filter(pk=uuid).exists()


@fresh_sign_in
@require_http_methods(["GET", "POST"])
def grant_review(request, uuid):
    """Every right at this school; a POST keeps or ends each, and keeps the round."""
    school, may_decide = _school(request, uuid)
    if request.method == "POST" and not may_decide:
        raise ReadOnly(school)
    rounds = last_rounds(school, request.user)
    lines = grant_lines(school, request.user, rounds)
    form = page_form(ReviewForm(request.POST or None, lines=lines), _("Save round"), guard=True)
    if form.is_valid():
        try:
            review_grants(school=school, verdicts=form.verdicts(), by=request.user, on=timezone.localdate())
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("The round is kept. What you ended, has ended."))
            return redirect("consent:grant_review", uuid)
    record("rights.listed", school, by=request.user, detail={"rows": len(lines)})
    return show_form(
        request,
        "consent/grant_review.html",
        form,
        school=school,
        lines=[(line, form[line.field] if line.field in form.fields else None) for line in lines],
        rounds=[
            RoundLine(
                one.made_on,
                one.made_by.full_name,
                sum(line["kept"] for line in one.lines),
                sum(not line["kept"] for line in one.lines),
            )
            for one in rounds
        ],
        may_decide=may_decide,
        crumbs=[(_("Yearly review"), "")],
    )
