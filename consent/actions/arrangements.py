"""How a school works with its external experts: the arrangement, who is offered it, who accepted (R45, R46, R55)."""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import ask_right, create_expert, invite, not_yours, saved
from accounts.models import EXPERT, RightsApproval, School, User
from accounts.standing import close_account
from audit.record import SYSTEM, record
from consent.grants import settle_for
from consent.models import Acceptance, WorkingArrangement


def newest_arrangement(school):
    """Return the edition of the school's arrangement that is offered now, or None."""
    return WorkingArrangement.objects.filter(school=school).order_by("-edition").first()


@transaction.atomic
def publish_arrangement(*, school, text, by, on):
    """Add a new edition of the school's arrangement with its experts (R45)."""
    newest = newest_arrangement(school)
    row = WorkingArrangement(school=school, text=text, edition=newest.edition + 1 if newest else 1, from_on=on)
    saved(row, by=by, why="arrangement")
    record("arrangement.published", row, by=by, detail={"edition": row.edition})
    return row


@transaction.atomic
def renew_arrangement(*, school, text, after, by, on):
    """Publish a new edition and offer it to all experts of the school (R45, R55). Raises ValidationError.

    `after` is the edition that the writer had before the eyes (0 for none). What an expert accepted earlier goes
    on to count until the new edition is accepted.
    """
    newest = newest_arrangement(school)
    if (newest.edition if newest else 0) != after:
        raise ValidationError(
            _("Someone else has published a new edition. Your text is still here; look at theirs first."),
            code="changed_meanwhile",
        )
    if newest and newest.text == text:
        raise ValidationError({"text": ValidationError(_("Nothing has changed in this text."), code="same_text")})
    row = publish_arrangement(school=school, text=text, by=by, on=on)
    for expert in User.objects.filter(acceptances__school=school).distinct():
        offer_arrangement(arrangement=row, expert=expert, by=by, on=on)
    return row


@transaction.atomic
def offer_arrangement(*, arrangement, expert, by, on):
    """Offer the arrangement to an expert: from now on one of this school's experts."""
    row = Acceptance(school_id=arrangement.school_id, arrangement=arrangement, user=expert, offered_on=on)
    saved(row, by=by, why="offered")
    record("arrangement.offered", row, by=by, detail={"person": str(expert.pk), "edition": arrangement.edition})
    return row


@transaction.atomic
def offer_newest(*, school, expert, by, on):
    """Offer the newest edition to an expert, once. Returns the Acceptance. Raises ValidationError.

    The first offer lets an expert in, and takes a second person: then this asks for it, and returns the RightsApproval.
    """
    arrangement = newest_arrangement(school)
    if arrangement is None:
        raise ValidationError(_("First write down how you work together with experts."), code="no_arrangement")
    if not hasattr(expert, "expert"):
        raise ValidationError(_("This person is not an external expert."), code="no_expert")
    offered = Acceptance.objects.filter(arrangement=arrangement, user=expert).first()
    is_in = by == SYSTEM or Acceptance.objects.filter(school=school, user=expert).exists()
    if not is_in:
        return ask_right(user=expert, role=EXPERT, school=school, from_on=on, by=by)
    return offered or offer_arrangement(arrangement=arrangement, expert=expert, by=by, on=on)


@transaction.atomic
def add_expert(*, school, by, on, **about):
    """Add a new external expert and offer the arrangement (R46, R55). Returns (User, token). Raises ValidationError.

    There is no token while a second person still has to agree.
    """
    user = create_expert(by=by, school=school, **about)
    if isinstance(offer_newest(school=school, expert=user, by=by, on=on), RightsApproval):
        return user, ""
    return user, invite(user=user, by=by, school=school)


def renewable(school):
    """Return the experts for whom this school may make a new link: the account is unused, and only its own.

    An expert who works elsewhere too has one account; a link made here would open the other school's files.
    """
    elsewhere = Acceptance.objects.exclude(school=school).values("user")
    unused = User.objects.filter(password__startswith=UNUSABLE_PASSWORD_PREFIX, memberships=None)
    return unused.filter(acceptances__school=school).exclude(pk__in=elsewhere).distinct()


@transaction.atomic
def renew_expert_invitation(*, expert, school, by):
    """Return a new one-time token for an expert who has chosen no password yet. Raises ValidationError."""
    if not renewable(school).filter(pk=expert.pk).exists():
        # One answer for every reason: a school doesn't hear that its expert works elsewhere.
        raise ValidationError(_("You can't make a link here. Ask the maintainer of Zorgvuldig."), code="not_yours")
    return invite(user=expert, by=by, school=school)


def experts_of(school):
    """Return the experts whom this school offered its arrangement."""
    return User.objects.filter(acceptances__school=school).distinct()


@transaction.atomic
def switch_expert_off(*, expert, school, because, by, on):
    """Switch an expert's account off: a lost laptop can't wait. Raises ValidationError.

    For who sets up a school that this expert works for. It counts at every school, and so none of them switches the
    account on again by itself: that is the maintainer's, who hears them all (`manage.py account on`).
    """
    sets_up = School.objects.for_user(by).filter(pk=school.pk).exists()
    if not sets_up or expert == by or not experts_of(school).filter(pk=expert.pk, memberships=None).exists():
        raise not_yours()
    return close_account(user=expert, because=because, by=by, on=on, school=school)


@transaction.atomic
def accept_arrangement(*, acceptance, by, on):
    """Accept it, as the expert it was offered to (R55). Raises ValidationError."""
    if acceptance.user_id != by.pk:
        raise ValidationError(_("Only the expert accepts this."), code="not_yours")
    acceptance.accepted_on = on
    saved(acceptance, by=by, why="accepted")
    settle_for(by, school=acceptance.school_id)
    return acceptance
