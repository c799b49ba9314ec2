"""The regulators' published cases as facts, in our words; what they decided is in the tests.

EDPB Guidelines 01/2021 v2.0 (cases 01 to 18) and 9/2022 v2.0 (Annex B, i to x). What a case does
not say and what does not matter to it is as harmless as in QUIET.
"""

from dataclasses import replace

from incidents.law.vocabulary import (
    Actor,
    AvailabilityLoss,
    Backup,
    ConfidentialityLoss,
    Disruption,
    Exfiltration,
    Identifiable,
    IncidentType,
    IntegrityLoss,
    Protection,
)
from tests.breaches import (
    ATTACK,
    ENCRYPTED,
    GONE,
    MISTAKE,
    QUIET,
    RANSOM,
    RESTORED,
    SEEN,
    THEFT,
    data,
)

CASES = {
    "01 ransomware, encrypted at rest, restored in hours": replace(
        RANSOM,
        **ENCRYPTED,
        **RESTORED,
        restoration_hours=5,
        subject_count=40,
        data_categories=data("identity", "contact", "employment", "customer_record"),
    ),
    "02 ransomware, only paper to restore from, five days": replace(
        RANSOM,
        availability_loss=AvailabilityLoss.TEMPORARY_PROLONGED,
        backup_available=Backup.PAPER_ONLY,
        restored_promptly=False,
        restoration_hours=120,
        service_disruption=Disruption.MINOR,
        subject_count=48,
        data_categories=data("identity", "contact", "employment", "customer_record"),
    ),
    "03 ransomware in a hospital, two days, operations put off": replace(
        RANSOM,
        availability_loss=AvailabilityLoss.TEMPORARY_PROLONGED,
        backup_available=Backup.ELECTRONIC,
        restored_promptly=False,
        restoration_hours=48,
        service_disruption=Disruption.MAJOR,
        critical_service=True,
        data_categories=data("identity", "health"),
        special_category=True,
        vulnerable_subjects=True,
        subject_count=6000,
    ),
    "04 ransomware, no backup left, data taken from a transport company": replace(
        RANSOM,
        confidentiality_loss=ConfidentialityLoss.CONFIRMED,
        exfiltration=Exfiltration.CONFIRMED,
        recipient_known=False,
        availability_loss=AvailabilityLoss.PERMANENT,
        backup_available=Backup.NONE,
        restored_promptly=False,
        service_disruption=Disruption.MINOR,
        fraud_enabling=True,
        data_categories=data("identity", "contact", "official_id_number", "payment_card"),
        subject_count=4000,
    ),
    "05 job applications taken from a website": replace(
        ATTACK,
        exfiltration=Exfiltration.POSSIBLE,
        fraud_enabling=True,
        data_categories=data("identity", "contact", "job_application"),
        subject_count=213,
        persistence_undetected_days=30,
    ),
    "06 hashed passwords of a cooking site, pseudonyms only": replace(
        ATTACK,
        protection=Protection.STRONG_HASH_SALTED,
        protection_state_of_the_art=True,
        key_compromised=False,
        identifiable=Identifiable.INDIRECT,
        data_categories=data("pseudonym", "user_id", "credentials_hashed"),
        subject_count=1200,
        data_subjects_already_informed=True,
    ),
    "07 credential stuffing at a bank": replace(
        ATTACK,
        credentials_exposed=True,
        fraud_enabling=True,
        data_categories=data("identity", "date_of_birth", "fiscal_code", "financial_account"),
        subject_count=100_000,
    ),
    "08 a leaving employee takes the customer list and uses it": replace(
        ATTACK,
        incident_type=IncidentType.INSIDER_MISUSE,
        actor=Actor.INTERNAL,
        recipient_known=True,
        recipient_count=1,
        recipient_trusted=False,
        misuse_observed=True,
        data_categories=data("identity", "contact", "customer_record"),
    ),
    "09 a spreadsheet to an agent bound to secrecy, deleted": replace(
        MISTAKE,
        recipient_count=1,
        recipient_trusted=True,
        recipient_confirmed_deletion=True,
        data_categories=data("identity", "contact", "insurance_policy"),
        subject_count=24,
    ),
    "10 two encrypted tablets of a nursery stolen": replace(
        THEFT,
        **ENCRYPTED,
        **RESTORED,
        data_categories=data("identity", "date_of_birth", "education"),
        subject_types=data("children"),
        vulnerable_subjects=True,
        subject_count=50,
    ),
    "11 a bare notebook with 100,000 customers stolen": replace(
        THEFT,
        fraud_enabling=True,
        data_categories=data("identity", "contact", "date_of_birth", "gender"),
        subject_count=120_000,
    ),
    "12 the paper log of an addiction clinic stolen": replace(
        THEFT,
        incident_type=IncidentType.LOST_STOLEN_PAPER,
        availability_loss=AvailabilityLoss.PERMANENT,
        backup_available=Backup.NONE,
        restored_promptly=False,
        data_categories=data("identity", "health"),
        special_category=True,
        vulnerable_subjects=True,
        subject_count=60,
    ),
    "13 two parcels of shoes swapped": replace(
        MISTAKE,
        recipient_count=2,
        data_categories=data("identity", "contact", "purchase_history"),
        subject_count=2,
    ),
    "14 all jobseekers' records attached to a mail to all of them": replace(
        MISTAKE,
        recipient_count=60_000,
        fraud_enabling=True,
        data_categories=data("identity", "contact", "social_security_number"),
        subject_count=60_000,
    ),
    "15 a course list to the people of another course": replace(
        MISTAKE,
        recipient_count=15,
        data_categories=data("identity", "contact", "food_preference"),
        subject_count=15,
    ),
    "16 another's insurance letter in the envelope": replace(
        MISTAKE,
        recipient_count=1,
        data_categories=data(
            "identity",
            "contact",
            "date_of_birth",
            "vehicle_registration",
            "insurance_policy",
            "mileage",
        ),
        subject_count=1,
    ),
    "17 an impostor gets a customer's bills redirected": replace(
        ATTACK,
        integrity_loss=IntegrityLoss.CONFIRMED,
        fraud_enabling=True,
        misuse_observed=True,
        data_categories=data("identity", "contact", "billing", "communications"),
        subject_count=1,
    ),
    "18 mails forwarded unseen for months, wages among them": replace(
        ATTACK,
        incident_type=IncidentType.EMAIL_ACCOUNT_COMPROMISE,
        fraud_enabling=True,
        misuse_observed=True,
        data_categories=data("identity", "salary", "family_status"),
        subject_count=99,
        persistence_undetected_days=90,
    ),
    "B-i an encrypted backup key stolen": replace(
        THEFT, **ENCRYPTED, **RESTORED, data_categories=None
    ),
    "B-iii minutes without power at a call centre": replace(
        QUIET, **RESTORED, restoration_hours=0.1, service_disruption=Disruption.MINOR
    ),
    "B-v another's bank statement in the post": replace(
        MISTAKE,
        recipient_count=1,
        data_categories=data("identity", "financial_account", "transactions"),
        subject_count=1,
    ),
    "B-vi passwords and purchases of a marketplace published": replace(
        ATTACK,
        public_exposure=True,
        cross_border=True,
        credentials_exposed=True,
        fraud_enabling=True,
        data_categories=data("user_id", "credentials", "purchase_history"),
    ),
    "B-viii hospital records away for thirty hours": replace(
        QUIET,
        malicious=True,
        breach_types=GONE,
        availability_loss=AvailabilityLoss.TEMPORARY_PROLONGED,
        restored_promptly=False,
        restoration_hours=30,
        service_disruption=Disruption.MAJOR,
        critical_service=True,
        data_categories=data("health"),
        special_category=True,
        vulnerable_subjects=True,
    ),
    "B-ix students' records to a list of a thousand": replace(
        MISTAKE,
        recipient_count=1000,
        data_categories=data("identity", "education"),
        special_category=None,
        fraud_enabling=None,
    ),
}
"""The cases in which at least the duty towards the authority was decided."""

