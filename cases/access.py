"""The whole access rule, once: which rows somebody sees, and how much of each.

The wall (migration `cases.0002_wall`) says the same in SQL. Staff see by dated assignments, an outsider by a
grant that consent writes, a supervisor only that something exists; an exclusion beats every one of these.
"""

from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Array, memberships, once_a_day, schools_of, schools_traced_by
from accounts.models import LEADING, TRACING, WORKING
from cases.matrix import Cell, how, opens

SEE_DOSSIER = "see_dossier"
SEE_ANONYMOUS = "see_anonymous"


class Reading(models.TextChoices):
    """How much of a trajectory somebody sees."""

    STAFF = "staff"  # the file, by name
    DOSSIER = "dossier"  # the child is known to this expert: the opened parts, by name on the screen
    ANONYMOUS = "anonymous"  # an alias and a case code
    GLASS = "glass"  # a supervisor who opened this one file for half an hour: all of it, and nothing to do in it
    TRACE = "trace"  # that it exists, who did what when; never content


def _model(name):
    return apps.get_model("cases", name)


def school_year_begins(day):
    """Return the first of August before (or on) this day: what was closed earlier stays with who closed it."""
    return day.replace(year=day.year if day.month >= 8 else day.year - 1, month=8, day=1)


def places_taught(day, **teacher):
    """Places of pupils that the teachers of their group read on that day; `teacher` narrows to one of them.

    A teacher reads who sits in the group. Who hands a group over reads it before the year begins and finishes
    reports after it ended; not the child that went to another group of the same year, or left the school.
    """
    placed = Q(from_on__lte=day) & (Q(until_on=None) | Q(until_on__gte=day))
    elsewhere = _model("GroupPlace").objects.filter(
        pupil=models.OuterRef("pupil"),
        group__school_year=models.OuterRef("group__school_year"),
        from_on__gt=models.OuterRef("from_on"),
        from_on__lte=day,
    )
    here = Q(pupil__left_on=None) | Q(pupil__left_on__gte=day)
    handing_over = Q(group__teachers__kind="handover") & here & ~models.Exists(elsewhere)
    living = Q(group__teachers__from_on__lte=day) & (
        Q(group__teachers__until_on=None) | Q(group__teachers__until_on__gte=day)
    )
    # One filter() call: split in two, the conditions could match two different teachers.
    return _model("GroupPlace").objects.filter(living & (placed | handing_over), **teacher)


def own_pupils(user):
    """Array of pupils in the groups that this person teaches today."""
    return _own_pupils(user.pk, timezone.localdate())


@once_a_day
def _own_pupils(user, day):
    places = places_taught(day, group__teachers__user=user)
    return Array(places.filter(school__in=memberships(user, WORKING, day).values("school_id")).values("pupil_id"))


def joined(user, what):
    """Array of the cases in which this colleague is involved today, or of another column of theirs."""
    return _joined(user.pk, timezone.localdate(), what)


@once_a_day
def _joined(user, day, what):
    works = memberships(user, WORKING, day).values("school_id")
    return Array(_model("CaseMember").objects.on(day).filter(user=user, school__in=works).values(what))


def barred_pupils(user):
    """Array of pupils whose file this person may not see, whatever the role."""
    return _barred_pupils(user.pk, timezone.localdate())


@once_a_day
def _barred_pupils(user, day):
    return Array(_model("CaseExclusion").objects.on(day).filter(user=user).values("pupil_id"))


def living_grants(user):
    """The grants of this outsider that hold today."""
    return _model("TrajectoryGrant").objects.filter(user=user, until__gte=timezone.localdate())


def guided_cases(user, **grant):
    """The trajectories that a living grant opens to this outsider, but for a child that the outsider is kept from."""
    rows = living_grants(user).filter(~Q(content_object__pupil__among=barred_pupils(user)), **grant)
    return rows.values("content_object_id")


def granted(user, codename):
    """Array of trajectories that a living grant opens to this outsider."""
    return _granted(user.pk, codename, timezone.localdate())


@once_a_day
def _granted(user, codename, day):
    grants = _model("TrajectoryGrant").objects.filter(user=user, until__gte=day, permission__codename=codename)
    return Array(grants.values("content_object_id"))


