"""In which session and request something was done, and for whom; and the seals that chains are held against."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chain")]
    operations = [
        migrations.AddField("event", "on_behalf", models.UUIDField(null=True)),
        migrations.AddField("event", "session", models.CharField(max_length=64, null=True)),
        migrations.AddField("event", "request", models.UUIDField(null=True)),
        migrations.CreateModel(
            name="SealPoint",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("chain", models.CharField(max_length=40)),
                ("seq", models.BigIntegerField()),
                ("seal", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("is_cut", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["chain", "seq"], name="a_chain_is_sealed_once_at_one_place")
                ]
            },
        ),
    ]
