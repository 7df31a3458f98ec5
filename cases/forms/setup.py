"""What may be typed about a school: its letterhead, terms, levels, holidays, help desks, headings and people.

Some texts are shorter here than in their table: they have to fit on the letter.
"""

import re

from crispy_forms.layout import Field, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms.models import model_to_dict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import DutchDateField, Folded
from accounts.models import GUARDED, HelpDesk, Holiday, Role, School
from accounts.standing import BACK_BECAUSE, BECAUSE
from cases.actions.school import source_asks
from cases.models import CaseTerms, Heading, SupportLevel

NAME_ON_PAPER, LINE_ON_PAPER, MAIL_ON_PAPER, PHONE_ON_PAPER = 45, 60, 50, 20


class SettingForm(forms.ModelForm):
    """A row of the set-up. `of` starts it from the row that stands, with the version that is before the eyes."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, data, row=None):
        """Return the form for this row, or for a new one."""
        if row is None:
            form = cls(data)
            del form.fields["version"]
            form.layout = Layout(*(part for part in cls.layout.fields if part != "version"))
            return form
        return cls(data, initial={**model_to_dict(row, cls._meta.fields), "version": row.version})

    def look_again(self, row):
        """Take the version that stands now: who has read what changed may save after all. Returns what stands there."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(row.version)
        return [
            (self.fields[name].label, getattr(row, name))
            for name in self._meta.fields
            if getattr(row, name) != self.cleaned_data.get(name)
        ]


class LetterheadForm(SettingForm):
    """How the school stands on its letters, and whom parents can turn to there."""

    street = forms.CharField(label=_("Street and number"), max_length=LINE_ON_PAPER)
    postcode = forms.CharField(label=_("Postcode"), max_length=8)
    city = forms.CharField(label=_("Town"), max_length=40)
    phone = forms.CharField(label=_("Phone"), max_length=PHONE_ON_PAPER)
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=MAIL_ON_PAPER,
        required=False,
        help_text=_("It stands in the letter. Parents may ask questions here too."),
    )
    complaint_page = forms.CharField(
        label=_("Web page about complaints"),
        max_length=MAIL_ON_PAPER,
        required=False,
        help_text=_("Short, for it is typed over from paper: www.school.nl/klacht"),
    )
    fg_name = forms.CharField(label=_("Name of the FG"), max_length=NAME_ON_PAPER, required=False)
    fg_email = forms.EmailField(label=_("E-mail of the FG"), max_length=MAIL_ON_PAPER, required=False)

    layout = Layout(
        "version",
        "name",
        "street",
        Field("postcode", wrapper_class="field-short"),
        "city",
        Field("phone", wrapper_class="field-medium"),
        "email",
        "complaint_page",
        Fieldset(_("Data protection officer (FG)"), "fg_name", "fg_email"),
    )

    class Meta:
        model = School
        fields = ("name", "street", "postcode", "city", "phone", "email", "complaint_page", "fg_name", "fg_email")

    def clean_postcode(self):
        """ "1234ab" is meant as "1234 AB"."""
        found = re.fullmatch(r"\s*([1-9]\d{3})\s*([A-Za-z]{2})\s*", self.cleaned_data["postcode"])
        if not found:
            raise ValidationError(_("Write the postcode like 1234 AB."), code="postcode")
        return f"{found[1]} {found[2].upper()}"


class TermsForm(SettingForm):
    """How long things may take."""

    answer_days = forms.IntegerField(
        label=_("Days to answer the letter"),
        min_value=7,
        max_value=60,
        help_text=_("Days of a school holiday don't count. The sources name no number; 14 is usual."),
    )
    contact_weeks = forms.IntegerField(
        label=_("Weeks without a talk with parents"),
        min_value=1,
        max_value=26,
        help_text=_("After this, the list of cases says that it is time for a talk."),
    )

    layout = Layout(
        "version",
        Field("answer_days", wrapper_class="field-short"),
        Field("contact_weeks", wrapper_class="field-short"),
        "one_letter_per_address",
        "asks_administration",
    )

    class Meta:
        model = CaseTerms
        fields = ("answer_days", "contact_weeks", "one_letter_per_address", "asks_administration")
        labels = {
            "one_letter_per_address": _("One letter for parents at one address"),
            "asks_administration": _("Reports, letters and closed cases also stand in ParnasSys"),
        }
        help_texts = {
            "one_letter_per_address": _("With a line for each of them to sign. Otherwise each parent gets a letter."),
            "asks_administration": _("What is not ticked yet then stands on Vandaag, for one school year."),
        }


