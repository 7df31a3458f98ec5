"""The letter to the parents about an expert: looked at, its words changed, made once, reminded of once."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.context import me
from accounts.doors import get_to_edit, get_to_see
from accounts.forms import page_form
from audit.record import record
from cases.access import Reading
from cases.forms import tell
from cases.views.levels import case_crumbs, show_form
from consent.actions import rephrase_engagement
from consent.models import Engagement
from letters import actions
from letters.compose import LetterFacts, StartedFacts
from letters.forms import LetterWordsForm
from letters.missing import letters_of
from letters.papers import ParentLetter

ALONG = ("trajectory__pupil", "school", "expert__expert", "conversation")


@dataclass(frozen=True)
class Draft:
    """A letter that was not made yet, and what to know about it: `language` when it has to be read together."""

    letter: ParentLetter
    goes_by_hand: bool
    without_own_words: bool
    language: str


def _drafts(facts, letters):
    for envelope, letter in letters:
        readers = [person for person in envelope.people if person and person.needs_interpreter]
        yield Draft(
            letter=letter,
            goes_by_hand=not letter.address,
            without_own_words=bool(facts.engagement.own_words) and not letter.own_words,
            language=", ".join(person.language or _("another language") for person in readers),
        )


def _page(request, engagement, *, refusal=None, status=200):
    """The page with every letter as it would be printed, and what they miss."""
    facts = LetterFacts(engagement, timezone.localdate(), request.user)
    letters, missing = letters_of(facts, leads=engagement.school_id in me(request).leads)
    context = {
        "engagement": engagement,
        "trajectory": engagement.trajectory,
        "drafts": list(_drafts(facts, letters)),
        "missing": missing,
        "is_ready": bool(letters) and not any(one.blocks for one in missing),
        "refusal": refusal,
        "crumbs": case_crumbs(engagement.trajectory, _("Letter to the parents")),
    }
    answer = render(request, "letters/parent_letter_preview.html", context, status=status)
    record("engagement.looked", engagement, by=request.user, ground=Reading.STAFF, detail={"page": "letter"})
    return answer


@require_safe
def parent_letter_preview(request, uuid):
    """Look at the letters before they are made."""
    engagement = get_to_see(Engagement, request.user, uuid, *ALONG)
    if engagement.asked_on or engagement.trajectory.is_closed:
        return redirect("consent:engagement_detail", engagement.pk)
    return _page(request, engagement)


@require_POST
def parent_letter_issue(request, uuid):
    """Make the letters, once; or say what they still miss."""
    engagement = get_to_edit(Engagement, request.user, uuid, *ALONG)
    try:
        letters = actions.issue_parent_letter(engagement=engagement, by=request.user, on=timezone.localdate())
    except ValidationError as refusal:
        if getattr(refusal, "code", "") in ("issued_once", "ended"):
            messages.error(request, " ".join(refusal.messages))
            return redirect("consent:engagement_detail", engagement.pk)
        return _page(request, engagement, refusal=" ".join(refusal.messages), status=422)
    return _to(request, engagement, letters, _("The letter is made. Print it, and write down how you gave it."))


def _to(request, engagement, letters, words):
    """Answer with the letter, or with the guidance that shows all of them."""
    messages.success(request, words)
    if len(letters) == 1:
        return redirect("letters:letter_detail", letters[0].pk)
    return redirect("consent:engagement_detail", engagement.pk)


@require_http_methods(["GET", "POST"])
def letter_words(request, uuid):
    """Change the words of a letter that was not made yet."""
    engagement = get_to_edit(Engagement, request.user, uuid, "trajectory__pupil")
    preview = reverse("letters:parent_letter_preview", args=[engagement.pk])
    initial = {name: getattr(engagement, name) for name in ("question", "own_words", "items", "alias", "version")}
    form = page_form(LetterWordsForm(request.POST or None, initial=initial), _("Save words"), guard=True)
    if form.is_valid():
        try:
            rephrase_engagement(engagement=engagement, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            return redirect(preview)
    crumbs = case_crumbs(engagement.trajectory, _("Words of the letter"))
    return show_form(
        request, "letters/letter_words.html", form, trajectory=engagement.trajectory, crumbs=crumbs, back=preview
    )


@require_safe
def started_letter_preview(request, uuid):
    """Look at the letters that tell why the expert begins without an answer, before they are made."""
    engagement = get_to_see(Engagement, request.user, uuid, *ALONG)
    try:
        actions.refuse_telling(engagement)
        facts = StartedFacts(engagement, timezone.localdate(), request.user)
        letters = [facts.letter(envelope) for envelope in facts.envelopes]
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("consent:engagement_detail", engagement.pk)
    context = {
        "engagement": engagement,
        "trajectory": engagement.trajectory,
        "letters": letters,
        "crumbs": case_crumbs(engagement.trajectory, _("Letter to the parents")),
    }
    answer = render(request, "letters/started_letter_preview.html", context)
    record("engagement.looked", engagement, by=request.user, ground=Reading.STAFF, detail={"page": "started letter"})
    return answer


@require_POST
def started_letter_issue(request, uuid):
    """Make the letters that tell why the expert begins without an answer, once."""
    engagement = get_to_edit(Engagement, request.user, uuid, *ALONG)
    try:
        letters = actions.issue_started_letter(engagement=engagement, by=request.user, on=timezone.localdate())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("consent:engagement_detail", engagement.pk)
    return _to(request, engagement, letters, _("The letter is made. Print it, and write down how you gave it."))


@require_POST
def reminder_issue(request, uuid):
    """Make the one reminder for who has not answered."""
    engagement = get_to_edit(Engagement, request.user, uuid, *ALONG)
    try:
        letters = actions.issue_reminder(engagement=engagement, by=request.user, on=timezone.localdate())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("consent:engagement_detail", engagement.pk)
    return _to(request, engagement, letters, _("The reminder is made. Print it, and write down how you gave it."))
