"""A person at a browser, as far as forms go: cookies, the form's token, redirections. Loopback only."""

from __future__ import annotations

import http.client
import re
import urllib.parse
from collections.abc import Mapping
from http.cookies import SimpleCookie

TOKEN = re.compile(r"""name=["']csrfmiddlewaretoken["'] value=["']([^"']+)["']""")


class Unreachable(Exception):
    """No whole answer came: nobody can know whether the request was carried out."""


class Browser:
    """One person with cookies. One connection at a time, made anew after a fault."""

    def __init__(self, host: str, port: int) -> None:
        self.host = f"{host}:{port}"
        self.port = port
        self.cookies: dict[str, str] = {}
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> tuple[int, str, str]:
        """Status, where it leads, and the text."""
        return self._ask("GET", path, None)

    def post(self, path: str, form: Mapping[str, str]) -> tuple[int, str, str]:
        """Sends a form. Refuses with `Unreachable` when the answer does not come whole."""
        fields = {"csrfmiddlewaretoken": self.cookies.get("csrf", ""), **form}
        return self._ask("POST", path, urllib.parse.urlencode(fields))

    def sign_in(self, path: str, username: str, password: str) -> bool:
        """Asks for a page, is led to the door, and passes it. False when it does not open."""
        status, leads_to, text = self.get(path)
        if status == 200:
            return True
        _, _, text = self.get(leads_to)
        token = TOKEN.search(text)
        form = {"login": username, "password": password, "next": path}
        if token:
            form["csrfmiddlewaretoken"] = token.group(1)
        status, _, _ = self.post(leads_to, form)
        return status == 302 and self.get(path)[0] == 200

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        headers = {
            "Host": self.host,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Origin": f"http://{self.host}",
            "Accept": "text/html",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            self._connection.request(method, path, body=body, headers=headers)
            response = self._connection.getresponse()
            text = response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            raise Unreachable(repr(error)) from error
        for line in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        leads_to = response.getheader("Location") or ""
        return response.status, leads_to.split(self.host, 1)[-1], text
