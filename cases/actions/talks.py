"""Talks: logged in three fields, changed without losing what was shared, shared in writing."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import saved
from accounts.models import check_version
from audit.record import record
from cases.actions.sharing import leave_out_for
from cases.models import Agreement, Attendee, Conversation, Intervention, LeftOutItem, Position, ReportSharing

EDITABLE = ("held_on", "text", "child_view", "source", "judgement", "judgement_rests_on", "no_agreements")


@transaction.atomic
def log_conversation(
    *,
    trajectory,
    held_on,
    text,
    by,
    led_by=None,
    guardians=(),
    colleagues=(),
    child=False,
    others=(),
    level=None,
    topics=(),
    agreements=(),
    interventions=(),
    positions=None,
    left_out=None,
    **more,
):
    """Log a talk (R4-R10): date, with whom, and what was discussed; everything else may come later.

    `agreements` and `interventions` are dicts of their fields; `positions` maps a Guardian to a dict with
    `stance`, and `reasons` or `gave_no_reason`; `left_out` are the experts who don't read it, {User: True}. Returns
    the Conversation. Raises ValidationError.
    """
    if trajectory.is_closed:
        raise ValidationError(_("This case is closed. Open it again first."), code="closed")
    talk = Conversation(
        school_id=trajectory.school_id,
        trajectory=trajectory,
        held_on=held_on,
        text=text,
        led_by=led_by or by,
        level=level or trajectory.level,
        topics=list(topics),
        **more,
    )
    saved(talk, by=by, why="logged")
    _seat(talk, guardians, colleagues, child=child, others=others, by=by)
    _agree(talk, agreements, by=by)
    for row in interventions:
        add_intervention(conversation=talk, by=by, **row)
    for guardian, position in (positions or {}).items():
        set_position(conversation=talk, guardian=guardian, by=by, **position)
    leave_out_for(left_out, row=talk, kind=LeftOutItem.Kind.TALK, by=by)
    record("conversation.logged", talk, by=by)
    return talk


def _row(model, talk, **fields):
    return model(school_id=talk.school_id, trajectory_id=talk.trajectory_id, conversation=talk, **fields)


def _seat(talk, guardians, colleagues, *, child, others, by):
    """Make the list of who was there this one; who stays in it stays as it was."""
    wanted = {("guardian", person.pk): {"guardian": person} for person in guardians}
    wanted |= {("staff", person.pk): {"staff": person} for person in colleagues}
    wanted |= {("child", True): {"is_child": True}} if child else {}
    wanted |= {("other", name): {"other": name} for name in others if name}
    for row in talk.attendees.filter(dropped=False):
        key = next(
            (kind, value)
            for kind, value in (
                ("guardian", row.guardian_id),
                ("staff", row.staff_id),
                ("child", row.is_child),
                ("other", row.other),
            )
            if value
        )
        if wanted.pop(key, None) is None:
            row.dropped = True
            saved(row, by=by, why="was not there")
    for fields in wanted.values():
        saved(_row(Attendee, talk, **fields), by=by, why="was there")


def _agree(talk, agreements, *, by):
    """Make the list of agreements this one: lines that stay keep their row, lines that are gone are dropped."""
    standing = list(talk.agreements.filter(dropped=False).order_by("position"))
    for position, fields in enumerate(agreements):
        row = next((row for row in standing if row.what == fields["what"]), None)
        if row is None:
            row = _row(Agreement, talk, what=fields["what"])
        else:
            standing.remove(row)
        changed = {"who": fields.get("who") or None, "due_on": fields.get("due_on"), "position": position}
        if row._state.adding or any(getattr(row, name) != value for name, value in changed.items()):
            for name, value in changed.items():
                setattr(row, name, value)
            saved(row, by=by, why="agreed")
    for row in standing:
        row.dropped = True
        saved(row, by=by, why="no longer agreed")


@transaction.atomic
def change_conversation(
    *,
    conversation,
    by,
    version,
    guardians=(),
    colleagues=(),
    child=False,
    others=(),
    agreements=(),
    left_out=None,
    **more,
):
    """Change a talk. What was shared already becomes an older edition, to be shared again. Raises ValidationError.

    `left_out` says of experts whether they don't read it any more: {User: bool}.
    """
    check_version(conversation, version)
    before = _as_read(conversation)
    for name, value in more.items():
        if name not in EDITABLE:
            raise TypeError(f"{name} is not changed here")
        setattr(conversation, name, value)
    _seat(conversation, guardians, colleagues, child=child, others=others, by=by)
    _agree(conversation, agreements, by=by)
    if _as_read(conversation) != before:
        _next_edition(conversation)
    saved(conversation, by=by, why="changed")
    leave_out_for(left_out, row=conversation, kind=LeftOutItem.Kind.TALK, by=by)
    record("conversation.changed", conversation, by=by)
    return conversation


def _as_read(conversation):
    """What the report of this talk tells its readers: when it is the same, nobody needs a new edition."""
    seats = conversation.attendees.filter(dropped=False)
    agreements = conversation.agreements.filter(dropped=False).order_by("position")
    return (
        [getattr(conversation, name) for name in EDITABLE],
        sorted(str((row.guardian_id, row.staff_id, row.is_child, row.other)) for row in seats),
        [(row.what, row.who, row.due_on) for row in agreements],
    )


def _next_edition(conversation):
    """Count up when the parents have the present edition in hand. Returns whether it did."""
    is_shared = conversation.sharings.filter(edition=conversation.edition).exists()
    conversation.edition += is_shared
    if is_shared:  # what stands in the pupil administration is the edition before
        conversation.in_administration_on = None
    return is_shared


@transaction.atomic
def renew_report(*, conversation, by, why):
    """Make the next edition of a report to which something is added, when the parents have this one in hand (R26)."""
    if _next_edition(conversation):
        saved(conversation, by=by, why=why)
    return conversation


@transaction.atomic
def add_intervention(*, conversation, by, text, kind=Intervention.Kind.CLASSROOM, evaluate_on=None):
    """Add what will be tried, with a day to look back (R5, R13-R15)."""
    row = _row(Intervention, conversation, text=text, kind=kind, evaluate_on=evaluate_on)
    if _next_edition(conversation):
        saved(conversation, by=by, why="changed")
    return saved(row, by=by, why="intervention")


@transaction.atomic
def evaluate_intervention(*, intervention, evaluation, by, on):
    """Write down whether it helped (R19)."""
    intervention.evaluation, intervention.evaluated_on = evaluation, on
    return saved(intervention, by=by, why="evaluated")


@transaction.atomic
def set_position(*, conversation, guardian, stance, by, reasons=None, gave_no_reason=False):
    """Record what one parent thought: agrees, objects with reasons (or gave none), or not discussed (R9, R10)."""
    row = conversation.positions.filter(guardian=guardian).first() or _row(Position, conversation, guardian=guardian)
    objects = stance == Position.Stance.OBJECTS
    new = {
        "stance": stance,
        "reasons": (reasons or None) if objects else None,
        "gave_no_reason": objects and gave_no_reason,
    }
    if row._state.adding or any(getattr(row, name) != value for name, value in new.items()):
        for name, value in new.items():
            setattr(row, name, value)
        saved(row, by=by, why="stance")
        if _next_edition(conversation):
            saved(conversation, by=by, why="changed")
    return row


@transaction.atomic
def settle_agreement(*, agreement, by, on):
    """Tick an agreement off, or open it again when it was ticked."""
    agreement.done_on = None if agreement.done_on else on
    return saved(agreement, by=by, why="done" if agreement.done_on else "not done")


def unanswered(conversation):
    """Return the guardians who were at this talk and whose stance is not recorded yet."""
    told = set(conversation.positions.values_list("guardian_id", flat=True))
    seats = conversation.attendees.filter(guardian__isnull=False, dropped=False).select_related("guardian")
    return [row.guardian for row in seats if row.guardian_id not in told]


@transaction.atomic
def mark_shared(*, conversation, guardians, how, by, on):
    """Record that the present edition went to these parents in writing (R7, R17, R24). Raises ValidationError.

    Before sharing, the stance of each parent who was there is known, and whether agreements were made.
    """
    if unanswered(conversation):
        raise ValidationError(_("Say for each parent who was there what they thought of it."), code="stance_missing")
    if not conversation.no_agreements and not conversation.agreements.filter(dropped=False).exists():
        raise ValidationError(_("Write down the agreements, or that none were made."), code="agreements_missing")
    if not guardians:
        raise ValidationError(_("Choose with whom you share it."), code="nobody")
    if on < conversation.held_on:
        raise ValidationError(_("It can't be shared before the talk."), code="before_the_talk")
    rows = [
        saved(
            _row(ReportSharing, conversation, guardian=guardian, edition=conversation.edition, shared_on=on, how=how),
            by=by,
            why="shared",
        )
        for guardian in guardians
    ]
    record(
        "report.shared", conversation, by=by, detail={"how": str(how), "edition": conversation.edition, "to": len(rows)}
    )
    return rows