def glassed(user):
    """Array of trajectories that this person has open by break-glass at this moment."""
    return Array(_model("BreakGlass").objects.living().filter(user=user).values("trajectory_id"))


def class_label(pupil, day):
    """Return the class, as lists call it, of the child that the path `pupil` leads to: "groep 5" for a bare "5"."""
    places = _model("GroupPlace").objects.on(day).filter(pupil=models.OuterRef(pupil)).order_by("-from_on")
    bare = When(group__name__regex=r"^\d", then=Concat(Value("groep "), "group__name"))
    label = Case(bare, default=models.F("group__name"), output_field=models.CharField())
    return models.Subquery(places.annotate(class_label=label).values("class_label")[:1])


class TrajectoryQuerySet(models.QuerySet):
    """Trajectories; `for_user` is their door."""

    def running(self):
        """Keep those that are not closed."""
        return self.filter(closed_on=None)

    def staffed_by(self, user):
        """Keep those whose file this person works in."""
        own = Q(pupil__among=own_pupils(user)) & (
            Q(closed_on=None) | Q(closed_on__gte=school_year_begins(timezone.localdate()))
        )
        return self.filter(
            Q(school__among=schools_of(user, LEADING)) | own | Q(pk__among=joined(user, "trajectory_id")),
            ~Q(pupil__among=barred_pupils(user)),
        )

    def for_user(self, user):
        """Rows this user may see, each marked with how (`reading`) and for whom (`reader`).

        A few small arrays, each made once (`= any(array)`), on one mention of the table; the wall has the same shape.
        Only who would find no more than that it exists reads by break-glass: every other reading is stronger.
        """
        led, own = schools_of(user, LEADING), own_pupils(user)
        since = school_year_begins(timezone.localdate())
        staff = (
            Q(school__among=led)
            | (Q(pupil__among=own) & (Q(closed_on=None) | Q(closed_on__gte=since)))
            | Q(pk__among=joined(user, "trajectory_id"))
        )
        known, hidden = Q(pk__among=granted(user, SEE_DOSSIER)), Q(pk__among=granted(user, SEE_ANONYMOUS))
        traced = Q(school__among=schools_traced_by(user, TRACING))
        return self.filter(staff | known | hidden | traced, ~Q(pupil__among=barred_pupils(user))).annotate(
            reading=Case(
                When(staff, then=Value(Reading.STAFF)),
                When(known, then=Value(Reading.DOSSIER)),
                When(hidden, then=Value(Reading.ANONYMOUS)),
                When(Q(pk__among=glassed(user)), then=Value(Reading.GLASS)),
                default=Value(Reading.TRACE),
                output_field=models.CharField(),
            ),
            reader=Value(user.pk, output_field=models.UUIDField()),
        )

    def with_last_talk(self):
        """Add `last_talk`: the day of the last talk with a parent (R16)."""
        parent = Q(conversations__attendees__guardian__isnull=False, conversations__attendees__dropped=False)
        return self.annotate(last_talk=models.Max("conversations__held_on", filter=parent))

    def editable_by(self, user):
        """Rows this user may change. Outsiders and supervisors never change a trajectory."""
        return self.staffed_by(user)

    def led_by(self, user):
        """Rows of the schools where this person is intern begeleider or director."""
        return self.filter(Q(school__among=schools_of(user, LEADING)), ~Q(pupil__among=barred_pupils(user)))


class PupilQuerySet(models.QuerySet):
    """Pupils; staff see those of their groups and cases, the intern begeleider and director the whole school."""

    def for_user(self, user):
        """Rows this user may see. An expert sees a known child through the trajectory, never through this list."""
        return self.filter(
            Q(school__among=schools_of(user, LEADING))
            | Q(pk__among=own_pupils(user))
            | Q(pk__among=joined(user, "trajectory__pupil_id")),
            ~Q(pk__among=barred_pupils(user)),
        )

    def editable_by(self, user):
        """Rows whose data this user may change."""
        return self.filter(Q(school__among=schools_of(user, LEADING)), ~Q(pk__among=barred_pupils(user)))

    def taught_by(self, user):
        """Rows for which this user may open a case or add a parent: of an own group, or of a school that is led."""
        return self.filter(
            Q(school__among=schools_of(user, LEADING)) | Q(pk__among=own_pupils(user)),
            ~Q(pk__among=barred_pupils(user)),
        )

    def with_place(self, day=None):
        """Add `group_name` and `year` of the group that each pupil sits in on that day."""
        place = _model("GroupPlace").objects.on(day or timezone.localdate()).filter(pupil=models.OuterRef("pk"))
        place = place.order_by("-from_on")
        return self.annotate(
            group_name=class_label("pk", day or timezone.localdate()),
            group_uuid=models.Subquery(place.values("group_id")[:1]),
            year=models.Subquery(place.values("year")[:1]),
        )


