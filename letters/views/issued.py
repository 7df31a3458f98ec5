"""Letters that were made: the list, one letter, its kept bytes, how it was given."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import ReadOnly, get_to_edit, get_to_see
from accounts.forms import page_form
from accounts.stepup import fresh_sign_in
from audit.record import record
from cases.access import Reading
from cases.forms import tell
from cases.views.levels import show_form
from cases.views.papers import attachment, to_read
from letters import actions, pdf
from letters.forms import GivenForm
from letters.models import IssuedLetter
from letters.words import closed_words, kind_words

Kind = IssuedLetter.Kind
LETTERS_A_PAGE = 50
SHOWN = {
    "brieven": {"kind__in": (Kind.REFERRAL, Kind.STARTED)},
    "herinneringen": {"kind": Kind.REMINDER},
    "verslagen": {"kind": Kind.REPORT},
    "te-geven": {"given_on": None},
}


@dataclass(frozen=True)
class LetterLine:
    """One line of the list of letters."""

    uuid: UUID
    title: str
    child: str
    to: str
    issued_on: date
    given_on: date | None
    how: str
    school: str
    school_id: UUID

    @classmethod
    def of(cls, row):
        """The line of a letter that was fetched with its pupil and school."""
        return cls(
            uuid=row.pk,
            title=f"{kind_words(row)} {row.reference}".strip(),
            child=row.trajectory.pupil.list_name,
            to=row.addressees,
            issued_on=row.issued_on,
            given_on=row.given_on,
            how=row.get_given_how_display(),
            school=row.school.name,
            school_id=row.school_id,
        )


@require_safe
def letter_list(request):
    """The letters of the cases this person works in, newest first."""
    shown = request.GET.get("toon", "")
    rows = IssuedLetter.objects.for_user(request.user).filter(**SHOWN.get(shown, {}))
    rows = rows.select_related("trajectory__pupil", "school").order_by("-issued_on", "-file__made_at", "-pk")
    page = Paginator(rows, LETTERS_A_PAGE).get_page(request.GET.get("pagina"))
    lines = [LetterLine.of(row) for row in page]
    tabs = [
        ("", _("All")),
        ("te-geven", _("Not given yet")),
        ("brieven", _("Letters to parents")),
        ("herinneringen", _("Reminders")),
        ("verslagen", _("Reports")),
    ]
    context = {"page": page, "lines": lines, "shown": shown if shown in SHOWN else "", "tabs": tabs}
    schools = {line.school_id for line in lines}
    context["several_schools"] = len(schools) > 1
    answer = render(request, "letters/letter_list.html", context)
    school = schools.pop() if len(schools) == 1 else None
    record("letter.listed", by=request.user, school=school, detail={"rows": len(lines)})
    return answer


ALONG = ("trajectory__pupil", "file", "engagement", "conversation")


def _page_of(request, letter, form=None):
    """What the page of one letter shows to who asks."""
    day = timezone.localdate()
    is_report = letter.kind == Kind.REPORT
    title = f"{kind_words(letter)} {letter.reference}".strip()
    return {
        "letter": letter,
        "title": title,
        "trajectory": letter.trajectory,
        "is_report": is_report,
        "may_change": not letter.trajectory.is_closed,
        "administered": _administered(letter),
        "closed": closed_words(actions.closed_for(letter, reader=request.user, on=day)),
        "may_be_linked": actions.may_be_linked(letter, day),
        "form": form,
        "seal": letter.file.sha256[:12],
        "links": letter.links.order_by("-expires_at") if is_report else (),
        "now": timezone.now(),
        "crumbs": [(_("Letters"), reverse("letters:letter_list")), (title, "")],
    }


def _administered(letter):
    """What carries the tick of the pupil administration here: the letter, or the talk whose report this is now."""
    if letter.kind != Kind.REPORT:
        return letter
    return letter.conversation if actions.is_present_edition(letter) else None


def _given_form(letter, data=None):
    form = GivenForm(data, initial={"how": letter.given_how, **({"on": letter.given_on} if letter.given_on else {})})
    return page_form(form, _("Save"))


@require_safe
def letter_detail(request, uuid):
    """One letter: what it is, to whom, whether it was given."""
    letter = get_to_see(IssuedLetter, request.user, uuid, *ALONG)
    context = _page_of(request, letter, None if letter.kind == Kind.REPORT else _given_form(letter))
    answer = render(request, "letters/letter_detail.html", context)
    record("letter.looked", letter, by=request.user, ground=Reading.STAFF)
    return answer


@require_POST
def letter_given(request, uuid):
    """Record how a letter left."""
    letter = get_to_edit(IssuedLetter, request.user, uuid, "trajectory__pupil", "file")
    form = _given_form(letter, request.POST)
    if form.is_valid():
        try:
            actions.record_given(letter=letter, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("It is written down that the letter was given."))
            return redirect("letters:letter_detail", letter.pk)
    context = _page_of(request, letter, form)
    del context["form"]
    return show_form(request, "letters/letter_detail.html", form, **context)


def _refuse_closed(request, letter):
    """Refuse the kept paper to who may not open it (any more). Raises ReadOnly."""
    if actions.closed_for(letter, reader=request.user, on=timezone.localdate()):
        raise ReadOnly(letter)


@require_safe
def letter_pdf(request, uuid):
    """The kept bytes, never rendered again: in the browser's own reader to print, or (`?bewaar`) to save."""
    letter = get_to_see(IssuedLetter, request.user, uuid, "file", "trajectory__pupil")
    _refuse_closed(request, letter)
    saves = "bewaar" in request.GET
    name = actions.name_of_file(letter)
    response = attachment(letter.file, name) if saves else to_read(letter.file, name)
    record(
        "letter.downloaded", letter, by=request.user, ground=Reading.STAFF, detail={"as": "saved" if saves else "read"}
    )
    return response


@fresh_sign_in
@require_POST
@sensitive_post_parameters("pass_phrase")
def letter_protected(request, uuid):
    """A pass phrase, shown once; with it, the kept PDF locked by it. The phrase is kept nowhere."""
    letter = get_to_see(IssuedLetter, request.user, uuid, "file", "trajectory__pupil")
    _refuse_closed(request, letter)
    if "pass_phrase" not in request.POST:
        copies = [actions.SharedCopy(letter, pass_phrase=pdf.pass_phrase())]
        return render(request, "letters/report_opened.html", _once(letter, copies))
    try:
        locked = actions.protected_pdf(letter=letter, pass_phrase=request.POST["pass_phrase"], by=request.user)
    except ValidationError:
        messages.error(request, _("This is no pass phrase of ours. Make a new one."))
        return redirect("letters:letter_detail", letter.pk)
    response = HttpResponse(locked, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{actions.name_of_file(letter)}"'
    return response


@require_http_methods(["POST"])
def reading_link_made(request, uuid):
    """A new reading link with its code, shown once; an older one closes."""
    letter = get_to_edit(IssuedLetter, request.user, uuid, "trajectory__pupil")
    try:
        token, code = actions.make_reading_link(letter=letter, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("letters:letter_detail", letter.pk)
    copies = [actions.SharedCopy(letter, token=token, code=code)]
    return render(request, "letters/report_opened.html", _once(letter, copies))


def _once(letter, copies):
    """What a page that shows a secret once gets."""
    detail = reverse("letters:letter_detail", args=[letter.pk])
    return {
        "trajectory": letter.trajectory,
        "copies": copies,
        "back": detail,
        "crumbs": [(_("Letters"), reverse("letters:letter_list")), (kind_words(letter), detail), (_("Once"), "")],
    }
