"""Parents and carers of a child: shown as far as the reader may, added, changed, ended."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.dates import long_date
from accounts.doors import get_to_edit, get_to_see
from accounts.forms import page_form
from audit.record import record
from cases.actions.people import add_guardian, change_guardian, end_guardianship
from cases.forms import tell
from cases.forms.guardians import AddGuardianForm, EditGuardianForm, EndForm, hidden_from
from cases.models import Guardian, Guardianship, Pupil
from cases.names import fold
from cases.views.levels import pupil_to_work_on

AT_FIELD = {
    "asked_without_authority": "is_asked",
    "guardian_twice": "same_as",
    "ends_before_it_begins": "on",
}


@dataclass(frozen=True)
class GuardianCard:
    """A parent or carer as one reader may see it: what stays out of sight is not in here."""

    uuid: UUID
    name: str
    relation: str
    institution: str
    authority: str
    parts: tuple
    until: date | None
    address: tuple
    address_is_secret: bool
    phones: tuple
    email: str
    language: str
    flags: tuple

    @classmethod
    def of(cls, row, *, leads):
        """The card of a Guardianship that came through `for_user`, for who leads the school or another colleague."""
        guardian = row.guardian
        hidden = hidden_from(guardian, leads=leads)
        called = row.may_be_called and not guardian.no_contact
        contact = leads or (called and "phone" not in hidden)
        return cls(
            uuid=row.pk,
            name=guardian.formal_name if guardian.title != guardian.Title.NONE else guardian.full_name,
            relation=row.get_relation_display(),
            institution=guardian.institution or "",
            authority=_authority(row),
            parts=_parts(row, called=called),
            until=row.until_on,
            address=() if "street" in hidden else _address(guardian),
            address_is_secret="street" in hidden,
            phones=tuple(part.strip() for part in (guardian.phone or "").split(",") if part.strip()) if contact else (),
            email="" if "email" in hidden else guardian.email or "",
            language=_language(guardian),
            flags=_flags(guardian) if leads else (),
        )


def _authority(row):
    words = {True: _("yes"), False: _("no"), None: _("not known yet")}
    line = words[row.has_authority]
    if row.authority_source:
        line = _("%(answer)s, according to %(source)s") % {"answer": line, "source": row.authority_source}
    if row.authority_seen_on:
        line = _("%(answer)s (seen on %(day)s)") % {"answer": line, "day": long_date(row.authority_seen_on)}
    return line


def _parts(row, *, called):
    return (
        _("is asked to choose") if row.is_asked else _("is not asked to choose"),
        _("gets the reports") if row.gets_report else _("gets no reports"),
        _("may be called") if called else _("may not be called"),
    )


def _address(guardian):
    if guardian.address is None:
        return ()
    street, postcode, city = guardian.address
    return street, f"{postcode} {city}".strip()


def _language(guardian):
    words = [guardian.language] if guardian.language else []
    return ", ".join([*words, _("with an interpreter")] if guardian.needs_interpreter else words)


def _flags(guardian):
    flags = ((guardian.secret_address, _("secret address")), (guardian.no_contact, _("contact is not allowed")))
    return tuple(word for stands, word in flags if stands)


def may_lead(user, pupil):
    """Whether this person may change the data of this pupil: the intern begeleider and the director of the school."""
    return Pupil.objects.editable_by(user).filter(pk=pupil.pk).exists()


def guardian_cards(user, pupil, *, leads):
    """Return the parents and carers of this pupil today as cards, in the order in which they came."""
    rows = Guardianship.objects.for_user(user).on(timezone.localdate()).filter(pupil=pupil).select_related("guardian")
    return [GuardianCard.of(row, leads=leads) for row in rows.order_by("from_on", "pk")]


@dataclass(frozen=True)
class Relative:
    """Another child of the same parent or carer, as far as this reader may know of it."""

    uuid: UUID
    name: str
    group: str


def relatives(user, pupil, guardian_ids):
    """Return the other children of these grown-ups that this person may see, by name."""
    day = timezone.localdate()
    children = Guardianship.objects.for_user(user).on(day).filter(guardian__in=guardian_ids).values("pupil_id")
    rows = Pupil.objects.for_user(user).filter(pk__in=children).exclude(pk=pupil.pk).with_place(day)
    return [Relative(row.pk, row.full_name, row.group_name or "") for row in sorted(rows, key=lambda row: row.sort_key)]


@dataclass(frozen=True)
class Known:
    """A grown-up who can be chosen instead of typed again."""

    pk: UUID
    label: str
    guardian: Guardian


def known_parents(user, pupil):
    """Return who is a parent of a child of the same surname that this person may see, and not yet of this one."""
    day = timezone.localdate()
    rows = Guardianship.objects.for_user(user).on(day).filter(school=pupil.school_id)
    rows = list(rows.select_related("guardian", "pupil").order_by("from_on", "pk"))
    mine = {row.guardian_id for row in rows if row.pupil_id == pupil.pk}
    same = [row for row in rows if row.pupil_id != pupil.pk and fold(row.pupil.surname) == fold(pupil.surname)]
    found = {}
    for row in same:
        if row.guardian_id not in mine:
            found.setdefault(row.guardian_id, []).append(row)
    return [Known(group[0].pk, _known_label(group), group[0].guardian) for group in found.values()]


def _known_label(rows):
    guardian = rows[0].guardian
    name = guardian.full_name if guardian.title == guardian.Title.NONE else guardian.formal_name
    children = ", ".join(sorted({row.pupil.call_name for row in rows}))
    return _("%(name)s (of %(children)s)") % {"name": name, "children": children}


@require_http_methods(["GET", "POST"])
def guardian_add(request, uuid):
    """Add a parent or carer to a child, or choose the one of a brother or sister (R96)."""
    pupil = pupil_to_work_on(request, uuid)
    form = AddGuardianForm(
        request.POST or None, leads=may_lead(request.user, pupil), known=known_parents(request.user, pupil)
    )
    if form.is_valid():
        try:
            add_guardian(pupil=pupil, from_on=timezone.localdate(), by=request.user, **form.deed())
        except ValidationError as refusal:
            tell(form, refusal, **AT_FIELD)
        else:
            messages.success(request, _("The parent or carer of %(child)s is saved.") % {"child": pupil.initials})
            return redirect("cases:pupil_detail", pupil.pk)
    context = {"heading": _("Add a parent or carer"), "relatives": [], "hidden": ()}
    return _form_page(request, pupil, form, context)


@require_http_methods(["GET", "POST"])
def guardian_edit(request, uuid):
    """Change a parent or carer; who was overtaken sees what stands now beside what was typed."""
    row = get_to_edit(Guardianship, request.user, uuid)
    pupil = get_to_see(Pupil, request.user, row.pupil_id)
    form = EditGuardianForm(request.POST or None, guardianship=row, leads=may_lead(request.user, pupil))
    context = {"heading": _("Change a parent or carer"), "hidden": form.hidden, "guardianship": row}
    context["relatives"] = relatives(request.user, pupil, [row.guardian_id])
    if form.is_valid():
        try:
            change_guardian(guardianship=row, by=request.user, seen=form.seen(), **form.deed())
        except ValidationError as refusal:
            tell(form, refusal, **AT_FIELD)
            if form.has_error("__all__", "changed_meanwhile"):
                context["standing"] = form.overtaken(row)
        else:
            messages.success(request, _("The parent or carer of %(child)s is saved.") % {"child": pupil.initials})
            return redirect("cases:pupil_detail", pupil.pk)
    if request.method == "GET":
        record("guardian.looked", row, by=request.user)
    return _form_page(request, pupil, form, context)


def _form_page(request, pupil, form, context):
    page_form(form, _("Save parent or carer"), guard=True)
    context |= {"form": form, "pupil": pupil, "crumbs": crumbs_of(pupil, context["heading"])}
    return render(request, "cases/guardian_form.html", context, status=422 if form.errors else 200)


def crumbs_of(pupil, here):
    """Return the way back from a page about this pupil."""
    return [
        (_("Pupils"), reverse("cases:pupil_list")),
        (pupil.full_name, reverse("cases:pupil_detail", args=[pupil.pk])),
        (here, ""),
    ]


@require_http_methods(["GET", "POST"])
def guardian_end(request, uuid):
    """Let somebody be a parent or carer of this child no longer. What was said and shared stays."""
    row = get_to_edit(Guardianship, request.user, uuid)
    pupil = get_to_see(Pupil, request.user, row.pupil_id)
    form = page_form(EndForm(request.POST or None), _("End this relation"))
    if form.is_valid():
        try:
            end_guardianship(guardianship=row, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            tell(form, refusal, **AT_FIELD)
        else:
            messages.success(request, _("The relation to %(child)s has an end.") % {"child": pupil.initials})
            return redirect("cases:pupil_detail", pupil.pk)
    context = {
        "form": form,
        "pupil": pupil,
        "name": row.guardian.full_name,
        "crumbs": crumbs_of(pupil, _("End a relation")),
    }
    return render(request, "cases/guardian_end.html", context, status=422 if form.errors else 200)
