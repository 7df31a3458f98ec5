"""What every form of ours is made of: the date field, the parts of a layout, and how a page shows a form."""

import json
from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.dates import parse_dutch, short_date


class DutchDateInput(forms.TextInput):
    """A line of text for a day; tells the script which days its quick buttons fill in."""

    quick_days: tuple[int, ...] = (0, -1)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The server's calendar decides what today is, when the page is made and not when the form is defined."""
        context = super().get_context(name, value, attrs)
        today = timezone.localdate()
        labels = {0: gettext("Today"), -1: gettext("Yesterday")}
        context["widget"]["attrs"]["data-dates"] = json.dumps(
            [[labels[days], short_date(today + timedelta(days=days))] for days in self.quick_days]
        )
        return context


class DutchDateField(forms.Field):
    """A day as one line of text, in any notation that is clear; what was typed stays when it isn't understood.

    `not_future` refuses a day after today, `not_past` one before. `cleaned_data` holds a `date`, or None when empty.
    """

    widget = DutchDateInput
    default_error_messages = {
        "invalid": _("Write the date like 1-9-2026."),
        "future": _("This date is still to come."),
        "past": _("This date has already passed."),
    }

    def __init__(self, *, not_future: bool = False, not_past: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.not_future = not_future
        self.not_past = not_past
        self.widget.quick_days = (0,) if not_past else (0, -1)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Digits with a separator first on a phone; words can still be typed elsewhere."""
        return {"inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        """A day shows as dd-mm-jjjj; what was typed shows as it was typed."""
        return short_date(value) if isinstance(value, date) else value

    def to_python(self, value: Any) -> date | None:
        """Raises ValidationError for what isn't a day, or a day on the wrong side of today."""
        if value in self.empty_values or not str(value).strip():
            return None
        today = timezone.localdate()
        day = value if isinstance(value, date) else self._read(str(value), today)
        if self.not_future and day > today:
            raise ValidationError(self.error_messages["future"], code="future")
        if self.not_past and day < today:
            raise ValidationError(self.error_messages["past"], code="past")
        return day

    def _read(self, text: str, today: date) -> date:
        try:
            return parse_dutch(text, today)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Another notation of the same day is no change."""
        initial = initial() if callable(initial) else initial
        try:
            return self.to_python(data) != (initial or None)
        except ValidationError:
            return True


class Folded(LayoutObject):
    """Fields that are rarely filled in, behind a word that opens them; open when one holds a value or an error.

    In a form's `layout`: `Folded(_("More"), "source", "place")`.
    """

    template = "bootstrap5/layout/folded.html"

    def __init__(self, label: str, *fields: Any) -> None:
        self.label = label
        self.fields = list(fields)

    def render(self, form: forms.BaseForm, context: Any, template_pack: Any = TEMPLATE_PACK, **extra: Any) -> str:
        """Called by crispy-forms."""
        fields = self.get_rendered_fields(form, context, template_pack, **extra)
        return render_to_string(self.template, {"label": self.label, "fields": fields, "open": self._is_open(form)})

    def _is_open(self, form: forms.BaseForm) -> bool:
        names = [pointer.name for pointer in self.get_field_names()]
        return any(form[name].errors or form[name].value() for name in names)


def page_form(
    form: forms.BaseForm, submit_label: str = "", *, guard: bool = False, all_optional: bool = False
) -> forms.BaseForm:
    """Make a form ready for `{% crispy form %}` and `includes/_form.html`, and give it back.

    The page holds the form element, the token and the buttons, so that it can place two of them; crispy renders the
    fields, in the order of the form's own `layout` when it has one. `guard` warns before typed text is lost;
    `all_optional` leaves out "(optional)" where it would stand at every field (searching, filtering).
    """
    helper = FormHelper(form)
    if layout := getattr(form, "layout", None):
        helper.layout = layout
    helper.form_tag = False
    helper.disable_csrf = True
    form.helper = helper
    form.submit_label = submit_label
    form.guard = guard
    form.all_optional = all_optional
    return form


LONGEST_PASSWORD = 128


class ChoosePasswordForm(forms.Form):
    """Choose a password, typed twice. `user` is whom it is for: it may not look like the person's own names."""

    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 12 characters. A few words in a row are easy to remember."),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: AbstractBaseUser, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean_password(self) -> str:
        """Raises ValidationError with what is weak about it."""
        password = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        """The second one is there to catch a slip of the finger."""
        first, second = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if first and second and first != second:
            self.add_error("again", ValidationError(gettext("This is not the same password."), code="not_the_same"))
        return self.cleaned_data
