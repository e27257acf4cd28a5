"""Why a paper is not filed, or not shown."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, NotVisible


class RecordNotFound(NotVisible):
    code = "record_not_found"
    sentence = _("There is no such record in the archive.")


class TitleMissing(InvalidInput):
    code = "record_title_missing"
    sentence = _("Write what the paper is.")
    field = "title"


class TypeUnknown(InvalidInput):
    code = "record_type_unknown"
    sentence = _("Choose the type of the paper from the list.")
    field = "type_code"


class PersonUnknown(InvalidInput):
    code = "record_person_unknown"
    sentence = _("Nobody with this ID number is registered.")
    field = "party"


class DatedAhead(InvalidInput):
    code = "record_dated_ahead"
    sentence = _("The date of the paper may not be after today.")
    field = "dated_on"


class AlreadyFiled(Conflict):
    """The very same content is there already: mostly a scan sent twice, sometimes meant."""

    code = "record_already_filed"
    sentence = _(
        "The same content is already filed under number %(number)s. Tick “File it all the same” if it is meant."
    )
    field = "again"
