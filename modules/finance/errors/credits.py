"""Refusals of write-offs."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, Refusal


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


class CategoryNotExempted(Refusal):
    code = "category_not_exempted"
    sentence = _("By policy REV-05 nothing is exempted for: %(category)s.")
    field = "category"


class ProofMissing(InvalidInput):
    code = "proof_missing"
    sentence = _("Attach the paper that proves the category (policy REV-05).")
    field = "proof"


class ExemptedAlready(Conflict):
    code = "exempted_already"
    sentence = _("This due was exempted by category already.")
    field = "category"


class ExemptedElsewhere(Refusal):
    code = "exempted_elsewhere"
    sentence = _(
        "This person is exempted for %(place)s this year (%(due)s), and by policy REV-05 for one property only."
    )
    field = "category"
