"""Small filters. Dates in our own notation (Django's `date` filter takes a quarter of the time of a long page)."""

from datetime import date, datetime

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import dates

register = template.Library()


def _day(value: date | None) -> date | None:
    """A moment becomes the day that it was here, not in Greenwich."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def long_date(value: date | None) -> str:
    """22 november 2026; nothing for nothing."""
    day = _day(value)
    return dates.long_date(day) if day else ""


@register.filter
def short_date(value: date | None) -> str:
    """22-11-2026; nothing for nothing."""
    day = _day(value)
    return dates.short_date(day) if day else ""


@register.filter
def without_placeholder(field: BoundField) -> BoundField:
    """The field of somebody else's form, without the grey words that repeat its label."""
    field.field.widget.attrs.pop("placeholder", None)
    return field


@register.filter
def in_fours(text: str) -> str:
    """ABCD EFGH: a key or code in groups, easier to type over."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


@register.filter
def device(agent: str) -> str:
    """Firefox, Windows: what a browser says about itself, in two words that people know."""
    browsers = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "CrOS": "Chromebook"}
    systems |= {"Mac OS": "Mac", "Linux": "Linux"}
    found = [next((name for word, name in names.items() if word in agent), "") for names in (browsers, systems)]
    return ", ".join(filter(None, found)) or _("Unknown device")
