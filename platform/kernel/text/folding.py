"""The folding of Arabic text for search (never for display).

The tables below are the single source: `kernel.text.sql` writes the SQL functions from them, so that
a key computed by the database and a key computed here cannot differ.
"""

import re
import unicodedata

# Marks that steer the direction of text, zero-width joiners, the byte order mark, the soft hyphen.
INVISIBLE = "".join(
    chr(point)
    for first, last in (
        (0x00AD, 0x00AD),
        (0x061C, 0x061C),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x2060),
        (0x2066, 0x2069),
        (0xFEFF, 0xFEFF),
    )
    for point in range(first, last + 1)
)
# Kashida, every mark that stands above or below a letter (vowels, and the signs of recitation), and the hamza alone.
_MARKS = (
    *range(0x0610, 0x061B),
    *range(0x064B, 0x0660),
    0x0670,
    *range(0x06D6, 0x06DD),
    *range(0x06DF, 0x06E5),
    0x06E7,
    0x06E8,
    *range(0x06EA, 0x06EE),
)
DROPPED = "\u0640" + "".join(map(chr, _MARKS)) + "ء"
LETTERS = {
    **dict.fromkeys("أإآٱ", "ا"),
    **dict.fromkeys("ىیې", "ي"),
    "ة": "ه",
    "ؤ": "و",
    "ئ": "ي",
    "ک": "ك",
}
DIGITS = {
    **{chr(0x0660 + digit): str(digit) for digit in range(10)},
    **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
}
# Only the letters A-Z: the case of other scripts depends on the database's locale.
CAPITALS = {chr(point): chr(point + 32) for point in range(ord("A"), ord("Z") + 1)}
BLANKS = " \t\n\r\f\v\u0085\u2028\u2029"
PUNCTUATION = "،؛؟!\"#%&'()*+,-./:;<=>?@[\\]^_`{|}~«»“”‘’–—…"

# «عبد الله» and «عبدالله» are one name: these words belong to the word after them ...
JOINS_NEXT = ("عبد", "ابو", "ابي", "ام", "ابن", "بن", "ال")
# ... and these to the word before them.
JOINS_PREVIOUS = ("الله", "الدين")

_DROP_INVISIBLE = str.maketrans("", "", INVISIBLE + "\x00")
_FOLD = str.maketrans({**LETTERS, **DIGITS, **CAPITALS, **dict.fromkeys(DROPPED, "")})
_DIGITS = str.maketrans(DIGITS)
_PUNCTUATION = str.maketrans(dict.fromkeys(PUNCTUATION, " "))
_BLANK_RUN = re.compile(f"[{re.escape(BLANKS)}]+")


def fold(value: str) -> str:
    """The search key of a text: the same for every spelling a clerk would call the same."""
    composed = unicodedata.normalize("NFKC", value.translate(_DROP_INVISIBLE))
    return _BLANK_RUN.sub(" ", composed.translate(_FOLD)).strip(" ")


def fold_key(value: str) -> str:
    """The search key without spaces, so that «خان يونس» and «خانيونس» meet."""
    return fold(value).replace(" ", "")


def tokens(value: str) -> list[str]:
    """The folded words of a text, compound names joined: «عبد الله أبو عودة» gives two words."""
    words: list[str] = []
    joining = False
    for word in split_words(value):
        if words and (joining or word in JOINS_PREVIOUS):
            words[-1] += word
        else:
            words.append(word)
        joining = word in JOINS_NEXT
    return words


def split_words(value: str) -> list[str]:
    """The folded words of a text exactly as they are spaced, without punctuation."""
    return fold(value).translate(_PUNCTUATION).split()


def normalise_digits(value: str) -> str:
    """The text with Arabic-Indic and Persian digits written 0-9; everything else is untouched."""
    return value.translate(_DIGITS)


def clean(value: str) -> str:
    """A typed text as it should be kept: no invisible marks, single blanks, none at the ends.

    Letters, vowel signs and kashida stay as the person wrote them.
    """
    visible = unicodedata.normalize("NFC", value.translate(_DROP_INVISIBLE))
    return _BLANK_RUN.sub(" ", visible.replace("\u00a0", " ")).strip(" ")
