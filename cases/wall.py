"""The policies that the tables of a child's file share, in SQL; and what a supervisor is told of their history."""

from django.db.migrations import RunSQL

LED = "school_id = any((select led_schools())::uuid[])"
OF_FILE = f"""(trajectory_id = any((select my_trajectories())::uuid[])
    or ({LED} and not trajectory_id = any((select barred_trajectories())::uuid[])))"""
OF_PUPIL = f"""(pupil_id = any((select my_pupils())::uuid[])
    or ({LED} and not pupil_id = any((select barred_pupils())::uuid[])))"""
# A colleague who was let into one case reads the child's people, and changes none of them.
OF_OWN_PUPIL = f"""(pupil_id = any((select own_pupils())::uuid[])
    or ({LED} and not pupil_id = any((select barred_pupils())::uuid[])))"""
# What is added or changed must also be of the school of the child it hangs on: else a leader could tie a child of
# another school, whose number came from elsewhere, to a file of his own.
INTO_FILE = f"({OF_FILE} and school_id = school_of_trajectory(trajectory_id))"
INTO_PUPIL = f"({OF_OWN_PUPIL} and school_id = school_of_pupil(pupil_id))"
STAYS_IN_FILE = ("school_id", "trajectory_id")
STAYS_WITH_PUPIL = ("school_id", "pupil_id")
AT_WORK = "school_id = any((select staff_schools())::uuid[])"


def trace(app, *models, itself=()):
    """Return the operation that makes `traced_history_<app>(trajectory, most)`.

    For who supervises the school: that a record of a case was saved, by whom, when, why, and the names of the fields
    that changed, the newest `most`. It looks past the wall and gives no content; `traced_case` says whose case it may
    be asked of. `models` are named one by one: a restricted kind is told of only when somebody writes it down here.
    `itself` holds the model that is the case, not a record in one.
    """
    told = [(model, "trajectory_id") for model in models] + [(model, "id") for model in itself]
    rows = " union all ".join(
        f"""select '{app}.{model}', id, history_date, history_user_id, history_type::text, history_change_reason,
            changed::text[], history_id from {app}_historical{model} where {key} = $1"""  # noqa: S608 - of the names of our own tables
        for model, key in told
    )
    return RunSQL(
        f"""create function traced_history_{app}(trajectory uuid, most integer) returns table (
            kind text, record uuid, at timestamptz, who uuid, type text, reason text, changed text[], turn uuid
        ) stable language sql security definer set search_path = public, pg_temp as $$
            select * from ({rows}) h where (select traced_case($1)) order by 3 desc, 8 desc limit $2
        $$;""",  # noqa: S608 - the same
        f"drop function traced_history_{app}(uuid, integer);",
    )
