from django.utils.translation import gettext_lazy as _

from kernel.errors import InvalidInput


class KeyReused(InvalidInput):
    code = "key_reused"
    sentence = _(
        "This key was already used for something else. Send the new content under a new key."
    )
