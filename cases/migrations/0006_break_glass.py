"""Break-glass: one supervisor, one file, half an hour; and what somebody else thought of it."""

import uuid
from datetime import timedelta

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import accounts.models
import accounts.sealing


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_now"),
        ("cases", "0005_history_for_supervisors"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalBreakGlass",
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
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("coordinator", "intern begeleider"),
                            ("teacher", "teacher"),
                            ("director", "director"),
                            ("safeguarding_lead", "child-protection lead"),
                            ("privacy_officer", "privacy officer"),
                            ("fg", "data protection officer"),
                            ("admin", "administrator"),
                            ("auditor", "auditor"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("crisis", "crisis or safety"),
                            ("complaint", "complaint"),
                            ("breach", "inquiry into a data breach"),
                            ("sample", "supervision or sample"),
                            ("absence", "taking over while somebody is away"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                (
                    "sentence",
                    accounts.sealing.SealedTextField(
                        "break_glass.sentence", max_length=300, verbose_name="what it is needed for"
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                ("until_at", models.DateTimeField(verbose_name="until")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                ("review_by", models.DateField(verbose_name="to be judged before or on")),
                ("fg_seen_on", models.DateField(blank=True, null=True, verbose_name="seen by the FG on")),
                ("reviewed_on", models.DateField(blank=True, null=True, verbose_name="judged on")),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("just", "justified"), ("unjust", "not justified"), ("ask", "to be asked about")],
                        max_length=8,
                        verbose_name="verdict",
                    ),
                ),
                (
                    "note",
                    accounts.sealing.SealedTextField(
                        "break_glass.note", blank=True, max_length=1000, null=True, verbose_name="explanation"
                    ),
                ),
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
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="judged by",
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
                (
                    "trajectory",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.trajectory",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who opened it",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical break-glass",
                "verbose_name_plural": "historical break-glasss",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="BreakGlass",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("coordinator", "intern begeleider"),
                            ("teacher", "teacher"),
                            ("director", "director"),
                            ("safeguarding_lead", "child-protection lead"),
                            ("privacy_officer", "privacy officer"),
                            ("fg", "data protection officer"),
                            ("admin", "administrator"),
                            ("auditor", "auditor"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("crisis", "crisis or safety"),
                            ("complaint", "complaint"),
                            ("breach", "inquiry into a data breach"),
                            ("sample", "supervision or sample"),
                            ("absence", "taking over while somebody is away"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                (
                    "sentence",
                    accounts.sealing.SealedTextField(
                        "break_glass.sentence", max_length=300, verbose_name="what it is needed for"
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                ("until_at", models.DateTimeField(verbose_name="until")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                ("review_by", models.DateField(verbose_name="to be judged before or on")),
                ("fg_seen_on", models.DateField(blank=True, null=True, verbose_name="seen by the FG on")),
                ("reviewed_on", models.DateField(blank=True, null=True, verbose_name="judged on")),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("just", "justified"), ("unjust", "not justified"), ("ask", "to be asked about")],
                        max_length=8,
                        verbose_name="verdict",
                    ),
                ),
                (
                    "note",
                    accounts.sealing.SealedTextField(
                        "break_glass.note", blank=True, max_length=1000, null=True, verbose_name="explanation"
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="judged by",
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
                (
                    "trajectory",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="cases.trajectory",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who opened it",
                    ),
                ),
            ],
            options={
                "verbose_name": "break-glass",
                "indexes": [models.Index(fields=["user", "until_at"], name="break_glass_living")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until_at__gt", models.F("opened_at")),
                            (
                                "until_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("opened_at"), "+", models.Value(timedelta(seconds=1800))
                                ),
                            ),
                        ),
                        name="break_glass_lasts_half_an_hour",
                        violation_error_code="too_long",
                        violation_error_message="A file opens for half an hour at most.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_by", None),
                            models.Q(("reviewed_by", models.F("user")), _negated=True),
                            _connector="OR",
                        ),
                        name="break_glass_is_judged_by_somebody_else",
                        violation_error_code="own_glass",
                        violation_error_message="Somebody else judges this.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reviewed_by", None), ("reviewed_on", None), ("verdict", "")),
                            models.Q(
                                models.Q(("verdict", ""), _negated=True),
                                ("reviewed_by__isnull", False),
                                ("reviewed_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="break_glass_verdict_has_a_name_and_a_day",
                        violation_error_code="verdict_missing",
                        violation_error_message="Choose a verdict.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["", "just"]), ("note__isnull", False), _connector="OR"),
                        name="break_glass_that_is_not_just_says_why",
                        violation_error_code="note_missing",
                        violation_error_message="Explain this verdict.",
                    ),
                ],
            },
        ),
    ]
