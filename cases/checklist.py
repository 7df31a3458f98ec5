"""What a school has to arrange once: where each thing stands, and what still misses, in words."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.dates import short_date
from accounts.models import HelpDesk, Holiday, Membership, Role
from cases.models import CaseTerms, Heading, SupportLevel


@dataclass(frozen=True)
class Step:
    """One line of the set-up: what it is, how it stands, what misses, and the page that settles it."""

    title: str
    url: str
    told: str
    missing: tuple[str, ...] = ()


_sources: list[Callable[..., Iterable[Step]]] = []


def add(source):
    """Let an app above tell its steps: `source(school, user)` gives Steps that this user may settle."""
    _sources.append(source)
    return source


def steps(school, user):
    """Return every step of this school that this user may settle."""
    own = [
        _letterhead(school), _terms(school), _help_desks(school), _holidays(school), _levels(school), _headings(school),
        _people(school),
    ]  # fmt: skip
    return own + [step for source in _sources for step in source(school, user)]


def _page(name, school):
    return reverse(f"cases:{name}", args=[school.pk])


def _letterhead(school):
    told = ", ".join(filter(None, (school.street, f"{school.postcode} {school.city}", school.phone, school.email)))
    missing = []
    if not school.email:
        missing.append(_("No e-mail address yet: parents read it in the letter."))
    if not school.complaint_page:
        missing.append(_("No web page about complaints yet: the letter tells parents where to find it."))
    if not (school.fg_name and school.fg_email):
        missing.append(_("No FG yet: the letter tells parents whom they can ask about privacy."))
    return Step(_("Letterhead"), _page("setup_letterhead", school), told, tuple(missing))


def _terms(school):
    terms = CaseTerms.objects.filter(school=school).first()
    if terms is None:
        return Step(_("Terms"), _page("setup_terms", school), "", (_("No terms yet."),))
    parts = [
        _("Parents have %(days)s days to answer") % {"days": terms.answer_days},
        _("a reminder after %(weeks)s weeks without a talk") % {"weeks": terms.contact_weeks},
        _("one letter for each address") if terms.one_letter_per_address else _("a letter for each parent"),
    ]
    return Step(_("Terms"), _page("setup_terms", school), ", ".join(parts))


def _help_desks(school):
    names = [desk.name for desk in HelpDesk.objects.filter(school=school).order_by("position", "name")]
    missing = () if names else (_("No help desk yet: the letter tells parents who else can help them."),)
    return Step(_("Help desks"), _page("setup_help_desks", school), ", ".join(names), missing)


def _holidays(school):
    coming = Holiday.objects.filter(school=school, until_on__gte=timezone.localdate()).order_by("from_on").first()
    if coming is None:
        missing = (_("No holiday to come: the term of a letter can now end in a holiday."),)
        return Step(_("School holidays"), _page("setup_holidays", school), "", missing)
    told = _("Next: %(name)s, %(first)s to %(last)s") % {
        "name": coming.name, "first": short_date(coming.from_on), "last": short_date(coming.until_on)
    }  # fmt: skip
    return Step(_("School holidays"), _page("setup_holidays", school), told)


def _levels(school):
    names = SupportLevel.objects.filter(school=school).order_by("number").values_list("name", flat=True)
    return Step(_("Levels"), _page("setup_levels", school), ", ".join(names))


def _headings(school):
    names = Heading.objects.filter(school=school).order_by("position").values_list("name", flat=True)
    return Step(_("Headings of the file"), _page("setup_headings", school), ", ".join(names))


def _people(school):
    held = Membership.objects.on(timezone.localdate()).filter(school=school)
    count = Counter(held.values_list("role", flat=True))
    told = ", ".join(f"{count[role]} × {role.label}" for role in Role if count[role])
    nobody = {
        Role.COORDINATOR: _("Nobody is intern begeleider yet: cases can't go to level 1."),
        Role.DIRECTOR: _("Nobody is director yet."),
        Role.ADMIN: _("Nobody is administrator yet."),
    }
    missing = tuple(words for role, words in nobody.items() if not count[role])
    return Step(_("People and roles"), _page("setup_people", school), told, missing)
