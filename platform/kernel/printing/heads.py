"""The municipality's letterhead, from its profile; and as it was on the day of a paper."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from kernel.files.errors import FileDiscarded, FileMissing
from kernel.files.models import StoredFile
from kernel.printing.letterhead import Letterhead
from kernel.profile.models import Profile
from kernel.profile.names import full_names
from kernel.profile.selectors import profile
from kernel.tenancy import current_schema

_EMBLEM = ("emblem", "emblem_media_type")


def current_letterhead() -> Letterhead:
    """The letterhead as the profile says today. No query while nothing changed."""
    town = profile()
    head = Letterhead(**_words(town))
    return _with_emblem(head, str(town.emblem or ""))


def kept_head(head: Letterhead) -> dict[str, Any]:
    """What a copy needs of today's letterhead; the emblem by its file, which never changes."""
    words = {name: value for name, value in asdict(head).items() if name not in _EMBLEM}
    return words | {"emblem": str(profile().emblem or "")}


def head_of_the_day(kept: dict[str, Any]) -> Letterhead:
    """The letterhead under which a paper was issued."""
    words: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()
    }
    emblem = str(words.pop("emblem", ""))
    return _with_emblem(Letterhead(**words), emblem)


def public_base() -> str:
    """The address under which citizens reach this municipality, without a slash at its end."""
    return str(profile().public_base_url).rstrip("/")


def _words(town: Profile) -> dict[str, Any]:
    name_ar, name_en = full_names(town)
    words: dict[str, Any] = {
        "name_ar": name_ar,
        "name_en": name_en,
        "governorate_ar": f"محافظة {town.governorate_ar}" if town.governorate_ar else "",
        "governorate_en": f"{town.governorate_en} Governorate" if town.governorate_en else "",
        "address": town.address_ar,
        "phone": town.phone,
        "website": urlsplit(town.website).netloc if town.website else "",
        "colour": town.primary_colour,
        "digits": town.digits,
        "months": town.month_names,
        "is_demo": town.is_demo,
        "verify_base": public_base(),
    }
    if town.letterhead:
        words["above_ar"] = tuple(str(line) for line in town.letterhead)
    return words


def _with_emblem(head: Letterhead, uid: str) -> Letterhead:
    if not uid:
        return head
    picture, media_type = _emblem(current_schema(), uid)
    return replace(head, emblem=picture, emblem_media_type=media_type)


@lru_cache(maxsize=256)
def _emblem(schema: str, uid: str) -> tuple[bytes, str]:
    """The bytes of the emblem; a store that is away costs the picture, not the paper."""
    del schema  # part of the key: a uid belongs to one municipality
    file = StoredFile.objects.select_related("blob").filter(uid=uid).first()
    if file is None:
        return b"", ""
    try:
        return file.read(), file.media_type
    except (FileMissing, FileDiscarded):
        return b"", ""
