"""What somebody found who looked along the record of looking, with a note; for who looks along it."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import accounts.models
import accounts.sealing
from accounts.wall import guard

DIRECTED = "school_id = any((select schools_as('{director}'))::uuid[])"
SEE = f"""((school_id = any((select traced_schools())::uuid[])
        or ({DIRECTED} and not is_restricted and about <> (select app_user())))
    and coalesce(dossier <> all((select barred_trajectories())::uuid[]), true))"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_now"),
        ("cases", "0002_wall"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalLookVerdict",
            fields=[
                (
                    "changed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
                    ),
                ),
                ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("history_change_reason", models.TextField(blank=True, null=True)),
                ("event", models.UUIDField(blank=True, null=True)),
                ("dossier", models.UUIDField(blank=True, null=True)),
                ("about", models.UUIDField()),
                ("on", models.DateField()),
                ("why", models.CharField(blank=True, max_length=20)),
                ("is_restricted", models.BooleanField(default=False)),
                (
                    "verdict",
                    models.CharField(
                        choices=[("reason", "reason seen"), ("asked", "asked the person"), ("none", "no reason seen")],
                        max_length=8,
                        verbose_name="what was found",
                    ),
                ),
                (
                    "note",
                    accounts.sealing.SealedTextField(
                        "look_verdict.note", blank=True, max_length=400, null=True, verbose_name="note"
                    ),
                ),
                ("judged_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "history_id",
                    models.UUIDField(
                        default=accounts.models.time_ordered, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("history_date", models.DateTimeField(db_index=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "judged_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.school",
                        verbose_name="school",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical verdict on looking",
                "verbose_name_plural": "historical verdict on lookings",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="LookVerdict",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("event", models.UUIDField(blank=True, null=True)),
                ("dossier", models.UUIDField(blank=True, null=True)),
                ("about", models.UUIDField()),
                ("on", models.DateField()),
                ("why", models.CharField(blank=True, max_length=20)),
                ("is_restricted", models.BooleanField(default=False)),
                (
                    "verdict",
                    models.CharField(
                        choices=[("reason", "reason seen"), ("asked", "asked the person"), ("none", "no reason seen")],
                        max_length=8,
                        verbose_name="what was found",
                    ),
                ),
                (
                    "note",
                    accounts.sealing.SealedTextField(
                        "look_verdict.note", blank=True, max_length=400, null=True, verbose_name="note"
                    ),
                ),
                ("judged_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "judged_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.school",
                        verbose_name="school",
                    ),
                ),
            ],
            options={
                "verbose_name": "verdict on looking",
                "indexes": [models.Index(fields=["school", "on"], name="verdict_of_school")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("event__isnull", False), ("why", "")),
                            models.Q(("event", None), models.Q(("why", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="verdict_is_of_a_look_or_of_what_stood_out",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("judged_by", models.F("about")), _negated=True),
                        name="verdict_is_given_by_another",
                        violation_error_code="own_look",
                        violation_error_message="Somebody else judges what you looked at yourself.",
                    ),
                ],
            },
        ),
        guard(
            "accounts_lookverdict",
            see=SEE,
            make=f"(judged_by_id = (select app_user()) and {SEE})",
            change="false",
            fixed=("school_id", "dossier"),
        ),
    ]
