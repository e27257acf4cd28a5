"""The SQL twins of `kernel.text.folding`, written from the same tables.

`FUNCTIONS_SQL` may be run any number of times on PostgreSQL 15 to 18 with a UTF8 database; it needs
no ICU and no extension, only the schema `extensions`. The functions are immutable, so columns may
be generated from them and indexes may stand on them.

Whoever changes a table in `folding` changes stored keys: the generated columns must be rewritten.
"""

from kernel.text import folding


def _literal(characters: str) -> str:
    """An escape string constant in which nothing is invisible and nothing needs quoting."""
    return "E'" + "".join(f"\\u{ord(character):04x}" for character in characters) + "'"


def _fold_arabic() -> str:
    replaced = {**folding.LETTERS, **folding.DIGITS, **folding.CAPITALS}
    source = "".join(replaced) + folding.DROPPED
    target = "".join(replaced.values())
    return f"""
CREATE OR REPLACE FUNCTION extensions.fold_arabic(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $function$
SELECT btrim(
    regexp_replace(
        translate(
            normalize(translate(value, {_literal(folding.INVISIBLE)}, ''), NFKC),
            {_literal(source)},
            {_literal(target)}
        ),
        {_literal("[" + folding.BLANKS + "]+")}, ' ', 'g'
    ),
    ' '
)
$function$;
"""


_FOLD_ARABIC_KEY = """
CREATE OR REPLACE FUNCTION extensions.fold_arabic_key(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $function$
SELECT replace(extensions.fold_arabic(value), ' ', '')
$function$;
"""


def _fold_arabic_words() -> str:
    """Every word as spaced, and every compound joined: what a search word may be equal to."""
    return f"""
CREATE OR REPLACE FUNCTION extensions.fold_arabic_words(value text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $function$
DECLARE
    word text;
    compound text := '';
    joining boolean := false;
    words text[] := '{{}}';
BEGIN
    FOREACH word IN ARRAY string_to_array(
        translate(
            extensions.fold_arabic(value),
            {_literal(folding.PUNCTUATION)},
            {_literal(" " * len(folding.PUNCTUATION))}
        ), ' '
    ) LOOP
        CONTINUE WHEN word = '';
        IF compound <> '' AND (joining OR word = ANY (ARRAY[{_listed(folding.JOINS_PREVIOUS)}])) THEN
            compound := compound || word;
        ELSE
            compound := word;
        END IF;
        IF NOT word = ANY (words) THEN
            words := words || word;
        END IF;
        IF NOT compound = ANY (words) THEN
            words := words || compound;
        END IF;
        joining := word = ANY (ARRAY[{_listed(folding.JOINS_NEXT)}]);
    END LOOP;
    RETURN words;
END
$function$;
"""


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(_literal(word) for word in words)


# Words one letter apart share one of these: the word itself, and the word less any one letter.
_NEAR_WORDS = """
CREATE OR REPLACE FUNCTION extensions.near_words(word text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $function$
SELECT ARRAY[word] || ARRAY(
    SELECT DISTINCT overlay(word placing '' from place for 1)
    FROM generate_series(1, length(word)) AS place
    WHERE length(word) > 1
)
$function$;
"""

FUNCTIONS_SQL = _fold_arabic() + _FOLD_ARABIC_KEY + _fold_arabic_words() + _NEAR_WORDS
