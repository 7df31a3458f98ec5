"""The letter that tells parents why the expert begins without their answer; the pupil administration's tick."""

import django.contrib.postgres.fields
from django.db import migrations, models

import accounts.models


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0002_wall"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicaladdressee",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalissuedletter",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalissuedletter",
            name="in_administration_on",
            field=models.DateField(blank=True, null=True, verbose_name="also in the pupil administration since"),
        ),
        migrations.AddField(
            model_name="issuedletter",
            name="in_administration_on",
            field=models.DateField(blank=True, null=True, verbose_name="also in the pupil administration since"),
        ),
        migrations.AlterField(
            model_name="historicalissuedletter",
            name="kind",
            field=models.CharField(
                choices=[
                    ("referral", "letter about an external expert"),
                    ("reminder", "reminder"),
                    ("report", "report of a talk"),
                    ("started", "letter that the expert begins without an answer"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="issuedletter",
            name="kind",
            field=models.CharField(
                choices=[
                    ("referral", "letter about an external expert"),
                    ("reminder", "reminder"),
                    ("report", "report of a talk"),
                    ("started", "letter that the expert begins without an answer"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
    ]
