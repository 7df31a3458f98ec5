"""What a school starts with, and what it may change: levels, headings, terms (T9)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import saved
from audit.record import record
from cases.models import CaseTerms, Heading, SupportLevel

# The sources' levels and guards are the default (R2, R4, R11, R19); a school may change both.
LEVELS = (
    (0, "Niveau 0: leerkracht", SupportLevel.Kind.TEACHER, False),
    (1, "Niveau 1: intern begeleider", SupportLevel.Kind.INTERNAL, True),
    (2, "Niveau 2: externe expert", SupportLevel.Kind.EXTERNAL, False),
)
# Heading, and the words in which a letter names it to parents.
HEADINGS = (
    ("Gesprekken", "de gesprekken met u"),
    ("Notities", "wat de leerkracht ziet in de klas"),
    ("Toetsen", "de toetsen"),
    ("Werk van het kind", "werk van uw kind"),
    ("CLB", "de verslagen van de expert"),
    ("Brieven", "de brieven aan u"),
    ("Toestemmingen", "waar u toestemming voor gaf"),
)
REPORTS_AT = 4  # the place of "CLB" among them


@transaction.atomic
def set_up_cases(*, school, by):
    """Give a new school its levels, headings and terms. Returns the CaseTerms."""
    for number, name, kind, asks_outcome in LEVELS:
        row = SupportLevel(school=school, number=number, name=name, kind=kind, asks_outcome=asks_outcome)
        saved(row, by=by, why="set up")
    for position, (name, parents_name) in enumerate(HEADINGS):
        saved(Heading(school=school, name=name, parents_name=parents_name, position=position), by=by, why="set up")
    return saved(CaseTerms(school=school), by=by, why="set up")


def level_of(school, number):
    """Return this school's level of that number. Raises SupportLevel.DoesNotExist."""
    return SupportLevel.objects.get(school=school, number=number)


def heading_of_consents(school_id):
    """Return the heading under which signed papers of parents go: a school may rename it, its place stays."""
    return Heading.objects.get(school_id=school_id, position=len(HEADINGS) - 1)


def headings_that_open(school_id):
    """Return the headings that may open to an expert, in order: what parents signed for others never does."""
    return Heading.objects.filter(school=school_id).exclude(position=len(HEADINGS) - 1).order_by("position")


def heading_of_reports(school_id):
    """Return the heading under which reports of experts go (R51): a school may rename it, its place stays."""
    return Heading.objects.get(school_id=school_id, position=REPORTS_AT)


def terms_of(school_id):
    """Return the terms of a school."""
    return CaseTerms.objects.get(school_id=school_id)


@transaction.atomic
def add_heading(*, school, name, parents_name, by):
    """Add a heading of the dossier, last in line. Raises ValidationError."""
    if Heading.objects.filter(school=school, name__iexact=name).exists():
        raise ValidationError({"name": ValidationError(_("This heading is there already."), code="heading_twice")})
    position = Heading.objects.filter(school=school).count()
    row = saved(Heading(school=school, name=name, parents_name=parents_name, position=position), by=by, why="heading")
    record("setup.added", row, by=by)
    return row


def source_asks(level):
    """Return what the sources ask before a case may leave this level, as {name of the field: whether} (T9).

    The talk and its report: R4-R7, R11-R18, R20; what is told there: R4, R12, R21-R24; an outcome: R19.
    """
    asks_outcome = next((asks for *_rest, kind, asks in LEVELS if kind == level.kind), False)
    return {"asks_talk": True, "asks_topics": True, "asks_outcome": asks_outcome}
