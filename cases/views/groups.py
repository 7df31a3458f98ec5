"""Groups: who teaches them from when until when, and who of them is on leave."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import get_to_edit, get_to_see
from accounts.forms import page_form
from accounts.models import StaffLeave
from audit.record import record
from cases.access import school_year_begins
from cases.actions.people import assign_teacher, bring_teacher_back, end_assignment, pause_teacher
from cases.forms import tell
from cases.forms.groups import AssignTeacherForm, LeaveForm
from cases.forms.guardians import EndForm
from cases.models import Group, GroupPlace, GroupTeacher
from cases.views.pupils import running_levels, teacher_order, workplaces

AT_FIELD = {
    "not_at_this_school": "from_on",
    "assigned_already": "user",
    "end_missing": "until_on",
    "ends_before_it_begins": "until_on",
}


@dataclass(frozen=True)
class TeacherLine:
    """Somebody who teaches a group, now or later."""

    uuid: UUID
    name: str
    kind: str
    from_on: date
    until_on: date | None
    is_later: bool
    away_from: date | None
    away_until: date | None
    is_away: bool

    @classmethod
    def of(cls, row, leaves, day):
        """The line of an assignment; `leaves` are those of the same school that have not ended."""
        leave = next((leave for leave in leaves if leave.user_id == row.user_id), None)
        return cls(
            uuid=row.pk,
            name=row.user.full_name,
            kind=row.get_kind_display(),
            from_on=row.from_on,
            until_on=row.until_on,
            is_later=row.from_on > day,
            away_from=leave and leave.from_on,
            away_until=leave and leave.until_on,
            is_away=leave is not None,
        )


@dataclass(frozen=True)
class GroupLine:
    """One line of the list of groups. `pupils` is None for who doesn't see the children."""

    uuid: UUID
    name: str
    teachers: tuple
    pupils: int | None


@require_safe
def group_list(request):
    """The groups of the school: names and teachers for all who work there, numbers of pupils for who sees them."""
    schools, day = workplaces(request.user), timezone.localdate()
    begins = school_year_begins(day).year
    groups = list(Group.objects.for_user(request.user).filter(school_year__gte=f"{begins}-{begins + 1}"))
    teachers = GroupTeacher.objects.on(day).filter(group__in=groups).select_related("user")
    teachers = sorted(teachers, key=teacher_order)
    seen = GroupPlace.objects.for_user(request.user).filter(
        Q(until_on=None) | Q(until_on__gte=day), Q(pupil__left_on=None) | Q(pupil__left_on__gt=day), group__in=groups
    )
    numbers = dict(seen.values_list("group_id").annotate(Count("pupil", distinct=True)).order_by())
    parts = {}
    for group in sorted(groups, key=_group_order):
        names = tuple(row.user.full_name for row in teachers if row.group_id == group.pk)
        line = GroupLine(group.pk, group.label, names, numbers.get(group.pk))
        parts.setdefault((group.school_id, group.school_year), []).append(line)
    named = {school.pk: school for school in schools}
    context = {
        "parts": [(named[school], year, lines) for (school, year), lines in parts.items()],
        "several_schools": len(schools) > 1,
    }
    for school in schools:
        record("group.listed", school, by=request.user)
    return render(request, "cases/group_list.html", context)


def _group_order(group):
    return str(group.school_id), group.school_year, group.year, group.name


@require_safe
def group_detail(request, uuid):
    """One group: teachers for all who work at the school, pupils for who teaches them or leads the school."""
    group = get_to_see(Group, request.user, uuid)
    day = timezone.localdate()
    leads = Group.objects.editable_by(request.user).filter(pk=group.pk).exists()
    places = _places(request.user, group, day)
    levels = running_levels(request.user)
    context = {
        "group": group,
        "teachers": _teachers(group, day),
        "pupils": [(place.pupil, place.year, levels.get(place.pupil_id, ("", ""))[0]) for place in places],
        "is_combined": len({place.year for place in places}) > 1,
        "leads": leads,
        "sees_all": leads or group.teachers.on(day).filter(user=request.user).exists(),
        "crumbs": [(_("Groups"), reverse("cases:group_list")), (group.label, "")],
    }
    record("group.looked", group, by=request.user, detail={"rows": len(places)})
    return render(request, "cases/group_detail.html", context)


