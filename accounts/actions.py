"""Deeds about schools, people and roles."""

import secrets
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import memberships
from accounts.models import (
    GIVING,
    GUARDED,
    LEADING,
    SETTING_UP,
    WORKING,
    Board,
    ExpertProfile,
    HelpDesk,
    Holiday,
    Invitation,
    Membership,
    RightsApproval,
    Role,
    School,
    SchoolKey,
    StaffLeave,
    User,
    check_version,
)
from audit.record import SYSTEM, record, sign

INVITATION_DAYS = 7
HELP_DESKS = 3  # as many as the letter names
SOUGHT_AN_HOUR = 10


def saved(row, *, by, why):
    """Check a kept row against its fields and constraints, save it signed, and return it. Raises ValidationError.

    Keys to other rows aren't looked up again: the deed holds those rows in its hands.
    """
    row.clean_fields(exclude={field.name for field in row._meta.fields if field.is_relation})
    row.validate_constraints()
    sign(row, by=by, why=why).save()
    return row


@transaction.atomic
def create_board(*, name, by):
    """Add a school board."""
    return saved(Board(name=name), by=by, why="created")


@transaction.atomic
def create_school(*, by, **fields):
    """Add a school with its own data key. `fields` are those of School."""
    school = saved(School(**fields), by=by, why="created")
    SchoolKey.objects.create(school=school)
    record("school.created", school, by=by)
    return school


@transaction.atomic
def change_setting(*, row, version, by, **changes):
    """Change a row of a school's set-up (T9); the record names the fields. Raises ValidationError.

    `version` is the one that the person had before the eyes: who is second is told, and overwrites nothing.
    """
    check_version(row, version)
    changed = sorted(name for name, value in changes.items() if getattr(row, name) != value)
    if changed:
        for name in changed:
            setattr(row, name, changes[name])
        saved(row, by=by, why="set up changed")
        record("setup.changed", row, by=by, detail={"fields": changed})
    return row


@transaction.atomic
def create_person(*, by, username, first_name, last_name, password=None, school=None, **fields):
    """Add a person who can sign in once a password is chosen; `school` is where that is recorded. Returns the User."""
    user = User(username=username, first_name=first_name, last_name=last_name, **fields)
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    record("person.created", by=by, school=school and school.pk, detail={"person": str(user.pk)})
    return user


@transaction.atomic
def create_expert(*, by, function, organisation="", title="", **person):
    """Add an external expert: a person without any role. Returns the User."""
    user = create_person(by=by, **person)
    ExpertProfile.objects.create(user=user, function=function, organisation=organisation, title=title)
    return user


@transaction.atomic
def describe_expert(*, profile, by, **changes):
    """Change what an expert tells about himself (R57, R118); the record names the fields. Raises ValidationError."""
    if profile.user_id != by.pk:
        raise not_yours()
    changed = sorted(name for name, value in changes.items() if getattr(profile, name) != value)
    if changed:
        for name in changed:
            setattr(profile, name, changes[name])
        profile.full_clean(validate_unique=False)
        profile.save(update_fields=changed)
        record("expert.described", by=by, detail={"person": str(by.pk), "fields": changed})
    return profile


def end_sessions(user, *, by=SYSTEM, why=""):
    """End all sessions of this person, on every device; the next request of each finds out. `why` is a code.

    Called when a password or a role changes, and when somebody may no longer sign in.
    """
    user.session_stamp = F("session_stamp") + 1
    user.save(update_fields=["session_stamp"])
    user.refresh_from_db(fields=["session_stamp"])
    if user.last_login:  # who never signed in has nothing to end
        record("signin.ended", by=by, detail={"person": str(user.pk), "why": why})


def givable_roles(user, school):
    """Return the roles that this person may give and end at a school today, to others."""
    held = set(memberships(user, SETTING_UP).filter(school=school).values_list("role", flat=True))
    if held & set(GIVING):
        return tuple(Role)
    return tuple(role for role in Role if role not in GUARDED) if held else ()


