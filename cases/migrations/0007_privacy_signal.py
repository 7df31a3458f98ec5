"""Signals that something is wrong with privacy, and the steps in handling them (R56)."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import accounts.models
import accounts.sealing


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_rights_approval_and_review"),
        ("cases", "0006_break_glass"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalPrivacySignal",
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
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("about", models.UUIDField(blank=True, null=True)),
                ("child", models.UUIDField(blank=True, null=True)),
                (
                    "text",
                    accounts.sealing.SealedTextField(
                        "privacy_signal.text", max_length=4000, verbose_name="what is wrong"
                    ),
                ),
                (
                    "data_left",
                    models.CharField(
                        choices=[("yes", "Yes, I think so"), ("no", "No"), ("unknown", "I don't know")],
                        max_length=8,
                        verbose_name="data may have left",
                    ),
                ),
                ("noticed_on", models.DateField(verbose_name="noticed on")),
                (
                    "state",
                    models.CharField(
                        choices=[("new", "new"), ("looking", "being looked at"), ("closed", "closed")],
                        default="new",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("discovered_at", models.DateTimeField(verbose_name="the school knows since")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
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
                    "writer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical privacy signal",
                "verbose_name_plural": "historical privacy signals",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PrivacySignal",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("about", models.UUIDField(blank=True, null=True)),
                ("child", models.UUIDField(blank=True, null=True)),
                (
                    "text",
                    accounts.sealing.SealedTextField(
                        "privacy_signal.text", max_length=4000, verbose_name="what is wrong"
                    ),
                ),
                (
                    "data_left",
                    models.CharField(
                        choices=[("yes", "Yes, I think so"), ("no", "No"), ("unknown", "I don't know")],
                        max_length=8,
                        verbose_name="data may have left",
                    ),
                ),
                ("noticed_on", models.DateField(verbose_name="noticed on")),
                (
                    "state",
                    models.CharField(
                        choices=[("new", "new"), ("looking", "being looked at"), ("closed", "closed")],
                        default="new",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("discovered_at", models.DateTimeField(verbose_name="the school knows since")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
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
                    "writer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
            ],
            options={
                "verbose_name": "privacy signal",
            },
        ),
        migrations.CreateModel(
            name="HistoricalSignalStep",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("note", "note"),
                            ("reported", "reported to the Autoriteit Persoonsgegevens"),
                            ("not_reported", "not reported to the Autoriteit Persoonsgegevens"),
                            ("told", "the people concerned were told"),
                            ("not_told", "the people concerned are not told"),
                            ("told_later", "the people concerned are told later"),
                        ],
                        max_length=12,
                        verbose_name="what",
                    ),
                ),
                ("text", accounts.sealing.SealedTextField("signal_step.text", max_length=4000, verbose_name="words")),
                ("taken_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "taken_by",
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
                    "signal",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.privacysignal",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical step about a privacy signal",
                "verbose_name_plural": "historical step about a privacy signals",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="SignalStep",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("note", "note"),
                            ("reported", "reported to the Autoriteit Persoonsgegevens"),
                            ("not_reported", "not reported to the Autoriteit Persoonsgegevens"),
                            ("told", "the people concerned were told"),
                            ("not_told", "the people concerned are not told"),
                            ("told_later", "the people concerned are told later"),
                        ],
                        max_length=12,
                        verbose_name="what",
                    ),
                ),
                ("text", accounts.sealing.SealedTextField("signal_step.text", max_length=4000, verbose_name="words")),
                ("taken_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "signal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="cases.privacysignal"
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "step about a privacy signal",
            },
        ),
        migrations.AddConstraint(
            model_name="privacysignal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_on__isnull", False), ("state", "closed")),
                    models.Q(models.Q(("state", "closed"), _negated=True), ("closed_on", None)),
                    _connector="OR",
                ),
                name="signal_closes_on_a_day",
                violation_error_code="closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="privacysignal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("about", None), ("child", None)),
                    models.Q(("about__isnull", False), ("child__isnull", False)),
                    _connector="OR",
                ),
                name="signal_names_a_case_with_its_child",
                violation_error_code="case",
            ),
        ),
    ]
