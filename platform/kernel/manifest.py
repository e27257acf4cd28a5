"""What a module declares of itself: frozen, plain data and dotted names; nothing here touches the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise

Text = str | Promise
PolicyKind = Literal[
    "money",
    "percent",
    "int",
    "decimal",
    "days",
    "bool",
    "choice",
    "date",
    "role",
    "list",
    "map",
    "table",
    "text",
]
BasisDate = Literal["application", "assessment", "event", "due", "decision"]


@dataclass(frozen=True, kw_only=True)
class Permission:
    """A right with a sentence that says what it allows."""

    code: str
    title: Text
    sentence: Text


@dataclass(frozen=True, kw_only=True)
class RoleTemplate:
    """A bundle of permissions offered to a new municipality; the municipality may change its copy."""

    code: str
    title_ar: str
    title_en: str
    permissions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PolicyKey:
    """A typed question that the policies manual answers, and the places where the answer bites."""

    code: str
    kind: PolicyKind
    default: Any
    title: Text
    help: Text = ""
    unit: str = ""
    bounds: tuple[Any, Any] | None = None
    choices: tuple[str, ...] = ()
    legal_basis: str = ""
    article: str = ""
    basis_date: BasisDate = "event"
    scopes: tuple[str, ...] = ()
    enforced_at: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DocumentType:
    code: str
    title: Text
    confidential: bool = False


@dataclass(frozen=True, kw_only=True)
class NumberSeries:
    """A gapless series. `pattern` may use {year}, {number} and {book}."""

    code: str
    title: Text
    pattern: str = "{year}/{number:05d}"
    yearly: bool = True


@dataclass(frozen=True, kw_only=True)
class DuesKind:
    """A kind of due and the accounts (template codes) its assessment posts to."""

    code: str
    title_ar: str
    title_en: str
    receivable_account: str
    revenue_account: str


@dataclass(frozen=True, kw_only=True)
class PortProvision:
    """`port` and `provider` are dotted names; the provider is built without arguments when asked."""

    port: str
    provider: str


@dataclass(frozen=True, kw_only=True)
class Handler:
    """`event` is an event's name ("finance.ReceiptPosted"); `handler` a dotted function taking the event."""

    event: str
    handler: str


@dataclass(frozen=True, kw_only=True)
class WebhookEvent:
    """What integrators may be told of: `code` is the type that they see, `event` the fact behind it.

    `subject` names the event's field with the public id; `address` is where the interface tells the rest, {id} in it.
    """

    code: str
    event: str
    title: Text
    subject: str
    address: str


@dataclass(frozen=True, kw_only=True)
class MenuItem:
    code: str
    title: Text
    url_name: str
    icon: str
    permission: str = ""
    group: str = "work"
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A card of the home page: `provider` is fn(viewer) -> TileContent."""

    code: str
    title: Text
    provider: str
    permission: str = ""
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """A number the municipality publishes: `provider` is fn(*, since, until) -> Decimal, int or None (unknown)."""

    code: str
    title: Text
    provider: str
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A part of a person's, place's or request's page: `provider` is fn(viewer, subject_id) -> PanelContent."""

    code: str
    title: Text
    subject: Literal["party", "land_unit", "request"]
    provider: str
    permission: str = ""
    order: int = 100


@dataclass(frozen=True)
class PanelContent:
    """What a panel shows: a template of its module with its context. `count` is shown on the tab."""

    template: str
    context: dict[str, Any]
    count: int | None = None
    verdict: Any = None


@dataclass(frozen=True)
class TileContent:
    value: str
    label: str = ""
    url: str = ""
    state: Literal["ok", "warn", "danger", "info", "neutral"] = "neutral"


@dataclass(frozen=True, kw_only=True)
class SearchSource:
    """`provider` is fn(viewer, text, limit) -> list[kernel.search.Hit]."""

    provider: str
    permission: str = ""


@dataclass(frozen=True, kw_only=True)
class FileGuard:
    """`provider` is fn(viewer, file_ids: set[int]) -> set[int]: those of the files that the viewer may open."""

    provider: str


@dataclass(frozen=True, kw_only=True)
class JobKind:
    code: str
    title: Text
    runner: str


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Work repeated in every municipality where the module is on: a tenant task's name and its period."""

    task: str
    every_seconds: int


@dataclass(frozen=True, kw_only=True)
class Module:
    """One vertical slice (or a built-in part of the house when `optional` is False).

    `house` says where it lives: in a municipality, in the programme's hub, or in both. `outbox_readers` are dotted
    functions that are shown each batch of waiting events, inside the transaction that plans their deliveries.
    """

    code: str
    title: Text
    summary: Text = ""
    depends_on: tuple[str, ...] = ()
    optional: bool = True
    house: Literal["town", "hub", "both"] = "town"
    permissions: tuple[Permission, ...] = ()
    roles: tuple[RoleTemplate, ...] = ()
    policy_keys: tuple[PolicyKey, ...] = ()
    document_types: tuple[DocumentType, ...] = ()
    number_series: tuple[NumberSeries, ...] = ()
    dues_kinds: tuple[DuesKind, ...] = ()
    ports: tuple[PortProvision, ...] = ()
    handlers: tuple[Handler, ...] = ()
    webhooks: tuple[WebhookEvent, ...] = ()
    outbox_readers: tuple[str, ...] = ()
    menu: tuple[MenuItem, ...] = ()
    tiles: tuple[Tile, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    panels: tuple[Panel, ...] = ()
    search_sources: tuple[SearchSource, ...] = ()
    file_guards: tuple[FileGuard, ...] = ()
    jobs: tuple[JobKind, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    page_urls: str = ""
    citizen_urls: str = ""
    api_urls: str = ""
    seeds: tuple[str, ...] = ()
    demo: tuple[str, ...] = ()