@transaction.atomic
def give_role(*, user, role, from_on, by, school=None, board=None, until_on=None):
    """Give a role at one school, or at a board. Returns the Membership. Raises ValidationError.

    Nobody gives a role to himself, nor one that is not his to give; a role at a board is given by SYSTEM alone. A
    role of GUARDED takes a second person: then this asks for it, and returns the RightsApproval.
    """
    if by == user:
        raise ValidationError(_("You can't give yourself a role."), code="own_role")
    if by != SYSTEM and (school is None or role not in givable_roles(by, school)):
        raise ValidationError(_("The director or an administrator gives this role."), code="role_not_yours")
    _refuse_twice(user, role, school, board, from_on, until_on)
    if by != SYSTEM and role in GUARDED:
        return ask_right(user=user, role=role, school=school, from_on=from_on, until_on=until_on, by=by)
    return _give(user, role, school, board, from_on, until_on, by=by)


def _refuse_twice(user, role, school, board, from_on, until_on):
    standing = Membership.objects.filter(
        Q(until_on=None) | Q(until_on__gte=from_on), user=user, role=role, school=school
    )
    if standing.filter(Q(from_on__lte=until_on) if until_on else Q(), board=board).exists():
        raise ValidationError(_("This person has this role already in that time."), code="role_twice")


def _give(user, role, school, board, from_on, until_on, *, by, asked_by=None):
    row = Membership(user=user, role=role, school=school, board=board, from_on=from_on, until_on=until_on)
    saved(row, by=by, why="role given")
    if user.has_usable_password() or asked_by:
        # A link that was made for a smaller role opens no greater one; who signs in already doesn't need it. Nor does
        # a link that the first person made open what the second one agreed to.
        close_links(user)
    end_sessions(user, by=by, why="role given")
    detail = {"role": str(role), "person": str(user.pk)}
    if asked_by:
        detail["asked_by"] = str(asked_by.pk)
    record("role.given", row, by=by, school=school.pk if school else None, detail=detail)
    return row


@transaction.atomic
def ask_right(*, user, role, school, from_on, by, until_on=None):
    """Ask for a right that takes two people. Returns the RightsApproval. Raises ValidationError.

    `role` is one of GUARDED, or EXPERT: to let an external expert in.
    """
    row = RightsApproval(
        user=user,
        role=role,
        school=school,
        from_on=from_on,
        until_on=until_on,
        asked_by=by,
        asked_on=timezone.localdate(),
    )
    saved(row, by=by, why="right asked")
    record("right.asked", row, by=by, detail={"role": str(role), "person": str(user.pk)})
    return row


def give_approved(approval, *, by, on):
    """Give the role of an approved request: from its own day, and never from a day before it was approved."""
    from_on = max(approval.from_on, on)
    if approval.until_on and approval.until_on < from_on:
        raise ValidationError(_("The last day of this request has passed. Ask it anew."), code="too_late")
    _refuse_twice(approval.user, approval.role, approval.school, None, from_on, approval.until_on)
    return _give(
        approval.user, approval.role, approval.school, None, from_on, approval.until_on, by=by,
        asked_by=approval.asked_by,
    )  # fmt: skip


@transaction.atomic
def end_role(*, membership, by, on):
    """Let a role end; from the day after, it opens nothing. Raises ValidationError.

    An end may come earlier and never later: a later day would bring back what has ended.
    """
    if by == membership.user:
        raise ValidationError(_("Ask a colleague to end your own role."), code="own_role")
    if by != SYSTEM and not Membership.objects.editable_by(by).filter(pk=membership.pk).exists():
        raise ValidationError(_("The director or an administrator ends this role."), code="role_not_yours")
    if membership.until_on is not None and on > membership.until_on:
        raise ValidationError(
            _("This role ends on an earlier day already. Give the role again if it must last longer."),
            code="ended_already",
        )
    membership.until_on = on
    saved(membership, by=by, why="role ended")
    end_sessions(membership.user, by=by, why="role ended")
    record("role.ended", membership, by=by, detail={"role": membership.role, "person": str(membership.user_id)})


@transaction.atomic
def add_colleague(*, school, role, from_on, by, until_on=None, **person):
    """Add a person with a first role at a school. Returns (User, token of the invitation). Raises ValidationError.

    When the role takes a second person there is no token yet: whoever approves makes the link.
    """
    user = create_person(by=by, school=school, **person)
    given = give_role(user=user, role=role, school=school, from_on=from_on, until_on=until_on, by=by)
    if isinstance(given, RightsApproval):
        return user, ""
    return user, invite(user=user, by=by, school=school)


