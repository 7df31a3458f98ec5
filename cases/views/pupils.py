"""Pupils: the list, looking one up, the page of one child, and keeping a colleague out of it."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import schools_of
from accounts.doors import get_to_edit, get_to_see
from accounts.forms import page_form
from accounts.models import LEADING, WORKING, School
from audit.record import record
from cases.actions.people import end_exclusion, exclude_colleague
from cases.forms import tell
from cases.forms.guardians import EndForm
from cases.forms.pupils import ExcludeForm, SearchForm
from cases.models import CaseExclusion, GroupTeacher, Guardianship, Pupil, Trajectory
from cases.names import fold
from cases.views.guardians import GuardianCard, crumbs_of, guardian_cards, may_lead, relatives

FOUND_AT_MOST = 50
AT_FIELD = {
    "own_exclusion": "user",
    "excluded_already": "user",
    "ends_before_it_begins": "until_on",
}


@dataclass(frozen=True)
class PupilLine:
    """One line of a list of pupils."""

    uuid: UUID
    name: str
    group: str
    group_uuid: UUID | None
    year: str
    level: str
    is_resting: bool
    has_left: bool
    school: UUID
    via: str = ""

    @classmethod
    def of(cls, row, levels, day, via=""):
        """The line of a pupil that was asked for `with_place`; `levels` are those of `running_levels`."""
        level, state = levels.get(row.pk, ("", ""))
        return cls(
            uuid=row.pk,
            name=row.list_name,
            group=row.group_name or "",
            group_uuid=row.group_uuid,
            year=row.year or "",
            level=level,
            is_resting=state == Trajectory.State.RESTING,
            has_left=row.left_on is not None and row.left_on <= day,
            school=row.school_id,
            via=via,
        )


def running_levels(user):
    """Return {pupil: (level, state)} of the running cases that this person works in, in one query."""
    rows = Trajectory.objects.staffed_by(user).running().order_by("level__number", "opened_on")
    return {pupil: (level, state) for pupil, level, state in rows.values_list("pupil_id", "level__name", "state")}


def workplaces(user):
    """Return the schools where this person works with children today. Raises Http404 for who does so nowhere."""
    schools = list(School.objects.filter(pk__among=schools_of(user, WORKING)).order_by("name"))
    if not schools:
        raise Http404
    return schools


@require_safe
def pupil_list(request):
    """The pupils that this person may see: by school, by surname, of one group when chosen."""
    schools, day = workplaces(request.user), timezone.localdate()
    rows = Pupil.objects.for_user(request.user).filter(Q(left_on=None) | Q(left_on__gt=day)).with_place(day)
    lines = _lines(rows, request.user, day)
    groups = {str(line.group_uuid): line.group for line in lines if line.group_uuid}
    chosen = request.GET.get("groep", "")
    if chosen in groups:
        lines = [line for line in lines if str(line.group_uuid) == chosen]
    context = {
        "parts": [
            (school, here) for school in schools if (here := [line for line in lines if line.school == school.pk])
        ],
        "several_schools": len(schools) > 1,
        "groups": sorted(groups.items(), key=lambda item: fold(item[1])),
        "chosen": chosen if chosen in groups else "",
        "shows_group": chosen not in groups,
        "leads": School.objects.filter(pk__among=schools_of(request.user, LEADING)).exists(),
        "search": page_form(SearchForm(auto_id="find_%s"), all_optional=True),
    }
    for school in schools:
        record(
            "pupil.listed", school, by=request.user, detail={"rows": sum(line.school == school.pk for line in lines)}
        )
    return render(request, "cases/pupil_list.html", context)


def _lines(rows, user, day):
    levels = running_levels(user)
    return [PupilLine.of(row, levels, day) for row in sorted(rows, key=lambda row: row.sort_key)]


@require_http_methods(["GET", "POST"])
def pupil_search(request):
    """Look a pupil up by a part of a name, or by a parent's name or number. Nothing of it stands in an address."""
    schools, day = workplaces(request.user), timezone.localdate()
    form = page_form(SearchForm(request.POST or None, auto_id="find_%s"), _("Search"), all_optional=True)
    context = {
        "form": form,
        "several_schools": len(schools) > 1,
        "crumbs": [(_("Pupils"), reverse("cases:pupil_list"))],
    }
    context["crumbs"].append((_("Search"), ""))
    if form.is_valid():
        found = _found(form.cleaned_data["q"], request.user, day)
        context |= {"found": found[:FOUND_AT_MOST], "more": len(found) > FOUND_AT_MOST, "schools_by_id": schools}
        record("pupil.searched", by=request.user, school=schools[0].pk, detail={"rows": len(found)})
    return render(request, "cases/pupil_search.html", context, status=422 if form.errors else 200)


def _found(text, user, day):
    """Return the lines of pupils whose name, or whose parent's name or number, holds every part of the text."""
    parents = _parents_with(text, user, day)
    levels, words = running_levels(user), fold(text).split()
    rows = sorted(Pupil.objects.for_user(user).with_place(day), key=lambda row: row.sort_key)
    return [
        PupilLine.of(row, levels, day, via=", ".join(parents.get(row.pk, [])))
        for row in rows
        if row.pk in parents or _holds(row.full_name, words)
    ]


