"""Finding a party from whatever the clerk typed: a number, a phone, any part of a name, misspelt or not.

Words are first resolved in the dictionary of name words (some thousands of rows); the register is
then asked for rows that hold those words, by one index. Nothing here scans names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from kernel.parties.constants import BODIES
from kernel.parties.identifiers import ID_DIGITS, keep_phone
from kernel.parties.models import NameWord, Party
from kernel.text import clean, fold_key, normalise_digits, tokens
from kernel.text.folding import split_words
from kernel.viewer import Viewer

# Of a name that thousands bear, this many are ranked; the clerk types another word.
CANDIDATES = 200
EXPANSIONS = 60
NEAR_WORDS = 200
SHORTEST_PART = 3
# Two letters of «ضياء» (folded ضيا) may be all that is left of it; alone they would mean anybody.
SHORTEST_NEAR = 2
ARTICLE = "ال"

_NUMBER_LIKE = re.compile(r"[+]?[0-9][0-9\s\-./()]{2,}")
_DOCUMENT_LIKE = re.compile(r"(?=.*[0-9])[0-9A-Za-z]{4,30}")


@dataclass(frozen=True)
class Found:
    """A party that answers a search. `score` is higher for the closer answer (1 is a near spelling)."""

    party: Party
    score: int


@dataclass(frozen=True)
class _Word:
    """A typed word: the dictionary's words it may stand for, and those one letter away."""

    typed: str
    meant: tuple[str, ...]
    near: tuple[str, ...] = ()


def search_parties(viewer: Viewer, text: str, limit: int = 20) -> list[Party]:
    """Parties that answer the text, the closest first; merged records answer as the one that stands.

    Understands the beginning of an ID number, a phone in any form, a document number, and any of the
    names in their order, whole or begun. The exact spelling stands above the folded one; names one
    letter away come last. Refuses `NotPermitted` without `parties.read`.
    """
    return [one.party for one in found_parties(viewer, text, limit)]


def found_parties(viewer: Viewer, text: str, limit: int = 20) -> list[Found]:
    """The same with scores, for the one box."""
    viewer.require("parties.read")
    typed = normalise_digits(clean(text))
    if not typed or limit < 1:
        return []
    with by_index_only():
        if _NUMBER_LIKE.fullmatch(typed):
            scores = _by_number(typed, limit)
        else:
            scores = _by_document(typed, limit) if _DOCUMENT_LIKE.fullmatch(typed) else {}
            scores = scores or _by_name(typed, limit)
        return _standing(scores, limit)


