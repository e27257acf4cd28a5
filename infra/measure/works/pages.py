"""The first screen with an empty cache: what it weighs."""

from __future__ import annotations

import argparse
import gzip
import http.client
import re
from collections.abc import Mapping

from machine.report import Trouble

from measure.browser import Browser
from measure.stage import HOST, TOWN, Stage
from measure.table import Row

LIMIT = 300 * 1024
FIRST_SCREEN = "/"
WHO, PASSWORD = "screen", "somebody who only looks"
ASSET = re.compile(rb"""(?:href|src)=["']([^"'#?]+\.(?:css|js|woff2|svg|png))["'#?]""")
IN_STYLES = re.compile(rb"""url\(["']?([^"')]+\.woff2)["']?\)""")


def measure(stage: Stage, wishes: argparse.Namespace) -> list[Row]:
    """Signs in and asks the web as a browser would: page, styles, scripts and fonts, compressed."""
    del wishes
    stage.inside("measure.works.pages")
    if not stage.port:
        stage.serve()
    clerk = Browser(HOST, stage.port)
    if not clerk.sign_in(FIRST_SCREEN, WHO, PASSWORD):
        raise Trouble("The door did not open for the clerk of the measurement.")
    page, size = fetch(stage, FIRST_SCREEN, clerk.cookies)
    sizes = {"page": size}
    wanted = {path.decode() for path in ASSET.findall(page)}
    for path in sorted(wanted):
        body, size = fetch(stage, path)
        kind = path.rsplit(".", 1)[-1]
        sizes[kind] = sizes.get(kind, 0) + size
        # What the Arabic desk draws with; the extended Latin letters are hardly ever asked for.
        fonts = {font.decode() for font in IN_STYLES.findall(body) if kind == "css"}
        for font in sorted(fonts - wanted):
            if "latin-ext" not in font:
                sizes["woff2"] = sizes.get("woff2", 0) + fetch(stage, font)[1]
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


def main() -> None:
    """Runs inside the product: a town and somebody to sign in."""
    from measure.product import begin

    begin("pages")
    from kernel.tenancy import use
    from kernel.testing.people import seat_person
    from measure.cashiers import ensure_town

    ensure_town()
    with use(TOWN):
        seat_person(
            username=WHO, name_ar="أمل", name_en="Amal", role="service_clerk", section="front_desk",
            password=PASSWORD,
        )  # fmt: skip


def fetch(stage: Stage, path: str, cookies: Mapping[str, str] | None = None) -> tuple[bytes, int]:
    """The body, unpacked, and its size on the line. Follows a redirection on the same host."""
    for _ in range(5):
        connection = http.client.HTTPConnection("127.0.0.1", stage.port, timeout=30)
        host = f"{HOST}:{stage.port}"
        headers = {
            "Host": host,
            "Accept-Encoding": "gzip",
            "Cookie": "; ".join(f"{name}={value}" for name, value in (cookies or {}).items()),
        }
        connection.request("GET", path, headers=headers)
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


if __name__ == "__main__":
    main()
