"""New keys for old: the master key in seconds, a school's key in batches, and the end of a key.

Nothing here changes what a row says, so no version is counted and no history written: only the bytes in which it
is kept differ. Where a rotation stands is told by the rows themselves: each carries the number of its key.
"""

from contextlib import suppress
from dataclasses import dataclass
from time import sleep

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts import keyring
from accounts.models import School, SchoolKey
from accounts.sealing import BrokenSeal, SealedBytesField, SealedField
from accounts.wall import SYSTEM, acting
from audit.record import record

BATCH = 200
BIG = 1_000_000  # fields that may hold more than this go a few at a time: a batch stays in memory
FEW = 4


@dataclass(frozen=True)
class Shelf:
    """A table with sealed columns, its history tables among them."""

    model: type
    fields: tuple

    @property
    def batch(self):
        """How many rows are taken at once."""
        is_big = any(isinstance(one, SealedBytesField) or one.max_length > BIG for one in self.fields)
        return FEW if is_big else BATCH

    @property
    def has_school(self):
        """Whether its rows belong to schools."""
        return any(one.name == "school" for one in self.model._meta.concrete_fields)

    def closed_with_another(self, school, number):
        """The rows of this school (None: of no school) of which something is closed with another key than this."""
        rows = self.model._base_manager.all()
        if school is not None or self.has_school:
            rows = rows.filter(school=school)
        differs = " or ".join(f"substring({self._column(one)} from 2 for 4) <> %s" for one in self.fields)
        return rows.extra(where=[f"({differs})"], params=[number.to_bytes(4, "big")] * len(self.fields))  # noqa: S610 - names of our own columns

    def closed_with(self, number):
        """Whether any row has something that is closed with this key."""
        same = " or ".join(f"substring({self._column(one)} from 2 for 4) = %s" for one in self.fields)
        params = [number.to_bytes(4, "big")] * len(self.fields)
        return self.model._base_manager.extra(where=[f"({same})"], params=params).exists()  # noqa: S610 - the same

    def put(self, row, one, data):
        """Write bytes into one column, past save(): neither a change nor a save of the record."""
        table, key = connection.ops.quote_name(self.model._meta.db_table), self.model._meta.pk.column
        with connection.cursor() as cursor:
            cursor.execute(
                f"update {table} set {connection.ops.quote_name(one.column)} = %s where {key} = %s",  # noqa: S608 - the same
                [data, row.pk],
            )

    def _column(self, one):
        quote = connection.ops.quote_name
        return f"{quote(self.model._meta.db_table)}.{quote(one.column)}"


@dataclass
class Outcome:
    """What a rotation did: rows sealed anew, values that open nowhere, whether it went on with one that was begun."""

    rows: int = 0
    broken: int = 0
    resumed: bool = False