OPEN_CASES = {
    "B-ii an online service attacked, kind of data not said": replace(
        ATTACK,
        data_categories=None,
        special_category=None,
        criminal_data=None,
        credentials_exposed=None,
        fraud_enabling=None,
        vulnerable_subjects=None,
    ),
    "B-iv ransomware, nothing to restore from, kind of data not said": replace(
        RANSOM,
        integrity_loss=IntegrityLoss.NONE,
        availability_loss=AvailabilityLoss.PERMANENT,
        backup_available=Backup.NONE,
        restored_promptly=False,
        service_disruption=Disruption.MAJOR,
        data_categories=None,
        special_category=None,
        vulnerable_subjects=None,
    ),
    "B-vii every account open to every user of a host": replace(
        QUIET,
        breach_types=SEEN,
        actor=Actor.NONE,
        confidentiality_loss=ConfidentialityLoss.POSSIBLE,
        data_categories=data("account_data"),
        special_category=None,
        credentials_exposed=None,
        fraud_enabling=None,
        misuse_observed=None,
        controller_role="processor",
    ),
    "B-x a newsletter with all addresses to be seen": replace(
        MISTAKE,
        data_categories=data("email_address"),
        special_category=None,
        credentials_exposed=None,
        vulnerable_subjects=None,
    ),
}
"""The cases that depend on what they do not say."""


def case(number):
    """The facts of the case of a number, such as "03"."""
    (facts,) = (
        facts for name, facts in {**CASES, **OPEN_CASES}.items() if name.split()[0] == number
    )
    return facts