class LevelForm(SettingForm):
    """How a level is called, and what it asks before a case goes on."""

    name = forms.CharField(label=_("Name"), max_length=40)

    layout = Layout(
        "version", "name", Fieldset(_("Asked before a case goes on"), "asks_talk", "asks_topics", "asks_outcome")
    )

    class Meta:
        model = SupportLevel
        fields = ("name", "asks_talk", "asks_topics", "asks_outcome")
        labels = {
            "asks_talk": _("A talk with the parents, with its report shared"),
            "asks_topics": _("That the parents were told what belongs to this level"),
            "asks_outcome": _("What this level has brought"),
        }

    @classmethod
    def of(cls, data, row=None):
        """Each guard says whether the sources ask it at this level."""
        form = super().of(data, row)
        for name, asked in source_asks(row).items():
            form.fields[name].help_text = SOURCE_ASKS[name] if asked else SOURCE_SILENT
        return form


SOURCE_ASKS = {
    "asks_talk": _("The guideline for schools asks this: parents hear it first, and have it on paper."),
    "asks_topics": _("The guideline for schools asks this: parents know why help is asked, and what comes next."),
    "asks_outcome": _(
        "The guideline for schools asks this: an expert comes when help inside the school was not enough."
    ),
}
SOURCE_SILENT = _("The guideline for schools doesn't ask this here. You may.")


class HolidayForm(SettingForm):
    """Days on which no term of a letter runs."""

    from_on = DutchDateField(label=_("First day"), help_text=_("Like 19-12-2026."))
    until_on = DutchDateField(label=_("Last day"), help_text=_("Like 3-1-2027. The same day for one day off."))

    layout = Layout("version", "name", "from_on", "until_on")

    class Meta:
        model = Holiday
        fields = ("name", "from_on", "until_on")
        help_texts = {"name": _("For example: autumn holiday.")}


class HelpDeskForm(SettingForm):
    """Somebody outside the school who helps parents."""

    name = forms.CharField(label=_("Name"), max_length=30, help_text=_("As parents read it in the letter."))
    phone = forms.CharField(label=_("Phone"), max_length=16)

    layout = Layout("version", "name", Field("phone", wrapper_class="field-medium"))

    class Meta:
        model = HelpDesk
        fields = ("name", "phone")


class HeadingForm(SettingForm):
    """A heading of the file, and how a letter names it."""

    parents_name = forms.CharField(
        label=_("In the words of parents"),
        max_length=NAME_ON_PAPER,
        help_text=_("The letter says: “The expert may read: the talks with you.” Start with a small letter."),
    )

    layout = Layout("version", "name", "parents_name")

    class Meta:
        model = Heading
        fields = ("name", "parents_name")
        labels = {"name": _("Name in the file")}


username = RegexValidator(
    r"^[a-z0-9._-]+$", _("Only small letters, digits, dot, hyphen and underscore."), code="username"
)


class UsernameField(forms.CharField):
    """A name to sign in with: small letters, so that it can be told by phone."""

    def __init__(self, **options):
        super().__init__(label=_("Username"), min_length=3, max_length=60, validators=[username], **options)
        self.widget.attrs |= {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}

    def to_python(self, value):
        """Capitals are a phone's idea."""
        return super().to_python(value).lower()


