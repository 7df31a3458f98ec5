"""The record of looking and doing: written once, chained, never changed."""

import uuid

from django.db import models
from django.utils import timezone


class Event(models.Model):
    """One look, deed or refusal: who, in which role, on what ground, which record, when. Never any content.

    `session` is a keyed hash and `request` a number of its own: what was done at one sitting, at one click.
    `on_behalf` is for whom somebody did it (`audit.record`). Names are kept as they were, since the record outlives
    what it speaks of. The application can only insert; `seq`, `previous` and `seal` are filled in by a trigger (one
    chain per dossier, else per school).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(default=timezone.now)
    action = models.CharField(max_length=60)
    school = models.UUIDField(null=True)
    dossier = models.UUIDField(null=True)
    kind = models.CharField(max_length=60, blank=True)
    subject = models.UUIDField(null=True)
    actor = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    actor_role = models.CharField(max_length=60, blank=True)
    ground = models.CharField(max_length=60, blank=True)
    on_behalf = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    session = models.CharField(max_length=64, null=True)
    request = models.UUIDField(null=True)
    chain = models.CharField(max_length=40, blank=True)
    seq = models.BigIntegerField(null=True)
    previous = models.BinaryField(null=True)
    seal = models.BinaryField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["dossier", "at"], name="event_of_dossier"),
            models.Index(fields=["school", "at"], name="event_of_school"),
            models.Index(fields=["actor", "at"], name="event_of_actor"),
        ]

    def __str__(self):
        return f"{self.action} {self.kind} {self.subject or ''}".strip()


class EventHead(models.Model):
    """The end of each chain. Only the trigger reads or writes it."""

    chain = models.CharField(primary_key=True, max_length=40)
    seq = models.BigIntegerField()
    seal = models.BinaryField()

    def __str__(self):
        return self.chain


class SealPoint(models.Model):
    """The end of a chain as it was at one moment: what stands must still lead there. Written by the database alone.

    `is_cut`: everything up to it was old enough to go, and the chain begins behind it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chain = models.CharField(max_length=40)
    seq = models.BigIntegerField()
    seal = models.BinaryField()
    at = models.DateTimeField()
    last_at = models.DateTimeField()
    is_cut = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="a_chain_is_sealed_once_at_one_place")]

    def __str__(self):
        return f"{self.chain} {self.seq}"
