"""Reading in pupils (EDEXML) and parents (CSV, XLSX): looked at first, confirmed after, nothing of the file kept.

Matching looks as SYSTEM: a file holds the whole school, also a child whose file the reader of it may not open. That
child is told apart, so that no second one is made, but shown to this reader in nothing and changed in nothing.
"""

import json
from collections import Counter
from dataclasses import asdict
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import school_year_of
from accounts.sealing import check_whole, fingerprint
from accounts.wall import SYSTEM, acting
from audit.record import record, sign
from cases import edexml, guardian_file
from cases.actions.people import add_guardian
from cases.models import CaseExclusion, Group, GroupPlace, Guardian, ImportRun, Pupil, Trajectory
from cases.names import fold

SEXES = {"boy": Pupil.Sex.BOY, "girl": Pupil.Sex.GIRL}
NAMES = ("call_name", "first_names", "prefix", "surname", "born", "sex", "entered_on")
KEPT_FOR = timedelta(days=1)


def preview_pupils(*, school, data, by, on):
    """Read an EDEXML file and say what it would change, as an ImportRun that waits for `confirm_pupils`.

    Nothing but the run is saved. Raises ValidationError for a file of another school, UnreadableFile for no use.
    """
    parsed = edexml.parse(data, today=on)
    if parsed.brin and parsed.brin != school.brin:
        raise ValidationError(
            _("This file is of the school with BRIN %(brin)s, not of %(school)s."),
            code="other_school",
            params={"brin": parsed.brin, "school": school.name},
        )
    rows = [_plain(row, school) for row in parsed.pupils]
    year = parsed.school_year or school_year_of(on)
    with acting(SYSTEM):
        barred = _barred(school, by, on)
        plan = _Plan(school, rows, on=on, year=year, groups=[asdict(group) for group in parsed.groups], barred=barred)
        problems = [{"line": row.line, "text": str(row.text)} for row in parsed.problems]
        content = {
            "rows": rows,
            "groups": [asdict(group) for group in parsed.groups],
            "problems": problems,
            "barred": sorted(map(str, barred)),
            "names": {
                "new": [_full(row) for row in plan.new],
                "changed": [_full(row) for _pupil, row in plan.changed],
                "gone": [pupil.full_name for pupil, _day in plan.gone],
            },
            "gone_with_case": [pupil.initials for pupil, _day in plan.gone if pupil.has_case],
        }
        run = ImportRun(
            school=school,
            kind=ImportRun.Kind.PUPILS,
            made_by=None if by == SYSTEM else by,
            rows=json.dumps(content),
            counts=plan.counts | {"problems": len(problems), "staff": parsed.staff_count, "dropped": parsed.dropped},
            school_year=year,
            reference_date=parsed.reference_date,
        )
        sign(run, by=by, why="read in").save()
    return run


def _barred(school, by, on):
    """Keys of the pupils that this person is kept from; SYSTEM from none. To be asked as SYSTEM."""
    if by == SYSTEM:
        return frozenset()
    rows = CaseExclusion.objects.on(on).filter(user=by, school=school)
    return frozenset(rows.values_list("pupil_id", flat=True))


def to_show(run, *, by, on):
    """What a run has to show to this person, or None when nothing (any more).

    Who was kept from another child since the file was read in chooses it again: its names stand in what was found.
    """
    if not run.rows:
        return None
    check_whole(run.rows)
    content = json.loads(run.rows)
    with acting(SYSTEM):
        barred = _barred(run.school, by, on)
    return content if {str(pupil) for pupil in barred} <= set(content["barred"]) else None


def _plain(row, school):
    """One pupil of the file as it waits: the key is already a fingerprint."""
    return {
        "key": fingerprint(row.key, school.pk).hex() if row.key else None,
        "call_name": row.call_name or row.first_names.split(" ")[0] or row.surname,
        "first_names": row.first_names or None,
        "prefix": row.prefix or None,
        "surname": row.surname or row.call_name,
        "born": row.born_on.isoformat() if row.born_on else None,
        "sex": SEXES.get(row.sex, Pupil.Sex.UNKNOWN).value,
        "entered_on": row.entered_on.isoformat() if row.entered_on else None,
        "left_on": row.left_on.isoformat() if row.left_on else None,
        "has_left": row.has_left,
        "year": row.year,
        "group": row.group_key,
    }


