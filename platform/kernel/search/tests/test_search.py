"""One box asks every source that is on and that the viewer may ask."""

from collections.abc import Callable

import pytest

from kernel.errors import NotPermitted
from kernel.manifest import Module, SearchSource
from kernel.search import Hit, Look, asking, looks_like, search
from kernel.viewer import Viewer


@pytest.mark.parametrize(
    ("typed", "look"),
    [
        ("", Look.NOTHING),
        (" \u200f ", Look.NOTHING),
        ("401234562", Look.ID_NUMBER),
        ("٤٠١٢٣٤٥٦٢", Look.ID_NUMBER),
        ("0599123456", Look.PHONE),
        ("+970 599 123 456", Look.PHONE),
        ("643/15", Look.PARCEL),
        ("حوض 12 قطعة 5", Look.PARCEL),
        ("2026/00417", Look.NUMBERED_RECORD),
        ("417", Look.NUMBER),
        ("محمد الأسطل", Look.NAME),
        ("شركة 2", Look.NAME),
    ],
)
def test_a_text_is_recognised_by_its_look(typed: str, look: Look) -> None:
    assert looks_like(typed) == look


def _hit(title: str, score: float) -> Hit:
    return Hit(title=title, url="/", kind="party", score=score)


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put modules with the given sources in place of the installed ones: code, permission, answer."""

    def put(*given: tuple[str, str, Callable[..., list[Hit]]], off: tuple[str, ...] = ()) -> None:
        modules = [
            Module(
                code=code,
                title=code,
                search_sources=(SearchSource(provider=code, permission=permission),),
            )
            for code, permission, _answer in given
        ]
        answers = {code: answer for code, _permission, answer in given}
        monkeypatch.setattr(asking.registry, "modules", lambda: tuple(modules))
        monkeypatch.setattr(asking.registry, "load", answers.__getitem__)
        monkeypatch.setattr(asking, "active_codes", lambda: frozenset(answers) - set(off))

    return put


def test_the_surest_answer_comes_first_whoever_gives_it(sources: Callable[..., None]) -> None:
    sources(
        ("leases", "", lambda *_: [_hit("near", 0.3)]),
        ("finance", "", lambda *_: [_hit("certain", 1.0), _hit("likely", 0.6)]),
    )
    hits = search(Viewer.system("tests"), "أمل")
    assert [hit.title for hit in hits] == ["certain", "likely", "near"]


def test_a_source_that_is_off_or_not_permitted_is_not_asked(sources: Callable[..., None]) -> None:
    sources(
        ("off", "", lambda *_: [_hit("off", 1.0)]),
        ("secret", "court.read", lambda *_: [_hit("secret", 1.0)]),
        ("open", "", lambda *_: [_hit("open", 0.5)]),
        off=("off",),
    )
    hits = search(Viewer(user_id=1, name="Amal"), "أمل")
    assert [hit.title for hit in hits] == ["open"]


def test_a_source_that_refuses_is_left_out(sources: Callable[..., None]) -> None:
    def refuse(*_: object) -> list[Hit]:
        raise NotPermitted(permission="x")

    sources(("court", "", refuse), ("open", "", lambda *_: [_hit("open", 0.5)]))
    assert [hit.title for hit in search(Viewer.system("tests"), "أمل")] == ["open"]


def test_an_empty_box_asks_nobody(sources: Callable[..., None]) -> None:
    sources(("open", "", lambda *_: [_hit("open", 0.5)]))
    assert search(Viewer.system("tests"), "   ") == []
