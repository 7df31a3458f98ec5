"""Who signs in, where they work and as what; and `Kept`, what every record above stands on."""

import itertools
import secrets
import time
import uuid
from contextvars import ContextVar
from hashlib import sha256

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.access import boards_of, schools_of, schools_traced_by
from accounts.sealing import Broken, BrokenSeal, Sealed, SealedTextField, new_key

_turn = itertools.count()


def time_ordered():
    """Return a uuid whose order is the order of making: rows of one moment stay in line, one after the other."""
    turn = next(_turn) % (1 << 30)
    return uuid.UUID(int=(time.time_ns() << 64) | (1 << 63) | (turn << 32) | secrets.randbits(32))


_changing = ContextVar("_changing", default=())


def fields_changed():
    """Return the names of the fields that the save of this moment changes: for its row of history."""
    return list(_changing.get())


class Trail(models.Model):
    """What a row of history tells to who may not read it: the names of the fields that changed, never their content."""

    changed = ArrayField(models.CharField(max_length=60), default=fields_changed)

    class Meta:
        abstract = True


class Recorded(models.Model):
    """A record with a uuid, a version and a history in which every save names a person and a reason.

    Saved by `sign(row, by=…, why=…).save()` alone; a row that exists is updated, never made again: if it
    has turned invisible meanwhile, that is an error and not a second row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    history = HistoricalRecords(
        inherit=True,
        bases=[Trail],
        history_id_field=models.UUIDField(default=time_ordered),
        history_change_reason_field=models.TextField(null=True, blank=True),
    )

    is_signed = False
    dossier_id = None
    _as_loaded: dict = {}

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db, field_names, values):
        """Remember what came from the database: history names the fields that changed since."""
        row = super().from_db(db, field_names, values)
        row._as_loaded = dict(row.__dict__)
        return row

    def refresh_from_db(self, using=None, fields=None, from_queryset=None):
        """Read anew, and compare with that from now on."""
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)
        names = fields or [field.attname for field in self._meta.concrete_fields]
        self._as_loaded = self._as_loaded | {name: self.__dict__[name] for name in names if name in self.__dict__}

    def changed_fields(self):
        """Return the names of the fields that differ from what was loaded; none for a new row."""
        return (
            [] if self._state.adding else [field.name for field in self._meta.concrete_fields if self._differs(field)]
        )

    def _differs(self, field):
        name = field.attname
        if name == "version" or name not in self.__dict__:
            return False
        old, new = self._as_loaded.get(name), self.__dict__[name]
        if isinstance(old, Sealed) and isinstance(new, Broken):
            return old.data != new.data
        if isinstance(old, Sealed) and new is not old:
            try:
                old = field.read(old, self)
            except BrokenSeal:  # something new was written over what can't be opened
                return True
        return old != new

    def save(self, **kwargs):
        """Save a signed row and count its version. Raises RuntimeError when nobody signed."""
        if not self.is_signed:
            raise RuntimeError(f"{self._meta.label} is saved without a name: sign(row, by=…, why=…).save()")
        self.is_signed = False  # one signature, one save: also when that fails
        self.version += 1
        if fields := kwargs.get("update_fields"):
            kwargs["update_fields"] = {*fields, "version"}
        token = _changing.set(self.changed_fields())
        if not self._state.adding:
            kwargs["force_update"] = not kwargs.get("update_fields")
        try:
            super().save(**kwargs)
        except DatabaseError:
            self.version -= 1
            raise
        finally:
            _changing.reset(token)
        self._as_loaded = dict(self.__dict__)

    def delete(self, **kwargs):
        """Refuse: what is kept ends with a date. The wall would keep the row, while history told of its end."""
        raise RuntimeError(f"{self._meta.label} is kept: it ends with a date")


def check_version(row, version):
    """Refuse an edit that was begun on an older version than the one that stands. Raises ValidationError."""
    if row.version != version:
        raise ValidationError(
            _("Someone else has changed this in the meantime. Your text is still here; look at theirs first."),
            code="changed_meanwhile",
        )


class User(AbstractBaseUser):
    """A person who signs in. What somebody may see follows from roles with dates, never from a flag here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(_("username"), max_length=60, unique=True)
    first_name = models.CharField(_("first name"), max_length=60)
    prefix = models.CharField(_("prefix"), max_length=20, blank=True)
    last_name = models.CharField(_("surname"), max_length=80)
    called = models.CharField(_("what parents call this person"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    works_on = models.CharField(_("works on"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    off_since = models.DateField(_("account off since"), null=True, blank=True)
    off_because = models.CharField(_("why the account is off"), max_length=20, blank=True)
    session_stamp = models.PositiveIntegerField(default=0, editable=False)

    objects = BaseUserManager()
    held_roles = ""  # the codes of today's roles, told once a request: the record of looking keeps them

    USERNAME_FIELD = "username"

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self):
        return self.full_name

    @property
    def full_name(self):
        """First name, prefix and surname."""
        return " ".join(filter(None, (self.first_name, self.prefix, self.last_name)))

    def _get_session_auth_hash(self, secret=None):
        """Asked by Django at each request: a session that was made with another stamp has ended."""
        value = f"{self.password}|{self.session_stamp}"
        return salted_hmac("accounts.User.session", value, secret=secret, algorithm="sha256").hexdigest()


class ExpertProfile(models.Model):
    """What an external expert tells about himself (R57, R118)."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="expert")
    title = models.CharField(_("as parents read it"), max_length=60, blank=True)
    function = models.CharField(_("function"), max_length=60)
    organisation = models.CharField(_("organisation"), max_length=80, blank=True)
    privacy_statement = models.URLField(_("privacy statement"), blank=True)
    professional_code = models.CharField(_("professional code"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("external expert")

    def __str__(self):
        return f"{self.user_id}"

    @property
    def name(self):
        """As the letter names this expert: "mevrouw De Boer"."""
        return self.title or self.user.full_name


class Board(Recorded):
    """A school board: the controller of its schools' records."""

    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("school board")

    def __str__(self):
        return self.name


class SchoolQuerySet(models.QuerySet):
    """Schools, as those who set them up find them."""

    def for_user(self, user):
        """Schools that this person sets up: intern begeleider, director or administrator."""
        return self.filter(pk__among=schools_of(user, SETTING_UP))

    def editable_by(self, user):
        """The same schools."""
        return self.for_user(user)

    def led_by(self, user):
        """Schools where this person is intern begeleider or director."""
        return self.filter(pk__among=schools_of(user, LEADING))

    def directed_by(self, user):
        """Schools where this person is director: who looks every year whether all rights are still needed."""
        return self.filter(pk__among=schools_of(user, (Role.DIRECTOR,)))

    def watched_by(self, user):
        """Schools of which this person looks after the privacy: privacy officer or FG, also through the board."""
        return self.filter(pk__among=schools_traced_by(user, (Role.PRIVACY_OFFICER, Role.FG)))


class SetUpQuerySet(models.QuerySet):
    """Rows of a school's set-up: they tell nothing about a child, so its administrator works on them too."""

    def for_user(self, user):
        """Rows of the schools that this person sets up."""
        return self.filter(school__among=schools_of(user, SETTING_UP))

    def editable_by(self, user):
        """The same rows."""
        return self.for_user(user)


class School(Recorded):
    """A school with its letterhead, and whom parents can turn to."""

    board = models.ForeignKey(Board, models.PROTECT, related_name="schools", verbose_name=_("school board"))
    name = models.CharField(_("name"), max_length=60)
    brin = models.CharField(_("BRIN"), max_length=4)
    site_code = models.CharField(_("site code"), max_length=2, default="00")
    street = models.CharField(_("street and number"), max_length=80)
    postcode = models.CharField(_("postcode"), max_length=7)
    city = models.CharField(_("town"), max_length=60)
    phone = models.CharField(_("phone"), max_length=40)
    email = models.EmailField(_("e-mail"), blank=True)
    complaint_page = models.CharField(_("web page about complaints"), max_length=120, blank=True)
    fg_name = models.CharField(_("name of the FG"), max_length=80, blank=True)
    fg_email = models.EmailField(_("e-mail of the FG"), blank=True)
    colour = models.PositiveSmallIntegerField(_("colour"), default=1)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("school")
        constraints = [
            models.UniqueConstraint(
                fields=["brin", "site_code"],
                name="school_stands_once",
                violation_error_code="school_twice",
                violation_error_message=_("This school is there already."),
            )
        ]

    def __str__(self):
        return self.name

    @property
    def school_id(self):
        """A school's events belong to its own chain."""
        return self.pk


class SchoolKey(models.Model):
    """A data key, wrapped by the master key. Its number stands in the header of every ciphertext.

    A school has one that closes; the others are retired: they only open, until nothing is sealed with them. One
    without a school is the installation's. Of a key that is destroyed the row stays, empty.
    """

    number = models.AutoField(primary_key=True)
    school = models.ForeignKey(School, models.PROTECT, null=True, related_name="keys")
    wrapped = models.BinaryField(default=new_key)
    retired_on = models.DateField(null=True)
    destroyed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school"],
                condition=Q(retired_on=None),
                nulls_distinct=False,
                name="school_has_one_key_that_closes",
            ),
            models.CheckConstraint(
                condition=(Q(destroyed_on=None) & ~Q(wrapped=b""))
                | Q(destroyed_on__isnull=False, retired_on__isnull=False, wrapped=b""),
                name="destroyed_key_is_empty",
            ),
        ]

    def __str__(self):
        return f"key {self.number}"


class Role(models.TextChoices):
    """What somebody is at a school or a board. An external expert has no role: only engagements."""

    COORDINATOR = "coordinator", _("intern begeleider")
    TEACHER = "teacher", _("teacher")
    DIRECTOR = "director", _("director")
    SAFEGUARDING_LEAD = "safeguarding_lead", _("child-protection lead")
    PRIVACY_OFFICER = "privacy_officer", _("privacy officer")
    FG = "fg", _("data protection officer")
    ADMIN = "admin", _("administrator")
    AUDITOR = "auditor", _("auditor")


LEADING = (Role.COORDINATOR, Role.DIRECTOR)  # they see every case of their school
WORKING = (Role.TEACHER, *LEADING)  # they may be added to a group or a case
SETTING_UP = (*LEADING, Role.ADMIN)  # they see to letterhead, terms and people; an administrator sees no dossier
GIVING = (Role.DIRECTOR, Role.ADMIN)  # they give every role; an intern begeleider only those that open no cases
# ADMIN is one of them: who could make an administrator, could have all the others made.
GUARDED = (*LEADING, Role.SAFEGUARDING_LEAD, Role.AUDITOR, Role.ADMIN)
NOTE_ROOM = 400
TRACING = (Role.PRIVACY_OFFICER, Role.FG, Role.AUDITOR)  # that and when, never what


class DatedQuerySet(models.QuerySet):
    """Rows with `from_on` and `until_on`."""

    def on(self, day):
        """Keep the rows that hold on this day."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=day), from_on__lte=day)


class DatedSetUpQuerySet(SetUpQuerySet, DatedQuerySet):
    """Rows of a school's set-up that hold for some days."""


class MembershipQuerySet(DatedSetUpQuerySet):
    """Roles; who sets a school up sees all of its roles, and changes those that he or she could have given."""

    def editable_by(self, user):
        """Roles of others that this person may give at their school."""
        open_to_all = Q(school__among=schools_of(user, SETTING_UP)) & ~Q(role__in=GUARDED)
        return self.filter(Q(school__among=schools_of(user, GIVING)) | open_to_all).exclude(user=user)


class Dated(models.Model):
    """Something that holds from a day on, until a day or until further notice."""

    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="%(class)s_ends_after_it_begins",
                violation_error_code="ends_before_it_begins",
                violation_error_message=_("The end lies before the beginning."),
            )
        ]

    def holds_on(self, day):
        """Whether this holds on that day."""
        return self.from_on <= day and (self.until_on is None or self.until_on >= day)