def _full(row):
    return " ".join(filter(None, (row["call_name"], row["prefix"], row["surname"])))


def _person(call_name, surname, born):
    return fold(call_name), fold(surname), born


class _Plan:
    """What a file would change at a school: found anew at the preview and at the confirmation, so that both agree.

    Pupils in `barred` stay as they are, whatever the file says of them or doesn't, and count as unchanged.
    """

    def __init__(self, school, rows, *, on, year, groups, barred):
        self.school, self.on, self.year = school, on, year
        self.group_names = {group["key"]: group for group in groups}
        running = Trajectory.objects.running().filter(pupil=OuterRef("pk"))
        pupils = list(Pupil.objects.filter(school=school).annotate(has_case=Exists(running)))
        self.by_key = {bytes(pupil.key_mac).hex(): pupil for pupil in pupils if pupil.key_mac}
        people = Counter(_person(pupil.call_name, pupil.surname, pupil.born) for pupil in pupils)
        self.by_person = {
            person: pupil
            for pupil in pupils
            if people[person := _person(pupil.call_name, pupil.surname, pupil.born)] == 1 and pupil.born
        }
        self.places = _places_now(school, on)
        self.new, self.changed, self.unchanged, seen = [], [], [], set()
        self.gone = []
        for row in rows:
            pupil = self.match(row)
            if pupil is None:
                if not row["has_left"]:
                    self.new.append(row)
                continue
            seen.add(pupil.pk)
            if pupil.pk in barred:
                self.unchanged.append(row)
            elif row["has_left"] and pupil.left_on is None:
                self.gone.append((pupil, row["left_on"]))
            elif row["has_left"] or not self.differs(pupil, row):
                self.unchanged.append(row)
            else:
                self.changed.append((pupil, row))
        # Who was added by hand has no key, and isn't gone for not standing in the file.
        missing = [p for p in pupils if p.key_mac and p.left_on is None and p.pk not in seen]
        self.gone += [(pupil, None) for pupil in missing if pupil.pk not in barred]
        self.unchanged += [pupil for pupil in missing if pupil.pk in barred]

    def match(self, row):
        """The pupil of this row: by the school's own key, else by name and date of birth when that is just one."""
        if row["key"] and row["key"] in self.by_key:
            return self.by_key[row["key"]]
        found = self.by_person.get(_person(row["call_name"], row["surname"], row["born"]))
        return found if found is not None and (found.key_mac is None or row["key"] is None) else None

    def differs(self, pupil, row):
        """Whether anything that we keep is different, or the pupil is back, or now has a key."""
        told = {name: getattr(pupil, name) for name in NAMES}
        told["entered_on"] = told["entered_on"] and told["entered_on"].isoformat()
        return (
            any(told[name] != row[name] for name in NAMES)
            or pupil.left_on is not None
            or (row["key"] is not None and pupil.key_mac is None)
            or self.moves(pupil, row)
        )

    def moves(self, pupil, row):
        """Whether the file puts this pupil in another group or year than now."""
        if row["group"] not in self.group_names:
            return False
        group = self.group_names[row["group"]]
        return self.places.get(pupil.pk) != (self.year, group["name"], row["year"] or group["year"])

    @property
    def counts(self):
        """How many rows of each kind."""
        return {name: len(getattr(self, name)) for name in ("new", "changed", "gone", "unchanged")}


def _places_now(school, on):
    rows = GroupPlace.objects.filter(school=school, until_on__gte=on).select_related("group").order_by("from_on")
    return {row.pupil_id: (row.group.school_year, row.group.name, row.year) for row in rows}


@transaction.atomic
def confirm_pupils(*, run, by, on):
    """Do what the preview showed, and throw the rows away. Returns the counts. Raises ValidationError when used up.

    Pupils that `by` is kept from by now stay as they are.
    """
    content = _content(run)
    with acting(SYSTEM):
        plan = _Plan(
            run.school,
            content["rows"],
            on=on,
            year=run.school_year,
            groups=content["groups"],
            barred=_barred(run.school, by, on),
        )
        writer = _Writer(plan, by)
        for row in plan.new:
            writer.add(row)
        for pupil, row in plan.changed:
            writer.change(pupil, row)
        for pupil, day in plan.gone:
            writer.leave(pupil, date.fromisoformat(day) if day else run.reference_date or on)
        _use_up(run, by, plan.counts)
    record("pupils.imported", run, by=by, detail=plan.counts)
    return plan.counts


