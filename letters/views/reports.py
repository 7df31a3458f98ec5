"""The report of a talk, shared in writing: on paper, protected, by a reading link, or without names."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import get_to_edit, get_to_see
from accounts.forms import page_form
from audit.record import record
from cases.access import Reading
from cases.actions.files import receivers_of
from cases.actions.talks import mark_shared, unanswered
from cases.forms import tell
from cases.models import Conversation, ReportSharing
from cases.views.levels import case_crumbs, show_form
from consent.models import Engagement
from letters import actions
from letters.compose import TalkFacts
from letters.forms import NamelessForm, ShareReportForm
from letters.words import closed_words

How = ReportSharing.How
ALONG = ("trajectory__pupil", "school", "level", "led_by")


@dataclass(frozen=True)
class Receivers:
    """Who may get the report of a talk, who was there, and for whom its present edition is still due."""

    people: list
    present: set
    due: list
    without: list

    @classmethod
    def of(cls, talk, facts):
        """The receivers of this talk, as of today."""
        people, present = facts.receivers, facts.guardians_present
        have = set(talk.sharings.filter(edition=talk.edition).values_list("guardian_id", flat=True))
        due = receivers_of(present, people)
        return cls(people, present, due, [person for person in due if person.pk not in have])

    @property
    def choices(self):
        """Each of them as a chip; who was not at the talk says so, since parents who live apart talk apart."""
        absent = _("%(name)s (was not there)")
        return {
            str(person.pk): (
                person,
                person.full_name if person.pk in self.present else absent % {"name": person.full_name},
            )
            for person in self.people
        }

    @property
    def ticked(self):
        """Those for whom it is due; when all have it, the same people once more."""
        return [str(person.pk) for person in self.without or self.due]


def _letter_to_come(talk):
    """The guidance whose letter was not made yet and can carry this report, or None (docs/rules.md, decision 7)."""
    rows = Engagement.objects.filter(conversation=talk, asked_on=None, cancelled_on=None, ended_on=None)
    return rows.order_by("prepared_on").first()


@require_http_methods(["GET", "POST"])
def report_share(request, uuid):
    """One screen: what still misses, with whom, how."""
    talk = get_to_edit(Conversation, request.user, uuid, *ALONG)
    receivers = Receivers.of(talk, TalkFacts(talk, timezone.localdate()))
    engagement = _letter_to_come(talk)
    form = ShareReportForm(
        request.POST or None,
        receivers=receivers.choices,
        ticked=receivers.ticked,
        unanswered=unanswered(talk),
        asks_agreements=not talk.no_agreements and not talk.agreements.filter(dropped=False).exists(),
        has_letter=engagement is not None,
    )
    page_form(form, _("Share report"), guard=True)
    if form.is_valid():
        try:
            return _shared(request, talk, form, engagement)
        except ValidationError as refusal:
            tell(form, refusal)
    context = {
        "talk": talk,
        "trajectory": talk.trajectory,
        "has_receivers": bool(receivers.people),
        "everyone_has_it": bool(receivers.due) and not receivers.without,
        "crumbs": case_crumbs(talk.trajectory, _("Share the report")),
    }
    return show_form(request, "letters/report_share.html", form, **context)


def _shared(request, talk, form, engagement):
    """Share it, and answer with the page that this way needs next."""
    how = form.cleaned_data["how"]
    if how in (How.LETTER, How.PARENT_APP):
        actions.complete_report(talk=talk, by=request.user, **form.completed())
        if how == How.LETTER:
            return redirect("letters:parent_letter_preview", engagement.pk)
        return redirect("letters:report_nameless", talk.pk)
    copies = actions.share_report(talk=talk, by=request.user, **form.deed())
    if how in (How.PROTECTED_PDF, How.READING_LINK):  # what opens them is shown once, so not after a redirect
        crumbs = case_crumbs(talk.trajectory, _("Report shared"))
        back = reverse("cases:conversation_detail", args=[talk.pk])
        context = {"trajectory": talk.trajectory, "copies": copies, "back": back, "crumbs": crumbs}
        return render(request, "letters/report_opened.html", context)
    messages.success(request, _("The report is shared. Print a copy for each receiver."))
    return redirect("letters:report_shared", talk.pk)


@require_safe
def report_shared(request, uuid):
    """The copies of the present edition, to print."""
    talk = get_to_see(Conversation, request.user, uuid, "trajectory__pupil")
    letters = talk.letters.filter(edition=talk.edition).order_by("-issued_on", "-pk")
    context = {
        "talk": talk,
        "trajectory": talk.trajectory,
        "letters": letters,
        "closed": actions.closed_reports(letters, reader=request.user),
        "closed_words": closed_words("no_contact"),
        "crumbs": case_crumbs(talk.trajectory, _("Report shared")),
    }
    answer = render(request, "letters/report_shared.html", context)
    record("conversation.looked", talk, by=request.user, ground=Reading.STAFF)
    return answer


@require_http_methods(["GET", "POST"])
def report_nameless(request, uuid):
    """The report without names: to copy into the parent app, and then to mark as shared."""
    talk = get_to_edit(Conversation, request.user, uuid, *ALONG)
    day = timezone.localdate()
    facts = TalkFacts(talk, day)
    receivers = Receivers.of(talk, facts)
    form = NamelessForm(request.POST or None, receivers=receivers.choices, ticked=receivers.ticked)
    page_form(form, _("Mark as shared"))
    context = {"talk": talk, "trajectory": talk.trajectory, "has_receivers": bool(receivers.people)}
    context["crumbs"] = case_crumbs(talk.trajectory, _("Report without names"))
    try:
        context["text"], context["replaced"] = actions.nameless_text(talk=talk, on=day, facts=facts)
        if form.is_valid():
            mark_shared(
                conversation=talk,
                guardians=form.guardians(),
                how=How.PARENT_APP,
                by=request.user,
                on=day,
            )
            messages.success(request, _("It is written down that the report was shared."))
            return redirect("cases:conversation_detail", talk.pk)
    except ValidationError as refusal:
        if form.is_bound:
            tell(form, refusal)
        context["refusal"] = " ".join(refusal.messages)
    answer = show_form(request, "letters/report_nameless.html", form, **context)
    record("conversation.looked", talk, by=request.user, ground=Reading.STAFF, detail={"as": "nameless"})
    return answer