class OfPupilQuerySet(models.QuerySet):
    """Rows that belong to a pupil (places, guardianships): seen and changed by who works with that pupil."""

    def for_user(self, user):
        """Rows of pupils that this user may see."""
        return self.filter(
            Q(school__among=schools_of(user, LEADING))
            | Q(pupil__among=own_pupils(user))
            | Q(pupil__among=joined(user, "trajectory__pupil_id")),
            ~Q(pupil__among=barred_pupils(user)),
        )

    def editable_by(self, user):
        """Rows of pupils that this user teaches or leads; a colleague in one case reads them only."""
        return self.filter(
            Q(school__among=schools_of(user, LEADING)) | Q(pupil__among=own_pupils(user)),
            ~Q(pupil__among=barred_pupils(user)),
        )

    def on(self, day):
        """Keep the rows that hold on this day."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=day), from_on__lte=day)


class GuardianQuerySet(models.QuerySet):
    """Grown-ups; seen and changed by who works with one of their children."""

    def for_user(self, user):
        """Grown-ups of pupils that this user may see."""
        known = _model("Guardianship").objects.for_user(user)
        return self.filter(pk__among=Array(known.values("guardian_id")))

    def editable_by(self, user):
        """The same rows."""
        return self.for_user(user)


class FileQuerySet(models.QuerySet):
    """Rows inside a file: seen and changed by the staff of its trajectory, by nobody else."""

    def for_user(self, user):
        """Rows of the files this user works in."""
        return self.filter(trajectory__in=_model("Trajectory").objects.staffed_by(user).values("pk"))

    def editable_by(self, user):
        """The same rows, unless the trajectory is closed."""
        return self.for_user(user).filter(trajectory__closed_on=None)

    def under_glass(self, user):
        """Rows of the file that this person has open by break-glass: a door of its own, to look and never to change."""
        opened = _model("Trajectory").objects.for_user(user).filter(reading=Reading.GLASS)
        return self.filter(trajectory__in=opened.values("pk"))

    def on(self, day):
        """Keep the dated rows that hold on this day."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=day), from_on__lte=day)


class ForReaderQuerySet(FileQuerySet):
    """Rows inside a file that say what one outsider may read: the staff see them, and that `reader`."""

    def of_reader(self, user):
        """What holds for this outsider while a grant lives."""
        return self.filter(reader=user, trajectory__in=guided_cases(user))


TALKS_AT = 0  # the place of the heading under which talks stand: a school may rename it, its place stays


class ItemQuerySet(FileQuerySet):
    """Notes, documents and talks: the staff find them by `for_user`, the expert of a known child by `opened_to`.

    Two doors, so that no page of the staff ever opens for an outsider.
    """

    def opened_to(self, user):
        """Rows that a living grant opens to this outsider: by heading, from a day on, single rows left out.

        The documents that this outsider wrote are there too, also for an anonymous child; those of another expert are
        not, whatever heading they stand under.
        """
        wanted = self._of_no_other(user) & models.Exists(self._headings(user)) & ~models.Exists(self._left_out(user))
        if self.model._meta.model_name == "document":
            wanted |= Q(author=user, trajectory__in=guided_cases(user))
        return self.filter(wanted)

    def under(self, headings, *, reader):
        """Rows that would open to this outsider with these headings, as {Heading: from which day on}.

        For who works in the file and looks at what an expert is going to read, before a grant stands.
        """
        wanted = Q(pk__in=[])
        for heading, from_on in headings.items():
            from_then = Q(**{f"{self._day()}__gte": from_on})
            if not self._is_of_talks():
                wanted |= Q(heading=heading) & from_then
            elif heading.position == TALKS_AT:
                wanted |= from_then
        return self.filter(wanted, self._of_no_other(reader), ~models.Exists(self._left_out(reader)))

    def _of_no_other(self, user):
        """Documents that no other expert wrote; of notes and talks, all."""
        return Q(author=None) | Q(author=user) if self.model._meta.model_name == "document" else ~Q(pk__in=[])

    def _left_out(self, reader):
        return _model("LeftOutItem").objects.filter(reader=reader, item=models.OuterRef("pk"), dropped=False)

    def _is_of_talks(self):
        return self.model._meta.model_name == "conversation"

    def _day(self):
        """The name of the field that says from when a row is."""
        return {"conversation": "held_on", "entry": "observed_on"}.get(self.model._meta.model_name, "received_on")

    def _headings(self, user):
        """The opened headings under which a row stands: a talk under the first one of its school."""
        known = guided_cases(user, permission__codename=SEE_DOSSIER)
        rows = _model("GrantedHeading").objects.filter(
            models.Q(trajectory__in=known), reader=user, trajectory=models.OuterRef("trajectory")
        )
        rows = rows.filter(from_on__lte=models.OuterRef(self._day()))
        return (
            rows.filter(heading__position=TALKS_AT)
            if self._is_of_talks()
            else rows.filter(heading=models.OuterRef("heading"))
        )


