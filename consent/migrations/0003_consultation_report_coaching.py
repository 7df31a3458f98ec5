"""Beginning without an answer, an expert's report, coaching notes, CLB days."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import accounts.models
import accounts.sealing


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_history_names_what_changed"),
        ("cases", "0003_opened_headings"),
        ("consent", "0002_wall"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="engagement",
            name="parents_told_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="engagement",
            name="started_without_answer",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="engagement",
            name="whole_because",
            field=accounts.sealing.SealedTextField(
                "engagement.whole_because",
                blank=True,
                max_length=400,
                null=True,
                verbose_name="why the whole file opens",
            ),
        ),
        migrations.AddField(
            model_name="historicalacceptance",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalengagement",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalengagement",
            name="parents_told_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="historicalengagement",
            name="started_without_answer",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="historicalengagement",
            name="whole_because",
            field=accounts.sealing.SealedTextField(
                "engagement.whole_because",
                blank=True,
                max_length=400,
                null=True,
                verbose_name="why the whole file opens",
            ),
        ),
        migrations.AddField(
            model_name="historicalengagementpart",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalparentchoice",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalworkingarrangement",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.CreateModel(
            name="ClbDay",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("held_on", models.DateField(verbose_name="date")),
                ("cancelled_on", models.DateField(blank=True, null=True)),
                (
                    "expert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="expert",
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
                "verbose_name": "CLB day",
            },
        ),
        migrations.CreateModel(
            name="ClbPlace",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("in_group", models.BooleanField(default=False)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("dropped", models.BooleanField(default=False)),
                (
                    "day",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="places", to="consent.clbday"
                    ),
                ),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="consent.engagement"
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
            ],
            options={
                "verbose_name": "place on a CLB day",
            },
        ),
        migrations.CreateModel(
            name="CoachingNote",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "text",
                    accounts.sealing.SealedTextField(
                        "coaching_note.text", max_length=4000, verbose_name="advice for the teacher"
                    ),
                ),
                ("written_on", models.DateField(verbose_name="date")),
                ("lasts_until", models.DateField(blank=True, null=True)),
                ("removed_on", models.DateField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "engagement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consent.engagement",
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.levelphase",
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
                    "teacher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="teacher",
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
            ],
            options={
                "verbose_name": "coaching note",
            },
        ),
        migrations.CreateModel(
            name="Consultation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("held_on", models.DateField(verbose_name="date")),
                (
                    "decision",
                    models.CharField(
                        choices=[("start", "begin without the answer"), ("wait", "wait longer")],
                        max_length=6,
                        verbose_name="decision",
                    ),
                ),
                ("school_agrees", models.BooleanField(default=False, verbose_name="the school agrees")),
                ("expert_agrees", models.BooleanField(default=False, verbose_name="the expert agrees")),
                ("reason", accounts.sealing.SealedTextField("consultation.reason", max_length=400, verbose_name="why")),
                ("wait_until", models.DateField(blank=True, null=True, verbose_name="wait until")),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consultations",
                        to="consent.engagement",
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
            ],
            options={
                "verbose_name": "consultation of school and expert",
            },
        ),
        migrations.CreateModel(
            name="ExpertReport",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("clb", "CLB report: what the teacher does")], max_length=10, verbose_name="kind"
                    ),
                ),
                ("written_on", models.DateField(verbose_name="date")),
                (
                    "copy_given_on",
                    models.DateField(blank=True, null=True, verbose_name="copy for the parents given on"),
                ),
                (
                    "copy_how",
                    models.CharField(
                        blank=True,
                        choices=[("handed", "handed over"), ("post", "by post"), ("talk", "read together")],
                        max_length=10,
                        verbose_name="how",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.document"
                    ),
                ),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="consent.engagement"
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
            ],
            options={
                "verbose_name": "report of an expert",
            },
        ),
        migrations.CreateModel(
            name="HistoricalClbDay",
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
                ("held_on", models.DateField(verbose_name="date")),
                ("cancelled_on", models.DateField(blank=True, null=True)),
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
                    "expert",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="expert",
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
            ],
            options={
                "verbose_name": "historical CLB day",
                "verbose_name_plural": "historical CLB days",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalClbPlace",
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
                ("in_group", models.BooleanField(default=False)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("dropped", models.BooleanField(default=False)),
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
                    "day",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="consent.clbday",
                    ),
                ),
                (
                    "engagement",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="consent.engagement",
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
            ],
            options={
                "verbose_name": "historical place on a CLB day",
                "verbose_name_plural": "historical place on a CLB days",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalCoachingNote",
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
                    "text",
                    accounts.sealing.SealedTextField(
                        "coaching_note.text", max_length=4000, verbose_name="advice for the teacher"
                    ),
                ),
                ("written_on", models.DateField(verbose_name="date")),
                ("lasts_until", models.DateField(blank=True, null=True)),
                ("removed_on", models.DateField(blank=True, null=True)),
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
                    "author",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "engagement",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="consent.engagement",
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
                    "phase",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.levelphase",
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
                    "teacher",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="teacher",
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
            ],
            options={
                "verbose_name": "historical coaching note",
                "verbose_name_plural": "historical coaching notes",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalConsultation",
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
                ("held_on", models.DateField(verbose_name="date")),
                (
                    "decision",
                    models.CharField(
                        choices=[("start", "begin without the answer"), ("wait", "wait longer")],
                        max_length=6,
                        verbose_name="decision",
                    ),
                ),
                ("school_agrees", models.BooleanField(default=False, verbose_name="the school agrees")),
                ("expert_agrees", models.BooleanField(default=False, verbose_name="the expert agrees")),
                ("reason", accounts.sealing.SealedTextField("consultation.reason", max_length=400, verbose_name="why")),
                ("wait_until", models.DateField(blank=True, null=True, verbose_name="wait until")),
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
                    "engagement",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="consent.engagement",
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
            ],
            options={
                "verbose_name": "historical consultation of school and expert",
                "verbose_name_plural": "historical consultation of school and experts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalExpertReport",
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
                        choices=[("clb", "CLB report: what the teacher does")], max_length=10, verbose_name="kind"
                    ),
                ),
                ("written_on", models.DateField(verbose_name="date")),
                (
                    "copy_given_on",
                    models.DateField(blank=True, null=True, verbose_name="copy for the parents given on"),
                ),
                (
                    "copy_how",
                    models.CharField(
                        blank=True,
                        choices=[("handed", "handed over"), ("post", "by post"), ("talk", "read together")],
                        max_length=10,
                        verbose_name="how",
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
                    "author",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.document",
                    ),
                ),
                (
                    "engagement",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="consent.engagement",
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
            ],
            options={
                "verbose_name": "historical report of an expert",
                "verbose_name_plural": "historical report of an experts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSharingReason",
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
                    "necessity",
                    accounts.sealing.SealedTextField(
                        "sharing_reason.necessity", max_length=400, verbose_name="why the expert needs it"
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
                    "engagement",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="consent.engagement",
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
                    "item",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.shareditem",
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
            ],
            options={
                "verbose_name": "historical reason for sharing",
                "verbose_name_plural": "historical reason for sharings",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="SharingReason",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "necessity",
                    accounts.sealing.SealedTextField(
                        "sharing_reason.necessity", max_length=400, verbose_name="why the expert needs it"
                    ),
                ),
                (
                    "engagement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sharing_reasons",
                        to="consent.engagement",
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.shareditem"
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
            ],
            options={
                "verbose_name": "reason for sharing",
            },
        ),
        migrations.AddConstraint(
            model_name="clbday",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cancelled_on", None)),
                fields=("school", "expert", "held_on"),
                name="clb_day_stands_once",
                violation_error_code="day_twice",
                violation_error_message="This expert comes on that day already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="clbplace",
            constraint=models.UniqueConstraint(fields=("day", "engagement"), name="clb_place_stands_once"),
        ),
        migrations.AddConstraint(
            model_name="coachingnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("engagement", None), ("phase", None), _connector="XOR"),
                name="coaching_note_is_of_a_guidance_or_a_level",
                violation_error_code="guidance_or_level",
                violation_error_message="A coaching note is of a guidance or of a level, not both.",
            ),
        ),
        migrations.AddConstraint(
            model_name="coachingnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("engagement", None), ("lasts_until__isnull", False), _connector="OR"),
                name="coaching_note_of_a_guidance_ends",
                violation_error_code="end_missing",
                violation_error_message="Say until when.",
            ),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "start"), _negated=True),
                    models.Q(("expert_agrees", True), ("school_agrees", True)),
                    _connector="OR",
                ),
                name="consultation_begins_only_when_both_agree",
                violation_error_code="not_agreed",
                violation_error_message="Beginning without the answer asks that school and expert both agree.",
            ),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "wait"), _negated=True), ("wait_until__isnull", False), _connector="OR"
                ),
                name="consultation_says_how_long_to_wait",
                violation_error_code="until_missing",
                violation_error_message="Say until when you wait.",
            ),
        ),
    ]
