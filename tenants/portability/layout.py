"""How an export looks: names, manifest, and the page that comes with it for readers without us."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

LAYOUT = 1
README = "README.txt"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
PREPARE = "schema/1-prepare.sql"
TABLES = "schema/2-tables.sql"
RULES = "schema/3-rules.sql"
SEQUENCES = "schema/4-sequences.sql"
LOAD = "load.sql"
FILES = "files.csv"
TOWN = ':"town"'

_NAME = re.compile(
    r"^(?:README\.txt|manifest\.json|manifest\.sig|load\.sql|files\.csv"
    r"|schema/[1-4]-(?:prepare|tables|rules|sequences)\.sql"
    r"|tables/[a-z_][a-z0-9_]*\.csv|files/(?P<two>[0-9a-f]{2})/(?P=two)[0-9a-f]{62})$"
)


def is_known_name(name: str) -> bool:
    """Whether an export may contain a file of this name; nothing else is ever unpacked."""
    return bool(_NAME.match(name))


def table_path(table: str) -> str:
    return f"tables/{table}.csv"


def file_path(sha256: str) -> str:
    return f"files/{sha256[:2]}/{sha256}"


@dataclass(frozen=True)
class TableEntry:
    """One table: its columns in the order of the CSV, its rows, and the SHA-256 of the CSV's bytes."""

    name: str
    columns: list[str]
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What is in the export, and what it was made from."""

    layout: int = LAYOUT
    purpose: str
    instant: str
    postgres: str
    municipality: dict[str, Any]
    release: str
    migrations: list[list[str]]
    tables: list[TableEntry]
    sequences: dict[str, list[Any]]
    texts: dict[str, str]
    files: dict[str, Any]
    audit: dict[str, Any] = field(default_factory=dict)

    @property
    def schema(self) -> str:
        return str(self.municipality["schema"])

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.tables)

    def text(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


def read_manifest(content: Mapping[str, Any]) -> Manifest:
    """From its JSON. `KeyError` and `TypeError` mean that it is none."""
    known = {name: content[name] for name in Manifest.__dataclass_fields__ if name in content}
    known["tables"] = [TableEntry(**one) for one in content["tables"]]
    return Manifest(**known)


def load_script(tables: Sequence[TableEntry]) -> str:
    """A script for psql that puts everything into an empty database, without any of our programs."""
    copies = "".join(
        f"\\copy {one.name} ({', '.join(_quoted(c) for c in one.columns)})"
        f" FROM '{table_path(one.name)}' WITH (FORMAT csv, HEADER true)\n"
        for one in tables
    )
    return (
        "-- psql -v ON_ERROR_STOP=1 -v town=name -d database -f load.sql\n"
        "\\set ON_ERROR_STOP on\n"
        f"\\i {PREPARE}\n"
        "BEGIN;\n"
        f"CREATE SCHEMA {TOWN};\nSET LOCAL search_path = {TOWN}, extensions;\n"
        f"\\i {TABLES}\n{copies}\\i {RULES}\n\\i {SEQUENCES}\nCOMMIT;\n"
    )


def sequence_script(sequences: Mapping[str, Sequence[Any]]) -> str:
    return "".join(
        f"SELECT setval('{_quoted(name)}', {int(last)}, {'true' if called else 'false'});\n"
        for name, (last, called) in sorted(sequences.items())
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


README_TEXT = """\
بلديات: نسخة كاملة من بيانات بلدية واحدة
==========================================

هذه بيانات البلدية كلها كما كانت في اللحظة المكتوبة في manifest.json («instant»). تُقرأ بلا أي برنامج من برامجنا.

  manifest.json     ما في هذه النسخة: الجداول وأعمدتها وعدد صفوفها، وبصمة SHA-256 لكل ملف، ورقم الإصدار.
  manifest.sig      توقيع manifest.json (Ed25519).
  tables/*.csv      ملف لكل جدول: ترميز UTF-8، والسطر الأول أسماء الأعمدة، والفاصلة بين القيم.
                    الخانة الفارغة بلا علامتَي اقتباس تعني «لا قيمة» (NULL)، و"" تعني نصًا فارغًا.
                    الأوقات بتوقيت UTC، والمبالغ أرقام عشرية تامة مع رمز العملة في عمود مجاور.
  files.csv         الملفات المرفقة: البصمة والحجم والنوع والاسم ومن رفعها ومتى.
  files/ab/abcd…    محتوى كل ملف، واسمه بصمته SHA-256؛ الاسم الأصلي في files.csv.
                    في النسخ الاحتياطية توجد الملفات في مجلد مجاور اسمه «النسخة.files»، كل ملف مشفّر وحده:
                    age --decrypt -i key.txt ملف | sha256sum يعطي البصمة المذكورة في files.csv.
  schema/*.sql      وصف الجداول والقيود بلغة SQL لقاعدة PostgreSQL (15 فما بعد).
  load.sql          يعيد كل شيء إلى قاعدة فارغة:
                    createdb baladiya && psql -v town=baladiya -d baladiya -f load.sql

فك التشفير: age --decrypt -i key.txt النسخة.tar.gz.age | tar xz    (https://age-encryption.org)
التحقق من ملف: sha256sum tables/finance_receipt.csv ثم المقارنة بما في manifest.json.


Baladiyat: a complete copy of one municipality
==============================================

This is everything the municipality has, as it was at the instant written in manifest.json. It is read without
any of our programs.

  manifest.json     what is in here: tables, their columns and rows, the SHA-256 of every file, the release.
  manifest.sig      the signature of manifest.json (Ed25519).
  tables/*.csv      one file per table: UTF-8, first line the names of the columns, separated by commas.
                    An empty field without quotes is no value (NULL), "" is an empty text. Times are UTC;
                    amounts are exact decimals with the currency's code in a column beside them.
  files.csv         the files that people handed in: hash, size, type, name, by whom and when.
  files/ab/abcd…    each content under its SHA-256; its name is in files.csv. Of a backup they stand beside it,
                    in the directory COPY.files, each sealed alone: age --decrypt -i key.txt FILE | sha256sum
                    gives the hash that files.csv names.
  schema/*.sql      tables, constraints and triggers as SQL for PostgreSQL (15 or newer).
  load.sql          puts everything into an empty database:
                    createdb town && psql -v town=town -d town -f load.sql

To decrypt: age --decrypt -i key.txt COPY.tar.gz.age | tar xz    (https://age-encryption.org)
To check a file: sha256sum tables/finance_receipt.csv, and compare with manifest.json.
"""
