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
from accounts.models import NOTE_ROOM, LookVerdict
from audit.models import Event
from audit.record import record
from cases import sampling
from cases.forms import tell
from cases.forms.looking import UnusualVerdictForm, VerdictForm
from cases.looking import looks_for
from cases.unusual import unusual
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
    return _page(request, school, schools, month)


def _page(request, school, schools, month, *, form=None, place=None):
    """The page. `form` is a verdict that was not right, and `place` where it stands: its row shows it again."""
    mine = looks_for(request.user)
    drawn = sampling.sample_of(school, month, mine)
    events = list(mine.filter(pk__in=drawn.detail["events"]).order_by("at")) if drawn else []
    judged = sampling.verdicts(school, [event.pk for event in events], request.user)
    lines = zip(events, look_lines(events, request.user), strict=True)
    found, me = unusual(school, mine), request.user.pk
    context = {
        "school": school,
        "schools": schools if len(schools) > 1 else [],
        "month": month,
        "drawn": drawn and drawn.at,
        "looks": [
            (event.pk, line, judged.get(event.pk), event.actor == me, form if event.pk == place else None)
            for event, line in lines
        ],
        "choices": LookVerdict.Verdict.choices,
        "room": NOTE_ROOM,
        "unusual": [
            (one, judged.get(one.place), one.actor == me, form if one.place == place else None) for one in found
        ],
        "crumbs": [(_("Record of looking"), reverse("cases:look_list")), (_("Sample"), "")],
    }
    record("looks.looked", school, by=request.user, detail={"rows": len(events), "as": "sample"})
    return render(request, "cases/look_sample.html", context, status=422 if form else 200)


@require_POST
def look_judge(request, uuid):
    """Say of one look whether there was a reason for it."""
    event = sampling.look_to_judge(request.user, uuid)
    if event is None:
        raise Unseen(Event, uuid)
    form = VerdictForm(request.POST)
    if form.is_valid():
        try:
            sampling.judge_look(event=event, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
    return _answer(request, str(event.school), form, event.pk)


@require_POST
def look_unusual_judge(request):
    """Say of reading that stood out whether there was a reason for it."""
    form = UnusualVerdictForm(request.POST)
    asked = request.POST.get("school", "")
    school, _schools = _school(request, asked)
    is_right = form.is_valid()
    if form.place is None or str(school.pk) != asked:
        raise Http404
    if is_right:
        verdict, note = form.cleaned_data["verdict"], form.cleaned_data["note"]
        try:
            sampling.judge_unusual(school=school, place=form.place, verdict=verdict, note=note, by=request.user)
        except ValidationError as refusal:
            tell(form, refusal)
    return _answer(request, asked, form, form.place)


def _answer(request, asked, form, place):
    """Back to the page; with what was typed when it was not right."""
    if form.errors:
        school, schools = _school(request, asked)
        month = sampling.month_before(timezone.localdate())
        return _page(request, school, schools, month, form=form, place=place)
    messages.success(request, _("What you found is written down."))
    return redirect(f"{reverse('cases:look_sample')}?school={asked}")
