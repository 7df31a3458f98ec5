"""Children, the people who raise them, and the groups they sit in. All of it sealed."""

import re
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Dated, Kept, User
from accounts.sealing import Broken, SealedTextField
from cases.access import GuardianQuerySet, ImportRunQuerySet, OfPupilQuerySet, PupilQuerySet, StaffQuerySet
from cases.names import initials, sort_key


class Group(Kept):
    """A class in one school year. Its nickname ("Vlinders") never leaves the school."""

    name = models.CharField(_("name"), max_length=64)
    year = models.CharField(_("year"), max_length=10, blank=True)
    school_year = models.CharField(_("school year"), max_length=9)
    source_key = models.CharField(max_length=256, blank=True, editable=False)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("group")
        constraints = [
            models.UniqueConstraint(
                fields=["school", "school_year", "name"],
                name="group_has_one_name_a_year",
                violation_error_code="group_twice",
                violation_error_message=_("There is a group of this name in this school year already."),
            )
        ]

    def __str__(self):
        return self.label

    @property
    def label(self):
        """As staff call it: "groep 5" for a bare "5", else its own name, with the year when that doesn't tell it."""
        name = f"groep {self.name}" if self.name[:1].isdigit() else self.name
        return name if not self.year or self.year in name else f"{name} (groep {self.year})"


class GroupTeacher(Kept, Dated):
    """Who teaches a group, from when until when: the ground on which a teacher sees its pupils."""

    class Kind(models.TextChoices):
        """In what way."""

        OWN = "own", _("own group")
        DUO = "duo", _("duo partner")
        SUBSTITUTE = "substitute", _("substitute")
        HANDOVER = "handover", _("handing over")

    group = models.ForeignKey(Group, models.PROTECT, related_name="teachers", verbose_name=_("group"))
    user = models.ForeignKey(User, models.PROTECT, related_name="groups", verbose_name=_("teacher"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.OWN)

    objects = StaffQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("teacher of a group")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind__in=["own", "duo"]) | Q(until_on__isnull=False),
                name="group_teacher_for_a_while_has_an_end",
                violation_error_code="end_missing",
                violation_error_message=_("Say until when: a substitute's access ends by itself."),
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.user_id}"


