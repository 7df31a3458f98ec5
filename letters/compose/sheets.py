"""Sheets about more than one talk: the summary of a closed case (decision 6), the agenda of a CLB day (R48, R54)."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consent.days import DayPage
from letters.circle import called
from letters.compose.heads import letterhead
from letters.papers import (
    AgendaLine,
    CaseSummary,
    ClbAgenda,
    HeldTalk,
    KeptAgreement,
    PhaseLine,
)


def case_summary(trajectory: Any, on: date) -> CaseSummary:
    """Return what the pupil administration keeps of a closed case. Raises ValidationError."""
    if not trajectory.is_closed:
        raise ValidationError(_("Close the case first: the summary says how it ended."), code="not_closed")
    phases = trajectory.levelphases.select_related("level").order_by("from_on", "until_on", "level__number")
    talks = trajectory.conversations.select_related("level", "led_by").order_by("held_on", "pk")
    agreements = trajectory.agreements.filter(dropped=False).order_by("conversation__held_on", "position", "pk")
    return CaseSummary(
        school=letterhead(trajectory.school),
        made_on=on,
        child=trajectory.pupil.full_name,
        initials=trajectory.initials or "-",
        question=trajectory.question,
        education_needs=trajectory.education_needs or "",
        upbringing_needs=trajectory.upbringing_needs or "",
        opened_on=trajectory.opened_on,
        closed_on=trajectory.closed_on,
        outcome=trajectory.outcome,
        taken_over_because=trajectory.taken_over_because or "",
        phases=tuple(
            PhaseLine(
                level=row.level.name,
                from_on=row.from_on,
                until_on=row.until_on,
                outcome=row.outcome or "",
                skipped_because=row.skipped_because or "",
            )
            for row in phases
        ),
        talks=tuple(HeldTalk(on=row.held_on, level=row.level.name, led_by=called(row.led_by)) for row in talks),
        agreements=tuple(
            KeptAgreement(what=row.what, who=row.who or "", due_on=row.due_on, done_on=row.done_on)
            for row in agreements
        ),
    )


# --- the agenda of a CLB day (R48, R54) ------------------------------------------------------------------------------


def agenda(day: Any, page: DayPage, *, on: date, by: Any) -> ClbAgenda:
    """Return the agenda of a CLB day as it goes to the expert: `page` is that day for who makes it.

    Known children by initials, the others by alias and code, in the order of their codes.
    """
    return ClbAgenda(
        school=letterhead(day.school),
        made_on=on,
        held_on=page.held_on,
        expert=page.expert,
        known=tuple(AgendaLine(line.short, line.question) for line in page.known),
        nameless=tuple(AgendaLine(f"{line.alias} ({line.code})", line.question) for line in page.nameless),
        contact=by.full_name,
    )
