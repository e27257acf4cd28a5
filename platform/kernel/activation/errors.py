from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal


class ModuleIsNeeded(Refusal):
    code = "module_is_needed"
    sentence = _("“%(module)s” cannot be switched off while these need it: %(needed_by)s.")


class ModuleNeedsOthers(Refusal):
    code = "module_needs_others"
    sentence = _("“%(module)s” needs these switched on first: %(needs)s.")


class ModuleIsBuiltIn(Refusal):
    code = "module_is_built_in"
    sentence = _("“%(module)s” is part of the house and is always on.")
