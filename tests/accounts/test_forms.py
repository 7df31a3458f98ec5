"""The date field, and how a form of ours is shown."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.template import Context, Template
from django.utils import timezone, translation

from accounts.dates import short_date
from accounts.forms import DutchDateField, Folded, page_form
from accounts.templatetags import zorg


class Talk(forms.Form):
    """A form with one field of every kind."""

    day = DutchDateField(label="Day", help_text="Like 1-9-2026.", not_future=True)
    people = forms.MultipleChoiceField(
        label="People", choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple(attrs={"class": "chips"})
    )
    how = forms.ChoiceField(label="How", required=False, choices=[("x", "X"), ("y", "Y")], widget=forms.RadioSelect)
    told = forms.BooleanField(label="Told", required=False)
    place = forms.CharField(label="Place", required=False)
    layout = Layout(Fieldset("Together", "day", "people"), "how", "told", Folded("More", "place"))


def shown(form: forms.Form) -> str:
    page = "{% load crispy_forms_tags %}{% include 'includes/_errors.html' %}{% crispy form %}"
    with translation.override("en"):
        return Template(page).render(Context({"form": page_form(form, "Save")}))


def one_field(**options):
    return type("One", (forms.Form,), {"day": DutchDateField(**options)})


def test_help_comes_above_the_input_and_the_error_between():
    html = shown(Talk({"day": "31-6-2026"}))
    at = [html.index(part) for part in ('id="id_day_helptext"', 'id="id_day_error"', '<input type="text" name="day"')]
    assert at == sorted(at)
    assert 'aria-describedby="id_day_helptext id_day_error"' in html


def test_what_was_typed_stays_when_it_is_not_understood():
    assert 'value="31-6-2026"' in shown(Talk({"day": "31-6-2026"}))


def test_each_line_of_the_error_summary_leads_to_its_field():
    html = shown(Talk({"day": "no"}))
    assert 'href="#id_day"' in html
    assert 'id="id_day"' in html
    assert 'href="#id_people_0"' in html
    assert 'id="id_people_0"' in html


def test_a_group_of_choices_shows_its_error_and_a_legend():
    html = shown(Talk({"day": "vandaag"}))
    assert 'id="id_people_error" class="field-error"' in html
    assert "<legend>People" in html
    assert 'class="chips"' in html


def test_a_form_without_errors_has_no_summary():
    assert "error-summary" not in shown(Talk())


def test_what_need_not_be_filled_in_says_so_and_nothing_has_an_asterisk():
    html = shown(Talk())
    assert html.count("(optional)") == 2
    assert "*" not in html


def test_folded_fields_are_open_when_one_of_them_is_filled_in():
    assert '<details class="more field">' in shown(Talk())
    assert '<details class="more field" open>' in shown(Talk(initial={"place": "school"}))


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_date_is_none_or_required(text):
    assert one_field(required=False)({"day": text}).is_valid()
    assert one_field()({"day": text}).errors.as_data()["day"][0].code == "required"


def test_a_date_on_the_wrong_side_of_today_is_refused():
    today = timezone.localdate()
    late, early = ({"day": short_date(today + timedelta(days=days))} for days in (1, -1))
    assert one_field(not_future=True)(late).errors.as_data()["day"][0].code == "future"
    assert one_field(not_past=True)(early).errors.as_data()["day"][0].code == "past"
    assert one_field(not_future=True, not_past=True)({"day": "vandaag"}).is_valid()


def test_another_notation_of_the_same_day_is_no_change():
    field = DutchDateField()
    assert not field.has_changed(date(2026, 9, 1), "1 sep 2026")
    assert field.has_changed(date(2026, 9, 1), "2-9-2026")
    assert field.has_changed(date(2026, 9, 1), "soon")
    assert not field.has_changed(None, "")


def test_a_moment_is_shown_as_the_day_that_it_was_here():
    late_in_greenwich = datetime(2026, 8, 31, 22, 30, tzinfo=ZoneInfo("UTC"))
    assert zorg.long_date(late_in_greenwich) == "1 september 2026"
    assert zorg.short_date(date(2026, 9, 1)) == "01-09-2026"
    assert zorg.short_date(None) == zorg.long_date(None) == ""
