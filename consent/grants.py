"""What outsiders may see follows from answers and engagements, and from nothing else. `settle` is the only writer."""

from datetime import date
from functools import cache

from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.wall import SYSTEM, acting
from audit.record import record
from cases.access import SEE_ANONYMOUS, SEE_DOSSIER, Reading
from cases.models import Trajectory, TrajectoryGrant
from consent.models import Acceptance, Engagement, who_must_answer

CODENAMES = {Reading.DOSSIER: SEE_DOSSIER, Reading.ANONYMOUS: SEE_ANONYMOUS}


@cache
def _permission(codename):
    return Permission.objects.get(codename=codename, content_type__app_label="cases").pk


def allowed(trajectory, on):
    """Return what each expert may see of this trajectory on that day, as {expert's uuid: fields of the grant}.

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
    for engagement in Engagement.objects.filter(trajectory=trajectory, expert__in=accepted).prefetch_related("choices"):
        reading = engagement.reading(on)
        if reading == Reading.DOSSIER and not engagement.is_known_by_right(who_must_answer(trajectory.pupil, on=on)):
            reading = Reading.ANONYMOUS
        if reading is not None:
            running.append((reading == Reading.ANONYMOUS, engagement.started_on, engagement.pk, reading, engagement))
    grants = {}
    for *_order, reading, engagement in sorted(running, key=lambda row: row[:3]):
        grants[engagement.expert_id] = {
            "permission_id": _permission(CODENAMES[reading]),
            "until": engagement.until,
            "alias": engagement.alias,
            "case_code": engagement.case_code,
            "question": engagement.question,
        }
    return grants


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
            fields = wanted.pop(grant.user_id, None)
            if fields is None:
                grant.delete()
                _tell("ended", trajectory, grant.user_id)
            elif any(getattr(grant, name) != value for name, value in fields.items()):
                for name, value in fields.items():
                    setattr(grant, name, value)
                grant.save()
                _tell("changed", trajectory, grant.user_id, fields)
        for user_id, fields in wanted.items():
            TrajectoryGrant.objects.create(
                user_id=user_id, content_object=trajectory, school_id=trajectory.school_id, **fields
            )
            _tell("given", trajectory, user_id, fields)


def _tell(what, trajectory, user_id, fields=None):
    """Write down that an outsider's view was opened, changed or closed: grants themselves keep no history."""
    detail = {"person": str(user_id)}
    if fields:
        how = next(name for name in CODENAMES.values() if _permission(name) == fields["permission_id"])
        detail |= {"how": how, "until": fields["until"].isoformat()}
    record(f"grant.{what}", trajectory, by=SYSTEM, detail=detail)


def settle_for(expert, *, school):
    """Settle every trajectory of this school that an expert is engaged for: whoever acts, all of them are found."""
    with acting(SYSTEM):
        rows = Engagement.objects.filter(expert=expert, school=school).select_related("trajectory")
        for trajectory in {row.trajectory for row in rows}:
            settle(trajectory)
