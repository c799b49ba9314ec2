"""Plain words for the vocabulary: what a person reads where a file says "strong_encryption"."""

from collections.abc import Mapping

from incidents.law.words import N_

LABELS: Mapping[str, Mapping[str, str]] = {
    "risk": {
        "unlikely": N_("Unlikely"),
        "likely": N_("Likely"),
        "high": N_("High"),
        "undetermined": N_("Cannot be said yet"),
    },
    "level": {
        "low": N_("Low"),
        "medium": N_("Medium"),
        "high": N_("High"),
        "very high": N_("Very high"),
    },
    "incident_type": {
        "ransomware": N_("Ransomware"),
        "exfiltration": N_("Data copied out by an attacker"),
        "credential_attack": N_("Attack with stolen or guessed passwords"),
        "insider_misuse": N_("Misuse by somebody inside"),
        "misdirected_email": N_("E-mail to the wrong people"),
        "misdirected_post": N_("Letter or parcel to the wrong people"),
        "lost_stolen_device": N_("Lost or stolen device"),
        "lost_stolen_paper": N_("Lost or stolen paper"),
        "social_engineering": N_("Somebody deceived our staff"),
        "email_account_compromise": N_("Mailbox taken over"),
        "published_online": N_("Published online"),
        "software_flaw": N_("Flaw in software or settings"),
        "outage": N_("Outage"),
        "other": N_("Something else"),
    },
    "breach_types": {
        "confidentiality": N_("Confidentiality: somebody may have seen the data"),
        "integrity": N_("Integrity: the data may have been altered"),
        "availability": N_("Availability: the data could not be used, or are lost"),
    },
    "confidentiality_loss": {
        "none": N_("No, this is not that kind of breach"),
        "excluded": N_("No, and we can show it"),
        "possible": N_("It is possible"),
        "confirmed": N_("Yes"),
    },
    "integrity_loss": {
        "none": N_("No"),
        "temporary": N_("Yes, but put right again"),
        "possible": N_("It is possible"),
        "confirmed": N_("Yes"),
    },
    "availability_loss": {
        "none": N_("No"),
        "temporary_short": N_("Yes, for a short time"),
        "temporary_prolonged": N_("Yes, for a long time"),
        "permanent": N_("Yes, they are lost for good"),
    },
    "exfiltration": {
        "not_applicable": N_("Does not apply"),
        "excluded": N_("No, and we can show it"),
        "possible": N_("It cannot be excluded"),
        "confirmed": N_("Yes"),
    },
    "actor": {
        "none": N_("Nobody: a failure or an accident"),
        "internal": N_("Somebody inside"),
        "external": N_("Somebody outside"),
    },
    "protection": {
        "none": N_("Nothing"),
        "password_only": N_("A password only"),
        "strong_hash_salted": N_("Passwords stored as strong, salted hashes"),
        "strong_encryption": N_("Strong encryption"),
    },
    "backup_available": {
        "not_applicable": N_("Does not apply"),
        "none": N_("No"),
        "paper_only": N_("On paper only"),
        "electronic": N_("Yes"),
    },
    "service_disruption": {
        "none": N_("No"),
        "minor": N_("A little: delays"),
        "major": N_("Much: a service stood still"),
    },
    "identifiable": {
        "none": N_("Not at all"),
        "indirect": N_("Only with other information"),
        "direct": N_("Directly"),
    },
    "controller_role": {
        "controller": N_("Controller: the data are ours"),
        "processor": N_("Processor: we hold them for somebody else"),
    },
    "subject_count_band": {
        "1-10": N_("1 to 10"),
        "11-100": N_("11 to 100"),
        "101-1000": N_("101 to 1,000"),
        "1001-10000": N_("1,001 to 10,000"),
        "10001-100000": N_("10,001 to 100,000"),
        ">100000": N_("More than 100,000"),
        "unknown": N_("Not known"),
    },
    "subject_types": {
        "customers": N_("Customers"),
        "users": N_("Users"),
        "employees": N_("Employees"),
        "applicants": N_("Applicants"),
        "jobseekers": N_("Jobseekers"),
        "students": N_("Students"),
        "course_participants": N_("Course participants"),
        "patients": N_("Patients"),
        "children": N_("Children"),
    },
    "data_categories": {
        "identity": N_("Name"),
        "contact": N_("Address, telephone"),
        "email_address": N_("E-mail address"),
        "account_data": N_("Account settings and profile"),
        "customer_record": N_("Customer record"),
        "purchase_history": N_("Orders and purchases"),
        "date_of_birth": N_("Date of birth"),
        "place_of_birth": N_("Place of birth"),
        "gender": N_("Gender"),
        "family_status": N_("Family status"),
        "education": N_("Education, courses taken"),
        "employment": N_("Work and employer"),
        "job_application": N_("Job application"),
        "communications": N_("Messages, calls"),
        "billing": N_("Invoices"),
        "insurance_policy": N_("Insurance contract"),
        "vehicle_registration": N_("Vehicle registration"),
        "mileage": N_("Mileage"),
        "food_preference": N_("Food preferences"),
        "user_id": N_("User name"),
        "pseudonym": N_("Pseudonym"),
        "credentials": N_("Passwords"),
        "credentials_hashed": N_("Passwords, hashed"),
        "financial_account": N_("Bank account"),
        "transactions": N_("Payments, account movements"),
        "salary": N_("Salary, income"),
        "payment_card": N_("Payment card"),
        "fiscal_code": N_("Tax number"),
        "social_security_number": N_("Social security number"),
        "official_id_number": N_("Identity card or passport number"),
        "health": N_("Health"),
    },
}


def label(fact: str, value: str) -> str:
    """The plain English words for a value of a fact, to be translated; unknown words as they are.

    >>> label("protection", "strong_encryption"), label("data_categories", "shoe_size")
    ('Strong encryption', 'shoe_size')
    """
    return LABELS.get(fact, {}).get(value, value)
