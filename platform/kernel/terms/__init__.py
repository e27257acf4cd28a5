"""The words of the domain, by key, in the municipality's dialect.

Gaza says خلو طرف and أمانات, the West Bank براءة ذمة and تأمينات; a قطعة is a block in Gaza and a parcel in the
West Bank. Whatever names such a thing on a screen or a paper asks here. The rest of the text is gettext.
"""

from kernel.terms.dictionary import DIALECTS, WORDS, UnknownTerm, Word
from kernel.terms.lookup import (
    has_term,
    month_name,
    month_names,
    set_dialect_provider,
    term,
    term_lazy,
)

__all__ = [
    "DIALECTS",
    "WORDS",
    "UnknownTerm",
    "Word",
    "has_term",
    "month_name",
    "month_names",
    "set_dialect_provider",
    "term",
    "term_lazy",
]
