"""What the histories of cases are called: which record has a page, its fields, and why it was changed."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import schools_of
from accounts.dates import short_date
from accounts.models import LEADING, School
from accounts.sealing import Broken
from cases import histories
from cases.forms.guardians import CONTACT, hidden_from
from cases.models import (
    Agreement,
    Attendee,
    BreakGlass,
    CaseExclusion,
    CaseMember,
    Conversation,
    Document,
    Entry,
    GroupPlace,
    Guardian,
    Guardianship,
    Intervention,
    LeftOutItem,
    LevelPhase,
    MovedRecord,
    Position,
    Pupil,
    ReportSharing,
    SharedItem,
    Trajectory,
)


def _out_of_sight(guardian, user):
    """What a colleague doesn't read of a parent (R96), also not as it was before: the address may still be the same."""
    if School.objects.filter(pk__among=schools_of(user, LEADING), pk=guardian.school_id).exists():
        return ()
    relations = Guardianship.objects.for_user(user).on(timezone.localdate()).filter(guardian=guardian)
    uncalled = () if relations and all(row.may_be_called for row in relations) else CONTACT
    return (*hidden_from(guardian, leads=False), *uncalled)


histories.add("traject", Trajectory, child="pupil", parts=("levelphases", "casemembers"), opens_under_glass=True)
histories.add("niveau", LevelPhase, opens_under_glass=True)
histories.add("collega", CaseMember)
histories.add(
    "gesprek",
    Conversation,
    parts=("attendees", "positions", "agreements", "interventions", "sharings"),
    opens_under_glass=True,
)
histories.add("aanwezige", Attendee, opens_under_glass=True)
histories.add("standpunt", Position, opens_under_glass=True)
histories.add("afspraak", Agreement, opens_under_glass=True)
histories.add("interventie", Intervention, opens_under_glass=True)
histories.add("gedeeld-verslag", ReportSharing, opens_under_glass=True)
histories.add("notitie", Entry, opens_under_glass=True)
histories.add("document", Document, opens_under_glass=True)
histories.add("weggelaten", LeftOutItem)
histories.add("zonder-naam", SharedItem)
histories.add("verplaatsing", MovedRecord, opens_under_glass=True)
histories.add(
    "leerling",
    Pupil,
    child="",
    parts=("places",),
    values={
        "sex": lambda code: dict(Pupil.Sex.choices).get(code, code),
        "born": lambda text: text if isinstance(text, Broken) else short_date(date.fromisoformat(text)),
    },
)
histories.add("plaats", GroupPlace, child="pupil")
histories.add("ouder-relatie", Guardianship, child="pupil", parts=("guardian",))
histories.add("ouder", Guardian, child="", hidden=_out_of_sight)
histories.add("uitsluiting", CaseExclusion, child="pupil")
histories.add("noodinzage", BreakGlass, child="", ground="")  # its readers supervise, and know no name
histories.trace_with("traced_history_cases")

histories.call_fields(
    {
        "author": _("author"),
        "began_by": _("how it began"),
        "conversation": _("talk"),
        "dropped": _("no longer counts"),
        "edition": _("version"),
        "evaluated_on": _("looked back on"),
        "group": _("group"),
        "guardian": _("parent or carer"),
        "initials": _("initials"),
        "is_child": _("the child"),
        "item": _("which one"),
        "kind": _("kind"),
        "level": _("level"),
        "moved_on": _("moved on"),
        "other": _("somebody else"),
        "position": _("order"),
        "removed_on": _("taken away on"),
        "shared_on": _("shared on"),
        "skipped": _("skipped steps"),
        "staff": _("colleague"),
    }
)
histories.call_reasons(
    {
        "agreed": _("agreed"),
        "changed": _("changed"),
        "closed": _("closed"),
        "confirmed": _("read from a file"),
        "done": _("done"),
        "evaluated": _("looked back"),
        "excluded": _("colleague left out"),
        "exclusion ended": _("exclusion ended"),
        "filed": _("document filed"),
        "glass closed": _("file closed again"),
        "glass opened": _("file opened by break-glass"),
        "glass reviewed": _("break-glass judged"),
        "glass seen": _("ticked as seen"),
        "guardian": _("parent or carer added"),
        "in administration": _("ticked: stands in the pupil administration"),
        "not in administration": _("no longer in the pupil administration"),
        "guardian changed": _("parent or carer changed"),
        "guardian ended": _("parent or carer ended"),
        "import": _("read from a file"),
        "intervention": _("intervention added"),
        "left": _("level left"),
        "left out": _("left out"),
        "let in": _("let in again"),
        "logged": _("talk logged"),
        "look judged": _("judged: was there a reason"),
        "lowered": _("to a lower level"),
        "member": _("colleague let in"),
        "member ended": _("colleague no longer in it"),
        "moved": _("to another group"),
        "moved away": _("moved to the right child"),
        "moved here": _("came from another file"),
        "no longer agreed": _("no longer agreed"),
        "not done": _("not done after all"),
        "noted": _("note written"),
        "opened": _("case opened"),
        "placed": _("placed in a group"),
        "pupil": _("pupil added"),
        "raised": _("to a higher level"),
        "read in": _("read from a file"),
        "reopened": _("opened again"),
        "rested": _("followed from afar"),
        "resumed": _("gone on with"),
        "shared": _("report shared"),
        "stance": _("stance recorded"),
        "taken_over": _("running case taken over"),
        "told": _("ticked as told"),
        "was not there": _("was not there after all"),
        "was there": _("was there"),
    }
)
