"""What a clerk on a slow line downloads before she can work: kept below a number (design.md 9)."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from machine.report import say

LARGEST = {".css": 40 * 1024, ".js": 70 * 1024}


def problems(dist: Path) -> list[str]:
    """One sentence for each entry of the build that is too large. Prints what it measured."""
    found = [
        path
        for path in (dist / "manifest.json", dist / ".vite" / "manifest.json")
        if path.is_file()
    ]
    if not found:
        return [f"{dist} holds no manifest.json: the build wrote none"]
    manifest = json.loads(found[0].read_text())
    sentences = []
    for name, entry in sorted(manifest.items()):
        if not entry.get("isEntry"):
            continue
        files = _first_download(manifest, name, set())
        for kind, limit in LARGEST.items():
            size = sum(_packed(dist / file) for file in files if file.endswith(kind))
            if size:
                say(f"{name}: {size / 1024:.1f} KB of {kind[1:]} gzip (at most {limit // 1024})")
            if size > limit:
                sentences.append(
                    f"{name} loads {size / 1024:.1f} KB of {kind[1:]}, at most "
                    f"{limit // 1024} KB are allowed"
                )
    return sentences


def _first_download(manifest: dict[str, Any], name: str, seen: set[str]) -> set[str]:
    """The files of an entry and of what it imports at once; dynamic imports come later."""
    if name in seen:
        return set()
    seen.add(name)
    entry = manifest[name]
    files = {entry["file"], *entry.get("css", ())}
    for imported in entry.get("imports", ()):
        files |= _first_download(manifest, imported, seen)
    return files


def _packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 6))
