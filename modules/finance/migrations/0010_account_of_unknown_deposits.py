"""The account on which deposits wait whose payer is not known, in books that were there before it."""

from django.db import migrations

ADD = """
    SELECT set_config('baladiyat.act', '{"name": "release"}', true);
    INSERT INTO finance_account (uid, created_at, code, name_ar, name_en, parent_id, kind, role, is_posting,
        needs_party, is_active, report_line, at_bank)
    SELECT gen_random_uuid(), now(), '254', 'إيداعات بنكية لم يعرف دافعها', 'Bank deposits of unknown payers', p.id,
        'liability', 'unidentified', true, false, true, '', '{}'
    FROM finance_account p
    WHERE p.code = '25' AND NOT EXISTS (SELECT 1 FROM finance_account t WHERE t.code = '254' OR t.role = 'unidentified');
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("finance", "0009_bank_statements")]

    operations = [migrations.RunSQL(ADD, migrations.RunSQL.noop)]
