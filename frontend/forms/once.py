"""One click, one record: a form's key is claimed in the transaction that writes the record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect

from frontend.drafts.services import drop_draft
from frontend.errors import FormAlreadySent
from kernel.once.errors import KeyReused
from kernel.once.services import Claim, claim, fingerprint_of, release, settle

KEY = "submission_key"
DRAFT = "draft_key"
_NOT_CONTENT = frozenset({KEY, DRAFT, "csrfmiddlewaretoken"})


class Once:
    """The right to do what a form asks for; or, when it was done already, the address it led to."""

    def __init__(self, held: Claim | None) -> None:
        self._held = held
        self.done = False

    @property
    def replayed(self) -> bool:
        """The same form came before and was done: answer with `redirect()` and do nothing."""
        return self._held is not None and self._held.replayed

    def redirect(self, to: str = "") -> HttpResponseRedirect:
        """Go on to the page of what was made (remembered for the second click); replayed: to the same page."""
        self.done = True
        if self._held is not None and self._held.replayed:
            return redirect((self._held.result or {}).get("url", "/"))
        if self._held is not None:
            settle(self._held, {"url": to})
        return redirect(to)


@contextmanager
def once_for(request: HttpRequest, scope: str) -> Iterator[Once]:
    """Open the transaction in which a POST is done at most once.

    ::

        with once_for(request, "finance.receipt") as once:
            if once.replayed:
                return once.redirect()
            receipt = post_receipt(..., by=request.viewer)
            return once.redirect(receipt_url)

    A refusal raised inside undoes the claim, and so does a form that was not valid: corrected, it may be sent under the
    same key. A second click
    waits for the first, then is led to the same page. Refuses `FormAlreadySent` when the same form comes with
    other content. The form's draft is dropped with it. A form without a key (a script, a test) is simply done.
    """
    key = request.POST.get(KEY, "")
    with transaction.atomic():
        once = Once(_claim(request, scope, key) if key else None)
        yield once
        if once._held is not None and not once.done and not once.replayed:
            # Nothing was done: the form came back with errors, and comes again corrected under its key.
            release(once._held)
        if once.done and request.POST.get(DRAFT) and getattr(request, "viewer", None):
            drop_draft(request.POST[DRAFT], by=request.viewer)  # type: ignore[attr-defined]


def _claim(request: HttpRequest, scope: str, key: str) -> Claim:
    content: dict[str, list[str]] = {
        name: values for name, values in request.POST.lists() if name not in _NOT_CONTENT
    }
    for name, files in request.FILES.lists():
        content[f"file:{name}"] = [f"{one.name}:{one.size}" for one in files]
    who = getattr(request, "viewer", None)
    try:
        return claim(f"form:{scope}:{who.user_id if who else ''}", key, fingerprint_of(content))
    except KeyReused:
        raise FormAlreadySent() from None
