"""The way of a case: opened or taken over, raised, lowered, resting, closed, opened again; and who is let in."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import ReadOnly, get_to_edit, get_to_see
from accounts.forms import page_form
from cases.actions import files
from cases.forms import tell
from cases.forms.trajectories import (
    AddMemberForm,
    CloseTrajectoryForm,
    LowerLevelForm,
    OpenTrajectoryForm,
    RaiseLevelForm,
    TakeOverForm,
)
from cases.models import CaseMember, Pupil, SupportLevel, Trajectory
from cases.models.talks import TOPICS


def case_crumbs(trajectory, last):
    """The way back from a page about a case."""
    url = reverse("cases:trajectory_detail", args=[trajectory.pk])
    return [(_("Cases"), reverse("cases:trajectory_list")), (trajectory.pupil.full_name, url), (last, "")]


def to_case(trajectory):
    """Answer with the case page."""
    return redirect("cases:trajectory_detail", trajectory.pk)


def back_from(request):
    """Answer with the page of ours that a form names in `back`, or None when it names none."""
    back = request.POST.get("back", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return HttpResponseRedirect(back)
    return None


def show_form(request, template, form, **context):
    """Show a form: 422 when what was typed isn't right yet, so that nothing is taken for done."""
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)


def pupil_to_work_on(request, uuid):
    """Return the pupil for whom this person may open a case or add a parent. Raises Unseen or ReadOnly."""
    pupil = get_to_see(Pupil, request.user, uuid)
    if not Pupil.objects.taught_by(request.user).filter(pk=uuid).exists():
        raise ReadOnly(pupil)
    return pupil


@require_http_methods(["GET", "POST"])
def trajectory_open(request, uuid):
    """Open a trajectory at the first level."""
    pupil = pupil_to_work_on(request, uuid)
    form = page_form(OpenTrajectoryForm(request.POST or None), _("Open case"), guard=True)
    if form.is_valid():
        trajectory = files.open_trajectory(pupil=pupil, by=request.user, **form.cleaned_data)
        messages.success(request, _("The case is open. Log your talk with the parents next."))
        return to_case(trajectory)
    crumbs = [(pupil.full_name, reverse("cases:pupil_detail", args=[pupil.pk])), (_("Open a case"), "")]
    return show_form(request, "cases/trajectory_open.html", form, pupil=pupil, crumbs=crumbs)


@require_http_methods(["GET", "POST"])
def trajectory_take_over(request, uuid):
    """Enter a case that ran already, at its level, with one reason."""
    pupil = pupil_to_work_on(request, uuid)
    form = page_form(TakeOverForm(request.POST or None, school=pupil.school_id), _("Take over case"), guard=True)
    if form.is_valid():
        trajectory = files.take_over_trajectory(pupil=pupil, by=request.user, **form.cleaned_data)
        messages.success(request, _("The case stands. Add the old letter and answer as documents."))
        return to_case(trajectory)
    crumbs = [(pupil.full_name, reverse("cases:pupil_detail", args=[pupil.pk])), (_("Take over a running case"), "")]
    return show_form(request, "cases/trajectory_take_over.html", form, pupil=pupil, crumbs=crumbs)


@require_http_methods(["GET", "POST"])
def trajectory_raise(request, uuid):
    """Go up a level: what misses is shown, and asked on this one page."""
    trajectory = get_to_edit(Trajectory, request.user, uuid, "pupil", "level")
    day = timezone.localdate()
    talks = files.talks_of_level(trajectory)
    untold = [topic for topic in TOPICS[trajectory.level.kind] if topic not in files.told_topics(talks)]
    asks_topics = trajectory.level.asks_topics
    missing = files.missing_to_leave(trajectory, on=day)
    form = RaiseLevelForm(
        request.POST or None,
        untold=untold if asks_topics else (),
        asks_outcome=trajectory.level.asks_outcome,
        may_skip=bool(missing),
    )
    page_form(form, _("Raise case"), guard=True)
    if form.is_valid():
        try:
            files.raise_level(trajectory=trajectory, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal, steps_missing="skip_because")
        else:
            messages.success(request, _("The case is now at %(level)s.") % {"level": trajectory.level.name})
            return to_case(trajectory)
    context = {
        "trajectory": trajectory,
        "steps": [step for step in missing if not step.code.startswith("topic_")],
        "above": SupportLevel.objects.filter(school=trajectory.school_id, number__gt=trajectory.level.number)
        .order_by("number")
        .first(),
        "crumbs": case_crumbs(trajectory, _("To the next level")),
    }
    return show_form(request, "cases/trajectory_raise.html", form, **context)


