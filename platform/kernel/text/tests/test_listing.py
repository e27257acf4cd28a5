"""A list is read in one language: its comma too."""

from django.utils import translation

from kernel.text import listed


def test_the_comma_is_of_the_language_that_is_spoken() -> None:
    with translation.override("ar"):
        assert listed(["باسل", "رنا"]) == "باسل، رنا"
    with translation.override("en"):
        assert listed(["Basel", "Rana"]) == "Basel, Rana"
        assert listed([]) == ""
