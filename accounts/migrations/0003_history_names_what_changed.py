"""History names the fields that changed, for who may not read their content."""

import django.contrib.postgres.fields
from django.db import migrations, models

import accounts.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_wall"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalboard",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalhelpdesk",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalholiday",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalmembership",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalschool",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
        migrations.AddField(
            model_name="historicalstaffleave",
            name="changed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=accounts.models.fields_changed, size=None
            ),
        ),
    ]
