"""Pure: how many syllables a word has when it is spoken. A rule of thumb per language: vowels
that stand together count once, with the exceptions that matter most. Good enough for a mean over
a letter, which is all the reading formulas ask.
"""

import re
import unicodedata

_VOWELS = {
    "en": "aeiouy",
    "fr": "aeiouyàâäéèêëîïôöùûüœæ",
    "de": "aeiouyäöü",
    "es": "aeiouáéíóúü",
    "pt": "aeiouáéíóúâêôãõà",
    "it": "aeiouàèéìòù",
}
# Two vowels that are spoken one after the other: a syllable more for each.
_APART = {
    "en": r"i[ao](?!n\b|ns\b|us|l\b)|ie(?=nt)|(?<!p)eo(?!u)|ua(?=l)|ui(?=n)|ea(?=t[eio]|s?\b)"
    r"|[^aeiouy]sm\b",
    "fr": r"éa|éi|éo|éu|ao(?!û)|oë|aï|éé|(?<=[aou])y(?=[aeéè])",
    "de": r"io|ia|iu|ua(?!u)|eo|ea|uo|iö|ää|o(?=au)",
    "es": r"[aeoáéó](?=[aeoáéó])|[íú](?=[aeo])|[aeo](?=[íú])",
    "pt": r"[aeoáéó](?=[aeoáéóãõ])(?!ão|ãe|õe)|[íú](?=[aeo])|[aeo](?=[íú])|i(?=a\b|as\b|o\b|os\b)",
    "it": r"[aeoàèéò](?=[aeoàèéò])|[ìù](?=[aeo])|i(?=a\b|e\b|o\b)(?<=[lrtdvsnz]i)(?<!zi)",
}
# What is written and not spoken.
_SILENT = {
    "en": r"(?<=[^aeiouyl])e\b|(?<=[aeiouy]l)e\b|(?<=[^aeiouytd])ed\b|(?<=[^aeiouyscxzgh])es\b"
    r"|(?<=[tgv])e(?=ments?\b)|(?<=om)e(?=on)",
    "fr": r"(?<=.)(?<![aeiouyàâéèêîôûqg])es?\b|(?<=[vsltr])ent\b|(?<=[iuéo])es?\b"
    r"|(?<=[qg]u)es?\b|(?<=g)e(?=[aou])|(?<=g)es?\b|(?<=[qg])u(?=[eéèêi'])",
    "de": r"(?<=i)e(?=[^aeiou]|\b)",
    "es": r"(?<=[qg])u(?=[eiéí])",
    "pt": r"(?<=[qg])u(?=[eiéí])",
    "it": r"(?<=[cg])i(?=[aou])|(?<=sc)i(?=e)",
}


def count(word: str, language: str) -> int:
    """The syllables of a word, at least one.

    >>> count("information", "en"), count("données", "fr"), count("Passwort", "de")
    (4, 2, 2)
    """
    word = unicodedata.normalize("NFC", word.casefold()).replace("’", "'")
    word = re.sub(_SILENT[language], "", word)
    groups = len(re.findall(f"[{_VOWELS[language]}]+", word))
    return max(1, groups + len(re.findall(_APART[language], word)))
