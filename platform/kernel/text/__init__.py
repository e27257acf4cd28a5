"""Arabic text a clerk can trust: one folding, in Python and in SQL, tested equal.

Folded text is only ever compared; what people see is always what was typed.
"""

from kernel.text.folding import clean, fold, fold_key, normalise_digits, tokens
from kernel.text.listing import comma, listed

__all__ = ["clean", "comma", "fold", "fold_key", "listed", "normalise_digits", "tokens"]
