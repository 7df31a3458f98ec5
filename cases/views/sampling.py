"""Ten looks of last month: was there a reason? And reading that stands out. For who looks along the record."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import Unseen
from audit.models import Event
from audit.record import record
from cases import sampling
from cases.looking import looks_for
from cases.views.looking import look_lines


def _school(request, asked):
    """The school whose record is looked along: the one that is asked for, else the first. Raises Http404."""
    schools = list(sampling.schools_searched(request.user))
    if not schools:
        raise Http404
    return next((school for school in schools if str(school.pk) == asked), schools[0]), schools


@require_http_methods(["GET", "POST"])
def look_sample(request):
    """The sample of last month with its verdicts; as a deed, draw it."""
    school, schools = _school(request, request.POST.get("school") or request.GET.get("school", ""))
    month = sampling.month_before(timezone.localdate())
    if request.method == "POST":
        try:
            sampling.draw_sample(school=school, month=month, by=request.user)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        return redirect(f"{reverse('cases:look_sample')}?school={school.pk}")
    drawn = sampling.sample_of(school, month, request.user)
    events = list(looks_for(request.user).filter(pk__in=drawn.detail["events"]).order_by("at")) if drawn else []
    verdicts = sampling.verdicts_on([event.pk for event in events], request.user) if events else {}
    lines = zip(events, look_lines(events, request.user), strict=True)
    context = {
        "school": school,
        "schools": schools if len(schools) > 1 else [],
        "month": month,
        "drawn": drawn and drawn.at,
        "looks": [(event.pk, line, verdicts.get(event.pk), event.actor == request.user.pk) for event, line in lines],
        "choices": sampling.Verdict.choices,
        "unusual": sampling.unusual(school, request.user),
        "crumbs": [(_("Record of looking"), reverse("cases:look_list")), (_("Sample"), "")],
    }
    record("looks.looked", school, by=request.user, detail={"rows": len(events), "as": "sample"})
    return render(request, "cases/look_sample.html", context)


@require_POST
def look_judge(request, uuid):
    """Say of one look whether there was a reason for it."""
    event = sampling.look_to_judge(request.user, uuid)
    if event is None:
        raise Unseen(Event, uuid)
    try:
        sampling.judge_look(event=event, verdict=request.POST.get("verdict", ""), by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("What you found is written down."))
    return redirect(f"{reverse('cases:look_sample')}?school={event.school}")
