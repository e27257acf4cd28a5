"""What a telephone writes into a photograph besides the picture: where it was taken, which device, whose.

Whoever hands a photograph of a paper to the municipality shows the paper, not where they live. Pure; no table.
"""

from __future__ import annotations

import io
from typing import BinaryIO, Final

from PIL import Image

# The picture is drawn by these; nothing of them says where or by whom it was taken.
ORIENTATION: Final = 0x0112
_DETAILS, _PLACE = 0x8769, 0x8825
_HARMLESS: Final = frozenset(
    {0x0100, 0x0101, 0x0102, 0x0103, 0x0106, ORIENTATION, 0x0115, 0x011A, 0x011B, 0x0128, 0x0213}
)
_OF_THE_PICTURE: Final = frozenset(
    {
        "jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "icc_profile", "gamma",
        "adobe", "adobe_transform", "progressive", "progression", "transparency", "srgb",
        "chromaticity", "aspect", "interlace", "compression", "exif", "loop", "background",
        "duration", "timestamp", "bbox", "default_image",
    }
)  # fmt: skip
_QUALITY = 92


def untraced(content: BinaryIO) -> bytes | None:
    """The picture without place, device and person, turned as before; None where it carries nothing of them.

    A JPEG keeps its own tables, so that a paper stays as readable as it was. TIFF is what scanners write: it is left.
    """
    content.seek(0)
    with Image.open(content) as picture:
        if picture.format not in ("JPEG", "MPO", "PNG", "WEBP") or not _tells(picture):
            return None
        kept = _orientation(picture)
        colours = picture.info.get("icc_profile")
        made = io.BytesIO()
        if picture.format in ("JPEG", "MPO"):
            picture.load()
            picture.format = "JPEG"
            picture.save(
                made, "JPEG", quality="keep", exif=kept, icc_profile=colours, xmp=b"", comment=b""
            )
        elif picture.format == "PNG":
            clean = picture.copy()
            clean.info = {
                one: told
                for one, told in picture.info.items()
                if one in ("transparency", "gamma", "dpi")
            }
            clean.save(made, "PNG", exif=kept or None, icc_profile=colours)
        else:
            picture.save(
                made, "WEBP", quality=_QUALITY, exif=kept, icc_profile=colours or b"", xmp=b""
            )
    return made.getvalue()


def _orientation(picture: Image.Image) -> bytes:
    """How it is to be turned, as EXIF of its own; nothing where it stands upright."""
    turned = picture.getexif().get(ORIENTATION)
    if not turned:
        return b""
    kept = Image.Exif()
    kept[ORIENTATION] = turned
    return kept.tobytes()


def _tells(picture: Image.Image) -> bool:
    """Whether anything stands in it beyond what drawing it needs."""
    if picture.format == "MPO" or set(picture.info) - _OF_THE_PICTURE:
        return True
    exif = picture.getexif()
    return bool(set(exif) - _HARMLESS) or any(exif.get_ifd(ifd) for ifd in (_DETAILS, _PLACE))
