"""What every deed of an expert begins with: a grant that lives, and that still says what the page said."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases.access import Reading, guided_cases, living_grants
from consent.actions.naming import check_nameless, check_nameless_at


def living_grant(*, trajectory, by, seen):
    """Return the grant that opens this case to `by` today. Raises ValidationError.

    `seen` is the reading (cases.access.Reading) that the writer had before the eyes: when the parents changed their
    choice meanwhile, what was written may hold a name, and is not saved.
    """
    grants = living_grants(by).filter(content_object=trajectory, content_object__in=guided_cases(by))
    grant = grants.select_related("permission").first()
    if grant is None:
        raise ValidationError(_("This guidance has ended."), code="ended")
    if grant.reading != seen:
        raise ValidationError(
            _("The choice of the parents has changed while you were writing. Nothing is saved. Read the page again."),
            code="choice_changed",
        )
    return grant


def check_written(text, trajectory, *, seen, field):
    """The naamcontrole on what an expert writes: who may not know the child is told nothing by a refusal."""
    if seen == Reading.ANONYMOUS:
        check_nameless_at(text, trajectory.school_id, field=field)
    else:
        check_nameless(text, trajectory.pupil, field=field)