class LedQuerySet(models.QuerySet):
    """Rows of a school that its intern begeleider and director see and change: set-up, exclusions, imports."""

    def for_user(self, user):
        """Rows of the schools that this user leads."""
        return self.filter(school__among=schools_of(user, LEADING))

    def editable_by(self, user):
        """The same rows."""
        return self.for_user(user)

    def on(self, day):
        """Keep the dated rows that hold on this day."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=day), from_on__lte=day)


class ImportRunQuerySet(LedQuerySet):
    """Files being read in: who read one in looks at it and confirms it, and no other leader of the school.

    What it shows was chosen for that one person: another may be kept from a child that stands in it.
    """

    def for_user(self, user):
        """Rows that this user made, of the schools that this user leads."""
        return super().for_user(user).filter(made_by=user)


class ExclusionQuerySet(LedQuerySet):
    """Exclusions; the one who is left out never finds the row."""

    def for_user(self, user):
        """Rows of the schools that this user leads, but for the children that the user is kept from."""
        return super().for_user(user).filter(~Q(pupil__among=barred_pupils(user)))


class StaffQuerySet(LedQuerySet):
    """Rows of a school that all its staff see (groups); its leaders change them."""

    def for_user(self, user):
        """Rows of the schools where this user works."""
        return self.filter(school__among=schools_of(user, WORKING))

    def editable_by(self, user):
        """Rows of the schools that this user leads."""
        return self.filter(school__among=schools_of(user, LEADING))


@dataclass(frozen=True)
class Sheet:
    """A trajectory as one reader may see it. Templates get this, never the model.

    `child` is how this reader may call the child on the screen; `short` is what may leave (page title, file
    name): initials, or for an anonymous child the case code.
    """

    uuid: UUID
    child: str
    short: str
    level: str
    question: str
    state: str
    shows_dossier: bool
    reading: str

    @classmethod
    def of(cls, trajectory):
        """Return the sheet of a row that came through `for_user`; another row carries no mark and raises."""
        reading, grant = trajectory.reading, None
        if how(reading, "guidance") == Cell.OWN:
            grant = next(grant for grant in trajectory.grants.all() if grant.user_id == trajectory.reader)
        named = how(reading, "names")
        if named == Cell.BY_NAME:
            child, short = trajectory.pupil.full_name, trajectory.initials
        elif named == Cell.NAMELESS:  # this reader's wall hides the pupil's row
            child, short = grant.alias, grant.case_code
        else:
            child = short = _("a pupil")
        question = trajectory.question if opens(reading, "question") else grant.question if grant else ""
        return cls(
            uuid=trajectory.pk,
            child=child,
            short=short,
            level=trajectory.level.name,
            question=question,
            state=trajectory.state,
            shows_dossier=opens(reading, "talks"),
            reading=reading,
        )


_settlers = []


def settle_with(settle):
    """Let consent say how grants follow from answers: called once, when the application starts."""
    _settlers.append(settle)


def settled(trajectory):
    """Make this trajectory's grants what answers and engagements allow, after a deed that could change them."""
    for settle in _settlers:
        settle(trajectory)
