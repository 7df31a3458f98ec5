"""The wall for who reads a part of a file: an expert finds what a heading opens, and nothing of its history."""

from django.db import migrations

from accounts.wall import guard, regard
from cases.wall import INTO_FILE, LED, OF_FILE, OF_PUPIL, STAYS_IN_FILE

DEFINER = "returns uuid[] stable language sql security definer set search_path = public, pg_temp as $$"


def _opened(table, day, heading):
    """Rows of this table that stand under an opened heading, from its day on, but for those that are left out."""
    return f"""
    select coalesce(array_agg(i.id), '{{}}') from {table} i
    where i.trajectory_id = any((select known_trajectories())::uuid[])
      and exists (select 1 from cases_grantedheading h where h.trajectory_id = i.trajectory_id
          and h.reader_id = app_user() and h.from_on <= i.{day} and {heading})
      and not exists (select 1 from cases_leftoutitem l
          where l.item = i.id and l.reader_id = app_user() and not l.dropped)
    """


AT_THE_TALKS = "exists (select 1 from cases_heading k where k.id = h.heading_id and k.position = 0)"
OF_NO_OTHER = "h.heading_id = i.heading_id and (i.author_id is null or i.author_id = app_user())"
FUNCTIONS = f"""
create function known_trajectories() {DEFINER}
    select coalesce(array_agg(t), '{{}}') from unnest(granted_trajectories('see_dossier')) t
    where not t = any((select barred_trajectories())::uuid[])
$$;
create function guided_trajectories() {DEFINER}
    select known_trajectories() || coalesce(array_agg(t), '{{}}') from unnest(granted_trajectories('see_anonymous')) t
    where not t = any((select barred_trajectories())::uuid[])
$$;
create function opened_entries() {DEFINER} {_opened("cases_entry", "observed_on", "h.heading_id = i.heading_id")} $$;
create function opened_talks() {DEFINER} {_opened("cases_conversation", "held_on", AT_THE_TALKS)} $$;
create function opened_documents() {DEFINER}
    select ({_opened("cases_document", "received_on", OF_NO_OTHER)})
        || (select coalesce(array_agg(d.id), '{{}}') from cases_document d
            where d.author_id = app_user() and d.trajectory_id = any((select guided_trajectories())::uuid[]))
$$;
create function opened_files() {DEFINER}
    select coalesce(array_agg(d.file_id), '{{}}') from cases_document d where d.id = any((select opened_documents())::uuid[])
$$;
"""
NAMES = (
    "opened_files()",
    "opened_documents()",
    "opened_talks()",
    "opened_entries()",
    "guided_trajectories()",
    "known_trajectories()",
)
GUIDED = "trajectory_id = any((select guided_trajectories())::uuid[])"
INTO_GUIDED = f"({INTO_FILE} or {GUIDED} and school_id = school_of_trajectory(trajectory_id))"
OF_READER = f"({OF_FILE} or reader_id = (select app_user()) and {GUIDED})"


STAFFED = f"""(id = any((select my_trajectories())::uuid[])
    or ({LED} and not pupil_id = any((select barred_pupils())::uuid[])))"""
TRAJECTORY = f"""({STAFFED} or not pupil_id = any((select barred_pupils())::uuid[]) and (
    id = any((select granted_trajectories('see_dossier'))::uuid[])
    or id = any((select granted_trajectories('see_anonymous'))::uuid[])
    or school_id = any((select traced_schools())::uuid[])))"""


def _opens(name):
    return f"({OF_FILE} or id = any((select {name}())::uuid[]))"


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_opened_headings")]
    operations = [
        migrations.RunSQL(FUNCTIONS, "".join(f"drop function {name};" for name in NAMES)),
        guard("cases_grantedheading", see=OF_READER, make="false", history=False, fixed=(*STAYS_IN_FILE, "reader_id")),
        guard(
            "cases_leftoutitem",
            see=OF_READER,
            make=INTO_FILE,
            fixed=(*STAYS_IN_FILE, "reader_id", "item"),
            see_history=OF_FILE,
        ),
        guard(
            "cases_shareditem",
            see=OF_READER,
            make=INTO_FILE,
            fixed=(*STAYS_IN_FILE, "reader_id"),
            see_history=OF_FILE,
        ),
        guard("cases_movedrecord", see=OF_FILE, make=INTO_FILE, fixed=STAYS_IN_FILE),
        # What a case was called and asked before is no business of an outsider, nor of a supervisor.
        regard("cases_historicaltrajectory", see=STAFFED, before_see=TRAJECTORY),
        # The class and the teacher of a known child.
        regard(
            "cases_groupplace",
            see=f"({OF_PUPIL} or pupil_id = any((select known_pupils())::uuid[])"
            " and not pupil_id = any((select barred_pupils())::uuid[]))",
            before_see=OF_PUPIL,
        ),
        regard("cases_entry", see=_opens("opened_entries"), before_see=OF_FILE),
        regard("cases_conversation", see=_opens("opened_talks"), before_see=OF_FILE),
        regard(
            "cases_document",
            see=_opens("opened_documents"),
            make=f"({INTO_FILE} or author_id = (select app_user()) and {INTO_GUIDED})",
            before_see=OF_FILE,
            before_make=INTO_FILE,
        ),
        regard(
            "cases_keptfile",
            see=_opens("opened_files"),
            make=INTO_GUIDED,
            before_see=OF_FILE,
            before_make=INTO_FILE,
        ),
        regard(
            "cases_agreement",
            see=f"({OF_FILE} or conversation_id = any((select opened_talks())::uuid[]))",
            before_see=OF_FILE,
        ),
    ]
