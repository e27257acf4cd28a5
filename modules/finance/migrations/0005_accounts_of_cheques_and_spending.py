"""Accounts that cheques, spending and the year's closing post to, in books that were there before them."""

from django.db import migrations

ADD = """
    SELECT set_config('baladiyat.act', '{"name": "release"}', true);
    INSERT INTO finance_account (uid, created_at, code, name_ar, name_en, parent_id, kind, role, is_posting,
        needs_party, is_active, report_line)
    SELECT gen_random_uuid(), now(), n.code, n.name_ar, n.name_en, p.id, n.kind,
        CASE WHEN EXISTS (SELECT 1 FROM finance_account t WHERE t.role = n.role) THEN '' ELSE n.role END,
        true, n.needs_party, true, ''
    FROM (VALUES
        ('1291', 'ذمم مغطاة بشيكات مؤجلة (تطرح من الذمم)', 'Dues covered by post-dated cheques', '12', 'asset',
            'covered_by_cheques', false),
        ('151', 'السلف النثرية', 'Petty cash', '15', 'asset', 'petty_cash', false),
        ('152', 'سلف وعهد الموظفين', 'Advances and custody of staff', '15', 'asset', 'staff_advances', true),
        ('211', 'شيكات صادرة لم تصرف', 'Cheques issued and not yet cashed', '21', 'liability', 'cheques_issued', false),
        ('475', 'بدل شيكات راجعة', 'Charges for returned cheques', '47', 'revenue', '', false),
        ('476', 'أمانات مصادرة', 'Deposits forfeited', '47', 'revenue', 'forfeited', false),
        ('56', 'عمولات ومصاريف بنكية', 'Bank charges', '5', 'expense', 'bank_charges', false)
    ) AS n (code, name_ar, name_en, above, kind, role, needs_party)
    JOIN finance_account p ON p.code = n.above
    WHERE NOT EXISTS (SELECT 1 FROM finance_account t WHERE t.code = n.code);
    UPDATE finance_account a SET role = n.role
    FROM (VALUES ('132', 'postdated_cheques'), ('133', 'under_collection'), ('21', 'payables'), ('31', 'accumulated'),
        ('91', 'commitments'), ('92', 'commitments_contra')) AS n (code, role)
    WHERE a.code = n.code AND a.role = ''
        AND NOT EXISTS (SELECT 1 FROM finance_account t WHERE t.role = n.role);
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("finance", "0004_register_of_cheques")]

    operations = [migrations.RunSQL(ADD, migrations.RunSQL.noop)]