def _content(run):
    if run.rows is None or run.made_at < timezone.now() - KEPT_FOR:
        raise ValidationError(_("This file was read in already, or too long ago. Choose it again."), code="used_up")
    check_whole(run.rows)
    return json.loads(run.rows)


def _use_up(run, by, counts):
    run.rows, run.confirmed_at, run.counts = None, timezone.now(), run.counts | counts
    sign(run, by=by, why="confirmed").save()


class _Writer:
    """Writes what a plan says. The rows were checked by the parser; the table's own rules still hold."""

    def __init__(self, plan, by):
        self.plan, self.by, self.groups = plan, by, {}

    def _keep(self, row):
        sign(row, by=self.by, why="import").save()
        return row

    def add(self, row):
        """A new pupil."""
        pupil = Pupil(school=self.plan.school)
        self._fill(pupil, row)
        self.place(pupil, row, is_new=True)

    def change(self, pupil, row):
        """A pupil whose data or group differ, or who is back."""
        self._fill(pupil, row)
        for trajectory in pupil.trajectories.filter(closed_on=None):
            if trajectory.initials != pupil.initials:
                trajectory.initials = pupil.initials
                self._keep(trajectory)
        if self.plan.moves(pupil, row):
            self.place(pupil, row, is_new=False)

    def _fill(self, pupil, row):
        for name in NAMES:
            setattr(pupil, name, row[name])
        pupil.entered_on = date.fromisoformat(row["entered_on"]) if row["entered_on"] else None
        pupil.left_on = None
        if row["key"]:
            pupil.key_mac = bytes.fromhex(row["key"])
        self._keep(pupil)

    def place(self, pupil, row, *, is_new):
        """Put the pupil in the file's group: from the summer for a new one, from today when somebody moves."""
        if row["group"] not in self.plan.group_names:
            return
        group = self._group(row["group"])
        first = date(int(group.school_year[:4]), 8, 1)
        from_on = first if is_new or first > self.plan.on else self.plan.on
        for place in pupil.places.filter(until_on__gte=from_on):
            place.until_on = max(place.from_on, from_on - timedelta(days=1))
            self._keep(place)
        # Old groups hold until the new ones are there, at most until the first of October.
        until = date(first.year + 1, 10, 1)
        year = row["year"] or group.year
        self._keep(
            GroupPlace(school=group.school, pupil=pupil, group=group, year=year, from_on=from_on, until_on=until)
        )

    def _group(self, key):
        if key not in self.groups:
            told = self.plan.group_names[key]
            found = Group.objects.filter(school=self.plan.school, school_year=self.plan.year, name=told["name"]).first()
            self.groups[key] = found or self._keep(
                Group(
                    school=self.plan.school, school_year=self.plan.year, name=told["name"], year=self._years(key, told)
                )
            )
        return self.groups[key]

    def _years(self, key, told):
        """The year of a class; of a combined class the years of its pupils, as 5/6."""
        if told["year"] and told["year"] != "C":
            return told["year"]
        years = {
            row["year"] for row in [*self.plan.new, *(row for _pupil, row in self.plan.changed)] if row["group"] == key
        }
        return "/".join(sorted(year for year in years if year.isdecimal()))[:10]

    def leave(self, pupil, day):
        """A pupil who is gone: marked, never deleted."""
        pupil.left_on = day
        self._keep(pupil)
        for place in pupil.places.filter(until_on__gt=day):
            place.until_on = max(place.from_on, day)
            self._keep(place)


GUARDIAN_FIELDS = (
    "title", "first_name", "prefix", "surname", "institution", "street", "postcode", "city", "phone", "email",
    "language", "needs_interpreter", "secret_address", "no_contact",
)  # fmt: skip


