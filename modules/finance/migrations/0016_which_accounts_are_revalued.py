"""Which accounts are revalued, and where the difference goes, in books that were there before it."""

from django.db import migrations

FILL = """
    SELECT set_config('baladiyat.act', '{"name": "release"}', true);
    INSERT INTO finance_account (uid, created_at, code, name_ar, name_en, parent_id, kind, role, is_posting,
        needs_party, is_active, report_line, at_bank, is_monetary)
    SELECT gen_random_uuid(), now(), '477', 'فروق عملة غير محققة', 'Unrealised exchange differences', p.id,
        'revenue', 'unrealised', true, false, true, '', '{}', false
    FROM finance_account p
    WHERE p.code = '47' AND NOT EXISTS (SELECT 1 FROM finance_account t WHERE t.code = '477' OR t.role = 'unrealised');
    UPDATE finance_account a SET is_monetary = true
    WHERE a.kind IN ('asset', 'liability') AND NOT a.is_monetary AND (
        a.needs_party
        OR a.role IN ('bank', 'cards', 'wallets', 'transfers', 'cheques_in_safe', 'postdated_cheques', 'under_collection',
            'covered_by_cheques', 'set_off', 'petty_cash', 'staff_advances', 'payables', 'cheques_issued', 'advances',
            'unidentified')
        OR a.id IN (SELECT account_id FROM finance_cashbox)
        OR a.parent_id IN (SELECT b.parent_id FROM finance_account b WHERE b.role = 'bank')
        OR (a.code, a.name_ar) IN (VALUES ('11', 'نقد وبنوك'), ('111', 'الصناديق'), ('112', 'البنوك'),
            ('113', 'مقبوضات قيد الوصول'), ('12', 'ذمم مدينة'), ('13', 'شيكات برسم التحصيل'), ('15', 'سلف وعهد'),
            ('22', 'أمانات وتأمينات'), ('23', 'رواتب وتقاعد مستحقة'), ('24', 'قروض')));
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("finance", "0015_revaluation_at_months_end")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
