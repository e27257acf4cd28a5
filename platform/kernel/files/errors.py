"""Why a file is not taken in, or not shown."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import InvalidInput, Refusal, Unavailable


class FileRefused(InvalidInput):
    """Any reason for which a file is not taken in."""

    code = "file_refused"
    sentence = _("This file cannot be accepted.")
    field = "file"


class FileEmpty(FileRefused):
    code = "file_empty"
    sentence = _("“%(name)s” is empty. Scan or save it again.")


class FileTooLarge(FileRefused):
    code = "file_too_large"
    sentence = _("“%(name)s” is larger than %(limit)s MB. Scan it at 200 dpi or split it.")


class KindRefused(FileRefused):
    """A kind that is not kept: programs, web pages, macros, archives."""

    code = "file_kind_refused"
    sentence = _("“%(name)s” is %(found)s. Send PDF, a picture, Word, Excel or plain text.")


class KindMismatch(KindRefused):
    """A good name before another kind of content."""

    code = "file_kind_mismatch"
    sentence = _("“%(name)s” is named as %(claimed)s, but it is %(found)s.")


class FileDamaged(FileRefused):
    code = "file_damaged"
    sentence = _("“%(name)s” is cut off or damaged and cannot be opened.")


class FileLocked(FileRefused):
    code = "file_locked"
    sentence = _("“%(name)s” asks for a password. Save it without one and send it again.")


class FileUnsafe(FileRefused):
    """A package that unpacks to far more than it weighs, or a picture of absurd size."""

    code = "file_unsafe"
    sentence = _("“%(name)s” unpacks to more than can be opened safely.")


class FileDiscarded(Refusal):
    """The bytes were destroyed under a retention decision; the record of them stays."""

    code = "file_discarded"
    sentence = _("The content of “%(name)s” was destroyed by a disposal decision.")


class FileMissing(Unavailable):
    """The record is there and its bytes are not: the store is away or has lost them."""

    code = "file_missing"
    sentence = _("The content of “%(name)s” cannot be reached now.")


class FileNotKept(Unavailable):
    """The store is full or away: neither the bytes nor a record of them were written."""

    code = "file_not_kept"
    sentence = _(
        "“%(name)s” could not be kept: the store of files is full or does not answer. Nothing was written; try again later."
    )


class NoPreview(Refusal):
    code = "file_no_preview"
    sentence = _("“%(name)s” has no preview. Download it to open it.")
