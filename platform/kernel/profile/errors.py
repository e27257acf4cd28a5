from django.utils.translation import gettext_lazy as _

from kernel.errors import InvalidInput, Stale, Unavailable


class NoProfile(Unavailable):
    """A municipality that was not provisioned to the end; a fault of ours."""

    code = "no_profile"
    sentence = _("This municipality has not been set up yet.")


class ProfileChanged(Stale):
    code = "profile_changed"
    sentence = _(
        "Somebody else changed the municipality's profile. Look at it again before you save."
    )


class ColourTooFaint(InvalidInput):
    code = "colour_too_faint"
    sentence = _(
        "White text on %(colour)s can hardly be read (contrast %(contrast)s, at least 4.5 is needed)."
        " Choose a darker colour."
    )
    field = "primary_colour"


class BadColour(InvalidInput):
    code = "bad_colour"
    sentence = _("A colour is written as # and six digits or letters from a to f.")
    field = "primary_colour"


class BadWeekend(InvalidInput):
    code = "bad_weekend"
    sentence = _("The weekend is made of some days of the week, not of all of them.")
    field = "weekend"


class BadTimezone(InvalidInput):
    code = "bad_timezone"
    sentence = _("There is no time zone called “%(timezone)s”.")
    field = "timezone"


class BadChoice(InvalidInput):
    code = "bad_choice"
    sentence = _("“%(value)s” is not one of the choices.")


class TextTooLong(InvalidInput):
    code = "text_too_long"
    sentence = _("At most %(most)s characters fit here.")


class NameMissing(InvalidInput):
    code = "name_missing"
    sentence = _("A municipality has a name in Arabic.")
    field = "name_ar"
