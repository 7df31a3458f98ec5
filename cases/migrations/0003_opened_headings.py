"""What an expert reads: opened headings, single items left out, texts without a name. The pupil administration's tick.

Grants are thrown away: they follow from the answers, and `manage.py daily` makes them anew with the new columns.
"""

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
        ("cases", "0002_wall"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("delete from cases_trajectorygrant", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="caseterms",
            name="asks_administration",
            field=models.BooleanField(
                default=False, verbose_name="reports, letters and closed cases also stand in the pupil administration"
            ),
        ),
        migrations.AddField(
            model_name="conversation",
            name="in_administration_on",
            field=models.DateField(blank=True, null=True, verbose_name="also in the pupil administration since"),
        ),
        migrations.AddField(
            model_name="document",
            name="author",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="in_administration_on",
            field=models.DateField(blank=True, null=True, verbose_name="also in the pupil administration since"),
        ),
        migrations.AddField(
            model_name="historicalagreement",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalattendee",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalcaseexclusion",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalcasemember",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalcaseterms",
            name="asks_administration",
            field=models.BooleanField(
                default=False, verbose_name="reports, letters and closed cases also stand in the pupil administration"
            ),
        ),
        migrations.AddField(
            model_name="historicalcaseterms",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalconversation",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalconversation",
            name="in_administration_on",
            field=models.DateField(blank=True, null=True, verbose_name="also in the pupil administration since"),
        ),
        migrations.AddField(
            model_name="historicaldocument",
            name="author",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicaldocument",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicaldocument",
            name="in_administration_on",
            field=models.DateField(blank=True, null=True, verbose_name="also in the pupil administration since"),
        ),
        migrations.AddField(
            model_name="historicalentry",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalgroup",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalgroupplace",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalgroupteacher",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalguardian",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalguardianship",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalheading",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalimportrun",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalintervention",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicallevelphase",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalposition",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalpupil",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalreportsharing",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalsupportlevel",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicaltrajectory",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicaltrajectory",
            name="in_administration_on",
            field=models.DateField(blank=True, null=True, verbose_name="also in the pupil administration since"),
        ),
        migrations.AddField(
            model_name="trajectory",
            name="in_administration_on",
            field=models.DateField(blank=True, null=True, verbose_name="also in the pupil administration since"),
        ),
        migrations.AddField(
            model_name="trajectorygrant",
            name="engagement",
            field=models.UUIDField(default=None),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="trajectorygrant",
            name="from_on",
            field=models.DateField(default=None),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="trajectorygrant",
            name="visit",
            field=models.CharField(
                choices=[("no", "no visit"), ("class", "teacher and group"), ("child", "also this child")],
                default=None,
                max_length=6,
            ),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="HistoricalLeftOutItem",
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
                        choices=[("entry", "note"), ("document", "document"), ("talk", "talk")], max_length=8
                    ),
                ),
                ("item", models.UUIDField()),
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
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reader",
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
                "verbose_name": "historical left out",
                "verbose_name_plural": "historical left outs",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalMovedRecord",
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
                        choices=[("entry", "note"), ("document", "document"), ("talk", "talk")], max_length=8
                    ),
                ),
                ("moved_on", models.DateField()),
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
                "verbose_name": "historical moved to the right child",
                "verbose_name_plural": "historical moved to the right childs",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSharedItem",
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
                    "title",
                    accounts.sealing.SealedTextField("shared_item.title", max_length=120, verbose_name="what it is"),
                ),
                (
                    "text",
                    accounts.sealing.SealedTextField(
                        "shared_item.text", max_length=4000, verbose_name="text without a name"
                    ),
                ),
                ("shared_on", models.DateField()),
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
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reader",
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
                "verbose_name": "historical shared without a name",
                "verbose_name_plural": "historical shared without a names",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="MovedRecord",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("entry", "note"), ("document", "document"), ("talk", "talk")], max_length=8
                    ),
                ),
                ("moved_on", models.DateField()),
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
                "verbose_name": "moved to the right child",
            },
        ),
        migrations.CreateModel(
            name="GrantedHeading",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("from_on", models.DateField()),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="headings", to="cases.trajectorygrant"
                    ),
                ),
                (
                    "heading",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.heading"
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.school"
                    ),
                ),
                (
                    "trajectory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.trajectory"
                    ),
                ),
            ],
            options={
                "verbose_name": "opened heading",
                "constraints": [
                    models.UniqueConstraint(fields=("grant", "heading"), name="grant_opens_a_heading_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="LeftOutItem",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("entry", "note"), ("document", "document"), ("talk", "talk")], max_length=8
                    ),
                ),
                ("item", models.UUIDField()),
                ("dropped", models.BooleanField(default=False)),
                (
                    "reader",
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
                "verbose_name": "left out",
                "constraints": [models.UniqueConstraint(fields=("reader", "item"), name="left_out_stands_once")],
            },
        ),
        migrations.CreateModel(
            name="SharedItem",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "title",
                    accounts.sealing.SealedTextField("shared_item.title", max_length=120, verbose_name="what it is"),
                ),
                (
                    "text",
                    accounts.sealing.SealedTextField(
                        "shared_item.text", max_length=4000, verbose_name="text without a name"
                    ),
                ),
                ("shared_on", models.DateField()),
                ("removed_on", models.DateField(blank=True, null=True)),
                (
                    "reader",
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
                "verbose_name": "shared without a name",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("removed_on", None), ("removed_on__gte", models.F("shared_on")), _connector="OR"
                        ),
                        name="shared_item_is_removed_after_it_was_shared",
                        violation_error_code="ends_before_it_begins",
                        violation_error_message="The end lies before the beginning.",
                    )
                ],
            },
        ),
    ]
