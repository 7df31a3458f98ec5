"""A school may have older keys beside the one that closes; the installation may have one; none is ever deleted."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def keep(apps, schema_editor):
    """A key that goes takes with it everything that it closed: the application empties one, and deletes none."""
    role = schema_editor.quote_name(settings.APPLICATION_ROLE)
    schema_editor.execute(f"revoke delete, truncate on accounts_schoolkey from {role}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_rights_approval_and_review")]

    operations = [
        migrations.AlterField(
            model_name="schoolkey",
            name="school",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="keys", to="accounts.school"
            ),
        ),
        migrations.AddField("schoolkey", "retired_on", models.DateField(null=True)),
        migrations.AddField("schoolkey", "destroyed_on", models.DateField(null=True)),
        migrations.AddConstraint(
            "schoolkey",
            models.UniqueConstraint(
                condition=models.Q(retired_on=None),
                fields=("school",),
                name="school_has_one_key_that_closes",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            "schoolkey",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(destroyed_on=None) & ~models.Q(wrapped=b""),
                    models.Q(destroyed_on__isnull=False, retired_on__isnull=False, wrapped=b""),
                    _connector="OR",
                ),
                name="destroyed_key_is_empty",
            ),
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
