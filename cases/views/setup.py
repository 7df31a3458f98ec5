"""A school's set-up: letterhead, terms, levels, holidays, help desks, headings. No child stands on these pages."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import HELP_DESKS, add_help_desk, add_holiday, change_setting
from accounts.dates import long_date
from accounts.doors import get_to_edit, get_to_see
from accounts.forms import page_form
from accounts.models import HelpDesk, Holiday, School
from cases import checklist
from cases.actions.school import add_heading, source_asks
from cases.forms import tell
from cases.forms.setup import HeadingForm, HelpDeskForm, HolidayForm, LetterheadForm, LevelForm, TermsForm
from cases.models import CaseTerms, Heading, SupportLevel
from cases.views.levels import show_form


@dataclass(frozen=True)
class Tab:
    """One of the schools that this person sets up."""

    name: str
    url: str
    current: bool


@dataclass(frozen=True)
class Line:
    """One row of a list in the set-up."""

    title: str
    told: tuple[str, ...]
    url: str
    notes: tuple[str, ...] = ()


def tabs(schools, school, page):
    """Return the tabs of a page that exists for each school; none when there is one school."""
    if len(schools) < 2:
        return []
    return [Tab(one.name, reverse(page, args=[one.pk]), one == school) for one in schools]


def setup_crumbs(school, *rest):
    """The way back to the set-up of this school."""
    first = (_("School"), reverse("cases:setup_school", args=[school.pk]))
    return [first, *rest]


@require_safe
def setup(request, uuid=None):
    """What stands and what still misses, for one school; the first one when none is chosen."""
    schools = list(School.objects.for_user(request.user).order_by("name", "pk"))
    if not schools:
        raise Http404
    school = get_to_see(School, request.user, uuid) if uuid else schools[0]
    steps = checklist.steps(school, request.user)
    context = {
        "school": school,
        "tabs": tabs(schools, school, "cases:setup_school"),
        "steps": steps,
        "missing": sum(len(step.missing) for step in steps),
    }
    return render(request, "cases/setup.html", context)


def _change(request, row, kind, title, back, **context):
    """Change one row: every page of the set-up that holds one form."""
    form = page_form(kind.of(request.POST or None, row), _("Save changes"), guard=True)
    if form.is_valid():
        try:
            change_setting(row=row, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
            if getattr(refusal, "code", "") == "changed_meanwhile":
                context["standing"] = form.look_again(row)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    return show_form(request, "cases/setup_form.html", form, title=title, back=back, **context)


def _add(request, school, kind, deed, title, label, back, **context):
    """Add one row: the same page with nothing in it yet."""
    form = page_form(kind.of(request.POST or None), label, guard=True)
    if form.is_valid():
        try:
            deed(school=school, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Added."))
            return redirect(back)
    return show_form(request, "cases/setup_form.html", form, title=title, back=back, school=school, **context)


def _list(request, school, title, lines, **context):
    """Show the rows of one part of the set-up, each with a link to change it."""
    crumbs = setup_crumbs(school, (title, ""))
    return render(
        request,
        "cases/setup_list.html",
        {"school": school, "title": title, "lines": lines, "crumbs": crumbs, **context},
    )


@require_http_methods(["GET", "POST"])
def setup_letterhead(request, uuid):
    """The school as its letters show it."""
    school = get_to_edit(School, request.user, uuid)
    back, title = reverse("cases:setup_school", args=[school.pk]), _("Letterhead")
    return _change(
        request,
        school,
        LetterheadForm,
        title,
        back,
        crumbs=setup_crumbs(school, (title, "")),
        school=school,
        intro=_("This stands on every letter that is made from now on. Letters that went out stay as they were."),
    )


@require_http_methods(["GET", "POST"])
def setup_terms(request, uuid):
    """How long things may take."""
    school = get_to_see(School, request.user, uuid)
    terms = get_to_edit(CaseTerms, request.user, CaseTerms.objects.values_list("pk", flat=True).get(school=school))
    back, title = reverse("cases:setup_school", args=[school.pk]), _("Terms")
    return _change(
        request,
        terms,
        TermsForm,
        title,
        back,
        crumbs=setup_crumbs(school, (title, "")),
        school=school,
        intro=_("A letter that went out keeps the term that stands in it."),
    )


@require_safe
def setup_levels(request, uuid):
    """The levels, and what each asks before a case goes on."""
    school = get_to_see(School, request.user, uuid)
    lines = []
    for level in SupportLevel.objects.for_user(request.user).filter(school=school).order_by("number"):
        asked = [str(LevelForm._meta.labels[name]) for name in source_asks(level) if getattr(level, name)]
        own = tuple(
            _("Your own choice: “%(guard)s” differs from the guideline.") % {"guard": LevelForm._meta.labels[name]}
            for name, asks in source_asks(level).items()
            if getattr(level, name) != asks
        )
        told = tuple(asked) or (_("Nothing is asked before a case goes on."),)
        lines.append(Line(level.name, told, reverse("cases:setup_level", args=[level.pk]), own))
    intro = _(
        "Before a case goes up, a level can ask for something. What the guideline for schools asks is the default; "
        "your school decides. Skipping a step stays possible, with a reason that everyone sees."
    )
    return _list(request, school, _("Levels"), lines, intro=intro)


@require_http_methods(["GET", "POST"])
def setup_level(request, uuid):
    """Change a level's name and guards."""
    level = get_to_edit(SupportLevel, request.user, uuid, "school")
    back = reverse("cases:setup_levels", args=[level.school_id])
    title = level.name
    crumbs = setup_crumbs(level.school, (_("Levels"), back), (title, ""))
    return _change(request, level, LevelForm, title, back, crumbs=crumbs, school=level.school)


