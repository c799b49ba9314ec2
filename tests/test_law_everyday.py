"""Breaches as they happen every week, answered as a supervisory authority would answer them.

Invented; each rests on the guidance named beside it: EDPB 01/2021 (by case) and 9/2022.
"""

from dataclasses import replace
from datetime import date

import pytest

from incidents.law import Facts, assess
from incidents.law.vocabulary import (
    AvailabilityLoss,
    Backup,
    ConfidentialityLoss,
    Disruption,
    Exfiltration,
    Identifiable,
    Protection,
)
from tests.breaches import ATTACK, ENCRYPTED, MISTAKE, QUIET, RANSOM, RESTORED, THEFT, data

TODAY = date(2026, 11, 26)
OPEN_BUCKET = replace(
    QUIET,
    confidentiality_loss=ConfidentialityLoss.POSSIBLE,
    exfiltration=Exfiltration.POSSIBLE,
    recipient_known=False,
    public_exposure=True,
)
HASHES = {
    "protection": Protection.STRONG_HASH_SALTED,
    "protection_state_of_the_art": True,
    "key_compromised": False,
}
LOST = {"availability_loss": AvailabilityLoss.PERMANENT, "backup_available": Backup.NONE}
TO_ONE = {"recipient_count": 1}
PATIENTS = {"special_category": True, "vulnerable_subjects": True}
EVERY_WEEK = {
    # Cases 17 and 18: a mailbox in strange hands; what it holds decides.
    "a phished mailbox with invoices of 400 customers": (
        replace(ATTACK, data_categories=data("communications", "billing"), subject_count=400),
        (True, False),
    ),
    "a phished mailbox with pay slips, and a false invoice seen": (
        replace(
            ATTACK,
            data_categories=data("salary", "financial_account"),
            fraud_enabling=True,
            misuse_observed=True,
            subject_count=99,
        ),
        (True, True),
    ),
    # Case 07.
    "stolen passwords tried on a shop, 300 accounts entered": (
        replace(ATTACK, data_categories=data("contact", "credentials"), credentials_exposed=True),
        (True, True),
    ),
    # Case 05, with cards.
    "a skimmer on the payment page": (
        replace(ATTACK, data_categories=data("contact", "payment_card"), fraud_enabling=True),
        (True, True),
    ),
    # Case 10 and Annex B, i: encryption spares secrecy; a copy spares availability.
    "an encrypted backup tape lost, other copies kept": (
        replace(THEFT, **ENCRYPTED, **RESTORED, restoration_hours=1, malicious=False),
        (False, False),
    ),
    "the only backup tape, encrypted, its key destroyed": (
        replace(THEFT, **ENCRYPTED, **LOST, restored_promptly=False, malicious=False),
        (True, False),
    ),
    # Case 11 and 9/2022, IV.B: what cannot be excluded has happened.
    "scans of identity cards in an open store, logs gone": (
        replace(OPEN_BUCKET, data_categories=data("official_id_number"), fraud_enabling=True),
        (True, True),
    ),
    "20,000 addresses of a newsletter in an open store": (
        replace(OPEN_BUCKET, data_categories=data("email_address"), subject_count=20_000),
        (True, False),
    ),
    "an open store that the logs show nobody read": (
        replace(
            OPEN_BUCKET,
            confidentiality_loss=ConfidentialityLoss.EXCLUDED,
            exfiltration=Exfiltration.EXCLUDED,
            public_exposure=False,
        ),
        (False, False),
    ),
    # Case 12.
    "patients' files on paper stolen from a car, copies kept": (
        replace(THEFT, **RESTORED, **PATIENTS, data_categories=data("identity", "health")),
        (True, True),
    ),
    # Annex B, ix and x; cases 14 and 15.
    "80 customers in Cc instead of Bcc": (
        replace(
            MISTAKE, data_categories=data("email_address"), recipient_count=80, subject_count=80
        ),
        (False, False),
    ),
    "400 customers in Cc instead of Bcc": (
        replace(MISTAKE, data_categories=data("email_address"), recipient_count=400),
        (True, False),
    ),
    "60 patients of one clinic in Cc, nobody asked to delete": (
        replace(
            MISTAKE,
            **PATIENTS,
            data_categories=data("email_address", "health"),
            recipient_count=60,
            recipient_confirmed_deletion=False,
        ),
        (True, True),
    ),
    # Case 08, and a look into a file without need.
    "a salesman takes the list of customers along and uses it": (
        replace(
            ATTACK,
            **TO_ONE,
            recipient_known=True,
            recipient_trusted=False,
            data_categories=data("contact", "customer_record"),
            misuse_observed=True,
        ),
        (True, False),
    ),
    "a nurse reads the file of her neighbour": (
        replace(ATTACK, **PATIENTS, **TO_ONE, recipient_known=True, subject_count=1),
        (True, True),
    ),
    # Cases 01, 02 and 04.
    "ransomware, all encrypted at rest, back in four hours": (
        replace(RANSOM, **ENCRYPTED, **RESTORED, restoration_hours=4),
        (False, False),
    ),
    "ransomware, no backup, taking excluded": (
        replace(RANSOM, **LOST, restored_promptly=False, service_disruption=Disruption.MINOR),
        (True, False),
    ),
    "ransomware with the staff's files taken, restored": (
        replace(
            RANSOM,
            **RESTORED,
            confidentiality_loss=ConfidentialityLoss.CONFIRMED,
            exfiltration=Exfiltration.CONFIRMED,
            recipient_known=False,
            data_categories=data("salary", "social_security_number"),
        ),
        (True, True),
    ),
    # Cases 10 and 11: a code of four digits is no encryption.
    "a telephone stolen, encrypted": (replace(THEFT, **ENCRYPTED), (False, False)),
    "a telephone stolen, four digits before it": (
        replace(
            THEFT,
            protection=Protection.PASSWORD_ONLY,
            protection_state_of_the_art=False,
            key_compromised=False,
            data_categories=data("contact", "communications"),
            subject_count=200,
        ),
        (True, False),
    ),
    # Cases 09 and 16.
    "a pay slip to a colleague in personnel, deleted": (
        replace(
            MISTAKE,
            **TO_ONE,
            recipient_trusted=True,
            recipient_confirmed_deletion=True,
            data_categories=data("salary"),
            subject_count=1,
        ),
        (False, False),
    ),
    "a pay slip with its numbers to another employee, not deleted": (
        replace(
            MISTAKE,
            **TO_ONE,
            recipient_confirmed_deletion=False,
            data_categories=data("salary", "social_security_number", "financial_account"),
            subject_count=1,
        ),
        (True, True),
    ),
    # Case 03; Annex B, iii and viii.
    "a hospital without its records for 30 hours": (
        replace(
            QUIET,
            **PATIENTS,
            availability_loss=AvailabilityLoss.TEMPORARY_PROLONGED,
            restoration_hours=30,
            restored_promptly=False,
            service_disruption=Disruption.MAJOR,
            critical_service=True,
            data_categories=data("health"),
        ),
        (True, True),
    ),
    # Children weigh one step more: 9/2022, IV.B.
    "the marks of a class to a wrong parent, deleted": (
        replace(
            MISTAKE,
            **TO_ONE,
            recipient_confirmed_deletion=True,
            vulnerable_subjects=True,
            data_categories=data("identity", "education"),
            subject_count=28,
        ),
        (True, False),
    ),
    # Case 06: a good hash hides the passwords and not the addresses.
    "hashes of today and pseudonyms taken": (
        replace(
            ATTACK,
            **HASHES,
            data_categories=data("pseudonym", "credentials_hashed"),
            identifiable=Identifiable.INDIRECT,
        ),
        (False, False),
    ),
    "hashes of today and e-mail addresses taken": (
        replace(ATTACK, **HASHES, data_categories=data("email_address", "credentials_hashed")),
        (True, False),
    ),
    "MD5 hashes and e-mail addresses taken": (
        replace(
            ATTACK,
            **HASHES | {"protection_state_of_the_art": False},
            data_categories=data("email_address", "credentials_hashed"),
        ),
        (True, True),
    ),
    # Case 02 without an attacker; sensitive data for ever gone.
    "customers deleted by a slip, no backup": (
        replace(QUIET, **LOST, restored_promptly=False, service_disruption=Disruption.MINOR),
        (True, False),
    ),
    "patients' records deleted, no backup": (
        replace(QUIET, **LOST, **PATIENTS, restored_promptly=False),
        (True, True),
    ),
    # Annex B, v, and a flaw that showed customers each other's invoices.
    "50 invoices shown to other customers": (
        replace(MISTAKE, data_categories=data("identity", "billing"), recipient_count=50),
        (True, False),
    ),
}


def told(facts: Facts) -> tuple[bool, bool]:
    answer = assess(facts, TODAY)
    return answer.authority.duty, answer.subjects.duty


@pytest.mark.parametrize("story", EVERY_WEEK)
def test_it_is_answered_as_the_authorities_answer(story):
    facts, expected = EVERY_WEEK[story]

    assert told(facts) == expected


def test_passwords_out_under_an_unknown_protection_may_have_been_hashes():
    taken = replace(
        ATTACK,
        protection=None,
        protection_state_of_the_art=True,
        key_compromised=False,
        credentials_exposed=True,
        data_categories=data("pseudonym", "credentials_hashed"),
        identifiable=Identifiable.INDIRECT,
        subject_count=1200,
    )

    answer = assess(taken, TODAY)

    assert (answer.authority.duty, answer.authority.certain) == (True, False)
