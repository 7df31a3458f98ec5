"""Rights that take two people, the yearly review of rights, and accounts that are off."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import accounts.models
from accounts.wall import only_grows


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_history_names_what_changed"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="off_because",
            field=models.CharField(blank=True, max_length=20, verbose_name="why the account is off"),
        ),
        migrations.AddField(
            model_name="user",
            name="off_since",
            field=models.DateField(blank=True, null=True, verbose_name="account off since"),
        ),
        migrations.CreateModel(
            name="GrantReview",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("made_on", models.DateField(verbose_name="made on")),
                ("lines", models.JSONField(default=list)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
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
                "verbose_name": "review of rights",
            },
        ),
        migrations.CreateModel(
            name="HistoricalGrantReview",
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
                ("made_on", models.DateField(verbose_name="made on")),
                ("lines", models.JSONField(default=list)),
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
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
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
                "verbose_name": "historical review of rights",
                "verbose_name_plural": "historical review of rightss",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRightsApproval",
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
                ("from_on", models.DateField(verbose_name="from")),
                ("until_on", models.DateField(blank=True, null=True, verbose_name="until")),
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
                            ("expert", "external expert"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("asked_on", models.DateField(verbose_name="asked on")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "waits for a second person"),
                            ("approved", "approved"),
                            ("refused", "refused"),
                            ("withdrawn", "taken back"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="decided on")),
                ("refused_because", models.CharField(blank=True, max_length=200, verbose_name="why it was refused")),
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
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
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
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical request for approval",
                "verbose_name_plural": "historical request for approvals",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="RightsApproval",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("from_on", models.DateField(verbose_name="from")),
                ("until_on", models.DateField(blank=True, null=True, verbose_name="until")),
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
                            ("expert", "external expert"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("asked_on", models.DateField(verbose_name="asked on")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "waits for a second person"),
                            ("approved", "approved"),
                            ("refused", "refused"),
                            ("withdrawn", "taken back"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="decided on")),
                ("refused_because", models.CharField(blank=True, max_length=200, verbose_name="why it was refused")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approvals",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "request for approval",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until_on", None), ("until_on__gte", models.F("from_on")), _connector="OR"),
                        name="rightsapproval_ends_after_it_begins",
                        violation_error_code="ends_before_it_begins",
                        violation_error_message="The end lies before the beginning.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "open")),
                        fields=("user", "school", "role"),
                        name="approval_is_asked_once",
                        violation_error_code="asked_already",
                        violation_error_message="This has been asked already, and waits for a second person.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", None),
                            models.Q(
                                models.Q(("decided_by", models.F("user")), _negated=True),
                                models.Q(("decided_by", models.F("asked_by")), ("outcome", "approved"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="approval_is_given_by_another",
                        violation_error_code="own_request",
                        violation_error_message="Somebody else has to decide on this.",
                    ),
                ],
            },
        ),
        only_grows("accounts_historicalrightsapproval", "accounts_historicalgrantreview"),
    ]
