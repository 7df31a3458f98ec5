"""What may be typed about a parent or carer, and about what this grown-up is to one child."""

import re

from crispy_forms.layout import Field, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import DutchDateField
from cases.models import Guardian
from cases.models.people import Relation

PERSON = (
    "title", "first_name", "prefix", "surname", "institution", "street", "postcode", "city", "phone", "email",
    "language", "needs_interpreter", "secret_address", "no_contact",
)  # fmt: skip
RELATION = (
    "relation", "has_authority", "authority_source", "authority_seen_on", "is_asked", "gets_report", "may_be_called",
)  # fmt: skip
ADDRESS = ("street", "postcode", "city")
CONTACT = ("phone", "email")
GUARDED = ("secret_address", "no_contact")
POSTCODE = re.compile(r"(\d{4})\s*([A-Za-z]{2})")
FIELD_OF = {"prefix": "name_prefix"}  # a form has a `prefix` of its own
KNOWN = {"yes": True, "no": False, "unknown": None}


def hidden_from(guardian, *, leads):
    """Return the names of fields of this grown-up that stay out of sight (R96): who leads the school sees all.

    A teacher never learns where a secret address is, nor how to reach somebody with whom contact isn't allowed.
    """
    if leads:
        return ()
    closed = guardian is not None and (guardian.secret_address or guardian.no_contact)
    unreachable = guardian is not None and guardian.no_contact
    return GUARDED + (ADDRESS if closed else ()) + (CONTACT if unreachable else ())


