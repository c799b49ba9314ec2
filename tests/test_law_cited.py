"""No sentence of the interface says what the law asks without its citation within reach.

Which sentences those are is judged by their words, in English and French; within reach means in
the same section of the page: a <cite>, or the article in words.
"""

import re
from collections import Counter

import pytest
from bs4 import BeautifulSoup
from furnishing import furnish
from tour import DOWNLOADS, DRAWN, FEEDS

# Of these one is enough,
LAW = {
    "en": r"\b72 h(ours)?\b|undue delay|\bGDPR\b|\bArt\. \d|\blegal(ly)?\b|\bstatut"
    r"|\b(the|by) law\b|\bright to (complain|lodge)|\bcomplain to\b",
    "fr": r"\b72 h(eures)?\b|meilleurs délais|\bRGPD\b|\bart\. \d|\bla loi\b|\bléga(l|le|les|ux)\b"
    r"|\bdroit de réclamation|\bintroduire une réclamation",
}
# or that somebody is bound, and that it is a matter of breaches and not of forms.
BOUND = {
    "en": r"\bmust\b|\bha(s|ve) to\b|\bneed not\b|\bobliged\b|\bdut(y|ies)\b|\bis due\b|\bowes?\b",
    "fr": r"\bdoi(t|vent)\b|\bdevez\b|\bobligations?\b|\btenue?s? (de|d’)|\bn’a pas à\b",
}
MATTER = {
    "en": r"\bauthorit(y|ies)\b|\bpeople concerned\b|\beach person\b|\bcontrollers?\b"
    r"|\bprocessors?\b|\bbreach\b|\bregister\b",
    "fr": r"\bautorités?\b|\bpersonnes concernées|\bchaque personne\b|\bsous-traitants?\b"
    r"|\bresponsables? (du|de) traitement|\bviolations?\b|\bregistre\b",
}
CITED = re.compile(
    r"\bArt(icles?)?\.? L?\d|\brecital \d|\bconsidérant \d"
    r"|\bGuidelines \d|\bLignes directrices"
    r"|\b(18|19|20)\d\d/\d+|\b\d+/\d{4}\b",
    re.IGNORECASE,
)
SECTIONS = ("section", "aside", "article", "fieldset", "form", "dialog", "main")
BLOCKS = "p, li, dt, dd, h1, h2, h3, h4, legend, label, summary, caption, th, td"
# What matches and states no law; each with the reason.
NO_LAW = {
    r"^(Changed|Modifié)\s?:": "the file names what was changed",
    r"^(The law was asked, version|La loi a été consultée, version)": "the file names the tables",
    r"^(Have you looked up the law|Avez.vous consulté la loi)": "asked; its law is cited above",
    r"\(\d+ (words|mots)\)$": "a long sentence of a letter, in which it is cited",
    r"^(Legal representative|Représentant légal)\b": "the function of a person",
    r"^(Other duties|Autres obligations)\s?:": "the name of a page on which each law is cited",
}


def sentences(block):
    words = " ".join(block.get_text(" ").split())
    return re.split(r"(?<![Aa]rt\.)(?<=[.!?…]) (?=[A-ZÀ-Ý“«0-9])", words)


def states_law(sentence, language):
    def says(words):
        return re.search(words[language], sentence, re.IGNORECASE)

    exempt = any(re.search(pattern, sentence) for pattern in NO_LAW)
    return not exempt and bool(says(LAW) or (says(BOUND) and says(MATTER)))


def is_cited(block):
    section = block.find_parent((*SECTIONS, "body"))
    return bool(section.select_one("cite") or CITED.search(" ".join(section.get_text(" ").split())))


def uncited(page, language):
    """The sentences of a page that state law and have no citation in their section."""
    whole = BeautifulSoup(page, "html.parser")
    main = whole.select_one("main") or whole.body or whole
    # What people typed is theirs.
    for other in main.select("script, svg, textarea, option, .quote, .long"):
        other.decompose()
    blocks = [one for one in main.select(BLOCKS) if not one.select_one(BLOCKS)]
    return [
        sentence
        for block in blocks
        for sentence in sentences(block)
        if states_law(sentence, language) and not is_cited(block)
    ]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Tell the authority within 72 hours."),
        ("en", "A breach must be kept on file."),
        ("fr", "Vous devez informer les personnes concernées."),
        ("fr", "Informez-les dans les meilleurs délais."),
    ],
)
def test_a_legal_sentence_without_its_citation_is_found(language, sentence):
    cited = f"<section><p>{sentence}</p><cite>GDPR Art. 33(1)</cite></section>"
    bare = f"<section><p>{sentence}</p></section>"

    assert uncited(f"<main>{cited}</main>", language) == []
    assert uncited(f"<main>{cited}{bare}</main>", language) == [sentence]


def test_no_page_states_law_without_its_citation_in_the_same_section(
    app, client, controller, staff_user, controller_user
):
    tour, found, seen = furnish(app, staff_user, controller_user), {}, Counter()
    for who, browser in (("stranger", client), ("controller", controller)):
        for endpoint, path in tour.stops(app, who):
            seen[who, endpoint] += 1
            # Two of a kind show what one of them may lack; a stranger's pages are seen by both.
            enough = seen[who, endpoint] > (2 if who == "controller" else 1)
            if enough or endpoint in (*DOWNLOADS, *DRAWN, *FEEDS):
                continue
            for language in ("en", "fr"):
                headers = {"Accept-Language": language}
                answer = browser.get(path, headers=headers, follow_redirects=True)
                if answer.mimetype == "text/html":
                    for sentence in uncited(answer.text, language):
                        found.setdefault(sentence, endpoint)

    assert found == {}
