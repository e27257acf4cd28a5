"""Who may see the requests that are there already: sections on their route, openers and assignees."""

from django.db import migrations

FILL = """
    SELECT set_config('baladiyat.act', '{"name": "release"}', true);
    UPDATE frontdesk_request r SET seen_by = marks.who FROM (
        SELECT id, array_agg(DISTINCT mark ORDER BY mark) AS who FROM (
            SELECT request_id AS id, section_id AS mark FROM frontdesk_requeststep
            UNION SELECT request_id, -assignee_id FROM frontdesk_requeststep WHERE assignee_id IS NOT NULL
            UNION SELECT id, -opened_by_id FROM frontdesk_request WHERE opened_by_id IS NOT NULL
        ) one GROUP BY id
    ) marks WHERE marks.id = r.id AND r.seen_by = '{}';
"""


class Migration(migrations.Migration):
    dependencies = [("frontdesk", "0002_seen_by")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