@require_http_methods(["GET", "POST"])
def trajectory_lower(request, uuid):
    """Go down a level with what the higher one brought."""
    trajectory = get_to_edit(Trajectory, request.user, uuid, "pupil", "level")
    form = page_form(LowerLevelForm(request.POST or None), _("Lower case"), guard=True)
    if form.is_valid():
        try:
            files.lower_level(trajectory=trajectory, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("The case is now at %(level)s.") % {"level": trajectory.level.name})
            return to_case(trajectory)
    crumbs = case_crumbs(trajectory, _("To the level below"))
    return show_form(request, "cases/trajectory_lower.html", form, trajectory=trajectory, crumbs=crumbs)


@require_http_methods(["GET", "POST"])
def trajectory_close(request, uuid):
    """Close a case with how it ended."""
    trajectory = get_to_edit(Trajectory, request.user, uuid, "pupil", "level")
    form = page_form(CloseTrajectoryForm(request.POST or None), _("Close case"), guard=True)
    if form.is_valid():
        try:
            files.close_trajectory(trajectory=trajectory, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("The case is closed."))
            return to_case(trajectory)
    crumbs = case_crumbs(trajectory, _("Close"))
    return show_form(request, "cases/trajectory_close.html", form, trajectory=trajectory, crumbs=crumbs)


TURNS = {
    "rest": lambda trajectory, user: files.rest_trajectory(trajectory=trajectory, by=user),
    "resume": lambda trajectory, user: files.resume_trajectory(trajectory=trajectory, by=user),
    "reopen": lambda trajectory, user: files.reopen_trajectory(trajectory=trajectory, by=user, on=timezone.localdate()),
}


@require_POST
def trajectory_turn(request, uuid, turn):
    """Rest, go on, or open again: one button each."""
    trajectory = get_to_edit(Trajectory, request.user, uuid, "pupil", "level")
    try:
        TURNS[turn](trajectory, request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return to_case(trajectory)


@require_http_methods(["GET", "POST"])
def member_add(request, uuid):
    """Let a colleague or the director into one case."""
    trajectory = get_to_edit(Trajectory, request.user, uuid, "pupil")
    if not Trajectory.objects.led_by(request.user).filter(pk=uuid).exists():
        raise ReadOnly(trajectory)
    form = page_form(AddMemberForm(request.POST or None, school=trajectory.school_id), _("Involve colleague"))
    if form.is_valid():
        try:
            files.add_member(trajectory=trajectory, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal, not_at_this_school="user")
        else:
            messages.success(request, _("This colleague can read the case now."))
            return to_case(trajectory)
    crumbs = case_crumbs(trajectory, _("Involve a colleague"))
    return show_form(request, "cases/member_add.html", form, trajectory=trajectory, crumbs=crumbs)


@require_POST
def member_end(request, uuid):
    """Let a colleague's part in a case end today."""
    member = get_to_edit(CaseMember, request.user, uuid)
    if not Trajectory.objects.led_by(request.user).filter(pk=member.trajectory_id).exists():
        raise ReadOnly(member)
    files.end_member(member=member, by=request.user, on=timezone.localdate())
    messages.success(request, _("This colleague can no longer read the case."))
    return redirect("cases:trajectory_detail", member.trajectory_id)