@contextmanager
def by_index_only() -> Iterator[None]:
    """For questions that all have an index. Under a LIMIT the planner takes rare words for common ones
    and reads the whole table instead: 1,000 ms where the index needs 5.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield
        cursor.execute("SET LOCAL enable_seqscan = on")


def _by_number(typed: str, limit: int) -> dict[int, int]:
    """An ID number (leading zeros may be missing when whole) or a phone."""
    digits = re.sub(r"\D", "", typed)
    begun = Q(id_number__startswith=digits)
    if len(digits) == ID_DIGITS - 1:
        begun |= Q(id_number=digits.zfill(ID_DIGITS))
    scores: dict[int, int] = {}
    if not typed.startswith("+") and len(digits) <= ID_DIGITS:
        scores.update(_by_id(begun, digits, limit))
    phone = keep_phone(typed).e164
    if phone:
        holders = Party.objects.filter(phones__contains=[phone]).values_list("id", flat=True)
        for party_id in holders[:limit]:
            scores.setdefault(party_id, 80)
    return scores


def _by_document(typed: str, limit: int) -> dict[int, int]:
    return _by_id(Q(id_number__startswith=typed.upper()), typed.upper(), limit)


def _by_id(begun: Q, number: str, limit: int) -> dict[int, int]:
    """By the two partial indexes: records that stand, and merged ones by the number they had."""
    standing = Party.objects.filter(begun, ~Q(id_number=""), alias_of=None)
    merged = Party.objects.filter(begun, alias_of__isnull=False)
    rows = [
        *standing.order_by("id_number").values_list("id", "id_number")[:limit],
        *merged.values_list("id", "id_number")[:limit],
    ]
    return {row_id: 100 if found == number else 90 for row_id, found in rows}


def _by_name(typed: str, limit: int) -> dict[int, int]:
    scores = _beginning_with(typed)
    if len(scores) >= limit:
        return scores
    tried: list[list[str]] = [[]]
    for reading in (tokens, split_words, _respaced):
        words = reading(typed)
        if words in tried:
            continue
        tried.append(words)
        resolved = _resolve(words)
        if all(word.meant for word in resolved):
            scores = {**_holding(typed, [word.meant for word in resolved], CANDIDATES), **scores}
        if not scores and reading is tokens:
            scores = _bodies_with(typed, limit)
        if len(scores) < max(1, limit // 2):
            scores = {**_one_letter_away(typed, resolved, limit), **scores}
        if scores:
            break
    return scores


def _respaced(typed: str) -> list[str]:
    """The words as the dictionary would space them: «خانيونس» where it has «خان» and «يونس», or the reverse."""
    words = split_words(typed)
    pairs = {first + second for first, second in pairwise(words)}
    halves = {word: [(word[:cut], word[cut:]) for cut in range(2, len(word) - 1)] for word in words}
    wanted = {*words, *pairs, *(half for cuts in halves.values() for cut in cuts for half in cut)}
    known = set(NameWord.objects.filter(word__in=wanted).values_list("word", flat=True))
    respaced: list[str] = []
    for word in words:
        if respaced and respaced[-1] + word in known and not {respaced[-1], word} <= known:
            respaced[-1] += word
            continue
        cut = next(
            (cut for cut in halves[word] if word not in known and known.issuperset(cut)), None
        )
        respaced += cut or (word,)
    return respaced


def _beginning_with(typed: str) -> dict[int, int]:
    """Names that begin as typed, spaces not counted: a walk along the index of names."""
    return _ranked(
        typed, [("search_key LIKE %s", [_like(fold_key(typed)) + "%"])], order="search_key"
    )


def _holding(typed: str, meant: list[tuple[str, ...]], most: int) -> dict[int, int]:
    """Names that hold a meaning of every word, in the order typed."""
    single = [words[0] for words in meant if len(words) == 1]
    conditions: list[tuple[str, list[Any]]] = []
    if single:
        conditions.append(("search_words @> %s", [single]))
    conditions += [("search_words && %s", [list(words)]) for words in meant if len(words) > 1]
    in_order = ".*".join(_alternatives(words) for words in meant)
    return _ranked(typed, [*conditions, ("search_key ~ %s", [in_order])], most=most)


def _bodies_with(typed: str, limit: int) -> dict[int, int]:
    """Organisations with the text anywhere in their name, spaces not counted."""
    key = fold_key(typed)
    if len(key) < SHORTEST_PART:
        return {}
    kinds = [kind.value for kind in BODIES]
    return _ranked(
        typed,
        [("kind = ANY(%s)", [kinds]), ("search_key LIKE %s", [f"%{_like(key)}%"])],
        most=limit,
    )


def _one_letter_away(typed: str, words: list[_Word], limit: int) -> dict[int, int]:
    """Names in which one typed word has one letter wrong, missing, too many or swapped."""
    scores: dict[int, int] = {}
    for place, wrong in enumerate(words):
        others = words[:place] + words[place + 1 :]
        if not wrong.near or not all(other.meant for other in others):
            continue
        meant = [word.meant for word in words]
        meant[place] = wrong.near
        for row_id in _holding(typed, meant, limit):
            scores.setdefault(row_id, 1)
    return scores


def _resolve(typed_words: list[str]) -> list[_Word]:
    """What each typed word may mean, by two look-ups in the dictionary of name words."""
    last = len(typed_words) - 1
    spellings = {word: _spellings(word) for word in typed_words}
    exact = Q(word__in={one for many in spellings.values() for one in many})
    begun = Q(word__startswith=typed_words[last])
    known = set(NameWord.objects.filter(exact).values_list("word", flat=True))
    begins = list(
        NameWord.objects.filter(begun).order_by("word").values_list("word", flat=True)[:EXPANSIONS]
    )
    near = _near(typed_words)
    resolved = []
    for place, word in enumerate(typed_words):
        meant = [one for one in spellings[word] if one in known]
        if place == last:
            meant += [one for one in begins if one not in meant]
        if not meant:
            meant = _containing(word)
        others = tuple(one for one in near.get(word, ()) if one not in meant)
        resolved.append(_Word(word, tuple(meant), others))
    return resolved


def _spellings(word: str) -> list[str]:
    """The word, and with or without the article: «الأغا» is also written «اغا»."""
    bare = word.removeprefix(ARTICLE)
    return [word, ARTICLE + word] if bare == word or len(bare) < 2 else [word, bare]


def _containing(word: str) -> list[str]:
    """For a word that begins nothing: the words that begin with it, or hold it."""
    if len(word) < SHORTEST_PART:
        return []
    rows = NameWord.objects.filter(word__contains=word).order_by("word")
    return list(rows.values_list("word", flat=True)[:EXPANSIONS])


def _near(words: list[str]) -> dict[str, list[str]]:
    """Dictionary words one letter away. Two words one letter apart share a word less one letter."""
    shortest = SHORTEST_NEAR if len(words) > 1 else SHORTEST_PART
    long_enough = [word for word in words if len(word) >= shortest]
    if not long_enough:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT typed, word FROM unnest(%s::text[]) AS typed"
            " JOIN parties_nameword ON near && extensions.near_words(typed)",
            [long_enough],
        )
        rows = cursor.fetchall()
    near: dict[str, list[str]] = {}
    for typed, word in rows:
        if word != typed and is_one_letter_away(typed, word):
            near.setdefault(typed, []).append(word)
    return {typed: sorted(found)[:NEAR_WORDS] for typed, found in near.items()}


def is_one_letter_away(one: str, other: str) -> bool:
    """One letter wrong, missing, too many, or two neighbours swapped."""
    if len(one) > len(other):
        one, other = other, one
    start = next((place for place, letter in enumerate(one) if letter != other[place]), len(one))
    if len(one) < len(other):
        return len(other) - len(one) == 1 and one[start:] == other[start + 1 :]
    swapped = one[start : start + 2] == other[start : start + 2][::-1]
    return one[start + 1 :] == other[start + 1 :] or (
        swapped and one[start + 2 :] == other[start + 2 :]
    )


def _ranked(
    typed: str,
    conditions: list[tuple[str, list[Any]]],
    *,
    most: int = CANDIDATES,
    order: str = "",
) -> dict[int, int]:
    """Ids and scores of the rows that meet all conditions; at most so many are looked at."""
    where = " AND ".join(sql for sql, _values in conditions)
    values = [value for _sql, many in conditions for value in many]
    by = f"ORDER BY {order}" if order else ""
    words = [_like(word) for word in clean(typed).split(" ")]
    first = _like((tokens(typed) or [""])[0])
    # What speaks for a row, and how much: the spelling as typed, word for word, weighs most.
    reasons: list[tuple[str, str, int]] = [
        ("' ' || full_name || ' '", f"% {' %'.join(words)} %", 20),
        ("full_name || ' '", f"{' %'.join(words)} %", 20),
        ("search_key", _like(fold_key(typed)) + "%", 10),
        ("full_name", f"%{'%'.join(words)}%", 8),
        ("search_key", f"{first}%", 5),
    ]
    score = " + ".join(f"({told} LIKE %s)::int * {weight}" for told, _pattern, weight in reasons)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, 20 + {score} AS score"
            f" FROM (SELECT id, full_name, search_key FROM parties_party WHERE {where} {by} LIMIT %s)"
            f" AS candidate ORDER BY score DESC, search_key LIMIT %s",
            [*(pattern for _told, pattern, _weight in reasons), *values, most, most],
        )
        return dict(cursor.fetchall())


def _alternatives(words: tuple[str, ...]) -> str:
    """A pattern that any of the words meets; letters and digits need no escape, others get one."""
    escaped = ["".join(c if c.isalnum() else f"\\{c}" for c in word) for word in words]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def _like(text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", text)


def _standing(scores: dict[int, int], limit: int) -> list[Found]:
    """The rows behind the ids, each record once, as the record that stands for it."""
    best = sorted(scores, key=lambda row_id: -scores[row_id])[: limit * 2]
    rows = Party.objects.select_related("alias_of").in_bulk(best)
    found: dict[int, Found] = {}
    for row_id in best:
        if row_id in rows:
            party = rows[row_id].alias_of or rows[row_id]
            found.setdefault(party.pk, Found(party, scores[row_id]))
    return list(found.values())[:limit]
