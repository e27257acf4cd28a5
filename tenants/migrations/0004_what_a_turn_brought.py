"""What a release gave to a municipality beside tables."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_support")]

    operations = [
        migrations.AddField(
            model_name="turn",
            name="brought",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
