"""Small pictures of files, made with limits: pixels, one page, no metadata."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from kernel.files.errors import NoPreview
from kernel.files.kinds import BY_MEDIA_TYPE, PDF, PICTURES
from kernel.files.models import StoredFile
from kernel.files.pdfs import PdfUnreadable, opened_pdf

MOST_PIXELS: Final = 120_000_000  # an A0 plan scanned at 200 dpi is 62 million


def thumbnail(file: StoredFile, *, width: int = 320) -> bytes:
    """The first page or the picture as PNG, at most `width` wide and twice as high. Refuses `NoPreview`."""
    kind = BY_MEDIA_TYPE.get(file.media_type)
    try:
        if kind is PDF:
            picture = _first_page(file.read(), width)
        elif kind in PICTURES:
            picture = _picture(file.read(), width)
        else:
            raise NoPreview(name=file.name)
    except (PdfUnreadable, UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise NoPreview(name=file.name) from None
    except Image.DecompressionBombError:
        raise NoPreview(name=file.name) from None
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _first_page(content: bytes, width: int) -> Image.Image:
    with opened_pdf(content) as document:
        page = document[0]
        across, high = page.get_size()
        scale = min(width / max(across, 1), 2 * width / max(high, 1))
        picture: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
    return picture


def _picture(content: bytes, width: int) -> Image.Image:
    with Image.open(io.BytesIO(content)) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        picture.draft("RGB", (width * 2, width * 2))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((width, width * 2))
        plain: Image.Image = upright.convert("RGB")
        plain.info.clear()
        return plain
