"""A bank for tests: a real HTTP server on this machine that speaks as docs/operators.md asks of a gateway."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from modules.finance.services.gateways.protocol import SIGNATURE, TIMESTAMP, sign, signed_headers

SECRET = "a-secret-of-the-bank-and-the-town"


class Bank:
    """What it was asked, what it knows, and how it misbehaves when a test wants it to."""

    def __init__(self) -> None:
        self.payments: dict[str, dict[str, Any]] = {}
        self.refused: list[str] = []
        self.refunds: dict[str, str] = {}
        self.refunds_end = "refunded"
        self.answers: tuple[int, bytes] | None = None
        self.page = "https://bank.example/pay"
        self.url = ""

    def decides(self, reference: str, status: str, **changes: str) -> tuple[dict[str, str], bytes]:
        """The payer did something there: the message that the bank sends."""
        self.payments[reference] |= {"status": status, **changes}
        body = json.dumps({"reference": reference, **self.payments[reference]}).encode()
        return signed_headers(SECRET, body), body

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, bytes]:
        proof = sign(SECRET, at=int(headers[TIMESTAMP]), body=body or path.encode())
        if headers[SIGNATURE] != proof or headers["X-Merchant"] != "M-7":
            self.refused.append(path)
            return 401, b"{}"
        if self.answers is not None:
            return self.answers
        if method == "GET":
            reference = path.rpartition("/")[2]
            known = self.payments.get(reference)
            said = {"reference": reference, **known} if known else None
            return (200, json.dumps(said).encode()) if said else (404, b"{}")
        asked = json.loads(body)
        if path.endswith("/refunds"):
            return self._pays_back(path.split("/")[2], asked)
        reference = f"B{len(self.payments) + 1:06d}"
        self.payments[reference] = {
            "status": "pending",
            "amount": asked["amount"],
            "currency": asked["currency"],
        }
        said = {"reference": reference, "redirect_url": f"{self.page}/{reference}"}
        return 201, json.dumps(said).encode()

    def _pays_back(self, reference: str, asked: dict[str, str]) -> tuple[int, bytes]:
        """Once for each payment; the same order again is answered alike and moves nothing."""
        known = self.payments.get(reference)
        if known is None:
            return 404, b"{}"
        whole = known["status"] == "paid" and known["amount"] == asked["amount"]
        status = self.refunds_end if whole else "failed"
        if (
            status == "refunded"
            and self.refunds.setdefault(reference, asked["order"]) != asked["order"]
        ):
            status = "failed"
        said = {"status": status, "amount": asked["amount"], "currency": asked["currency"]}
        return 200, json.dumps(said).encode()


@contextmanager
def open_bank() -> Iterator[Bank]:
    bank = Bank()

    class Desk(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            status, said = bank.answer(
                self.command, self.path, self.headers, self.rfile.read(length)
            )
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = _serve

        def log_message(self, *_said: Any) -> None:
            """A test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    bank.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield bank
    finally:
        server.shutdown()
        server.server_close()
