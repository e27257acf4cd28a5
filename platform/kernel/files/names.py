"""Names of files as people give them, made harmless."""

from __future__ import annotations

import re
import unicodedata

from kernel.files.kinds import Kind

LONGEST = 120
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')


def clean_name(name: str, kind: Kind) -> str:
    """The last part of a path, without controls, overrides of direction and signs that some disk
    refuses, not longer than 120 characters, with an extension."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(one for one in last if unicodedata.category(one)[0] != "C")
    tidy = " ".join(_NOT_IN_NAMES.sub("_", visible).split()).strip(". ")
    stem, extension = split_name(tidy)
    if not extension:
        extension = kind.extensions[0]
    return f"{stem[: LONGEST - len(extension) - 1].strip() or 'file'}.{extension}"


def split_name(name: str) -> tuple[str, str]:
    """Stem and extension in small letters; what follows a dot is an extension only when it
    looks like one (`عقد.رقم 5` has none)."""
    stem, dot, extension = name.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,8}", extension):
        return name, ""
    return stem, extension.lower()
