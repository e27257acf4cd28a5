"""Where a foreign mark is looked for: answers, papers, sheets, logs, messages, caches, files, every row of every table."""

from __future__ import annotations

import io
import json
import logging
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import redis
import structlog
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from psycopg import sql

from kernel.files.pdfs import PdfUnreadable, texts_of_pages
from kernel.tenancy import HUB, SHARED, use
from tests.canary.twins import Town, Twins, behind_the_house

PDF, SHEET = "application/pdf", "spreadsheetml"


class Sightings:
    """What was seen where it must not be; several threads write."""

    def __init__(self, twins: Twins) -> None:
        self.twins = twins
        self.found: list[str] = []
        self.read = 0
        """Bytes looked through: a run that read nothing proves nothing."""

    def tell(self, what: str) -> None:
        self.found.append(what)

    def look(self, text: bytes, *, of: Town | None, where: str) -> None:
        """Nothing of the other twin may stand there; of neither where it belongs to no town."""
        self.read += len(text)
        for town in self.twins:
            mark = town.mark.encode()
            if town is not of and mark in text:
                at = text.index(mark)
                around = text[max(0, at - 60) : at + 20].decode("utf-8", "replace")
                self.tell(
                    f"{where}: the mark of {town.schema} in what is {of.schema if of else 'nobody'}'s: …{around}…"
                )

    def look_at_answer(self, answer: Any, *, of: Town | None, where: str) -> bytes:
        """Headers, cookies and body; gives the body, read to its end."""
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answer.close()
        heads = "\n".join(f"{name}: {value}" for name, value in answer.items())
        self.look(f"{heads}\n{answer.cookies}".encode(), of=of, where=f"{where} (headers)")
        kind = answer.get("Content-Type", "")
        try:
            for part in readable(body, kind):
                self.look(part, of=of, where=where)
        except PdfUnreadable:
            self.tell(
                f"{where} answers {answer.status_code} {kind} that nobody can read: {body[:40]!r}"
            )
        return body


def readable(body: bytes, kind: str) -> Iterator[bytes]:
    """The bytes, and what a person reads in them: the text of a paper, the cells of a sheet."""
    yield body
    if not body:
        return  # HEAD tells what kind of paper would come, and brings none
    if PDF in kind or body.startswith(b"%PDF"):
        # The house reads beside us: by its lock, not by one of our own.
        yield "\n".join(texts_of_pages(body)).encode()
    elif body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as sheet:
            yield b"\n".join(sheet.read(one) for one in sheet.namelist())


class LogWitness(logging.Handler):
    """Reads every line that is logged, as it would be written out."""

    def __init__(self, sightings: Sightings) -> None:
        super().__init__()
        self.sightings = sightings
        self.driving = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        said = record.msg if isinstance(record.msg, dict) else {}
        bound = {**structlog.contextvars.get_contextvars(), **said}
        town = self.sightings.twins.of(str(bound.get("tenant", "")))
        line = json.dumps(said, default=str, ensure_ascii=False) if said else record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            line += str(record.exc_info[1])
        self.sightings.look(line.encode(), of=town, where=f"log {said.get('event', record.name)}")
        driven = getattr(self.driving, "town", None)
        if said and driven is not None and town is not driven:
            self.sightings.tell(
                f"log {said.get('event')}: says {bound.get('tenant')!r} while {driven.schema} is served"
            )


def look_at_rows(sightings: Sightings) -> None:
    """Every row of every table of the twins, the hub and the shared register, as text; sessions opened."""
    with behind_the_house() as raw:
        for schema in (*(town.schema for town in sightings.twins), HUB, SHARED):
            owner = sightings.twins.of(schema)
            for (table,) in raw.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema]
            ).fetchall():
                for town in sightings.twins:
                    if town is not owner:
                        _look_at_table(raw, sightings, schema, table, town)
    for town in sightings.twins:
        with behind_the_house() as raw:
            rows = raw.execute(
                _sql("SELECT session_data FROM {t}", town.schema, "django_session")
            ).fetchall()
        with use(town.schema):
            for (kept,) in rows:
                opened = json.dumps(SessionStore().decode(kept), default=str, ensure_ascii=False)
                sightings.look(opened.encode(), of=town, where=f"session of {town.schema}")


def _look_at_table(
    raw: psycopg.Connection, sightings: Sightings, schema: str, table: str, town: Town
) -> None:
    text = "SELECT {t}::text FROM {q} AS {t} WHERE {t}::text LIKE %s LIMIT 3"
    composed = sql.SQL(text).format(t=sql.Identifier(table), q=sql.Identifier(schema, table))  # type: ignore[arg-type]
    for (row,) in raw.execute(composed, [f"%{town.mark}%"]):
        sightings.tell(f"table {schema}.{table}: the mark of {town.schema}: {row[:200]}")


def _sql(text: str, schema: str, table: str) -> sql.Composed:
    return sql.SQL(text).format(t=sql.Identifier(schema, table))  # type: ignore[arg-type]


def look_at_cache(sightings: Sightings) -> None:
    """Every key and value of the cache: what carries a mark carries the town's schema in its key."""
    client = redis.Redis.from_url(settings.CACHE_URL)
    keys = list(client.scan_iter(count=2000))
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        for key, value in zip(part, client.mget(part), strict=True):  # type: ignore[arg-type]
            owner = next(
                (town for town in sightings.twins if f":{town.schema}:".encode() in key), None
            )
            sightings.look(key + b" " + (value or b""), of=owner, where=f"cache {key.decode()}")
            if owner is None and any(town.schema.encode() in key for town in sightings.twins):
                sightings.tell(f"cache {key.decode()}: a key without its municipality")
    client.close()


def look_at_files(sightings: Sightings) -> None:
    """Every kept byte lies in its municipality's folder."""
    root = Path(settings.STORAGE_URL.removeprefix("file://"))
    for path in root.rglob("*"):
        if path.is_file():
            folder = path.relative_to(root).parts[0]
            owner = sightings.twins.of(folder)
            if owner is None:
                sightings.tell(f"file {path.relative_to(root)} lies in no municipality's folder")
            for part in readable(path.read_bytes(), ""):
                sightings.look(part, of=owner, where=f"file {path.relative_to(root)}")


def look_everywhere(sightings: Sightings) -> None:
    look_at_rows(sightings)
    look_at_cache(sightings)
    look_at_files(sightings)
