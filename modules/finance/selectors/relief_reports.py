"""Reports of what was given away: by who decided, and by what for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from modules.finance.selectors.tables import Chart, Report, sql_table

# Exemptions, discounts and write-offs by who decided: how many dues, whose, how much.
_BY_AUTHORITY = """
    SELECT CASE WHEN r.authority = '' THEN NULL ELSE r.authority END, r.kind, c.currency, count(DISTINCT c.id),
        count(DISTINCT c.party_id), sum(r.amount)
    FROM finance_credit r JOIN finance_charge c ON c.id = r.charge_id JOIN finance_entry e ON e.id = r.entry_id
    JOIN finance_dueskind k ON k.id = c.kind_id JOIN finance_account a ON a.id = k.revenue_id AND NOT a.needs_party
    WHERE r.kind IN ('exemption', 'discount', 'write_off') AND e.date BETWEEN %(since)s AND %(until)s
        AND NOT EXISTS (SELECT 1 FROM finance_entry v WHERE v.reverses_id = e.id)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
# And by what it was given for: a social category, the reward of who pays on time, a campaign, anything else.
_BY_GROUND = """
    SELECT CASE WHEN r.campaign_id IS NOT NULL THEN 'campaign' WHEN r.ground = '' THEN 'other' ELSE r.ground END, r.kind,
        c.currency, count(DISTINCT c.id), count(DISTINCT c.party_id), sum(r.amount)
    FROM finance_credit r JOIN finance_charge c ON c.id = r.charge_id JOIN finance_entry e ON e.id = r.entry_id
    JOIN finance_dueskind k ON k.id = c.kind_id JOIN finance_account a ON a.id = k.revenue_id AND NOT a.needs_party
    WHERE r.kind IN ('exemption', 'discount', 'write_off') AND e.date BETWEEN %(since)s AND %(until)s
        AND NOT EXISTS (SELECT 1 FROM finance_entry v WHERE v.reverses_id = e.id)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""

RELIEF_REPORTS: dict[str, Report] = {
    "by-authority": Report(
        _("Exemptions by authority"),
        sql_table(
            (
                _("Decided by"),
                _("Kind"),
                _("Currency"),
                _("Dues"),
                _("Persons"),
                _("Amount"),
            ),
            _BY_AUTHORITY,
        ),
        Chart(label=0, values=(5,), currency=2),
    ),
    "by-ground": Report(
        _("Revenue forgone by reason"),
        sql_table(
            (
                _("Reason"),
                _("Kind"),
                _("Currency"),
                _("Dues"),
                _("Persons"),
                _("Amount"),
            ),
            _BY_GROUND,
        ),
        Chart(label=0, values=(5,), currency=2),
    ),
}
