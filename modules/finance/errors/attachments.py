"""Refusals of scanned papers."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import InvalidInput


class PaperMissing(InvalidInput):
    code = "paper_missing"
    sentence = _("Choose at least one file.")


class TooManyPapers(InvalidInput):
    code = "too_many_papers"
    sentence = _("At most %(limit)s files at once.")
