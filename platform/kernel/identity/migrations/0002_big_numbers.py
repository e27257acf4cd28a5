from django.db import migrations

# allauth numbers its addresses with integers; Citus spreads only tables that number themselves with bigint.
BIG = """
ALTER TABLE account_emailaddress ALTER COLUMN id TYPE bigint;
ALTER TABLE account_emailconfirmation ALTER COLUMN id TYPE bigint, ALTER COLUMN email_address_id TYPE bigint;
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial"), ("account", "0009_emailaddress_unique_primary_email")]
    operations = [migrations.RunSQL(BIG, migrations.RunSQL.noop)]
