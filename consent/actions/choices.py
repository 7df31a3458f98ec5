"""What the parents are asked and answer (R25-R39)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import saved, term
from audit.record import record
from cases.access import settled
from cases.actions.school import terms_of
from cases.actions.talks import renew_report
from consent.actions.naming import check_nameless
from consent.actions.sharing import remove_forbidden_items
from consent.models import Engagement, ParentChoice, who_must_answer


@transaction.atomic
def ask_choices(*, engagement, letters, by, on):
    """Put the choice to everybody who must answer (R25, R27): `letters` maps each Guardian (None: the pupil) to the
    reference of the letter that asks. The term skips holidays. Returns the ParentChoices. Raises ValidationError.
    """
    # As the family stands today, also for a letter that is entered afterwards.
    today = timezone.localdate()
    people = [respondent.guardian for respondent in who_must_answer(engagement.trajectory.pupil, on=today)]
    if not people:
        raise ValidationError(
            _("Nobody can be asked yet: write down who has gezag over this child."), code="nobody_to_ask"
        )
    if {person and person.pk for person in people} - {person and person.pk for person in letters}:
        raise ValidationError(_("Everyone who must answer gets the letter."), code="somebody_left_out")
    due = term(engagement.school, start=on, days=terms_of(engagement.school_id).answer_days)
    rows = []
    for person in people:
        row = engagement.choices.filter(guardian=person).first() or ParentChoice(
            school_id=engagement.school_id,
            trajectory_id=engagement.trajectory_id,
            engagement=engagement,
            guardian=person,
        )
        row.asked_on, row.due_on, row.letter_of = on, due, letters[person]
        rows.append(saved(row, by=by, why="asked"))
    engagement.asked_on = on
    engagement.informed_on = engagement.informed_on or on
    saved(engagement, by=by, why="asked")
    settled(engagement.trajectory)
    return rows


@transaction.atomic
def adopt_old_letter(*, engagement, document, by, on):
    """Enter a letter that went out before this system was used: its Document in the file stands for it.

    Everyone who must answer counts as asked on that day; their answers are recorded with the old slip.
    """
    if document.trajectory_id != engagement.trajectory_id:
        raise ValidationError(_("This document is of another case."), code="other_case")
    # As the family stands today, also for a letter that is entered afterwards.
    today = timezone.localdate()
    people = [respondent.guardian for respondent in who_must_answer(engagement.trajectory.pupil, on=today)]
    # Only who lives at one address may answer for both: others had a letter of their own.
    homes = list(dict.fromkeys(_home(person) for person in people))
    letters = {person: f"{OLD_LETTER}-{homes.index(_home(person)) + 1}" for person in people}
    return ask_choices(engagement=engagement, letters=letters, by=by, on=on)


def _home(person):
    """An address, or the person where none is known."""
    return (person and person.place) or person


OLD_LETTER = "oud"


@transaction.atomic
def record_choice(
    *, choice, answer, how, by, on, class_visit="", observe=None, items="", remark="", for_both=False, scan=None
):
    """Record what one parent answered, or a change of mind; it counts at once (R25-R39). Raises ValidationError."""
    if choice.engagement.ended_on or choice.engagement.cancelled_on:
        raise ValidationError(_("This guidance has ended."), code="ended")
    check_nameless(items, choice.trajectory.pupil, field="items")
    if choice.asked_on is None or on < choice.asked_on:
        raise ValidationError(_("The answer can't be older than the letter."), code="before_the_letter")
    if how == ParentChoice.How.OLD_LETTER and scan is None:
        raise ValidationError({"scan": ValidationError(_("Add the old answer itself."), code="scan_missing")})
    choice.choice, choice.how, choice.answered_on = answer, how, on
    anonymous, known = answer == ParentChoice.Choice.ANONYMOUS, answer == ParentChoice.Choice.KNOWN
    choice.class_visit = class_visit if anonymous else ""
    choice.items = (items or None) if anonymous else None
    choice.observe = observe if known else None
    choice.remark, choice.for_both, choice.scan = remark, for_both, scan or choice.scan
    saved(choice, by=by, why="answered")
    _follow(choice, by=by)
    record("choice.recorded", choice, by=by, on_behalf=_whose(choice), detail={"choice": answer})
    return choice


@transaction.atomic
def withdraw_choice(*, choice, by):
    """Take an answer back: what stood open closes in the same transaction. Raises ValidationError after the end."""
    if choice.engagement.ended_on or choice.engagement.cancelled_on:
        raise ValidationError(_("This guidance has ended."), code="ended")
    choice.choice, choice.how, choice.answered_on, choice.for_both = "", "", None, False
    choice.class_visit, choice.observe, choice.items = "", None, None
    saved(choice, by=by, why="withdrawn")
    _follow(choice, by=by)
    record("choice.withdrawn", choice, by=by, on_behalf=_whose(choice))
    return choice


def _whose(choice):
    """Whose answer it is that the school writes down: a parent's, or the pupil's own from 16 on."""
    return choice.guardian or choice.trajectory.pupil


def _follow(choice, *, by):
    """Let what follows from the answer follow at once: grants, shared texts, and the report of the joint talk (R26)."""
    engagement = Engagement.objects.get(pk=choice.engagement_id)  # with the answers as they stand now
    remove_forbidden_items(engagement=engagement, by=by, on=timezone.localdate())
    if engagement.conversation:
        renew_report(conversation=engagement.conversation, by=by, why="choice")
    settled(choice.trajectory)
