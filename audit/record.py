"""Write down who did what, and sign what is saved.

`by` is a person, or SYSTEM for work that nobody asked for at that moment (import, the nightly run, the try-out).
"""

from audit import trail
from audit.models import Event

SYSTEM = "system"


def record(action, subject=None, *, by, ground="", school=None, dossier=None, on_behalf=None, detail=None):
    """Add one event. Put it last in a deed: it holds the chain's lock until the commit.

    `subject` is any row with a uuid; its `school_id` and `dossier_id` place it in a chain. `detail` holds
    codes and counts, never words about a child; `on_behalf` is the person for whom somebody does it: the parent (or
    pupil) whose answer the school writes down. For a substitute the database fills in the teacher of the group
    (migration 0005), whatever is looked at or done in the file. An expert hands in for nobody but himself, and who
    looks as an expert would, looks for nobody. Session and request are those of the moment.
    """
    person = None if by == SYSTEM else by
    now = trail.present()
    if now:
        now.events += 1
    return Event.objects.create(
        action=action,
        kind=subject._meta.label_lower if subject is not None else "",
        subject=subject.pk if subject is not None else None,
        school=school or getattr(subject, "school_id", None),
        dossier=dossier or getattr(subject, "dossier_id", None),
        actor=person.pk if person else None,
        actor_name=person.full_name if person else SYSTEM,
        actor_role=getattr(person, "held_roles", ""),
        ground=ground,
        on_behalf=on_behalf and on_behalf.pk,
        detail=detail or {},
        session=now and now.session,
        request=now and now.request,
    )


def sign(row, *, by, why):
    """Put a name and a reason (a code, never words about a child) on the next save of a kept row.

    Returns the row, so that it reads `sign(row, by=user, why="raised").save()`.
    """
    row._history_user = None if by == SYSTEM else by
    row._change_reason = why if by != SYSTEM else f"{SYSTEM}: {why}"
    row.is_signed = True
    return row
