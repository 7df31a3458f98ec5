"""The extract of the record of looking that parents ask for: when, in which function, what, on what ground (R130).

Names of outsiders stand in it: they are receivers (C-154/21). Names of the school's own people don't (C-579/21).
"""

from datetime import date
from typing import Any

from django.utils import timezone

from accounts.models import ExpertProfile, Role
from cases.looking import looks_at_child
from letters.compose.heads import letterhead
from letters.papers import LookLine, LookRow, LooksExtract, LooksList

FUNCTIONS = {
    Role.COORDINATOR: "intern begeleider",
    Role.TEACHER: "leerkracht",
    Role.DIRECTOR: "directeur",
    Role.SAFEGUARDING_LEAD: "medewerker van de school",  # this function would tell of what doesn't stand here
    Role.PRIVACY_OFFICER: "privacyfunctionaris",
    Role.FG: "functionaris gegevensbescherming",
    Role.ADMIN: "beheerder",
    Role.AUDITOR: "auditor",
}
LOOKED_AT = {
    "trajectory": "het dossier",
    "guidance": "wat voor een expert openstaat",
    "pupil": "de bladzijde van uw kind",
    "guardian": "gegevens van ouders",
    "conversation": "een verslag van een gesprek",
    "letter": "een brief",
    "document": "een document",
    "engagement": "de begeleiding door een expert",
    "history": "de geschiedenis van een gegeven",
    "page": "een bladzijde van het dossier",
}
GROUNDS = {
    "staff": "werkt met uw kind",
    "dossier": "begeleidt uw kind; u hebt daarin toegestemd",
    "anonymous": "begeleidt uw kind, zonder de naam te kennen",
    "trace": "houdt toezicht; ziet niet wat erin staat",
}


PRINTED = 8  # of the columns of `cases.look_files`: session and request are for a spreadsheet


def looks_list(rows: list, *, on: date) -> LooksList:
    """Return the list of looks as it is printed; `rows` are texts as `cases.look_files` gives them, the heads first."""
    lines = (row[:PRINTED] for row in rows[1:])
    return LooksList(
        made_on=on,
        rows=tuple(
            LookLine(when, who, role, what, about, case[:8], ground, told)
            for when, who, role, what, about, case, ground, told in lines
        ),
    )


def looks_extract(trajectory: Any, *, by: Any, on: date) -> LooksExtract:
    """Return who looked at this child's file and when, one line for the same look on one day."""
    events = list(looks_at_child(trajectory, by))
    experts = ExpertProfile.objects.select_related("user").in_bulk({event.actor for event in events})
    counted: dict[tuple, int] = {}
    for event in events:
        usual = "begeleidt uw kind" if event.actor in experts else GROUNDS["staff"]
        ground = GROUNDS.get(event.ground, usual)
        line = (timezone.localdate(event.at), _who(event, experts), _what(event), ground)
        counted[line] = counted.get(line, 0) + 1
    return LooksExtract(
        school=letterhead(trajectory.school),
        made_on=on,
        child=trajectory.pupil.full_name,
        initials=trajectory.initials or "-",
        since=min((line[0] for line in counted), default=None),
        rows=tuple(LookRow(*line, times) for line, times in counted.items()),
        signer=by.full_name,
    )


def _who(event: Any, experts: dict) -> str:
    """An outsider by name and function; somebody of the school by function alone."""
    if expert := experts.get(event.actor):
        return f"{expert.user.full_name}, {expert.function}"
    roles = [FUNCTIONS[role] for role in event.actor_role.split(",") if role in FUNCTIONS]
    return ", ".join(dict.fromkeys(roles)) or "medewerker van de school"


def _what(event: Any) -> str:
    thing = LOOKED_AT.get(event.action.partition(".")[0], "een onderdeel van het dossier")
    return f"{thing} {'opgehaald' if event.action.endswith('.downloaded') else 'bekeken'}"
