"""Roles that are there already: what they have, and what somebody once took out of them, was given.

The trail knows what was taken out; it is not given again.
"""

from django.db import migrations

FILL = """
    SELECT set_config('baladiyat.act', '{"name": "release"}', true);
    UPDATE organisation_role r SET given = ARRAY(
        SELECT DISTINCT one FROM (
            SELECT unnest(r.permissions) AS one
            UNION SELECT jsonb_array_elements_text(a.before -> 'permissions') FROM audit_entry a
                WHERE a.table_name = 'organisation_role' AND a.row_id = r.id::text
                  AND jsonb_typeof(a.before -> 'permissions') = 'array'
        ) had ORDER BY one
    ) WHERE r.is_template AND r.given = '{}';
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0002_remember_what_templates_gave"),
        ("audit", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
