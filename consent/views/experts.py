"""The school's external experts, and the arrangement that they accept (R45, R46, R55)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import find_person
from accounts.dates import long_date
from accounts.doors import Unseen, get_to_see
from accounts.forms import page_form
from accounts.models import EXPERT, RightsApproval, School, User
from accounts.standing import sleepers
from accounts.stepup import fresh_sign_in
from cases.forms import tell
from cases.forms.setup import AccountTurnForm
from cases.views.approvals import ask_words, waiting_lines
from cases.views.levels import show_form
from cases.views.setup import setup_crumbs, tabs
from cases.views.staff import show_link
from consent.actions import (
    add_expert,
    experts_of,
    newest_arrangement,
    offer_newest,
    renew_arrangement,
    renew_expert_invitation,
    renewable,
    switch_expert_off,
)
from consent.forms.experts import AddExpertForm, AddKnownExpertForm, ArrangementForm
from consent.models import Acceptance, WorkingArrangement


@dataclass(frozen=True)
class ExpertLine:
    """One expert of this school: who, and how the arrangement stands. No word about other schools."""

    uuid: UUID
    name: str
    called: str
    function: str
    organisation: str
    privacy_statement: str
    professional_code: str
    kind: str
    arrangement: str
    may_invite: bool


def _school(request, uuid):
    """Return a school that this person leads: experts are no business of its administrator. Raises Unseen."""
    school = School.objects.led_by(request.user).filter(pk=uuid).first()
    if school is None:
        raise Unseen(School, uuid)
    return school


def _crumbs(school, *rest):
    return setup_crumbs(school, (_("External experts"), reverse("consent:school_experts", args=[school.pk])), *rest)


def _standing(rows, newest):
    """Return (kind of badge, words) for what one expert was offered and accepted."""
    accepted = [row for row in rows if row.accepted_on]
    last = max(accepted, key=lambda row: row.arrangement.edition, default=None)
    if last and last.arrangement.edition == newest.edition:
        words = _("Accepted edition %(edition)s on %(day)s")
        return "ok", words % {"edition": last.arrangement.edition, "day": long_date(last.accepted_on)}
    offered = max(rows, key=lambda row: row.arrangement.edition)
    words = _("Edition %(edition)s offered on %(day)s, not accepted yet")
    told = words % {"edition": offered.arrangement.edition, "day": long_date(offered.offered_on)}
    if last:
        told += _("; edition %(edition)s is accepted") % {"edition": last.arrangement.edition}
    return "wait", told


def _experts(request, school, newest):
    """Return everyone who was offered this school's arrangement, as ExpertLines by surname."""
    held = {}
    for row in Acceptance.objects.for_user(request.user).filter(school=school).select_related("arrangement"):
        held.setdefault(row.user_id, []).append(row)
    users = User.objects.filter(pk__in=held).select_related("expert").order_by("last_name", "first_name")
    unused = set(renewable(school).values_list("pk", flat=True))
    lines = []
    for user in users:
        kind, words = _standing(held[user.pk], newest)
        lines.append(
            ExpertLine(
                uuid=user.pk,
                name=user.full_name,
                called=user.expert.name,
                function=user.expert.function,
                organisation=user.expert.organisation,
                privacy_statement=user.expert.privacy_statement,
                professional_code=user.expert.professional_code,
                kind=kind,
                arrangement=words,
                may_invite=user.pk in unused,
            )
        )
    return lines


@require_safe
def expert_list(request, uuid=None):
    """The experts of one school; of the first one when none is chosen."""
    schools = list(School.objects.led_by(request.user).order_by("name", "pk"))
    if not schools:
        raise Http404
    school = _school(request, uuid) if uuid else schools[0]
    newest = newest_arrangement(school)
    context = {
        "school": school,
        "tabs": tabs(schools, school, "consent:school_experts"),
        "newest": newest,
        "experts": _experts(request, school, newest),
        "waiting": waiting_lines(RightsApproval.objects.for_user(request.user).filter(school=school, role=EXPERT)),
        "crumbs": setup_crumbs(school, (_("External experts"), "")),
    }
    return render(request, "consent/expert_list.html", context)


