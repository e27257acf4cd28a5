"""The first screen with an empty cache: what it weighs."""

from __future__ import annotations

import argparse
import gzip
import http.client
import re

from machine.report import Trouble

from measure.stage import HOST, Stage
from measure.table import Row

LIMIT = 300 * 1024
FIRST_SCREEN = "/login/"
ASSET = re.compile(rb"""(?:href|src)=["']([^"'#?]+\.(?:css|js|woff2|svg|png))["'#?]""")
IN_STYLES = re.compile(rb"""url\(["']?([^"')]+\.woff2)["']?\)""")


def measure(stage: Stage, wishes: argparse.Namespace) -> list[Row]:
    """Asks the web as a browser would: the page, its styles, scripts and fonts, compressed."""
    del wishes
    if not stage.port:
        stage.serve()
    page, size = fetch(stage, FIRST_SCREEN)
    sizes = {"page": size}
    for path in sorted(set(ASSET.findall(page))):
        body, size = fetch(stage, path.decode())
        kind = path.rsplit(b".", 1)[-1].decode()
        sizes[kind] = sizes.get(kind, 0) + size
        if kind == "css":
            sizes["fonts"] = sum(
                fetch(stage, "/static/assets/" + font.decode().rsplit("/", 1)[-1])[1]
                for font in sorted(set(IN_STYLES.findall(body)))
                if b"arabic-arabic" in font or b"arabic-latin" in font
            )
    whole = sum(sizes.values())
    detail = ", ".join(f"{kind} {size / 1024:.0f}" for kind, size in sizes.items())
    return [
        Row(
            work="first screen, empty cache",
            figure=whole / 1024,
            unit="KB",
            against=f"KB: {detail}",
            comparison=LIMIT / 1024,
            ratio=LIMIT / whole,
            goal="<= 300 KB",
            holds=whole <= LIMIT,
        )
    ]


def fetch(stage: Stage, path: str) -> tuple[bytes, int]:
    """The body, unpacked, and its size on the line. Follows a redirection on the same host."""
    for _ in range(5):
        connection = http.client.HTTPConnection("127.0.0.1", stage.port, timeout=30)
        host = f"{HOST}:{stage.port}"
        connection.request("GET", path, headers={"Host": host, "Accept-Encoding": "gzip"})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        if response.status in {301, 302}:
            path = (response.getheader("Location") or "/").split(host, 1)[-1]
            continue
        if response.status != 200:
            raise Trouble(f"{path} answered {response.status}.")
        size = len(body)
        if response.getheader("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        elif response.getheader("Content-Encoding"):
            raise Trouble(f"{path} is packed in a way that nobody asked for.")
        return body, size
    raise Trouble(f"{path} leads in circles.")
