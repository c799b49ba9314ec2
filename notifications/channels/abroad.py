"""The last line of an address abroad: its country, without which no letter crosses a border."""

from babel import Locale

# In which a list may name a country.
_LANGUAGES = ("en", "fr", "de", "es", "it", "pt")


def country_line(country: str | None, home: str, language: str) -> str | None:
    """The country in capitals (UPU S42), or None at home and where the list says none.

    `home`: two letters; `language`: of the sender, in which their post reads it.

    >>> country_line("United Kingdom", "FR", "fr"), country_line("US", "FR", "fr")
    ('UNITED KINGDOM', 'ÉTATS-UNIS')
    >>> country_line("Frankreich", "FR", "fr"), country_line("fr", "FR", "fr")
    (None, None)
    """
    said = " ".join((country or "").split())
    if not said or said.casefold() in _names(home):
        return None
    named = Locale.parse(language).territories.get(said.upper(), said)
    return named.upper()


def _names(code: str) -> set[str]:
    names = (Locale.parse(language).territories.get(code, code) for language in _LANGUAGES)
    return {code.casefold(), *(name.casefold() for name in names)}