def _parents_with(text, user, day):
    """Return {pupil: names of parents} whose name or number holds the text: only what this person sees on the card."""
    rows = Guardianship.objects.for_user(user).on(day).select_related("guardian")
    led = set(School.objects.filter(pk__among=schools_of(user, LEADING)).values_list("pk", flat=True))
    words, number = fold(text).split(), _number(text)
    found = {}
    for row in rows:
        guardian = row.guardian
        named = _holds(f"{guardian.full_name} {guardian.institution or ''}", words)
        if named or (number and _has_number(row, number, leads=row.school_id in led)):
            found.setdefault(row.pupil_id, []).append(guardian.full_name)
    return found


def _has_number(row, number, *, leads):
    return bool(row.guardian.phone) and any(
        number in _number(phone) for phone in GuardianCard.of(row, leads=leads).phones
    )


def _number(text):
    """The digits of what looks like a phone number (four or more, no letters), with +31 as 0; else nothing."""
    digits = re.sub(r"\D", "", re.sub(r"^\s*(\+|00)31[\s(0)]*", "0", text))
    return digits if len(digits) >= 4 and not re.search(r"[^\W\d_]", text) else ""


def _holds(name, words):
    name = fold(name)
    return all(word in name for word in words)


@require_safe
def pupil_detail(request, uuid):
    """The page of one child: group, teachers, parents and carers, cases; for who leads the school also exclusions."""
    pupil = get_to_see(Pupil, request.user, uuid)
    day = timezone.localdate()
    pupil = Pupil.objects.for_user(request.user).with_place(day).select_related("school").get(pk=pupil.pk)
    leads = may_lead(request.user, pupil)
    cases = list(
        Trajectory.objects.staffed_by(request.user).filter(pupil=pupil).select_related("level").order_by("-opened_on")
    )
    teachers = GroupTeacher.objects.on(day).filter(group=pupil.group_uuid).select_related("user")
    guardianships = Guardianship.objects.for_user(request.user).on(day).filter(pupil=pupil)
    context = {
        "pupil": pupil,
        "age": pupil.age_on(day),
        "leads": leads,
        "running": [case for case in cases if not case.is_closed],
        "closed": [case for case in cases if case.is_closed],
        "teachers": sorted(teachers, key=teacher_order) if pupil.group_uuid else [],
        "cards": guardian_cards(request.user, pupil, leads=leads),
        "relatives": relatives(request.user, pupil, guardianships.values("guardian_id")),
        "exclusions": _exclusions(request.user, pupil, day),
        "has_left": pupil.left_on is not None and pupil.left_on <= day,
        "crumbs": _crumbs(pupil),
    }
    record("pupil.looked", pupil, by=request.user, ground="leading" if leads else "group or case")
    return render(request, "cases/pupil_detail.html", context)


def teacher_order(row):
    """Whose group it is first, then duo partners, substitutes and who hands over."""
    return GroupTeacher.Kind.values.index(row.kind), row.from_on, row.user.first_name


def _crumbs(pupil):
    group = [(pupil.group_name, f"{reverse('cases:pupil_list')}?groep={pupil.group_uuid}")] if pupil.group_uuid else []
    return [(_("Pupils"), reverse("cases:pupil_list")), *group, (pupil.full_name, "")]


def _exclusions(user, pupil, day):
    """Who is left out now or later, for who leads the school; never the reader."""
    rows = CaseExclusion.objects.for_user(user).filter(Q(until_on=None) | Q(until_on__gte=day), pupil=pupil)
    return list(rows.select_related("user").order_by("from_on", "pk"))


@require_http_methods(["GET", "POST"])
def pupil_exclude(request, uuid):
    """Keep a colleague out of this child's file, whatever the role; that colleague is not told."""
    pupil = get_to_edit(Pupil, request.user, uuid)
    day = timezone.localdate()
    form = ExcludeForm(request.POST or None, school=pupil.school_id, by=request.user, day=day)
    page_form(form, _("Leave this colleague out"), guard=True)
    if form.is_valid():
        try:
            exclude_colleague(pupil=pupil, from_on=day, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal, **AT_FIELD)
        else:
            messages.success(
                request, _("This colleague no longer sees the file of %(child)s.") % {"child": pupil.initials}
            )
            return redirect("cases:pupil_detail", pupil.pk)
    context = {"form": form, "pupil": pupil, "crumbs": crumbs_of(pupil, _("Leave a colleague out"))}
    return render(request, "cases/pupil_exclude.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def exclusion_end(request, uuid):
    """Let a colleague's role count again for this child."""
    exclusion = get_to_edit(CaseExclusion, request.user, uuid)
    pupil = get_to_edit(Pupil, request.user, exclusion.pupil_id)  # who is left out of this child sees none of its rows
    form = page_form(EndForm(request.POST or None), _("End this exclusion"))
    if form.is_valid():
        try:
            end_exclusion(exclusion=exclusion, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal, ends_before_it_begins="on")
        else:
            messages.success(request, _("The exclusion for %(child)s has an end.") % {"child": pupil.initials})
            return redirect("cases:pupil_detail", pupil.pk)
    context = {"form": form, "pupil": pupil, "exclusion": exclusion, "crumbs": crumbs_of(pupil, _("End an exclusion"))}
    return render(request, "cases/exclusion_end.html", context, status=422 if form.errors else 200)
