"""What outsiders may see follows from answers and engagements, and from nothing else. `settle` is the only writer."""

from datetime import date
from functools import cache

from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.wall import SYSTEM, acting
from audit.record import record
from cases.access import SEE_ANONYMOUS, SEE_DOSSIER, Reading
from cases.models import GrantedHeading, Heading, Trajectory, TrajectoryGrant, Visit
from consent.models import Acceptance, Engagement, Outcome, who_must_answer

CODENAMES = {Reading.DOSSIER: SEE_DOSSIER, Reading.ANONYMOUS: SEE_ANONYMOUS}


@cache
def _permission(codename):
    return Permission.objects.get(codename=codename, content_type__app_label="cases").pk


def allowed(trajectory, on):
    """Return what each expert may see of this trajectory on that day.

    That is {expert's uuid: (fields of the grant, {heading's uuid: date from which it opens})}.

    No accepted arrangement, no grant (R55); no running engagement, no grant (R39, R50). Known needs B of everyone
    who has gezag on that day (R96). Of two engagements of one expert the stricter counts, then the newer.
    """
    accepted = set(
        Acceptance.objects.filter(school=trajectory.school_id, accepted_on__isnull=False).values_list(
            "user_id", flat=True
        )
    )
    if trajectory.is_closed:
        return {}
    running = []
    rows = Engagement.objects.filter(trajectory=trajectory, expert__in=accepted).prefetch_related("choices", "parts")
    for engagement in rows:
        reading = reading_of(engagement, trajectory.pupil, on)
        if reading is not None:
            running.append((reading == Reading.ANONYMOUS, engagement.started_on, engagement.pk, reading, engagement))
    grants = {}
    for *_order, reading, engagement in sorted(running, key=lambda row: row[:3]):
        grants[engagement.expert_id] = grant_fields(engagement, reading, on), opened_by(engagement, reading)
    return grants


def reading_of(engagement, pupil, on):
    """Return how much the expert may see on that day, or None: known needs B of everyone who has gezag then (R96)."""
    reading = engagement.reading(on)
    if reading == Reading.DOSSIER and not engagement.is_known_by_right(who_must_answer(pupil, on=on)):
        return Reading.ANONYMOUS
    return reading


def possible_readings(engagement, on):
    """Return what a guidance that has not begun can come to: one reading once it is answered, both until then."""
    trajectory, outcome = engagement.trajectory, engagement.outcome(on)
    is_over = engagement.ended_on or engagement.cancelled_on or engagement.until < on or trajectory.is_closed
    if is_over or engagement.started_on or outcome == Outcome.OBJECTS:
        return ()
    if outcome == Outcome.ANONYMOUS:
        return (Reading.ANONYMOUS,)
    if outcome == Outcome.KNOWN:
        by_right = engagement.is_known_by_right(who_must_answer(trajectory.pupil, on=on))
        return (Reading.DOSSIER,) if by_right else (Reading.ANONYMOUS,)
    return Reading.ANONYMOUS, Reading.DOSSIER


def expected_grant(engagement, reading, on):
    """Return what the expert would get with this reading: (an unsaved TrajectoryGrant, {Heading: from-day})."""
    grant = TrajectoryGrant(
        content_object=engagement.trajectory,
        user=engagement.expert,
        school_id=engagement.school_id,
        **grant_fields(engagement, reading, on),
    )
    opens = opened_by(engagement, reading)
    return grant, {row: opens[row.pk] for row in Heading.objects.filter(pk__in=opens)}


def grant_fields(engagement, reading, on):
    """Return what a grant of this reading says on that day, as {field: value}."""
    visit = engagement.visit(on)
    return {
        "permission_id": _permission(CODENAMES[reading]),
        "engagement": engagement.pk,
        "from_on": engagement.started_on or on,
        "until": engagement.until,
        # Known to some of those who have gezag and not to all: then nobody looks at the child by name.
        "visit": Visit.CLASS if reading == Reading.ANONYMOUS and engagement.outcome(on) == Outcome.KNOWN else visit,
        "alias": engagement.alias,
        "case_code": engagement.case_code,
        "question": engagement.question,
    }


def opened_by(engagement, reading):
    """Return which headings open from which day on, as {heading's uuid: date}: as the letter named them, under B."""
    if reading != Reading.DOSSIER:
        return {}
    return {part.heading_id: part.from_on for part in engagement.parts.all() if not part.dropped}


def settle(trajectory, on: date | None = None):
    """Make the grants of this trajectory equal to what answers and engagements allow.

    It looks as SYSTEM: through the eyes of the expert who just accepted the arrangement, it would find no
    answers, and take everybody's grants away.
    """
    with acting(SYSTEM):
        # As it stands now, and locked: of two deeds at one moment, the second settles what both of them did.
        trajectory = Trajectory.objects.select_for_update(of=("self",), no_key=True).get(pk=trajectory.pk)
        wanted = allowed(trajectory, on or timezone.localdate())
        for grant in TrajectoryGrant.objects.filter(content_object=trajectory):
            fields, headings = wanted.pop(grant.user_id, (None, {}))
            if fields is None:
                _open(grant, {})
                grant.delete()
                _tell("ended", trajectory, grant.user_id)
                continue
            is_new = any(getattr(grant, name) != value for name, value in fields.items())
            if is_new:
                for name, value in fields.items():
                    setattr(grant, name, value)
                grant.save()
            if _open(grant, headings) or is_new:
                _tell("changed", trajectory, grant.user_id, fields, headings)
        for user_id, (fields, headings) in wanted.items():
            grant = TrajectoryGrant.objects.create(
                user_id=user_id, content_object=trajectory, school_id=trajectory.school_id, **fields
            )
            _open(grant, headings)
            _tell("given", trajectory, user_id, fields, headings)


def _open(grant, headings):
    """Make the opened headings of a grant these. Returns whether anything changed."""
    standing = {row.heading_id: row for row in grant.headings.all()}
    if {key: row.from_on for key, row in standing.items()} == headings:
        return False
    for row in standing.values():
        row.delete()
    for heading, from_on in headings.items():
        GrantedHeading.objects.create(
            school_id=grant.school_id,
            trajectory_id=grant.content_object_id,
            grant=grant,
            reader_id=grant.user_id,
            heading_id=heading,
            from_on=from_on,
        )
    return True


def _tell(what, trajectory, user_id, fields=None, headings=()):
    """Write down that an outsider's view was opened, changed or closed: grants themselves keep no history."""
    detail = {"person": str(user_id)}
    if fields:
        how = next(name for name in CODENAMES.values() if _permission(name) == fields["permission_id"])
        detail |= {"how": how, "until": fields["until"].isoformat(), "headings": len(headings)}
    record(f"grant.{what}", trajectory, by=SYSTEM, detail=detail)


def settle_for(expert, *, school):
    """Settle every trajectory of this school that an expert is engaged for: whoever acts, all of them are found."""
    with acting(SYSTEM):
        rows = Engagement.objects.filter(expert=expert, school=school).select_related("trajectory")
        for trajectory in {row.trajectory for row in rows}:
            settle(trajectory)
