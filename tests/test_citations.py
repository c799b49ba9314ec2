"""A citation is written as the reader's language writes it."""

from flask_babel import force_locale

from incidents.citations import cite


def test_a_citation_keeps_its_place_and_names_its_text_in_french(app):
    rule = "EDPB Guidelines 01/2021, sections 2.3 and 5.3; 9/2022, Annex B, viii"
    with app.test_request_context(), force_locale("fr"):
        assert cite("GDPR Art. 33(1); recital 85") == "RGPD, art. 33(1); considérant 85"
        french = cite(rule)
        assert "01/2021, sections 2.3 et 5.3; 9/2022, annexe B, viii" in french
        assert "Guidelines" not in french and "CEPD" in french


def test_the_name_of_a_law_is_not_taken_apart(app):
    pecr = "PECR reg. 5A as amended by the Data (Use and Access) Act 2025, SI 2025/904"
    with app.test_request_context(), force_locale("fr"):
        assert cite(pecr) == pecr
        assert cite("Directive (EU) 2022/2555 Art. 23") == "Directive (UE) 2022/2555 art. 23"
        dora = cite("Regulation (EU) 2022/2554 Art. 19; Delegated Regulation (EU) 2025/301 Art. 5")
        assert dora == "Règlement (UE) 2022/2554 art. 19; Règlement délégué (UE) 2025/301 art. 5"


def test_in_english_nothing_changes(app):
    with app.test_request_context(), force_locale("en"):
        assert cite("GDPR Art. 33(1); recital 85") == "GDPR Art. 33(1); recital 85"
        assert cite(None) == ""