class Pupil(Kept):
    """A child at this school. Its names are sealed; only initials go where names may not."""

    class Sex(models.TextChoices):
        """As the pupil administration tells it."""

        BOY = "boy", _("boy")
        GIRL = "girl", _("girl")
        UNKNOWN = "unknown", _("unknown")

    call_name = SealedTextField("pupil.call_name", _("call name"), max_length=64)
    first_names = SealedTextField("pupil.first_names", _("first names"), max_length=200, null=True, blank=True)
    prefix = SealedTextField("pupil.prefix", _("prefix"), max_length=20, null=True, blank=True)
    surname = SealedTextField("pupil.surname", _("surname"), max_length=200)
    born = SealedTextField("pupil.born", _("date of birth"), max_length=10, null=True, blank=True)
    sex = SealedTextField("pupil.sex", _("boy or girl"), max_length=10, null=True, blank=True)
    key_mac = models.BinaryField(max_length=32, null=True, blank=True, editable=False)
    entered_on = models.DateField(_("at this school since"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects = PupilQuerySet.as_manager()

    class Meta:
        verbose_name = _("pupil")
        constraints = [
            models.UniqueConstraint(
                fields=["school", "key_mac"],
                name="pupil_stands_once_in_a_school",
                violation_error_code="pupil_twice",
                violation_error_message=_("This pupil is there already."),
            )
        ]

    def __str__(self):
        return self.initials

    @property
    def full_name(self):
        """Emma van der Kaya."""
        return " ".join(filter(None, (self.call_name, self.prefix, self.surname)))

    @property
    def list_name(self):
        """Kaya, Emma van der."""
        return f"{self.surname}, {' '.join(filter(None, (self.call_name, self.prefix)))}"

    @property
    def sort_key(self):
        """Names are sealed, so lists are sorted here and not by the database."""
        return sort_key(self.surname, self.prefix or "", self.call_name)

    @property
    def initials(self):
        """E.K.: first letter of the call name and of the surname without its prefix; "?" when one can't be opened."""
        if isinstance(self.call_name, Broken) or isinstance(self.surname, Broken):
            return "?"
        return initials(self.call_name, self.surname)

    @property
    def born_on(self):
        """Date of birth, or None when the administration has none."""
        return date.fromisoformat(self.born) if self.born and not isinstance(self.born, Broken) else None

    def age_on(self, day):
        """Age in whole years on that day, or None."""
        born = self.born_on
        return born and day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class GroupPlace(Kept, Dated):
    """A pupil in a group, with the year the pupil is in (in a combined class each has their own)."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="places")
    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="places")
    year = models.CharField(_("year"), max_length=10, blank=True)

    objects = OfPupilQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("place in a group")

    def __str__(self):
        return f"{self.group_id} {self.year}"


class Guardian(Kept):
    """A parent, foster parent or guardian: a person, or an institution with a person."""

    class Title(models.TextChoices):
        """How a letter addresses this person."""

        MRS = "mevrouw", _("mevrouw")
        MR = "de heer", _("de heer")
        NONE = "none", _("without a title")

    title = models.CharField(_("title"), max_length=10, choices=Title, default=Title.NONE)
    first_name = SealedTextField(
        "guardian.first_name", _("first name or initials"), max_length=60, null=True, blank=True
    )
    prefix = SealedTextField("guardian.prefix", _("prefix"), max_length=20, null=True, blank=True)
    surname = SealedTextField("guardian.surname", _("surname"), max_length=100)
    institution = SealedTextField("guardian.institution", _("institution"), max_length=100, null=True, blank=True)
    street = SealedTextField("guardian.street", _("street and number"), max_length=80, null=True, blank=True)
    postcode = SealedTextField("guardian.postcode", _("postcode"), max_length=10, null=True, blank=True)
    city = SealedTextField("guardian.city", _("town"), max_length=60, null=True, blank=True)
    phone = SealedTextField("guardian.phone", _("phone"), max_length=60, null=True, blank=True)
    email = SealedTextField("guardian.email", _("e-mail"), max_length=120, null=True, blank=True)
    language = SealedTextField("guardian.language", _("language at talks"), max_length=40, null=True, blank=True)
    needs_interpreter = models.BooleanField(_("needs an interpreter"), default=False)
    secret_address = models.BooleanField(_("secret address"), default=False)
    no_contact = models.BooleanField(_("no contact allowed"), default=False)

    objects = GuardianQuerySet.as_manager()

    class Meta:
        verbose_name = _("parent or carer")

    def __str__(self):
        return f"{(self.first_name or '-')[0]}.{self.surname[0]}."

    @property
    def full_name(self):
        """First name, prefix and surname."""
        return " ".join(filter(None, (self.first_name, self.prefix, self.surname)))

    @property
    def formal_name(self):
        """As a letter writes it: "mevrouw A. Kaya"."""
        title = "" if self.title == self.Title.NONE else self.title
        first = f"{self.first_name[0].upper()}." if self.first_name else ""
        return " ".join(filter(None, (title, first, self.prefix, self.surname)))

    @property
    def address(self):
        """(street, postcode, town), or None when unknown. A secret one is still here: who may print it asks first."""
        if not (self.street and self.city):
            return None
        return self.street, self.postcode or "", self.city

    @property
    def place(self):
        """The address as it can be compared, however it was typed; None when it isn't known."""
        return self.address and tuple(re.sub(r"\W+", "", part).casefold() for part in self.address)


class Relation(models.TextChoices):
    """What a grown-up is to the child."""

    PARENT = "parent", _("parent")
    FOSTER_PARENT = "foster_parent", _("foster parent")
    GUARDIAN = "guardian", _("guardian (person)")
    INSTITUTION = "institution", _("guardian of an institution")
    SUPERVISOR = "supervisor", _("family supervisor")


class Guardianship(Kept, Dated):
    """What one grown-up is to one child: gezag, who says so, who is asked and who gets the report (R96)."""

    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="guardianships")
    guardian = models.ForeignKey(Guardian, models.PROTECT, related_name="guardianships")
    relation = models.CharField(_("relation"), max_length=14, choices=Relation, default=Relation.PARENT)
    has_authority = models.BooleanField(_("has gezag"), null=True, blank=True)
    authority_source = SealedTextField("guardianship.source", _("who says so"), max_length=200, null=True, blank=True)
    authority_seen_on = models.DateField(_("seen on"), null=True, blank=True)
    is_asked = models.BooleanField(_("is asked"), default=True)
    gets_report = models.BooleanField(_("gets the report"), default=True)
    may_be_called = models.BooleanField(_("may be called"), default=True)

    objects = OfPupilQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("relation to a child")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(is_asked=False) | Q(has_authority__isnull=False, has_authority=True),
                name="guardianship_asks_only_who_has_authority",
                violation_error_code="asked_without_authority",
                violation_error_message=_("Only somebody with gezag can be asked to choose."),
            ),
            models.UniqueConstraint(
                fields=["pupil", "guardian"],
                condition=Q(until_on=None),
                name="guardianship_stands_once",
                violation_error_code="guardian_twice",
                violation_error_message=_("This person is in the child's file already."),
            ),
        ]

    def __str__(self):
        return f"{self.relation} {self.guardian_id}"


class ImportRun(Kept):
    """What was read from a file, between looking and confirming. The rows wait sealed and are thrown away after."""

    class Kind(models.TextChoices):
        """Which file."""

        PUPILS = "pupils", _("pupils")
        GUARDIANS = "guardians", _("parents and carers")

    kind = models.CharField(max_length=10, choices=Kind)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    rows = SealedTextField("import_run.rows", null=True, blank=True, max_length=20_000_000)
    counts = models.JSONField(default=dict)
    school_year = models.CharField(max_length=9, blank=True)
    reference_date = models.DateField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")

    def __str__(self):
        return f"{self.kind} {self.made_at:%d-%m-%Y}"