def shelves():
    """Every table with sealed columns."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        fields = tuple(one for one in model._meta.concrete_fields if isinstance(one, SealedField))
        if fields:
            found.append(Shelf(model, fields))
    return found


def count_old(school):
    """Return how many rows of this school (None: of no school) are closed with another key than the one that closes."""
    with acting(SYSTEM):
        return sum(_old(shelf, school).count() for shelf in _shelves_of(school))


def count_all(school):
    """Return how many rows of this school have something sealed: as many as a new key has to go along."""
    with acting(SYSTEM):
        return sum(
            shelf.closed_with_another(school, keyring.INSTALLATION if school else (1 << 32) - 1).count()
            for shelf in _shelves_of(school)
        )


def _shelves_of(school):
    return [shelf for shelf in shelves() if school is None or shelf.has_school]


def _old(shelf, school):
    return shelf.closed_with_another(school, keyring.number_of(school and school.pk))


def rotate(school, *, told=lambda done: None):
    """Give this school (None: the installation) a new key, and seal everything of it anew. Returns an Outcome.

    `told` is called with the number of rows after each batch. One that was broken off is gone on with: its rows still
    carry the old number. When only what can't be opened is left of it, a new key is made.
    """
    keyring.forget_keys()
    outcome = Outcome(resumed=True)
    _sweep(school, outcome, told)
    if outcome.rows:
        return _told(school, outcome)
    outcome = Outcome()
    replace_key(school)
    _sweep(school, outcome, told)
    sleep(keyring.LIFE)  # until every process knows of the new key; what one closed with the old meanwhile comes now
    outcome.broken = 0
    _sweep(school, outcome, told)
    return _told(school, outcome)


def _told(school, outcome):
    with acting(SYSTEM):
        record("key.rotated", school, by=SYSTEM, detail={"rows": outcome.rows, "broken": outcome.broken})
    return outcome


def replace_key(school):
    """Make the key that closes from now on; the one before only opens. The key of the fingerprints stays."""
    with acting(SYSTEM):
        old = keyring.number_of(school and school.pk)
        if old == keyring.INSTALLATION:  # it follows from the master key: kept as a key of its own from now on
            _keep_installation_key(settings.MASTER_KEY, settings.MASTER_KEY)
        SchoolKey.objects.filter(pk=old).update(retired_on=timezone.localdate())
        SchoolKey.objects.create(school=school, wrapped=keyring.new_key(keyring.prints_of(old)))
    keyring.forget_keys()


def _sweep(school, outcome, told):
    for shelf in _shelves_of(school):
        last = None
        while (last := _batch(shelf, school, last, outcome)) is not None:
            told(outcome.rows)


def _batch(shelf, school, last, outcome):
    """Seal the next rows anew, in a transaction of their own; return the key of the last one, None at the end.

    The rows are locked: who saves one of them meanwhile waits, and what is saved then stands.
    """
    with acting(SYSTEM):
        rows = _old(shelf, school).select_for_update(no_key=True).order_by("pk")
        rows = list((rows.filter(pk__gt=last) if last else rows)[: shelf.batch])
        for row in rows:
            values = [_seal_anew(shelf, row, one, school) for one in shelf.fields]
            outcome.rows += True in values
            outcome.broken += values.count(False)
    return rows[-1].pk if rows else None


def _seal_anew(shelf, row, one, school):
    """True when it was sealed anew, False when it does not open (it stays as it is), None when there was no need."""
    sealed, number = row.__dict__[one.attname], keyring.number_of(school and school.pk)
    if sealed is None or keyring.number_in(sealed.data) == number:
        return None
    place = one.place(row)
    try:
        data = keyring.unseal(sealed.data, place)
    except BrokenSeal:
        return False
    shelf.put(row, one, keyring.seal(data, place, school and school.pk))
    return True


def rewrap(*, old, new):
    """Wrap every key with the new master key, all or none. Returns how many. Raises BrokenSeal when one fits neither.

    What was wrapped anew before is left as it is.
    """
    with acting(SYSTEM):
        _keep_installation_key(old, new)
        count = 0
        for key in SchoolKey.objects.select_for_update().filter(destroyed_on=None):
            with suppress(BrokenSeal):
                keyring.unwrap(bytes(key.wrapped), new)
                continue
            key.wrapped = keyring.wrap(keyring.unwrap(bytes(key.wrapped), old), new)
            key.save(update_fields=["wrapped"])
            count += 1
        record("keys.rewrapped", by=SYSTEM, detail={"keys": count})
    keyring.forget_keys()
    return count


def _keep_installation_key(old, new):
    """What is sealed for no school goes on with the key that followed from the old master key: kept, wrapped."""
    number = keyring.INSTALLATION
    if not SchoolKey.objects.filter(school=None).exists():
        SchoolKey.objects.create(pk=number, school=None, wrapped=keyring.wrap(keyring.installation_key(old), new))


def destroy(school):
    """Empty every key of this school: all that was sealed for it is gone, here at once. There is no way back."""
    with acting(SYSTEM):
        day = timezone.localdate()
        keys = SchoolKey.objects.filter(school=school, destroyed_on=None)
        keys.filter(retired_on=None).update(retired_on=day)
        count = keys.update(wrapped=b"", destroyed_on=day)
        record("key.destroyed", school, by=SYSTEM, detail={"keys": count})
    keyring.forget_keys()
    return count


def drop_spent_keys(*, on):
    """Empty the keys that were retired before this day and close nothing any more. Returns how many.

    Not on the same day: a page that was being saved while the key was replaced may have used the old one.
    The installation's own keys stay: what else was sealed with them can't be seen from here.
    """
    spent = SchoolKey.objects.filter(school__isnull=False, destroyed_on=None, retired_on__lt=on)
    count = 0
    for key in spent:
        if not any(shelf.closed_with(key.pk) for shelf in shelves()):
            SchoolKey.objects.filter(pk=key.pk).update(wrapped=b"", destroyed_on=on)
            record("key.spent", key.school, by=SYSTEM, detail={"number": key.pk})
            count += 1
    return count


def schools(brin=None, site="00"):
    """The schools to rotate: one, or all that still have a key."""
    rows = School.objects.filter(keys__retired_on=None, keys__isnull=False).distinct().order_by("name")
    return list(rows.filter(brin=brin.upper(), site_code=site) if brin else rows)
