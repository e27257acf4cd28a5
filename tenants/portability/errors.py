from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal, Unavailable


class NoKey(Refusal):
    code = "no_export_key"
    sentence = _(
        "“%(schema)s” has no key yet. Make one with “baladiyat municipality key %(schema)s” and hand its"
        " private half to the municipality."
    )


class KeyStands(Refusal):
    code = "export_key_stands"
    sentence = _(
        "“%(schema)s” has a key already. Ask with --new to replace it; older exports are opened by the older key."
    )


class NotAKey(Refusal):
    code = "not_a_key"
    sentence = _("This is not a key of the kind that age makes.")


class WrongKey(Refusal):
    code = "wrong_key"
    sentence = _("None of the keys given opens %(place)s, or it was damaged on its way.")


class PlaceTaken(Refusal):
    code = "place_taken"
    sentence = _("Something lies at %(place)s already; an export never overwrites.")


class NotAnExport(Refusal):
    code = "not_an_export"
    sentence = _("%(place)s is not a whole export of a municipality: %(why)s.")


class ExportDamaged(Refusal):
    code = "export_damaged"
    sentence = _("The export is damaged: %(what)s is not as the manifest says.")


class SignatureBroken(Refusal):
    code = "signature_broken"
    sentence = _("The manifest was changed after it was signed, or another installation signed it.")


class LayoutUnknown(Refusal):
    code = "layout_unknown"
    sentence = _(
        "The export has layout %(layout)s; this release reads up to %(known)s. Restore it with a newer release."
    )


class ExportIsNewer(Refusal):
    code = "export_is_newer"
    sentence = _(
        "The export was made by a newer release: this one does not know %(first)s (and %(more)s more changes)."
        " Bring this installation to that release first."
    )


class CannotUpgrade(Unavailable):
    code = "cannot_upgrade"
    sentence = _(
        "The export is of an older release and cannot be brought to this one, because its tables are not those of its"
        " release: %(why)s"
    )


class ReleaseUnknown(Unavailable):
    code = "release_unknown"
    sentence = _(
        "The text of the release of “%(schema)s” is not kept here, so its tables cannot be described."
        " Run the release first."
    )


class ShapeDiffers(Refusal):
    code = "shape_differs"
    sentence = _(
        "The tables of “%(schema)s” are not those of its release (%(table)s). Run the release first."
    )


class RowsDiffer(Refusal):
    code = "rows_differ"
    sentence = _("After the restore the rows of %(table)s were not those of the export.")


class TrailBroken(Refusal):
    code = "trail_broken"
    sentence = _("The audit trail is not sound: %(why)s.")


class TownBusy(Unavailable):
    code = "town_busy"
    sentence = _(
        "Somebody was still writing in “%(schema)s” after %(seconds)s seconds. Nothing was changed; try again."
    )


class OnItsWay(Refusal):
    code = "on_its_way"
    sentence = _(
        "“%(schema)s” is being moved to %(to)s. Run the same move again: it finishes or takes the move back."
    )


class OtherSideFailed(Unavailable):
    code = "other_side_failed"
    sentence = _("The other installation did not do it: %(why)s")


class NoBaseBackup(Refusal):
    code = "no_base_backup"
    sentence = _(
        "There is no base backup from before %(instant)s in %(place)s. The oldest instant that can be reached is"
        " %(oldest)s."
    )


class CannotRecover(Unavailable):
    code = "cannot_recover"
    sentence = _("The state of %(instant)s could not be recovered: %(why)s")


class NotYetThen(Refusal):
    code = "not_yet_then"
    sentence = _("“%(schema)s” did not exist at %(instant)s.")


class InstantAhead(Refusal):
    code = "instant_ahead"
    sentence = _("%(instant)s has not come yet.")


class NoServerProgram(Unavailable):
    code = "no_server_program"
    sentence = _("The PostgreSQL programs (%(name)s) are not on this machine.")
