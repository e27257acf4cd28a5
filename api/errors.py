"""What the edge refuses on its own account."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, Refusal


class Unauthenticated(Refusal):
    code = "unauthenticated"
    sentence = _("Give a valid key: Authorization: Bearer <key>.")


class OutOfScope(Refusal):
    code = "out_of_scope"
    sentence = _("The key lacks the scope “%(scope)s”.")


class UnknownParameter(InvalidInput):
    code = "unknown_parameter"
    sentence = _("The parameter “%(name)s” is not known here.")


class BadCursor(InvalidInput):
    code = "bad_cursor"
    sentence = _("The cursor was not given by this list, or is no longer good. Begin without one.")
    field = "cursor"


class KeyRequired(Refusal):
    code = "idempotency_key_required"
    sentence = _("Give an Idempotency-Key header, so that a repeated call does nothing twice.")


class KeyTooLong(InvalidInput):
    code = "idempotency_key_too_long"
    sentence = _("An Idempotency-Key has 1 to 255 visible characters.")


class InProgress(Conflict):
    code = "in_progress"
    sentence = _("The first call with this Idempotency-Key is still at work. Ask again.")


class VersionRequired(Refusal):
    code = "version_required"
    sentence = _("Give If-Match with the ETag that you read, so that nobody's change is lost.")


class VersionStale(Refusal):
    code = "version_stale"
    sentence = _("It was changed since you read it. Read it again; the newest version is %(etag)s.")


class WebhookAddressRefused(InvalidInput):
    code = "webhook_address_refused"
    sentence = _(
        "A webhook leads to an https address on the open internet: https://example.org/hook."
    )
    field = "url"


class WebhookTypeRefused(InvalidInput):
    code = "webhook_type_refused"
    sentence = _("The key may not be told of “%(type)s”: it lacks the scope to read it.")
    field = "types"


class TooManyWebhooks(Conflict):
    code = "too_many_webhooks"
    sentence = _("A key has at most %(most)s webhooks.")


class WebhookIsOff(Conflict):
    code = "webhook_is_off"
    sentence = _("The webhook is switched off. Switch it on first.")