@fresh_sign_in
@require_http_methods(["GET", "POST"])
def expert_add(request, uuid):
    """Add a new expert, offer the arrangement, and show the link to hand over."""
    school = _school(request, uuid)
    if newest_arrangement(school) is None:
        return _arrangement_first(request, school)
    form = page_form(AddExpertForm(request.POST or None), _("Add expert"), guard=True)
    back, title = reverse("consent:school_experts", args=[school.pk]), _("Add an expert")
    crumbs = _crumbs(school, (title, ""))
    if form.is_valid():
        try:
            user, token = add_expert(school=school, by=request.user, on=timezone.localdate(), **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            if not token:
                messages.success(request, ask_words(user))
                return redirect(back)
            return show_link(request, user, token, back, crumbs)
    known_url = reverse("consent:expert_add_known", args=[school.pk])
    return show_form(
        request,
        "consent/expert_add.html",
        form,
        title=title,
        back=back,
        crumbs=crumbs,
        school=school,
        known_url=known_url,
    )


def _arrangement_first(request, school):
    messages.warning(request, _("First write down how you work together with experts."))
    return redirect("consent:arrangement_edit", school.pk)


@fresh_sign_in
@require_http_methods(["GET", "POST"])
def expert_add_known(request, uuid):
    """Offer the arrangement to an expert who signs in already."""
    school = _school(request, uuid)
    if newest_arrangement(school) is None:
        return _arrangement_first(request, school)
    form = page_form(AddKnownExpertForm(request.POST or None), _("Offer arrangement"), guard=True)
    back, title = reverse("consent:school_experts", args=[school.pk]), _("Add an expert who signs in already")
    if form.is_valid():
        try:
            user = find_person(**form.cleaned_data)
            offered = offer_newest(school=school, expert=user, by=request.user, on=timezone.localdate())
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            words = _("The arrangement is offered to %(name)s.") % {"name": user.expert.name}
            messages.success(request, ask_words(user) if isinstance(offered, RightsApproval) else words)
            return redirect(back)
    return show_form(
        request,
        "cases/setup_form.html",
        form,
        title=title,
        back=back,
        crumbs=_crumbs(school, (title, "")),
        school=school,
        intro=_("Ask the expert for the username. You see nothing of the work for other schools."),
    )


@fresh_sign_in
@require_POST
def expert_invite(request, uuid, person):
    """Make a new one-time link for an expert who has chosen no password yet."""
    school = _school(request, uuid)
    offered = (
        Acceptance.objects.for_user(request.user).filter(school=school, user=person).select_related("user").first()
    )
    if offered is None:
        raise Unseen(User, person)
    back = reverse("consent:school_experts", args=[school.pk])
    try:
        token = renew_expert_invitation(expert=offered.user, school=school, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect(back)
    return show_link(request, offered.user, token, back, _crumbs(school, (_("New link"), "")))


@require_http_methods(["GET", "POST"])
def arrangement_edit(request, uuid):
    """Read the arrangement and publish a new edition; earlier editions stay to be read."""
    school = _school(request, uuid)
    newest = newest_arrangement(school)
    text = newest.text if newest else render_to_string("consent/expert_arrangement.txt", {"school": school.name})
    initial = {"text": text, "after": newest.edition if newest else 0}
    form = page_form(ArrangementForm(request.POST or None, initial=initial), _("Publish edition"), guard=True)
    back, theirs = reverse("consent:school_experts", args=[school.pk]), ""
    if form.is_valid():
        try:
            row = renew_arrangement(school=school, by=request.user, on=timezone.localdate(), **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
            if getattr(refusal, "code", "") == "changed_meanwhile":
                form.look_again(newest)
                theirs = newest.text
        else:
            messages.success(
                request, _("Edition %(edition)s is published and offered to your experts.") % {"edition": row.edition}
            )
            return redirect(back)
    earlier = WorkingArrangement.objects.for_user(request.user).filter(school=school).order_by("-edition")
    title = _("Working arrangement")
    return show_form(
        request,
        "consent/expert_arrangement_edit.html",
        form,
        title=title,
        back=back,
        newest=newest,
        theirs=theirs,
        earlier=list(earlier),
        crumbs=_crumbs(school, (title, "")),
        school=school,
    )


@dataclass(frozen=True)
class AccountLine:
    """Whether one expert of this school can sign in."""

    uuid: UUID
    name: str
    organisation: str
    state: str
    since: date | None


@require_safe
def expert_accounts(request, uuid):
    """Which experts of this school can sign in: for who sets it up, an administrator too. No word about children."""
    school = get_to_see(School, request.user, uuid)
    people = list(experts_of(school).select_related("expert").order_by("last_name", "first_name"))
    asleep = sleepers([user.pk for user in people])
    context = {
        "school": school,
        "lines": [_account_line(user, asleep.get(user.pk)) for user in people],
        "crumbs": setup_crumbs(school, (_("Accounts of experts"), "")),
    }
    return render(request, "consent/expert_accounts.html", context)


def _account_line(user, asleep):
    if not user.is_active:
        state, since = "off", user.off_since
    elif asleep:
        state, since = "asleep", asleep
    else:
        state, since = ("ready" if user.has_usable_password() else "invited"), None
    return AccountLine(user.pk, user.full_name, user.expert.organisation, state, since)


@fresh_sign_in
@require_http_methods(["GET", "POST"])
def expert_switch_off(request, uuid, person):
    """Switch the account of an expert of this school off, with the reason."""
    school = get_to_see(School, request.user, uuid)
    expert = experts_of(school).filter(pk=person).first()
    if expert is None:
        raise Unseen(User, person)
    label = _("Switch account off")
    form = page_form(AccountTurnForm(request.POST or None, turn="off"), label)
    back = reverse("consent:expert_accounts", args=[school.pk])
    if form.is_valid():
        why = form.cleaned_data["because"]
        try:
            switch_expert_off(expert=expert, school=school, because=why, by=request.user, on=timezone.localdate())
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    return show_form(
        request,
        "cases/setup_form.html",
        form,
        title=label,
        back=back,
        school=school,
        crumbs=setup_crumbs(school, (_("Accounts of experts"), back), (expert.full_name, "")),
        intro=_("This counts from the next click on, at every school. Only the maintainer of Zorgvuldig undoes it."),
    )
