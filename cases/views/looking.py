"""Who looked at what: the record of looking, as far as the reader may see it; the same as a file. Recorded too."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import sha256

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.doors import get_to_see
from accounts.forms import page_form
from accounts.models import Role, User
from accounts.stepup import fresh_sign_in
from audit.record import record
from cases import event_words, look_files
from cases.access import Reading
from cases.forms.looking import LooksForm
from cases.looking import directs, looks_for, searches
from cases.models import Trajectory

A_PAGE = 50


@dataclass(frozen=True)
class LookLine:
    """One look, deed or refusal, as the list shows it."""

    at: datetime
    who: str
    role: str
    what: str
    about: str
    url: str
    ground: str
    told: str


@require_safe
def look_list(request):
    """Events of a case, of a person, of a period: what this reader may see of them, newest first."""
    form, rows, trajectory = _asked(request)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("bladzijde"))
    lines = look_lines(page, request.user)
    may_take_along = searches(request.user)
    query = request.GET.copy()
    query.pop("bladzijde", None)
    context = {
        "form": page_form(form, all_optional=True),
        "page": page,
        "lines": lines,
        "query": query.urlencode(),
        "is_own": not any(line.who != request.user.full_name for line in lines) and not form.is_bound,
        "may_take_along": may_take_along,
        "case": trajectory and _("the case %(code)s") % {"code": _code(trajectory, trajectory.reading)},
        "extract": trajectory
        and directs(request.user, trajectory)
        and reverse("letters:extract_preview", args=[trajectory.pk]),
        "back": trajectory and reverse("cases:trajectory_detail", args=[trajectory.pk]),
    }
    answer = render(request, "cases/look_list.html", context, status=422 if form.errors else 200)
    record("looks.looked", trajectory, by=request.user, detail={"rows": len(lines), **_filters(form)})
    return answer


@fresh_sign_in
@require_safe
def look_export(request):
    """The same, as a file: for who looks along the record of others. Kept: how many rows, and the file's seal."""
    form, rows, trajectory = _asked(request)
    make, content_type, most = look_files.FORMS.get(request.GET.get("vorm", "csv"), (None, "", 0))
    if not searches(request.user) or make is None or form.errors:
        raise Http404
    events = list(rows[: most + 1])
    try:
        data = _made(make, events, most)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(f"{reverse('cases:look_list')}?{request.GET.urlencode()}")
    name = f"inzage-{timezone.localdate():%Y-%m-%d}.{request.GET.get('vorm', 'csv')}"
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    detail = {"rows": len(events), "as": name.rpartition(".")[2], "sha256": sha256(data).hexdigest()}
    record("looks.exported", trajectory, by=request.user, detail=detail | _filters(form))
    return response


def _made(make, events, most):
    """Return the bytes of the file. Raises ValidationError: `too_many` for this kind, or what making it raised."""
    if len(events) > most:
        words = _("These are more than %(n)s looks, too many for this kind of file. Choose a shorter period.")
        raise ValidationError(words % {"n": most}, code="too_many")
    return make([look_files.heads(), *(look_files.cells(event) for event in events)])


def _asked(request):
    """Return (form, events, case): what the address asks for. Raises Unseen for a case that this reader can't see."""
    mine = looks_for(request.user)
    people = mine.exclude(actor=None).values("actor").annotate(name=Max("actor_name")).order_by("name")
    people = [(str(row["actor"]), row["name"]) for row in people]
    form = LooksForm(request.GET or None, people=people)
    rows, wanted = mine, form.cleaned_data if form.is_valid() else {}
    trajectory = None
    if wanted.get("zaak"):
        trajectory = get_to_see(Trajectory, request.user, wanted["zaak"])
        rows = rows.filter(dossier=trajectory.pk)
    if wanted.get("persoon"):
        rows = rows.filter(actor=wanted["persoon"])
    if wanted.get("soort"):
        rows = rows.filter(action__startswith=f"{wanted['soort']}.")
    if wanted.get("van"):
        rows = rows.filter(at__gte=_midnight(wanted["van"]))
    if wanted.get("tot"):
        rows = rows.filter(at__lt=_midnight(wanted["tot"] + timedelta(days=1)))
    return form, rows.order_by("-at", "-pk"), trajectory


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time()))


def _filters(form):
    """Which filters were used, for the record: codes, and no text that somebody typed."""
    asked = form.cleaned_data if form.is_bound and not form.errors else {}
    return {"filters": sorted(name for name, value in asked.items() if value)} if any(asked.values()) else {}


def _code(trajectory, reading):
    """How this reader may call the case where others may look along: initials for who works in it, else a number."""
    return trajectory.initials if reading == Reading.STAFF else str(trajectory.pk)[:8]


def look_lines(events, user):
    """Return the lines of these events: one question for the cases that stand in them."""
    keys = {event.dossier for event in events} - {None}
    cases = {row.pk: row for row in Trajectory.objects.for_user(user).filter(pk__in=keys)} if keys else {}
    roles = {role.value: str(role.label) for role in Role}
    others = {event.on_behalf for event in events} - {None}
    people = {row.pk: row.full_name for row in User.objects.filter(pk__in=others)} if others else {}
    return [_line(event, cases, roles, people) for event in events]


def _for_whom(event, people):
    """For whom it was done: a colleague by name, a parent (or pupil) by what he or she is."""
    if event.on_behalf is None:
        return ""
    name = people.get(event.on_behalf)
    return _("for %(who)s") % {"who": name} if name else _("for a parent or the pupil")


def _line(event, cases, roles, people):
    case = cases.get(event.dossier)
    kind = event_words.kind_words(event.kind)
    code = _code(case, case.reading) if case else str(event.dossier or "")[:8]
    return LookLine(
        at=event.at,
        who=event.actor_name if event.actor else _("the system"),
        role=", ".join(roles.get(code, code) for code in event.actor_role.split(",") if code),
        what=event_words.action_words(event.action),
        about=" ".join(filter(None, (kind, code))),
        url=reverse("cases:trajectory_detail", args=[case.pk]) if case else "",
        ground=str(event_words.GROUNDS.get(event.ground, event.ground)),
        told=" · ".join(filter(None, (_for_whom(event, people), event_words.detail_words(event.detail)))),
    )