class PersonForm(forms.Form):
    """How somebody is named and reached."""

    first_name = forms.CharField(label=_("First name"), max_length=60)
    prefix = forms.CharField(label=_("Prefix"), max_length=20, required=False, help_text=_("Like: van der"))
    last_name = forms.CharField(label=_("Surname"), max_length=80)
    called = forms.CharField(
        label=_("What parents call this person"),
        max_length=30,
        required=False,
        help_text=_("Letters name a teacher like this: juf Lotte, meester Sem."),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=16,
        required=False,
        help_text=_("Letters give the number of the intern begeleider."),
    )
    works_on = forms.CharField(label=_("Works on"), max_length=30, required=False, help_text=_("Like: ma, di, do"))

    names = Fieldset(_("Name"), "first_name", Field("prefix", wrapper_class="field-short"), "last_name", "called")
    reach = Folded(
        _("Phone and days"),
        Field("phone", wrapper_class="field-medium"),
        Field("works_on", wrapper_class="field-medium"),
    )
    layout = Layout(names, reach)

    def clean(self):
        """A name of two words may be too long for the line under a letter."""
        parts = (self.cleaned_data.get(name, "") for name in ("first_name", "prefix", "last_name"))
        if len(" ".join(filter(None, parts))) > NAME_ON_PAPER:
            self.add_error(
                "last_name", ValidationError(_("With the first name this is too long for a letter."), code="too_long")
            )
        return self.cleaned_data


class RoleFields(forms.Form):
    """Which role, and for how long. `roles` are those that the giver may give."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    from_on = DutchDateField(label=_("From"), initial=timezone.localdate)
    until_on = DutchDateField(
        label=_("Until"), required=False, help_text=_("For a substitute or a trainee. Empty: until you end it.")
    )

    def __init__(self, *args, roles, **options):
        super().__init__(*args, **options)
        self.fields["role"].choices = [(role.value, f"{role.label}: {EXPLAINED[role]}") for role in roles]
        if set(roles) & set(GUARDED):
            self.fields["role"].help_text = _("For %(roles)s a second person has to agree first.") % {
                "roles": ", ".join(str(role.label) for role in GUARDED)
            }

    def clean(self):
        """An end before the beginning is told at the end."""
        data = super().clean() or self.cleaned_data
        first, last = data.get("from_on"), data.get("until_on")
        if first and last and last < first:
            self.add_error(
                "until_on", ValidationError(_("The end lies before the beginning."), code="ends_before_it_begins")
            )
        return data


EXPLAINED = {
    Role.COORDINATOR: _("sees all cases of the school"),
    Role.TEACHER: _("sees the pupils of the own groups"),
    Role.DIRECTOR: _("sees all cases of the school"),
    Role.SAFEGUARDING_LEAD: _("sees no cases of itself"),
    Role.PRIVACY_OFFICER: _("sees who did what and when, nothing from the file"),
    Role.FG: _("supervises: who did what and when, nothing from the file"),
    Role.ADMIN: _("sees to people and settings, sees no files"),
    Role.AUDITOR: _("checks who did what and when, nothing from the file"),
}


class AddPersonForm(RoleFields, PersonForm):
    """A new person with a first role."""

    username = UsernameField(help_text=_("To sign in with. For example: lotte.bakkers"))

    layout = Layout(
        PersonForm.names,
        "username",
        "role",
        "from_on",
        Folded(_("Until a day"), "until_on"),
        PersonForm.reach,
    )


class AddKnownPersonForm(RoleFields):
    """Somebody who signs in already, for another school. The surname is asked so that nobody is found by guessing."""

    username = UsernameField()
    last_name = forms.CharField(label=_("Surname"), max_length=80, help_text=_("Without prefix."))

    layout = Layout("username", "last_name", "role", "from_on", Folded(_("Until a day"), "until_on"))


class GiveRoleForm(RoleFields):
    """One more role for somebody of this school."""

    layout = Layout("role", "from_on", Folded(_("Until a day"), "until_on"))


class EndRoleForm(forms.Form):
    """The last day of a role."""

    on = DutchDateField(
        label=_("Last day"),
        initial=timezone.localdate,
        help_text=_("On this day the role still counts. From the day after it opens nothing."),
    )


class AccountTurnForm(forms.Form):
    """Why an account goes off, or on again."""

    because = forms.ChoiceField(label=_("Why?"), widget=forms.RadioSelect)

    def __init__(self, *args, turn, **options):
        super().__init__(*args, **options)
        self.fields["because"].choices = list((BECAUSE if turn == "off" else BACK_BECAUSE).items())


class RefuseForm(forms.Form):
    """Why a request for a right is refused."""

    because = forms.CharField(
        label=_("Why not?"),
        max_length=200,
        help_text=_("Who asked reads this. Name no child."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
