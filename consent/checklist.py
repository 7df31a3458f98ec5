"""What a school arranges with its external experts, as lines of its set-up (R45, R55)."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import School
from cases.checklist import Step, add
from consent.models import Acceptance, WorkingArrangement


@add
def steps(school, user):
    """Return the step for the experts of this school, for who leads it."""
    if not School.objects.led_by(user).filter(pk=school.pk).exists():
        return []
    edition = (
        WorkingArrangement.objects.filter(school=school).order_by("-edition").values_list("edition", flat=True).first()
    )
    experts = Acceptance.objects.filter(school=school).values("user").distinct().count()
    url = reverse("consent:school_experts", args=[school.pk])
    if not edition:
        return [
            Step(_("External experts"), url, "", (_("No working arrangement yet: without it no expert can begin."),))
        ]
    told = _("%(experts)s × expert, working arrangement edition %(edition)s") % {"experts": experts, "edition": edition}
    return [Step(_("External experts"), url, told)]
