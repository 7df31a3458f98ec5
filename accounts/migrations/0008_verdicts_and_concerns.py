"""Looking into how colleagues look: verdicts with a note, and signals that their subject doesn't see."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import accounts.models
import accounts.sealing
from accounts.wall import guard, only_grows

DIRECTED = "school_id = any((select schools_as('{director}'))::uuid[])"
SEE = f"""((school_id = any((select traced_schools())::uuid[])
        or ({DIRECTED} and not is_restricted and about <> (select app_user())))
    and coalesce(dossier <> all((select barred_trajectories())::uuid[]), true))"""

# Whom a signal is about, sees nothing of it: not the signal, not its history, not what the record says of it. That is
# a policy on top of all others; the steps hang on what is seen of the signal.
NOT_ABOUT_ME = "(select app_system()) or {0} <> all((select signals_about_me())::uuid[])"
CONCERNS = f"""
create function signals_about_me() returns uuid[] stable language sql
    security definer set search_path = public, pg_temp as $$
    select coalesce(array_agg(signal), '{{}}') from accounts_concern where user_id = app_user()
$$;
create policy not_about_me on cases_privacysignal as restrictive for select using ({NOT_ABOUT_ME.format("id")});
create policy not_about_me on cases_historicalprivacysignal as restrictive for select using ({NOT_ABOUT_ME.format("id")});
create policy not_about_me on audit_event as restrictive for select
    using (kind <> 'cases.privacysignal' or subject is null or {NOT_ABOUT_ME.format("subject")});
"""
UNDO = """
drop policy not_about_me on audit_event;
drop policy not_about_me on cases_historicalprivacysignal;
drop policy not_about_me on cases_privacysignal;
drop function signals_about_me();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_now"),
        ("cases", "0009_wall_for_signals"),
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
                        violation_error_code="of_what",
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
        migrations.CreateModel(
            name="Concern",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("signal", models.UUIDField(unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        only_grows("accounts_concern"),
        migrations.RunSQL(CONCERNS, UNDO),
    ]
