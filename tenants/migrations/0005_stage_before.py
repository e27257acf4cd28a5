"""A suspended municipality comes back to the stage that it was in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_what_a_turn_brought")]

    operations = [
        migrations.AddField(
            model_name="municipality",
            name="stage_before",
            field=models.TextField(
                blank=True,
                choices=[
                    ("provisioning", "Being made"),
                    ("onboarding", "Coming on board"),
                    ("training", "In training"),
                    ("live", "Live"),
                    ("suspended", "Suspended"),
                    ("archived", "Archived"),
                ],
                db_default="",
                default="",
            ),
        ),
    ]
