"""What a supervisor is told of the history of questions and answers. Coaching notes are of the teacher: not told of."""

from django.db import migrations

from cases.wall import trace


class Migration(migrations.Migration):
    dependencies = [("consent", "0004_wall_for_experts"), ("cases", "0005_history_for_supervisors")]
    operations = [
        trace(
            "consent",
            "engagement",
            "engagementpart",
            "parentchoice",
            "consultation",
            "sharingreason",
            "expertreport",
            "clbplace",
        )
    ]