class Membership(Recorded, Dated):
    """A role at one school, or at a board (then at all its schools)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="memberships")
    board = models.ForeignKey(Board, models.PROTECT, null=True, blank=True, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)

    objects = MembershipQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("role")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(school=None) ^ Q(board=None),
                name="membership_is_at_a_school_or_a_board",
                violation_error_code="school_or_board",
                violation_error_message=_("A role is held at a school or at a board, not both."),
            ),
        ]

    def __str__(self):
        return f"{self.role} {self.school_id or self.board_id}"


class Kept(Recorded):
    """A record of one school. The school never changes: keys and policies hang on it."""

    school = models.ForeignKey(School, models.PROTECT, related_name="+", verbose_name=_("school"), editable=False)

    class Meta:
        abstract = True


class StaffLeave(Kept, Dated):
    """Somebody is away: access pauses, and comes back by itself."""

    user = models.ForeignKey(User, models.PROTECT, related_name="leaves", verbose_name=_("person"))

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("leave")

    def __str__(self):
        return f"leave {self.user_id}"


EXPERT = "expert"  # in a request for approval: to let an external expert in, who has no role


class ApprovalQuerySet(models.QuerySet):
    """Requests to give a right that takes two people."""

    def open(self):
        """Keep those that nobody has decided on."""
        return self.filter(outcome=RightsApproval.Outcome.OPEN)

    def for_user(self, user):
        """Requests of the schools that this person sets up or directs the board of; experts only for who leads."""
        led = Q(school__among=schools_of(user, LEADING)) | Q(school__board__among=boards_of(user, (Role.DIRECTOR,)))
        return self.filter(led | Q(school__among=schools_of(user, (Role.ADMIN,))) & ~Q(role=EXPERT))

    def decidable_by(self, user):
        """Open requests of others, for others, on which this person decides.

        A director of that school, or of its board; for a director's role the board alone.
        """
        of_school = Q(school__among=schools_of(user, (Role.DIRECTOR,))) & ~Q(role=Role.DIRECTOR)
        of_board = Q(school__board__among=boards_of(user, (Role.DIRECTOR,)))
        return self.open().filter(of_school | of_board).exclude(asked_by=user).exclude(user=user)


class RightsApproval(Kept, Dated):
    """Somebody asks to give a right, and a second person agrees or not. Until then the right does not exist."""

    class Outcome(models.TextChoices):
        """How it stands."""

        OPEN = "open", _("waits for a second person")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("taken back")

    user = models.ForeignKey(User, models.PROTECT, related_name="approvals", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=[*Role.choices, (EXPERT, _("external expert"))])
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_on = models.DateField(_("asked on"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.OPEN)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    refused_because = models.CharField(_("why it was refused"), max_length=200, blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("request for approval")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["user", "school", "role"],
                condition=Q(outcome="open"),
                name="approval_is_asked_once",
                violation_error_code="asked_already",
                violation_error_message=_("This has been asked already, and waits for a second person."),
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | ~Q(decided_by=F("user")) & ~Q(decided_by=F("asked_by"), outcome="approved"),
                name="approval_is_given_by_another",
                violation_error_code="own_request",
                violation_error_message=_("Somebody else has to decide on this."),
            ),
        ]

    def __str__(self):
        return f"{self.role} {self.outcome}"


class ReviewQuerySet(models.QuerySet):
    """Rounds of the yearly review."""

    def for_user(self, user):
        """Rounds of the schools that this person directs, or looks after the privacy of."""
        mine = Q(school__among=schools_of(user, (Role.DIRECTOR,)))
        return self.filter(mine | Q(school__among=schools_traced_by(user, (Role.PRIVACY_OFFICER, Role.FG))))


class GrantReview(Kept):
    """One round of "does this person still need it?": who looked, when, and what became of each right.

    `lines` holds codes alone: [{"kind": role, member or expert, "row": uuid, "kept": whether it goes on}].
    """

    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_on = models.DateField(_("made on"))
    lines = models.JSONField(default=list)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review of rights")

    def __str__(self):
        return f"review {self.made_on:%d-%m-%Y}"


class Concern(models.Model):
    """Whom a signal about privacy is about: that person neither sees nor handles it. Two numbers, written once.

    The policies ask it (`signals_about_me()` in migration 0008), and the application by the same function.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    signal = models.UUIDField(unique=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")

    def __str__(self):
        return f"concern {self.pk}"


class LookVerdictQuerySet(models.QuerySet):
    """Verdicts on looking; an exclusion beats every role, as it does for the looks themselves."""

    def for_user(self, user):
        """Verdicts at the schools whose record this person looks along; a director none of himself or restricted."""
        directed = Q(school__among=schools_of(user, (Role.DIRECTOR,)), is_restricted=False) & ~Q(about=user.pk)
        return self.filter(directed | Q(school__among=schools_traced_by(user, TRACING)))


class LookVerdict(Kept):
    """What somebody found who asked whether there was a reason to look, with a note. Verdicts are only added.

    Of one look (`event`), or of the reading of one person on one day that stood out (`about`, `on` and `why`, a code).
    `dossier` is the case of that look, by number: who is kept from it reads no verdict either.
    """

    class Verdict(models.TextChoices):
        """What was found."""

        REASON = "reason", _("reason seen")
        ASKED = "asked", _("asked the person")
        NONE = "none", _("no reason seen")

    event = models.UUIDField(null=True, blank=True)
    dossier = models.UUIDField(null=True, blank=True)
    about = models.UUIDField()
    on = models.DateField()
    why = models.CharField(max_length=20, blank=True)
    is_restricted = models.BooleanField(default=False)
    verdict = models.CharField(_("what was found"), max_length=8, choices=Verdict)
    note = SealedTextField("look_verdict.note", _("note"), max_length=NOTE_ROOM, null=True, blank=True)
    judged_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("who"))
    judged_at = models.DateTimeField(default=timezone.now)

    objects = LookVerdictQuerySet.as_manager()

    class Meta:
        verbose_name = _("verdict on looking")
        constraints = [
            models.CheckConstraint(
                condition=Q(event__isnull=False, why="") | Q(event=None) & ~Q(why=""),
                name="verdict_is_of_a_look_or_of_what_stood_out",
                violation_error_code="of_what",
            ),
            models.CheckConstraint(
                condition=~Q(judged_by=F("about")),
                name="verdict_is_given_by_another",
                violation_error_code="own_look",
                violation_error_message=_("Somebody else judges what you looked at yourself."),
            ),
        ]
        indexes = [models.Index(fields=["school", "on"], name="verdict_of_school")]

    def __str__(self):
        return f"verdict {self.verdict}"


class Invitation(models.Model):
    """A one-time link by which a person chooses a password. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="invitations")
    token_hash = models.BinaryField(unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"invitation {self.pk}"

    @staticmethod
    def hash(token):
        """The bytes under which a token is kept."""
        return sha256(token.encode()).digest()


class Holiday(Kept, Dated):
    """Days on which no term of a letter runs out."""

    name = models.CharField(_("name"), max_length=60)

    objects = DatedSetUpQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("school holiday")

    def __str__(self):
        return self.name


class HelpDesk(Kept):
    """Somebody outside the school to whom parents can turn (R111)."""

    name = models.CharField(_("name"), max_length=60)
    phone = models.CharField(_("phone"), max_length=40)
    position = models.PositiveSmallIntegerField(default=0)

    objects = SetUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("help desk")

    def __str__(self):
        return self.name
