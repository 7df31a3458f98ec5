"""What letters tell the pages of cases: that a letter was made and given, and which ones still lie here."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.dates import short_date
from cases import histories, look_files, timeline, today
from cases.access import class_label
from cases.due import administration_task, to_administer
from cases.models import Trajectory
from cases.timeline import Moment
from cases.today import Task
from letters import pdf
from letters.compose import looks_list
from letters.models import Addressee, IssuedLetter

Kind = IssuedLetter.Kind


def kind_words(letter):
    """Return what this letter is called on a page: "Letter to the parents", "Reminder", "Report of a talk"."""
    return {
        Kind.REFERRAL: _("Letter to the parents"),
        Kind.REMINDER: _("Reminder to the parents"),
        Kind.REPORT: _("Report of a talk"),
        Kind.STARTED: _("Letter that the expert begins"),
    }[letter.kind]


def closed_words(code):
    """Return why a kept paper does not open for who asks, as `actions.closed_for` found it; "" when it opens."""
    return {
        "": "",
        "secret_address": _("This letter carries an address that is secret now. Ask the intern begeleider."),
        "no_contact": _("No contact is allowed with somebody this paper is for. Ask the intern begeleider."),
    }[code]


def _looks_as_pdf(rows):
    return pdf.render("letters/looks_list.html", looks_list(rows, on=timezone.localdate())).pdf


look_files.add_form("pdf", _looks_as_pdf, "application/pdf", 1000)


@timeline.add
def letter_moments(trajectory):
    """The letters about an expert. A report stands on the time line as its talk."""
    rows = IssuedLetter.objects.filter(trajectory=trajectory).exclude(kind=Kind.REPORT)
    for row in rows.defer("addressees"):
        given = {True: _("given on %(day)s"), False: _("not given yet")}[row.given_on is not None]
        yield Moment(
            on=row.issued_on,
            kind="letter",
            title=f"{kind_words(row)} {row.reference}",
            url=reverse("letters:letter_detail", args=[row.pk]),
            badge=given % {"day": short_date(row.given_on)} if row.given_on else given,
            badge_kind="quiet" if row.given_on else "wait",
            order=40,
        )


@today.add
def letters_due(user, day):
    """Letters of which nobody said that they left; where the school asks that, those not in its administration yet."""
    cases = Trajectory.objects.staffed_by(user)
    running = Q(engagement__cancelled_on=None, engagement__ended_on=None) | Q(kind=Kind.STARTED)
    to_give = Q(running, given_on=None, trajectory__in=cases.running().values("pk"))
    to_keep = to_administer(day, "issued_on")
    rows = (
        IssuedLetter.objects.filter(to_give | to_keep, trajectory__in=cases.values("pk"))
        .exclude(kind=Kind.REPORT)
        .select_related("trajectory", "school")
        .annotate(place=class_label("trajectory__pupil", day), is_to_give=to_give, is_to_administer=to_keep)
        .defer("addressees")
    )
    for row in rows:
        words = {"letter": kind_words(row), "reference": row.reference}
        url = reverse("letters:letter_detail", args=[row.pk])
        if row.is_to_give:
            yield Task(
                kind="letter",
                child=row.trajectory.initials,
                group=row.place or "",
                school=row.school.name,
                text=_("%(letter)s %(reference)s: hand it over or post it") % words,
                url=url,
                action=_("Give letter"),
                due=row.issued_on,
                late=row.issued_on < day,
            )
        if row.is_to_administer:
            yield administration_task(row, _("%(letter)s %(reference)s") % words, url, row.issued_on)


histories.add("brief", IssuedLetter, parts=("to",))
histories.add("geadresseerde", Addressee)
histories.trace_with("traced_history_letters")
histories.call_fields({"letter": gettext_lazy("letter")})
histories.call_reasons(
    {
        "addressee": gettext_lazy("addressee"),
        "given": gettext_lazy("given to the parents"),
        "issued": gettext_lazy("made"),
        "no agreements": gettext_lazy("no agreements were made"),
        "reminded": gettext_lazy("reminder made"),
    }
)
