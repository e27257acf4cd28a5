"""Which seeds were planted last."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("profile", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="profile",
            name="seeds_mark",
            field=models.TextField(db_default="", default="", editable=False),
        ),
    ]
