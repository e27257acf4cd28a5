"""Colleagues named in a note hear of it."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.identity.models import User
from kernel.notifications.services import notify
from kernel.viewer import Viewer
from modules.frontdesk.models import Request

_MENTION = re.compile(r"@([\w.\-]{2,60})")


def mention(request: Request, text: str, *, by: Viewer) -> list[User]:
    """Ring the bell of colleagues named as @username in a note; from now on they see the request. Saves nothing."""
    names = {one.lower() for one in _MENTION.findall(text)}
    people = list(User.objects.filter(username__in=names, is_active=True))
    people = [one for one in people if one.pk != by.user_id]
    if not people:
        return []
    request.show_to(user_ids=[one.pk for one in people])
    with in_language("ar"):
        words = _("%(name)s mentions you on request %(number)s: %(text)s") % {
            "name": by.name,
            "number": request.number,
            "text": text[:200],
        }
    notify(
        [one.pk for one in people],
        verb="frontdesk.mentioned",
        text=words,
        url=f"/frontdesk/requests/{request.uid}",
        by=by,
    )
    return people