def find_person(*, username, last_name):
    """Return who has this username and this surname. Raises ValidationError, equal for a wrong name and for nobody.

    People of other schools are never listed: who adds one knows the name, and knows whom it belongs to.
    """
    person = User.objects.filter(username__iexact=username, last_name__iexact=last_name, is_active=True).first()
    if person is None:
        raise ValidationError(_("We know nobody with this username and surname."), code="unknown_person")
    return person


def seek_person(*, username, last_name, by, school):
    """Find a person as `find_person` does, and record the try. Raises ValidationError, also after ten in an hour.

    Who could try without end, could learn by trying who works at another school. Not atomic on purpose: the record
    of a try stays when nobody is found.
    """
    tries = f"person.sought:{by.pk}"
    cache.add(tries, 0, timeout=60 * 60)
    if cache.incr(tries) > SOUGHT_AN_HOUR:
        record("person.sought", by=by, school=school.pk, detail={"found": False, "refused": True})
        raise ValidationError(
            _("You have looked for somebody ten times within an hour. Try again in an hour."), code="sought_too_often"
        )
    try:
        person = find_person(username=username, last_name=last_name)
    except ValidationError:
        record("person.sought", by=by, school=school.pk, detail={"found": False})
        raise
    record("person.sought", by=by, school=school.pk, detail={"found": True})
    return person


def may_change(user, by):
    """Return whether this person may change how somebody is named and reached: who could have given all the roles.

    An external expert's account is no school's own.
    """
    if user == by or hasattr(user, "expert"):
        return False
    day = timezone.localdate()
    living = Membership.objects.filter(Q(until_on=None) | Q(until_on__gte=day), user=user)
    mine = living.filter(pk__in=Membership.objects.editable_by(by).values("pk"))
    return living.exists() and living.count() == mine.count()


def may_manage(user, by):
    """Return whether this person may renew somebody's link.

    An account opens all that its holder may see, at every school: so only who could have given all of its roles
    may hand it out again. Once somebody has chosen a password, an administrator doesn't: with a new link he would
    sign in as who works with children. Roles that have ended count too, or he could end one first and give it back.
    """
    if not user.is_active or not may_change(user, by):
        return False
    led = memberships(by, LEADING).values("school_id")
    merely_set_up = memberships(by, SETTING_UP).exclude(school__in=led).values("school_id")
    if not user.has_usable_password():
        # Whoever asked for a role that takes two, alone would still sign in with it.
        asked = user.approvals.filter(asked_by=by, outcome=RightsApproval.Outcome.APPROVED)
        leads = Membership.objects.filter(user=user, role__in=LEADING, school__in=merely_set_up)
        return not asked.exists() and not leads.exists()
    return not Membership.objects.filter(user=user, role__in=WORKING, school__in=merely_set_up).exists()


def not_yours():
    """Return the refusal about an account that this person may not change or hand out: one for every reason."""
    return ValidationError(
        _("This account is not yours to manage. Ask the maintainer of Zorgvuldig."), code="not_yours"
    )


@transaction.atomic
def change_person(*, user, by, school, **changes):
    """Change how somebody is named and reached. Raises ValidationError."""
    if not may_change(user, by):
        raise not_yours()
    changed = sorted(name for name, value in changes.items() if getattr(user, name) != value)
    if changed:
        for name in changed:
            setattr(user, name, changes[name])
        user.full_clean(exclude=["password"])
        user.save(update_fields=changed)
        record("person.changed", by=by, school=school.pk, detail={"person": str(user.pk), "fields": changed})
    return user


@transaction.atomic
def give_leave(*, user, school, from_on, by, until_on=None):
    """Pause somebody's access at a school; it comes back by itself."""
    return saved(StaffLeave(user=user, school=school, from_on=from_on, until_on=until_on), by=by, why="leave")


