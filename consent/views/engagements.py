"""The guidance by an expert: prepared, asked of the parents, answered."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import get_to_edit, get_to_see
from accounts.forms import page_form
from audit.record import record
from cases.access import Reading
from cases.actions.files import talks_of_level, told_topics
from cases.actions.papers import add_document
from cases.actions.school import heading_of_consents
from cases.forms import tell
from cases.models import Trajectory
from cases.models.talks import TOPICS
from cases.views.levels import case_crumbs, show_form
from consent import actions, grants
from consent.forms.engagements import ChoiceForm, OldLetterForm, PrepareEngagementForm
from consent.forms.names import offer_alias, put_alias
from consent.models import Engagement, Outcome, ParentChoice
from consent.words import holds_now, standing_words


@require_http_methods(["GET", "POST"])
def engagement_prepare(request, uuid):
    """Fill in what the letter needs: one page, four things."""
    trajectory = get_to_edit(Trajectory, request.user, uuid, "pupil", "level", "school")
    day = timezone.localdate()
    talk = actions.joint_talk(trajectory)
    missing = actions.missing_for_letter(trajectory, on=day)
    told = told_topics(talks_of_level(trajectory))
    asked = TOPICS[trajectory.level.kind] if trajectory.level.asks_topics else ()
    untold = [topic for topic in asked if topic not in told]
    alias, fits = actions.suggest_alias(trajectory.pupil, on=day)
    initial = {
        "alias": alias,
        "until": actions.end_of_school_year(trajectory.school_id, day),
        "parts_from": trajectory.opened_on,
        "own_words": actions.agreed_words(talk),
    }
    form = PrepareEngagementForm(
        request.POST or None,
        initial=initial,
        school=trajectory.school_id,
        opened_on=trajectory.opened_on,
        untold=untold,
        may_skip=bool(missing),
    )
    page_form(form, _("To the letter"), guard=True)
    replaced = put_alias(form, trajectory.pupil, alias=alias, fields=["question", "items"])
    if not replaced and form.is_valid():
        try:
            engagement = actions.prepare_engagement(
                trajectory=trajectory, conversation=talk, by=request.user, on=day, **form.deed()
            )
        except ValidationError as refusal:
            tell(form, refusal, steps_missing="skip_because")
            offer_alias(form, refusal, alias)
        else:
            return redirect("letters:parent_letter_preview", engagement.pk)
    context = {
        "trajectory": trajectory,
        "missing": [step for step in missing if not step.code.startswith("topic_")],
        "fits": fits,
        "has_experts": form.fields["expert"].queryset.exists(),
        "crumbs": case_crumbs(trajectory, _("Involve an expert")),
    }
    return show_form(request, "consent/engagement_prepare.html", form, **context)


@require_safe
def engagement_detail(request, uuid):
    """Where the guidance stands: the letter, who was asked, what each answered."""
    engagement = get_to_see(Engagement, request.user, uuid, "trajectory__pupil", "trajectory__level", "expert__expert")
    trajectory, day = engagement.trajectory, timezone.localdate()
    choices = list(engagement.choices.select_related("guardian").order_by("pk"))
    consultations = list(engagement.consultations.order_by("held_on", "pk"))
    engagement._prefetched_objects_cache = {"choices": choices, "consultations": consultations}
    state, reading = engagement.state(day), grants.reading_of(engagement, trajectory.pupil, day)
    parts = list(engagement.parts.filter(dropped=False).select_related("heading").order_by("heading__position"))
    visit = grants.grant_fields(engagement, reading, day)["visit"] if reading else engagement.visit(day)
    may_know = reading == Reading.DOSSIER or state == Outcome.KNOWN
    context = {
        "engagement": engagement,
        "trajectory": trajectory,
        "expert": engagement.expert,
        "state": state,
        "state_words": standing_words(engagement, state),
        "choices": choices,
        "parts": parts,
        "opens_nothing": may_know and not parts,
        "holds": holds_now(engagement, reading, visit, day),
        "yes_no": f"{_('yes')},{_('no')}",
        "runs_nameless": reading == Reading.ANONYMOUS,
        "allowed": engagement.allowed_items(day),
        "shared": _shared(engagement) if reading == Reading.ANONYMOUS else (),
        "consultations": consultations,
        "reports": engagement.reports.select_related("document").order_by("-document__received_on"),
        "letters": engagement.letters.order_by("-issued_on", "-pk"),
        "may_send": state in ("prepared", "parents_informed") and not trajectory.is_closed,
        "may_remind": state in ("waiting", "silent") and not engagement.is_reminded,
        "may_confer": state == "silent" and engagement.is_reminded,
        "may_cancel": not engagement.started_on and state not in ("cancelled", "closed"),
        "may_start": state in ("anonymous", "known"),
        "may_start_without": state == "consulted",
        "may_end": state == "active",
        "crumbs": case_crumbs(trajectory, _("Guidance by an expert")),
    }
    record("engagement.looked", engagement, by=request.user, ground=Reading.STAFF)
    return render(request, "consent/engagement_detail.html", context)


@dataclass(frozen=True)
class SharedLine:
    """A text without a name that the expert reads, and why it is needed (R30)."""

    uuid: UUID
    title: str
    text: str
    shared_on: date
    necessity: str


def _shared(engagement):
    rows = engagement.sharing_reasons.filter(item__removed_on=None).select_related("item")
    found = sorted(rows, key=lambda row: (row.item.shared_on, row.pk))
    return [SharedLine(row.item_id, row.item.title, row.item.text, row.item.shared_on, row.necessity) for row in found]


DEEDS = {"start": actions.start_engagement, "end": actions.end_engagement, "cancel": actions.cancel_engagement}


@require_POST
def engagement_turn(request, uuid, turn):
    """Let the expert begin, end the guidance, or give it up before it begins: one button each."""
    engagement = get_to_edit(Engagement, request.user, uuid, "trajectory__level")
    try:
        DEEDS[turn](engagement=engagement, by=request.user, on=timezone.localdate())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        if turn == "start" and engagement.started_without_answer:
            told = _(
                "The expert has begun, and the child stays anonymous. Now tell the parents why, in a letter. An answer "
                "that still comes counts at once."
            )
            messages.success(request, told)
    return redirect("consent:engagement_detail", engagement.pk)


@require_http_methods(["GET", "POST"])
def choice_record(request, uuid):
    """Record the answer of one parent: who is known, which, how."""
    choice = get_to_edit(ParentChoice, request.user, uuid, "engagement", "trajectory__pupil")
    others = choice.engagement.choices.filter(letter_of=choice.letter_of).exclude(pk=choice.pk)
    form = ChoiceForm(
        request.POST or None, request.FILES or None, initial=_typed(choice), shares_letter=others.exists()
    )
    page_form(form, _("Save answer"), guard=True)
    if form.is_valid():
        try:
            _record(request, choice, form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("The answer is saved."))
            return redirect("consent:engagement_detail", choice.engagement_id)
    crumbs = case_crumbs(choice.trajectory, _("Answer of a parent"))
    return show_form(
        request,
        "consent/choice_record.html",
        form,
        choice=choice,
        crumbs=crumbs,
        back=reverse("consent:engagement_detail", args=[choice.engagement_id]),
    )


def _record(request, choice, typed):
    """File the scan and record the answer: both or neither."""
    scan = typed.pop("scan")
    if scan:
        typed["scan"] = add_document(
            trajectory=choice.trajectory,
            heading=heading_of_consents(choice.school_id),
            title=_("Answer slip"),
            received_on=typed["on"],
            accepted=scan,
            by=request.user,
        )
    actions.record_choice(choice=choice, by=request.user, **typed)


def _typed(choice):
    if not choice.choice:
        return {}
    return {
        "answer": choice.choice,
        "how": choice.how,
        "for_both": choice.for_both,
        "class_visit": choice.class_visit,
        "items": choice.items,
        "observe": choice.observe,
        "remark": choice.remark,
    }


@require_POST
def choice_withdraw(request, uuid):
    """Take an answer back because the parent says so; what stood open closes at once."""
    choice = get_to_edit(ParentChoice, request.user, uuid, "engagement", "trajectory")
    try:
        actions.withdraw_choice(choice=choice, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The answer is taken back. The expert sees nothing by name any more."))
    return redirect("consent:engagement_detail", choice.engagement_id)


@require_http_methods(["GET", "POST"])
def old_letter(request, uuid):
    """Enter a letter that went out on paper before."""
    engagement = get_to_edit(Engagement, request.user, uuid, "trajectory__pupil")
    form = OldLetterForm(request.POST or None, trajectory=engagement.trajectory)
    page_form(form, _("Enter old letter"))
    if form.is_valid():
        try:
            actions.adopt_old_letter(engagement=engagement, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("The old letter counts. Record the answers next."))
            return redirect("consent:engagement_detail", engagement.pk)
    crumbs = case_crumbs(engagement.trajectory, _("Old letter"))
    return show_form(request, "consent/old_letter.html", form, engagement=engagement, crumbs=crumbs)