class GuardianForm(forms.Form):
    """A person, and what this person is to one child. `cleaned_data` is told apart by `deed()`."""

    relation = forms.ChoiceField(
        label=_("What is this person to the child?"), choices=Relation, initial=Relation.PARENT
    )
    title = forms.ChoiceField(
        label=_("Title in a letter"),
        choices=Guardian.Title,
        initial=Guardian.Title.NONE,
        widget=forms.RadioSelect({"class": "chips"}),
    )
    first_name = forms.CharField(label=_("First name or initials"), max_length=60, required=False)
    name_prefix = forms.CharField(label=_("Prefix"), max_length=20, required=False, help_text=_("For example: van der"))
    surname = forms.CharField(
        label=_("Surname"), max_length=100, help_text=_("For an institution: the surname of the contact person.")
    )
    institution = forms.CharField(
        label=_("Institution"),
        max_length=100,
        required=False,
        help_text=_("Only for somebody who comes from an institution."),
    )
    has_authority = forms.TypedChoiceField(
        label=_("Does this person have gezag over the child?"),
        choices=[("yes", _("Yes")), ("no", _("No")), ("unknown", _("Not known yet"))],
        coerce=KNOWN.get,
        empty_value=None,
        widget=forms.RadioSelect({"class": "chips"}),
    )
    authority_source = forms.CharField(
        label=_("Who says so, or what shows it?"),
        max_length=200,
        required=False,
        help_text=_("For example: both parents at the intake, or an extract from the register of gezag."),
    )
    authority_seen_on = DutchDateField(label=_("Seen or heard on"), required=False, not_future=True)
    is_asked = forms.BooleanField(
        label=_("Is asked to choose and agree"),
        required=False,
        initial=True,
        help_text=_("Only somebody with gezag can be asked."),
    )
    gets_report = forms.BooleanField(label=_("Gets the reports of talks"), required=False, initial=True)
    may_be_called = forms.BooleanField(label=_("May be called"), required=False, initial=True)
    street = forms.CharField(label=_("Street and number"), max_length=80, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=10, required=False)
    city = forms.CharField(label=_("Town"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=60, required=False, help_text=_("More than one number? Put a comma between them.")
    )
    email = forms.EmailField(label=_("E-mail"), max_length=120, required=False)
    language = forms.CharField(
        label=_("Language at talks"), max_length=40, required=False, help_text=_("Leave it empty when that is Dutch.")
    )
    needs_interpreter = forms.BooleanField(label=_("Needs an interpreter"), required=False)
    secret_address = forms.BooleanField(
        label=_("Secret address"),
        required=False,
        help_text=_("It comes on no letter or report. Teachers don't see it."),
    )
    no_contact = forms.BooleanField(
        label=_("Contact is not allowed"),
        required=False,
        help_text=_("This person gets no letters and no reports. Teachers don't see how to reach this person."),
    )

    def __init__(self, *args, leads, guardian=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.hidden = hidden_from(guardian, leads=leads)
        for name in self.hidden:
            del self.fields[name]
        self.layout = Layout(*self._first(), *self._person(), *self._rest())

    def _first(self):
        return []

    def _person(self):
        names = ("relation", "title", "first_name", "name_prefix", "surname", "institution")
        return [Fieldset(_("Who is it?"), *map(self._placed, names))]

    def _rest(self):
        parts = (
            (_("Gezag"), ("has_authority", "authority_source", "authority_seen_on")),
            (_("What goes to this person?"), ("is_asked", "gets_report", "may_be_called")),
            (_("Address and contact"), (*ADDRESS, *CONTACT)),
            (_("Language"), ("language", "needs_interpreter")),
            (_("Protection"), GUARDED),
        )
        for legend, names in parts:
            if shown := [self._placed(name) for name in names if name in self.fields]:
                yield Fieldset(legend, *shown)

    def _placed(self, name):
        short, medium = (
            ("prefix", "postcode"),
            ("relation", "first_name", "surname", "city", "phone", "language", "title"),
        )
        width = "field-short" if name in short else "field-medium" if name in medium else ""
        return Field(name, wrapper_class=width)

    def clean_postcode(self):
        """1234ab becomes 1234 AB; a postcode from elsewhere stays as it was typed."""
        postcode = self.cleaned_data["postcode"].strip()
        match = POSTCODE.fullmatch(postcode)
        return f"{match[1]} {match[2].upper()}" if match else postcode

    def clean(self):
        """Who is asked has gezag; a guardian of an institution has one; half an address can't be written to."""
        cleaned = super().clean()
        if cleaned.get("is_asked") and "has_authority" in cleaned and not cleaned["has_authority"]:
            text = _("Only somebody with gezag can be asked to choose.")
            self.add_error("is_asked", ValidationError(text, code="asked_without_authority"))
        if cleaned.get("relation") == Relation.INSTITUTION and not cleaned.get("institution") and self.asks_person:
            self.add_error(
                "institution", ValidationError(_("Write down which institution."), code="institution_missing")
            )
        if "city" in self.fields and bool(cleaned.get("street")) != bool(cleaned.get("city")):
            empty = "city" if cleaned.get("street") else "street"
            self.add_error(empty, ValidationError(_("An address has a street and a town."), code="half_address"))
        return cleaned

    @property
    def asks_person(self):
        """Whether the fields of the person count."""
        return True

    def deed(self):
        """Return `person` and `relation` as the deed wants them: only what this form showed."""
        return {"person": self._taken(PERSON), "relation": self._taken(RELATION)}

    def _taken(self, names):
        fields = {name: FIELD_OF.get(name, name) for name in names}
        return {name: self.cleaned_data.get(field) for name, field in fields.items() if field in self.fields}


class AddGuardianForm(GuardianForm):
    """A new grown-up, or the one who is there already as the parent of a brother or sister."""

    same_as = forms.ChoiceField(
        label=_("Is it a parent of a brother or sister?"),
        initial="new",
        widget=forms.RadioSelect,
        help_text=_(
            "Then you only fill in what this person is to this child. Name, address and phone are there already."
        ),
    )

    def __init__(self, *args, known, **kwargs):
        self.known = {str(row.pk): row for row in known}
        super().__init__(*args, **kwargs)
        if not known:
            del self.fields["same_as"]
            return
        choices = [("new", _("No, somebody new")), *((pk, row.label) for pk, row in self.known.items())]
        self.fields["same_as"].choices = choices
        self.fields["surname"].required = self.asks_person

    def _first(self):
        return ["same_as"] if self.known else []

    @property
    def asks_person(self):
        """A chosen parent of a brother or sister is typed no more."""
        return self.data.get(self.add_prefix("same_as")) not in self.known

    def clean(self):
        """Somebody is chosen or typed, not both: what is typed would be lost."""
        cleaned = super().clean()
        if not self.asks_person and any(value for name, value in self._taken(PERSON).items() if name != "title"):
            text = _(
                "You chose somebody who is there already, and also typed something about the person. Do one of the two."
            )
            self.add_error("same_as", ValidationError(text, code="chosen_and_typed"))
        return cleaned

    def deed(self):
        """As above; `person` is the Guardian when one was chosen."""
        chosen = self.known.get(self.cleaned_data.get("same_as"))
        return super().deed() | ({"person": chosen.guardian} if chosen else {})


class EditGuardianForm(GuardianForm):
    """A grown-up who is there, with the versions on which this edit began."""

    person_version = forms.IntegerField(widget=forms.HiddenInput)
    relation_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, guardianship, **kwargs):
        self.now = values_of(guardianship)
        super().__init__(*args, guardian=guardianship.guardian, initial=self.now, **kwargs)
        self.layout.extend(["person_version", "relation_version"])

    def seen(self):
        """Return the two versions that the edit was begun on."""
        return self.cleaned_data["person_version"], self.cleaned_data["relation_version"]

    def overtaken(self, guardianship):
        """Keep what was typed, take the present versions, and return what stands now where that differs.

        As pairs of label and text. Who sends the form again has seen them, and wins.
        """
        now = values_of(guardianship)
        self.data = self.data.copy()
        for name in ("person_version", "relation_version"):
            self.data[self.add_prefix(name)] = now[name]
        return [
            (field.label, _shown(field, now[name]))
            for name, field in self.fields.items()
            if not field.widget.is_hidden and field.has_changed(now[name], self.data.get(self.add_prefix(name)))
        ]


def _shown(field, value):
    """A value as a person reads it."""
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(field, forms.ChoiceField):
        return dict(field.choices)[value]
    return field.prepare_value(value) or _("empty")


def values_of(guardianship):
    """Return what stands in the record, as the form shows it."""
    person = {FIELD_OF.get(name, name): getattr(guardianship.guardian, name) or "" for name in PERSON}
    relation = {name: getattr(guardianship, name) for name in RELATION}
    relation["authority_source"] = relation["authority_source"] or ""
    relation["has_authority"] = next(word for word, value in KNOWN.items() if value is relation["has_authority"])
    versions = {"person_version": guardianship.guardian.version, "relation_version": guardianship.version}
    return person | relation | versions


class EndForm(forms.Form):
    """The last day of something."""

    on = DutchDateField(label=_("Last day"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()