def _places(user, group, day):
    """The places of this group that this person sees, by surname; of a group that has ended, those it had."""
    rows = list(GroupPlace.objects.for_user(user).filter(group=group).select_related("pupil").order_by("from_on"))
    rows = [row for row in rows if row.pupil.left_on is None or row.pupil.left_on > day]
    standing = [row for row in rows if row.until_on is None or row.until_on >= day]
    children = {row.pupil_id: row for row in standing or rows}  # a child who came back has one line
    return sorted(children.values(), key=lambda row: row.pupil.sort_key)


def _teachers(group, day):
    rows = list(
        group.teachers.filter(Q(until_on=None) | Q(until_on__gte=day))
        .select_related("user")
        .order_by("from_on", "kind", "pk")
    )
    leaves = StaffLeave.objects.filter(
        Q(until_on=None) | Q(until_on__gte=day), school=group.school_id, user__in=[row.user_id for row in rows]
    )
    leaves = list(leaves.order_by("from_on"))
    return [TeacherLine.of(row, leaves, day) for row in rows]


@require_http_methods(["GET", "POST"])
def group_assign(request, uuid):
    """Let somebody teach this group from a day on."""
    group = get_to_edit(Group, request.user, uuid)
    form = page_form(AssignTeacherForm(request.POST or None, school=group.school_id), _("Assign teacher"))
    if form.is_valid():
        try:
            assign_teacher(group=group, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal, **AT_FIELD)
        else:
            messages.success(request, _("The teacher is assigned."))
            return redirect("cases:group_detail", group.pk)
    return _page(request, "cases/group_assign.html", group, form, _("Assign a teacher"))


def _page(request, template, group, form, here, **context):
    back = reverse("cases:group_detail", args=[group.pk])
    crumbs = [(_("Groups"), reverse("cases:group_list")), (group.label, back), (here, "")]
    context |= {"form": form, "group": group, "back": back, "crumbs": crumbs}
    return render(request, template, context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def assignment_end(request, uuid):
    """Let a teacher's work in a group end."""
    row = get_to_edit(GroupTeacher, request.user, uuid)
    form = page_form(EndForm(request.POST or None), _("End assignment"))
    if form.is_valid():
        try:
            end_assignment(assignment=row, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal, ends_before_it_begins="on")
        else:
            messages.success(request, _("The assignment has an end."))
            return redirect("cases:group_detail", row.group_id)
    name = row.user.full_name
    return _page(request, "cases/assignment_end.html", row.group, form, _("End an assignment"), name=name)


@require_http_methods(["GET", "POST"])
def leave_give(request, uuid):
    """Let a teacher of a group be on leave: access pauses and comes back by itself."""
    row = get_to_edit(GroupTeacher, request.user, uuid)
    form = page_form(LeaveForm(request.POST or None), _("Save leave"))
    if form.is_valid():
        try:
            pause_teacher(assignment=row, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal, on_leave_already="from_on", ends_before_it_begins="until_on")
        else:
            messages.success(request, _("The leave is saved."))
            return redirect("cases:group_detail", row.group_id)
    return _page(request, "cases/leave_give.html", row.group, form, _("Give leave"), name=row.user.full_name)


@require_http_methods(["GET", "POST"])
def leave_end(request, uuid):
    """Say when the leave of a teacher of a group ends."""
    row = get_to_edit(GroupTeacher, request.user, uuid)
    form = page_form(EndForm(request.POST or None), _("End leave"))
    if form.is_valid():
        try:
            bring_teacher_back(assignment=row, last_day=form.cleaned_data["on"], by=request.user)
        except ValidationError as refusal:
            tell(form, refusal, ends_before_it_begins="on")
        else:
            messages.success(request, _("The leave has an end."))
            return redirect("cases:group_detail", row.group_id)
    return _page(request, "cases/leave_end.html", row.group, form, _("End leave"), name=row.user.full_name)