@require_safe
def setup_holidays(request, uuid):
    """Holidays: those to come first, what has passed folded away."""
    school = get_to_see(School, request.user, uuid)
    rows = Holiday.objects.for_user(request.user).filter(school=school).order_by("from_on", "name")
    coming, past = [], []
    for row in rows:
        days = (
            long_date(row.from_on)
            if row.from_on == row.until_on
            else _("%(first)s to %(last)s") % {"first": long_date(row.from_on), "last": long_date(row.until_on)}
        )
        line = Line(row.name, (days,), reverse("cases:setup_holiday", args=[row.pk]))
        (coming if row.until_on >= timezone.localdate() else past).append(line)
    return _list(
        request,
        school,
        _("School holidays"),
        coming,
        past=past,
        past_title=_("Holidays that have passed"),
        intro=_("On these days no term of a letter runs. A letter's last day to answer is always a school day."),
        add_url=reverse("cases:holiday_add", args=[school.pk]),
        add_label=_("Add holiday"),
        empty=_("No holidays yet. Put in the holidays of this school year first."),
    )


@require_http_methods(["GET", "POST"])
def holiday_add(request, uuid):
    """Add a holiday."""
    school = get_to_see(School, request.user, uuid)
    back, title = reverse("cases:setup_holidays", args=[school.pk]), _("Add a holiday")
    crumbs = setup_crumbs(school, (_("School holidays"), back), (title, ""))
    return _add(request, school, HolidayForm, add_holiday, title, _("Add holiday"), back, crumbs=crumbs)


@require_http_methods(["GET", "POST"])
def setup_holiday(request, uuid):
    """Change a holiday."""
    row = get_to_edit(Holiday, request.user, uuid, "school")
    back = reverse("cases:setup_holidays", args=[row.school_id])
    title = row.name
    crumbs = setup_crumbs(row.school, (_("School holidays"), back), (title, ""))
    return _change(
        request,
        row,
        HolidayForm,
        title,
        back,
        crumbs=crumbs,
        school=row.school,
        intro=_("A letter that went out keeps the term that stands in it."),
    )


@require_safe
def setup_help_desks(request, uuid):
    """Whom parents can turn to outside the school (R111)."""
    school = get_to_see(School, request.user, uuid)
    rows = list(HelpDesk.objects.for_user(request.user).filter(school=school).order_by("position", "name"))
    lines = [Line(row.name, (row.phone,), reverse("cases:setup_help_desk", args=[row.pk])) for row in rows]
    more = {}
    if len(rows) < HELP_DESKS:
        more = {"add_url": reverse("cases:help_desk_add", args=[school.pk]), "add_label": _("Add help desk")}
    return _list(
        request,
        school,
        _("Help desks"),
        lines,
        intro=_("The letter names these to parents, for free advice that isn't the school's. There is room for three."),
        empty=_("No help desk yet. Think of the parents' help desk of your alliance, or of Ouders & Onderwijs."),
        **more,
    )


@require_http_methods(["GET", "POST"])
def help_desk_add(request, uuid):
    """Add a help desk."""
    school = get_to_see(School, request.user, uuid)
    back, title = reverse("cases:setup_help_desks", args=[school.pk]), _("Add a help desk")
    crumbs = setup_crumbs(school, (_("Help desks"), back), (title, ""))
    return _add(request, school, HelpDeskForm, add_help_desk, title, _("Add help desk"), back, crumbs=crumbs)


@require_http_methods(["GET", "POST"])
def setup_help_desk(request, uuid):
    """Change a help desk."""
    row = get_to_edit(HelpDesk, request.user, uuid, "school")
    back = reverse("cases:setup_help_desks", args=[row.school_id])
    title = row.name
    crumbs = setup_crumbs(row.school, (_("Help desks"), back), (title, ""))
    return _change(request, row, HelpDeskForm, title, back, crumbs=crumbs, school=row.school)


@require_safe
def setup_headings(request, uuid):
    """The headings of the file, and how letters name them."""
    school = get_to_see(School, request.user, uuid)
    rows = Heading.objects.for_user(request.user).filter(school=school).order_by("position", "name")
    lines = [Line(row.name, (row.parents_name,), reverse("cases:setup_heading", args=[row.pk])) for row in rows]
    return _list(
        request,
        school,
        _("Headings of the file"),
        lines,
        intro=_("Behind each heading stands how a letter names it to parents."),
        add_url=reverse("cases:heading_add", args=[school.pk]),
        add_label=_("Add heading"),
        empty=_("No headings yet."),
    )


@require_http_methods(["GET", "POST"])
def heading_add(request, uuid):
    """Add a heading."""
    school = get_to_see(School, request.user, uuid)
    back, title = reverse("cases:setup_headings", args=[school.pk]), _("Add a heading")
    crumbs = setup_crumbs(school, (_("Headings of the file"), back), (title, ""))
    return _add(request, school, HeadingForm, add_heading, title, _("Add heading"), back, crumbs=crumbs)


@require_http_methods(["GET", "POST"])
def setup_heading(request, uuid):
    """Change a heading."""
    row = get_to_edit(Heading, request.user, uuid, "school")
    back = reverse("cases:setup_headings", args=[row.school_id])
    title = row.name
    crumbs = setup_crumbs(row.school, (_("Headings of the file"), back), (title, ""))
    return _change(request, row, HeadingForm, title, back, crumbs=crumbs, school=row.school)
