"""Refusals of write-offs."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal


class DebtTooYoung(Refusal):
    code = "debt_too_young"
    sentence = _(
        "A debt is written off once it is %(years)s years old (FIN-11); this one was due on %(due_on)s."
    )
    field = "kind"


class WriteOffAboveAuthority(Refusal):
    code = "write_off_above_authority"
    sentence = _("A write-off of this amount is decided by: %(authority)s (FIN-11).")
    field = "authority"
