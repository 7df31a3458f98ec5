"""The people of a school and their roles: added, given a role until a day, handed a link to choose a password."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions
from accounts.doors import Unseen, get_to_edit, get_to_see
from accounts.forms import page_form
from accounts.models import EXPERT, Invitation, Membership, RightsApproval, School, User
from accounts.second_factor import has_second_factor
from accounts.standing import BECAUSE, asleep_since, bring_back, sleepers, switch_off
from accounts.stepup import fresh_sign_in
from cases.forms import tell
from cases.forms.setup import (
    AccountTurnForm,
    AddKnownPersonForm,
    AddPersonForm,
    EndRoleForm,
    GiveRoleForm,
    PersonForm,
)
from cases.models import CaseExclusion
from cases.views.approvals import approval_lines, ask_words, show_link, waiting_lines
from cases.views.levels import show_form
from cases.views.setup import setup_crumbs

PERSONAL = ("first_name", "prefix", "last_name", "called", "phone", "works_on")


@dataclass(frozen=True)
class RoleLine:
    """One role, and the page that ends it when this reader may."""

    name: str
    from_on: date
    until_on: date | None
    is_past: bool
    end_url: str


@dataclass(frozen=True)
class PersonLine:
    """Somebody of this school. `state` says whether the account opens: ready, invited, waiting, off or asleep."""

    uuid: UUID
    name: str
    username: str
    roles: tuple[RoleLine, ...]
    state: str
    since: date | None


def list_name(user):
    """Return "Bakkers, Lotte" or "Berg, Sem van den"."""
    return f"{user.last_name}, {' '.join(filter(None, (user.first_name, user.prefix)))}"


def with_invitation(users):
    """Add `is_invited`: a living link is on its way."""
    living = Invitation.objects.filter(user=OuterRef("pk"), used_at=None, expires_at__gt=timezone.now())
    return users.annotate(is_invited=Exists(living))


def state_of(user):
    """Return off, ready, invited or waiting, of a user that came through `with_invitation`."""
    if not user.is_active:
        return "off"
    if user.has_usable_password():
        return "ready"
    return "invited" if user.is_invited else "waiting"


def may_renew(user, by):
    """Return whether this person may make somebody a new link.

    Who is kept from a child doesn't: signed in with a colleague's new password, he would read that child's file. The
    refusal is the one that others get, since an exclusion hides itself.
    """
    if not actions.may_manage(user, by):
        return False
    lasting = Q(until_on=None) | Q(until_on__gte=timezone.localdate())
    shared = Membership.objects.filter(user=user, school__isnull=False).values("school_id")
    kept_out = CaseExclusion.objects.filter(lasting, user=by, school__in=shared)
    return not (user.has_usable_password() and kept_out.exists())


def people_crumbs(school, *rest):
    """The way back to the list of people."""
    return setup_crumbs(school, (_("People and roles"), reverse("cases:setup_people", args=[school.pk])), *rest)


def _role_lines(rows, mine, day):
    lines = []
    for row in sorted(rows, key=lambda row: (row.until_on is not None and row.until_on < day, row.from_on)):
        is_past = row.until_on is not None and row.until_on < day
        end_url = reverse("cases:role_end", args=[row.pk]) if row.pk in mine and not is_past else ""
        lines.append(RoleLine(row.get_role_display(), row.from_on, row.until_on, is_past, end_url))
    return tuple(lines)


def _people(school, by, day):
    """Return everyone with a role at this school, now or earlier, as PersonLines by surname."""
    held = {}
    for row in Membership.objects.for_user(by).filter(school=school):
        held.setdefault(row.user_id, []).append(row)
    users = with_invitation(User.objects.filter(pk__in=held))
    roles = {person: _role_lines(rows, (), day) for person, rows in held.items()}
    # Who holds no role here any more may sleep, when no other school needs the account.
    gone = [person for person, lines in roles.items() if all(role.is_past for role in lines)]
    asleep = sleepers(gone, day) if gone else {}
    lines = [_person_line(user, roles[user.pk], asleep.get(user.pk)) for user in users]
    return sorted(lines, key=lambda line: line.name.casefold())


def _person_line(user, roles, asleep):
    is_asleep = user.is_active and asleep
    state, since = ("asleep", asleep) if is_asleep else (state_of(user), user.off_since)
    return PersonLine(user.pk, list_name(user), user.username, roles, state, since)


def _directs(user, school):
    return School.objects.directed_by(user).filter(pk=school.pk).exists()


@require_safe
def setup_people(request, uuid):
    """Everyone with a role at this school; who has none any more stands apart."""
    school, day = get_to_see(School, request.user, uuid), timezone.localdate()
    people = _people(school, request.user, day)
    supervising = Membership.objects.on(day).filter(board=school.board_id).select_related("user")
    context = {
        "school": school,
        "people": [line for line in people if not all(role.is_past for role in line.roles)],
        "former": [line for line in people if all(role.is_past for role in line.roles)],
        "waiting": waiting_lines(
            RightsApproval.objects.for_user(request.user).filter(school=school).exclude(role=EXPERT)
        ),
        "of_board": [(row.user.full_name, row.get_role_display()) for row in supervising],
        "review_url": reverse("consent:grant_review", args=[school.pk]) if _directs(request.user, school) else "",
        "crumbs": setup_crumbs(school, (_("People and roles"), "")),
    }
    return render(request, "cases/setup_people.html", context)


def _person(request, school, uuid):
    """Return somebody with a role at this school, or for whom one is asked. Raises Unseen."""
    rows = Membership.objects.for_user(request.user).filter(school=school, user=uuid).values("user_id")
    asked = RightsApproval.objects.for_user(request.user).filter(school=school, user=uuid).exclude(role=EXPERT)
    here = Q(pk__in=rows) | Q(pk__in=asked.values("user_id"))
    user = with_invitation(User.objects.filter(here, pk=uuid)).first()
    if user is None:
        raise Unseen(User, uuid)
    return user


@require_safe
def person_detail(request, uuid, person):
    """One person's roles here, and what this reader may do about them."""
    school, day = get_to_see(School, request.user, uuid), timezone.localdate()
    user = _person(request, school, person)
    rows = Membership.objects.for_user(request.user).filter(school=school, user=user)
    mine = set(
        Membership.objects.editable_by(request.user).filter(school=school, user=user).values_list("pk", flat=True)
    )
    context = {
        "school": school,
        "person": user,
        "state": state_of(user),
        "roles": _role_lines(rows, mine, day),
        "asked": approval_lines(
            RightsApproval.objects.for_user(request.user).filter(school=school, user=user).exclude(role=EXPERT)
        ),
        "off_because": BECAUSE.get(user.off_because, ""),
        "asleep_since": asleep_since(user, day) if user.is_active else None,
        "is_me": user == request.user,
        "may_change": actions.may_change(user, request.user),
        "may_manage": may_renew(user, request.user),
        "has_second_step": has_second_factor(user),
        "crumbs": people_crumbs(school, (user.full_name, "")),
    }
    return render(request, "cases/setup_person.html", context)