@transaction.atomic
def add_holiday(*, school, name, from_on, until_on, by):
    """Add days on which no term of a letter ends."""
    row = saved(Holiday(school=school, name=name, from_on=from_on, until_on=until_on), by=by, why="holiday")
    record("setup.added", row, by=by)
    return row


@transaction.atomic
def add_help_desk(*, school, name, phone, by, position=0):
    """Add somebody outside the school to whom parents can turn (R111). Raises ValidationError."""
    if HelpDesk.objects.filter(school=school).count() >= HELP_DESKS:
        raise ValidationError(_("The letter has room for three help desks. Change one of these."), code="no_room")
    row = saved(HelpDesk(school=school, name=name, phone=phone, position=position), by=by, why="help desk")
    record("setup.added", row, by=by)
    return row


def close_links(user):
    """Close the one-time links of this person that nobody used yet."""
    now = timezone.now()
    user.invitations.filter(used_at=None, expires_at__gt=now).update(expires_at=now)


@transaction.atomic
def invite(*, user, by, school=None):
    """Return a one-time token with which this person chooses a password. Only its hash stays; older links close.

    The events of making and of accepting both name the invitation: so the record tells who made a link that was used.
    """
    close_links(user)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        user=user, token_hash=Invitation.hash(token), expires_at=timezone.now() + timedelta(days=INVITATION_DAYS)
    )
    detail = {"person": str(user.pk), "invitation": str(invitation.pk)}
    record("person.invited", by=by, school=school and school.pk, detail=detail)
    return token


@transaction.atomic
def renew_invitation(*, user, by, school):
    """Return a new one-time token for somebody who lost the link or the password. Raises ValidationError."""
    if not may_manage(user, by):
        raise not_yours()
    return invite(user=user, by=by, school=school)


@transaction.atomic
def drop_second_step(*, user, by, school=None):
    """Take away somebody's app, passkeys and recovery codes, when they are lost. Raises ValidationError.

    With a new password link it would be a way into the account: so it is for whom may make that link, and all
    sessions end.
    """
    if by != SYSTEM and not may_manage(user, by):
        raise not_yours()
    factors = Authenticator.objects.filter(user=user)
    kinds = sorted(set(factors.values_list("type", flat=True)))
    factors.delete()
    end_sessions(user, by=by, why="second step dropped")
    detail = {"person": str(user.pk), "factors": kinds}
    record("signin.factors_dropped", by=by, school=school and school.pk, detail=detail)


def open_invitation(token):
    """Return the living invitation of this token, or None: equal for wrong, used and expired."""
    return (
        Invitation.objects.select_related("user")
        .filter(token_hash=Invitation.hash(token), used_at=None, expires_at__gt=timezone.now(), user__is_active=True)
        .first()
    )


@transaction.atomic
def accept_invitation(*, invitation, password):
    """Set the chosen password and use the invitation up. Raises ValidationError for a weak password, or a dead link."""
    user = invitation.user
    validate_password(password, user)
    # Two requests with one link: the second waits here, and finds it used; or closed, since it was opened.
    living = Invitation.objects.select_for_update().filter(used_at=None, expires_at__gt=timezone.now())
    if not living.filter(pk=invitation.pk).exists():
        raise ValidationError(_("This link has been used."), code="used")
    user.set_password(password)
    user.save(update_fields=["password"])
    invitation.used_at = timezone.now()
    invitation.save(update_fields=["used_at"])
    record("invitation.accepted", by=user, detail={"invitation": str(invitation.pk)})
    return user


def next_working_day(school, day):
    """Return this day, or the first after it that is no weekend and no holiday of the school."""
    return _open_day(day, _closed_days(school, day))


def _closed_days(school, day):
    return list(Holiday.objects.filter(school=school, until_on__gte=day).values_list("from_on", "until_on"))


def _open_day(day, closed):
    while day.weekday() >= 5 or any(first <= day <= last for first, last in closed):
        day += timedelta(days=1)
    return day


def term(school, *, start, days):
    """Return the day a term of so many days ends: days of a holiday don't count, and it ends on a school day."""
    closed = _closed_days(school, start)
    day = start
    while days > 0:
        day += timedelta(days=1)
        if not any(first <= day <= last for first, last in closed):
            days -= 1
    return _open_day(day, closed)
