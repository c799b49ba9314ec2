"""The words in which a breach is described: closed lists as enums, open lists as text.

The vocabulary is that of the published EDPB cases as we code them (docs: law).
"""

from enum import IntEnum, StrEnum


class Risk(IntEnum):
    """Risk to the rights and freedoms of natural persons: GDPR Art. 33(1), 34(1)."""

    UNLIKELY = 0
    LIKELY = 1
    HIGH = 2

    @property
    def word(self) -> str:
        """The word used in JSON.

        >>> Risk.HIGH.word
        'high'
        """
        return self.name.lower()


class Weight(IntEnum):
    """How much it hurts a person when data of this kind are in wrong hands."""

    SLIGHT = 0  # says next to nothing by itself: a pseudonym, a food preference
    BASIC = 1  # name, address, an order
    TELLING = 2  # opens a view of a life: date of birth, an insurance contract, an application
    SERIOUS = 3  # money: an account, a salary, a tax number
    GRAVE = 4  # Art. 9 and 10 data, passwords, identity papers, payment cards


class IncidentType(StrEnum):
    RANSOMWARE = "ransomware"
    EXFILTRATION = "exfiltration"
    CREDENTIAL_ATTACK = "credential_attack"
    INSIDER_MISUSE = "insider_misuse"
    MISDIRECTED_EMAIL = "misdirected_email"
    MISDIRECTED_POST = "misdirected_post"
    LOST_STOLEN_DEVICE = "lost_stolen_device"
    LOST_STOLEN_PAPER = "lost_stolen_paper"
    SOCIAL_ENGINEERING = "social_engineering"
    EMAIL_ACCOUNT_COMPROMISE = "email_account_compromise"
    PUBLISHED_ONLINE = "published_online"
    SOFTWARE_FLAW = "software_flaw"
    OUTAGE = "outage"
    OTHER = "other"


class BreachType(StrEnum):
    """GDPR Art. 4(12); the three may come together."""

    CONFIDENTIALITY = "confidentiality"
    INTEGRITY = "integrity"
    AVAILABILITY = "availability"


class ConfidentialityLoss(StrEnum):
    NONE = "none"
    EXCLUDED = "excluded"  # looked for, and shown not to have happened
    POSSIBLE = "possible"
    CONFIRMED = "confirmed"


class IntegrityLoss(StrEnum):
    NONE = "none"
    TEMPORARY = "temporary"
    POSSIBLE = "possible"
    CONFIRMED = "confirmed"


class AvailabilityLoss(StrEnum):
    NONE = "none"
    TEMPORARY_SHORT = "temporary_short"
    TEMPORARY_PROLONGED = "temporary_prolonged"
    PERMANENT = "permanent"


class Exfiltration(StrEnum):
    NOT_APPLICABLE = "not_applicable"
    EXCLUDED = "excluded"
    POSSIBLE = "possible"
    CONFIRMED = "confirmed"


class Actor(StrEnum):
    NONE = "none"
    INTERNAL = "internal"
    EXTERNAL = "external"


class Protection(StrEnum):
    """What protected the data themselves before the breach."""

    NONE = "none"
    PASSWORD_ONLY = "password_only"  # noqa: S105 - a word of the vocabulary
    STRONG_HASH_SALTED = "strong_hash_salted"
    STRONG_ENCRYPTION = "strong_encryption"


class Backup(StrEnum):
    NOT_APPLICABLE = "not_applicable"
    NONE = "none"
    PAPER_ONLY = "paper_only"
    ELECTRONIC = "electronic"


class Disruption(StrEnum):
    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"


class Identifiable(StrEnum):
    """How easily whoever got the data can tell whom they are about."""

    NONE = "none"
    INDIRECT = "indirect"
    DIRECT = "direct"


class Role(StrEnum):
    """Known roles; the list is open."""

    CONTROLLER = "controller"
    PROCESSOR = "processor"


# Open lists: other values are accepted, counted as simple data or plain people, and named.
DATA_CATEGORIES = (
    "identity",
    "contact",
    "email_address",
    "account_data",
    "customer_record",
    "purchase_history",
    "date_of_birth",
    "place_of_birth",
    "gender",
    "family_status",
    "education",
    "employment",
    "job_application",
    "communications",
    "billing",
    "insurance_policy",
    "vehicle_registration",
    "mileage",
    "food_preference",
    "user_id",
    "pseudonym",
    "credentials",
    "credentials_hashed",
    "financial_account",
    "transactions",
    "salary",
    "payment_card",
    "fiscal_code",
    "social_security_number",
    "official_id_number",
    "health",
)
SUBJECT_TYPES = (
    "customers",
    "users",
    "employees",
    "applicants",
    "jobseekers",
    "students",
    "course_participants",
    "patients",
    "children",
)
# Upper end of each band; the list of bands is open, "unknown" is the same as not known.
COUNT_BANDS = {
    "1-10": 10,
    "11-100": 100,
    "101-1000": 1_000,
    "1001-10000": 10_000,
    "10001-100000": 100_000,
    ">100000": 1_000_000,
    "unknown": None,
}