@fresh_sign_in
@require_http_methods(["GET", "POST"])
def person_add(request, uuid):
    """Add a person with a first role; the answer shows the link to hand over."""
    school = get_to_see(School, request.user, uuid)
    roles = actions.givable_roles(request.user, school)
    form = page_form(AddPersonForm(request.POST or None, roles=roles), _("Add person"), guard=True)
    back, title = reverse("cases:setup_people", args=[school.pk]), _("Add a person")
    crumbs = people_crumbs(school, (title, ""))
    if form.is_valid():
        try:
            user, token = actions.add_colleague(school=school, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            if not token:
                messages.success(request, ask_words(user))
                return redirect("cases:person_detail", school.pk, user.pk)
            return show_link(request, user, token, back, crumbs)
    known_url = reverse("cases:person_add_known", args=[school.pk])
    return show_form(
        request,
        "cases/setup_person_add.html",
        form,
        title=title,
        back=back,
        crumbs=crumbs,
        school=school,
        known_url=known_url,
    )


@fresh_sign_in
@require_http_methods(["GET", "POST"])
def person_add_known(request, uuid):
    """Give a first role here to somebody who signs in for another school already."""
    school = get_to_see(School, request.user, uuid)
    roles = actions.givable_roles(request.user, school)
    form = page_form(AddKnownPersonForm(request.POST or None, roles=roles), _("Give role"), guard=True)
    back, title = reverse("cases:setup_people", args=[school.pk]), _("Add somebody who signs in already")
    if form.is_valid():
        data = form.cleaned_data
        try:
            name = {"username": data.pop("username"), "last_name": data.pop("last_name")}
            user = actions.seek_person(by=request.user, school=school, **name)
            given = actions.give_role(user=user, school=school, by=request.user, **data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            words = _("%(name)s now has a role at this school.") % {"name": user.full_name}
            messages.success(request, ask_words(user) if isinstance(given, RightsApproval) else words)
            return redirect(back)
    return show_form(
        request,
        "cases/setup_form.html",
        form,
        title=title,
        back=back,
        school=school,
        crumbs=people_crumbs(school, (title, "")),
        intro=_("Ask the person for the username. The password stays the same."),
    )


@require_http_methods(["GET", "POST"])
def person_edit(request, uuid, person):
    """Change how somebody is named and reached."""
    school = get_to_see(School, request.user, uuid)
    user = _person(request, school, person)
    initial = {name: getattr(user, name) for name in PERSONAL}
    form = page_form(PersonForm(request.POST or None, initial=initial), _("Save changes"), guard=True)
    back, name = reverse("cases:person_detail", args=[school.pk, user.pk]), user.full_name
    if form.is_valid():
        try:
            actions.change_person(user=user, by=request.user, school=school, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    return show_form(
        request,
        "cases/setup_form.html",
        form,
        title=_("Name and phone"),
        back=back,
        school=school,
        crumbs=people_crumbs(school, (name, back), (_("Name and phone"), "")),
    )


@fresh_sign_in
@require_http_methods(["GET", "POST"])
def role_give(request, uuid, person):
    """Give somebody of this school one more role."""
    school = get_to_see(School, request.user, uuid)
    user = _person(request, school, person)
    roles = actions.givable_roles(request.user, school)
    form = page_form(GiveRoleForm(request.POST or None, roles=roles), _("Give role"), guard=True)
    back = reverse("cases:person_detail", args=[school.pk, user.pk])
    if form.is_valid():
        try:
            given = actions.give_role(user=user, school=school, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            asked = isinstance(given, RightsApproval)
            messages.success(request, ask_words(user) if asked else _("The role is given."))
            return redirect(back)
    return show_form(
        request,
        "cases/setup_form.html",
        form,
        title=_("Give a role"),
        back=back,
        school=school,
        crumbs=people_crumbs(school, (user.full_name, back), (_("Give a role"), "")),
    )


@fresh_sign_in
@require_http_methods(["GET", "POST"])
def role_end(request, uuid):
    """Let a role end on a day."""
    row = get_to_edit(Membership, request.user, uuid, "school", "user")
    form = page_form(EndRoleForm(request.POST or None), _("End role"))
    back = reverse("cases:person_detail", args=[row.school_id, row.user_id])
    title = _("End role: %(role)s") % {"role": row.get_role_display()}
    if form.is_valid():
        try:
            actions.end_role(membership=row, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("The end of the role is set."))
            return redirect(back)
    return show_form(
        request,
        "cases/setup_form.html",
        form,
        title=title,
        back=back,
        school=row.school,
        crumbs=people_crumbs(row.school, (row.user.full_name, back), (title, "")),
    )


@fresh_sign_in
@require_http_methods(["GET", "POST"])
def account_turn(request, uuid, person, turn):
    """Switch somebody's account off, or on again, with the reason."""
    school = get_to_see(School, request.user, uuid)
    user = _person(request, school, person)
    label = _("Switch account off") if turn == "off" else _("Switch account on")
    form = page_form(AccountTurnForm(request.POST or None, turn=turn), label)
    back = reverse("cases:person_detail", args=[school.pk, user.pk])
    if form.is_valid():
        about = {"user": user, "because": form.cleaned_data["because"], "by": request.user, "school": school}
        try:
            switch_off(on=timezone.localdate(), **about) if turn == "off" else bring_back(**about)
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
        crumbs=people_crumbs(school, (user.full_name, back), (label, "")),
        intro=_("This counts from the next click on, at every school. The roles stay as they are.")
        if turn == "off"
        else "",
    )


@fresh_sign_in
@require_POST
def invitation_make(request, uuid, person):
    """Make a new one-time link; links that were made before close."""
    school = get_to_see(School, request.user, uuid)
    user = _person(request, school, person)
    back = reverse("cases:person_detail", args=[school.pk, user.pk])
    try:
        if not may_renew(user, request.user):
            raise actions.not_yours()
        token = actions.renew_invitation(user=user, by=request.user, school=school)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect(back)
    return show_link(request, user, token, back, people_crumbs(school, (user.full_name, back), (_("New link"), "")))


@fresh_sign_in
@require_POST
def second_step_drop(request, uuid, person):
    """Take away a lost second step; the person sets up a new one at the next sign-in."""
    school = get_to_see(School, request.user, uuid)
    user = _person(request, school, person)
    try:
        if not may_renew(user, request.user):
            raise actions.not_yours()
        actions.drop_second_step(user=user, by=request.user, school=school)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The second step is gone. %(name)s sets up a new one.") % {"name": user.full_name})
    return redirect("cases:person_detail", school.pk, user.pk)