def preview_guardians(*, school, data, filename, by, on):
    """Read a list of parents and say for whom: only children with a running case are taken, the rest later.

    A child that `by` is kept from is answered as one that nobody knows: no count tells that it has a case.
    """
    parsed = guardian_file.parse(data, filename)
    with acting(SYSTEM):
        barred = _barred(school, by, on)
        running = Trajectory.objects.running().filter(pupil=OuterRef("pk"))
        pupils = list(Pupil.objects.filter(school=school, left_on=None).annotate(has_case=Exists(running)))
        by_key = {bytes(pupil.key_mac).hex(): pupil for pupil in pupils if pupil.key_mac}
        people = {}
        for pupil in pupils:
            for born in {pupil.born, None}:
                people.setdefault(_person(pupil.call_name, pupil.surname, born), []).append(pupil)
        counts, taken, problems = Counter(), [], [{"line": row.line, "text": str(row.text)} for row in parsed.problems]
        for row in parsed.rows:
            found = [by_key[key]] if (key := _key(row, school)) in by_key else people.get(_who(row), [])
            if len(found) != 1 or found[0].pk in barred:
                problems.append({"line": row.line, "text": _("We can't tell which pupil this is.")})
            elif not row.relation:
                continue  # the file says something that makes nobody a parent; the parser named the line
            elif not found[0].has_case:
                counts["later"] += 1
            elif _has(found[0], row, on):
                counts["unchanged"] += 1
            else:
                counts["new"] += 1
                taken.append({"pupil": str(found[0].pk), "child": found[0].full_name} | _told(row))
        content = {"rows": taken, "problems": problems, "barred": sorted(map(str, barred))}
        counts = {name: counts[name] for name in ("new", "unchanged", "later")} | {"problems": len(problems)}
        run = ImportRun(
            school=school, kind=ImportRun.Kind.GUARDIANS, made_by=by, rows=json.dumps(content), counts=counts
        )
        sign(run, by=by, why="read in").save()
    return run


def _key(row, school):
    return fingerprint(row.pupil_key, school.pk).hex() if row.pupil_key else None


def _who(row):
    born = row.pupil_born_on.isoformat() if row.pupil_born_on else None
    return _person(row.pupil_call_name, row.pupil_surname, born)


def _told(row):
    told = {name: getattr(row, name) for name in GUARDIAN_FIELDS}
    told["surname"] = told["surname"] or told["institution"]
    told["title"] = told["title"] if told["title"] in Guardian.Title.values else Guardian.Title.NONE.value
    return told | {
        "relation": row.relation,
        "has_authority": row.has_authority,
        "authority_source": row.authority_source or None,
    }


def _has(pupil, row, on):
    """Whether this person stands with this child already."""
    rows = pupil.guardianships.on(on).select_related("guardian")
    wanted = fold(row.first_name), fold(row.surname)
    return any((fold(one.guardian.first_name), fold(one.guardian.surname)) == wanted for one in rows)


@transaction.atomic
def confirm_guardians(*, run, by, on):
    """Add the parents that the preview showed; a parent of several children is added once. Returns the counts.

    None is added to a pupil that `by` is kept from by now.
    """
    content = _content(run)
    with acting(SYSTEM):
        known, barred = {}, {str(pupil) for pupil in _barred(run.school, by, on)}
        rows = [row for row in content["rows"] if row["pupil"] not in barred]
        for row in rows:
            person = {name: row[name] or None for name in GUARDIAN_FIELDS}
            person |= {name: bool(row[name]) for name in ("needs_interpreter", "secret_address", "no_contact")}
            same = fold(row["first_name"]), fold(row["surname"]), fold(row["street"]), row["phone"]
            relation = {name: row[name] for name in ("relation", "has_authority", "authority_source")}
            relation |= {"is_asked": row["has_authority"] is True, "authority_seen_on": None}
            added = add_guardian(
                pupil=Pupil.objects.get(pk=row["pupil"]),
                person=known.get(same, person),
                relation=relation,
                from_on=on,
                by=by,
            )
            known[same] = added.guardian
        _use_up(run, by, {"new": len(rows)})
    record("guardians.imported", run, by=by, detail=run.counts)
    return run.counts


def forget_old_runs(*, before):
    """Throw away the rows that nobody confirmed. Returns how many runs."""
    old = list(ImportRun.objects.filter(rows__isnull=False, made_at__lt=before))
    for run in old:
        run.rows = None
        sign(run, by=SYSTEM, why="thrown away").save()
    return len(old)
