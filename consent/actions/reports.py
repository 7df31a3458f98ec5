"""What an expert hands in, and the copy of it for the parents (R51)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import saved
from audit.record import record
from cases.actions.school import heading_of_reports
from cases.models import Document, KeptFile
from cases.uploads import without_properties
from consent.actions.living import check_written, living_grant
from consent.models import ExpertReport

OF_THE_CHILD = "child"  # research, diagnostics or treatment: no kind of report that this system takes in


@transaction.atomic
def receive_report(*, trajectory, kind, title, written_on, accepted, seen, by, on):
    """File the report of an expert under the heading of reports (R51). Returns the ExpertReport.

    A report on research, diagnostics or treatment of the child goes to the parents first (decision 4): it is not
    taken in here. The title holds no name, also of a known child: it may turn anonymous later. What the PDF tells
    about itself is taken off. Raises ValidationError.
    """
    grant = living_grant(trajectory=trajectory, by=by, seen=seen)
    if kind not in ExpertReport.Kind:
        words = _("Such a report goes to the parents first: hand it to them. They decide whether the school gets it.")
        raise ValidationError({"kind": ValidationError(words, code="parents_first")})
    check_written(title, trajectory, seen=seen, field="title")
    kept = KeptFile.keep(without_properties(accepted).data, content_type=accepted.content_type, trajectory=trajectory)
    document = Document(
        school_id=trajectory.school_id,
        trajectory=trajectory,
        heading=heading_of_reports(trajectory.school_id),
        title=title,
        received_on=on,
        file=kept,
        author=by,
    )
    saved(document, by=by, why="handed in")
    report = ExpertReport(
        school_id=trajectory.school_id,
        trajectory=trajectory,
        engagement_id=grant.engagement,
        author=by,
        document=document,
        kind=kind,
        written_on=written_on,
    )
    saved(report, by=by, why="handed in")
    record("report.received", report, by=by, ground=seen, detail={"kind": str(kind)})
    return report


@transaction.atomic
def give_copy(*, report, how, by, on):
    """Record that the parents have their copy of an expert's report, and how (R51). Raises ValidationError."""
    if on < report.written_on:
        raise ValidationError(
            {"on": ValidationError(_("The copy can't be older than the report."), code="before_the_report")}
        )
    report.copy_given_on, report.copy_how = on, how
    saved(report, by=by, why="copy given")
    record("report.copy_given", report, by=by, detail={"how": str(how)})
    return report
