"""What may be typed about a talk: three things at saving, the rest folded away (docs/rules.md, decision 8)."""

import re
from contextlib import suppress

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.dates import parse_dutch, short_date
from accounts.forms import DutchDateField, Folded
from accounts.models import User
from cases.forms.readers import ReadByExpertsForm
from cases.forms.trajectories import colleagues, long_text, people_near
from cases.models import Intervention, SupportLevel

SEPARATOR = re.compile(r"\s+[-–|]\s+")
CHILD, OTHER = "child", "other"


def read_agreements(text, today):
    """Return the agreements in these lines: "wat - wie - wanneer", the last two when they are there.

    Each is a dict of `what`, `who` and `due_on`; a last part that is no date belongs to who does it.
    """
    found = []
    for line in (line.strip().lstrip("-–• ").strip() for line in text.splitlines()):
        if not line:
            continue
        what, *rest = SEPARATOR.split(line)
        due = None
        if rest:
            with suppress(ValueError):
                due, rest = parse_dutch(rest[-1], today), rest[:-1]
        found.append({"what": what[:500], "who": " - ".join(rest)[:120], "due_on": due})
    return found


def write_agreements(rows):
    """The other way round: the lines that `read_agreements` reads."""
    lines = (" - ".join(filter(None, (row.what, row.who, row.due_on and short_date(row.due_on)))) for row in rows)
    return "\n".join(lines)


class ConversationForm(ReadByExpertsForm):
    """Date, with whom, and what was discussed."""

    held_on = DutchDateField(label=_("Date"), not_future=True)
    present = forms.MultipleChoiceField(
        label=_("With whom?"),
        widget=forms.CheckboxSelectMultiple({"class": "chips"}),
        error_messages={"required": _("Choose with whom you talked.")},
    )
    others = forms.CharField(
        label=_("Somebody else"),
        required=False,
        max_length=240,
        help_text=_("Name and function. More than one: a comma in between."),
    )
    text = long_text(
        _("What was discussed?"),
        rows=8,
        max_length=20_000,
        help_text=_("Write down what you heard and saw. A line that begins with a dash becomes an agreement."),
    )
    agreements = long_text(
        _("Agreements"),
        required=False,
        help_text=_("A line each: what - who - when. For example: every day read aloud - mother - 1-12"),
    )
    staff = forms.MultipleChoiceField(
        label=_("Colleagues who were there"), required=False, widget=forms.CheckboxSelectMultiple({"class": "chips"})
    )
    led_by = forms.ModelChoiceField(label=_("Who led the talk?"), queryset=User.objects.none(), required=False)
    level = forms.ModelChoiceField(label=_("At which level?"), queryset=SupportLevel.objects.none(), required=False)
    child_view = long_text(_("What does the child think of it?"), required=False, rows=2)
    intervention = long_text(_("What are you going to try?"), required=False, rows=2, max_length=1000)
    intervention_kind = forms.ChoiceField(
        label=_("What kind of thing is it?"),
        choices=Intervention.Kind,
        required=False,
        widget=forms.RadioSelect({"class": "chips"}),
    )
    evaluate_on = DutchDateField(label=_("When do you look back?"), required=False)
    source = forms.CharField(
        label=_("Source, when you did not hear or see it yourself"), required=False, max_length=200
    )
    judgement = long_text(
        _("Judgement or hypothesis"),
        required=False,
        rows=2,
        help_text=_("Only when it is needed, apart from the facts."),
    )
    judgement_rests_on = long_text(_("Which facts does it rest on?"), required=False, rows=2)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, trajectory, guardians, user, is_new=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {f"g-{row.guardian_id}": row.guardian for row in guardians}
        near = {person.pk for person in people_near(trajectory)}
        staff = [person for person in colleagues(trajectory.school_id) if person.pk != user.pk]
        self.colleagues = {str(person.pk): person for person in staff}
        self.fields["present"].choices = [
            *(
                (f"g-{row.guardian_id}", f"{row.guardian.full_name} ({row.get_relation_display()})")
                for row in guardians
            ),
            (CHILD, _("the child")),
            *((str(person.pk), person.full_name) for person in staff if person.pk in near),
            (OTHER, _("somebody else")),
        ]
        self.fields["staff"].choices = [(str(row.pk), row.full_name) for row in staff if row.pk not in near]
        self.fields["led_by"].queryset = colleagues(trajectory.school_id)
        self.fields["level"].queryset = SupportLevel.objects.filter(school=trajectory.school_id).order_by("number")
        self.fields["held_on"].initial = timezone.localdate()
        self.fields["led_by"].empty_label = _("I did")
        self.fields["level"].empty_label = trajectory.level.name
        more = [
            "staff",
            "child_view",
            "intervention",
            "intervention_kind",
            "evaluate_on",
            "source",
            "judgement",
            "judgement_rests_on",
            "led_by",
            "level",
        ]
        if not is_new:
            for name in ("intervention", "intervention_kind", "evaluate_on", "led_by", "level"):
                del self.fields[name]
                more.remove(name)
        self.layout = Layout(
            "held_on",
            "present",
            "others",
            "text",
            "agreements",
            Folded(_("More"), *more),
            "version",
        )

    def clean(self):
        """Somebody was there; a judgement rests on facts; lines with a dash become agreements."""
        cleaned = super().clean()
        if cleaned.get("others") and "present" not in cleaned:
            del self.errors["present"]
            cleaned["present"] = [OTHER]
        if OTHER in cleaned.get("present", ()) and not cleaned.get("others"):
            self.add_error("others", ValidationError(_("Write down who it was."), code="nobody"))
        if cleaned.get("judgement") and not cleaned.get("judgement_rests_on"):
            self.add_error(
                "judgement_rests_on",
                ValidationError(_("Say which facts the judgement rests on."), code="judgement_without_facts"),
            )
        lines = (cleaned.get("text") or "").splitlines()
        dashed = [line for line in lines if line.lstrip().startswith("- ")]
        kept = "\n".join(line for line in lines if line not in dashed).strip()
        if dashed and kept:
            cleaned["text"] = kept
            cleaned["agreements"] = "\n".join([cleaned.get("agreements", ""), *dashed]).strip()
        return cleaned

    def deed(self):
        """Return what was typed as the arguments of `log_conversation` and `change_conversation`."""
        typed = self.cleaned_data
        deed = {
            "held_on": typed["held_on"],
            "text": typed["text"],
            "guardians": [self.people[key] for key in typed["present"] if key in self.people],
            "child": CHILD in typed["present"],
            "colleagues": [
                self.colleagues[key] for key in (*typed["present"], *typed["staff"]) if key in self.colleagues
            ],
            "others": [name.strip() for name in typed["others"].split(",") if name.strip()],
            "agreements": read_agreements(typed["agreements"], timezone.localdate()),
            "left_out": self.left_out(),
        }
        for name in ("child_view", "source", "judgement", "judgement_rests_on"):
            deed[name] = typed[name] or None
        if "led_by" in typed:
            deed |= {"led_by": typed["led_by"], "level": typed["level"]}
            if typed["intervention"]:
                kind = typed["intervention_kind"] or Intervention.Kind.CLASSROOM
                deed["interventions"] = [
                    {"text": typed["intervention"], "kind": kind, "evaluate_on": typed["evaluate_on"]}
                ]
        return deed


class EvaluateInterventionForm(forms.Form):
    """Did it help (R19)."""

    evaluation = long_text(_("Did it help? What did you see?"), rows=3, max_length=2000)
