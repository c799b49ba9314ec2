"""The rows of the case, by subject."""

from incidents.models.entry import Chain, Counter, Entry
from incidents.models.epoch import Epoch
from incidents.models.held import HeldFile
from incidents.models.incident import Incident, Measure
from incidents.models.judgement import Assessment, Decision, Duty
from incidents.models.news import News
from incidents.models.notification import AuthorityLetter, Notification
from incidents.models.organisation import Organisation, Processor
from incidents.models.people import Invitation, User
from incidents.models.receipt import Receipt
from incidents.models.report import Attachment, Blob, Message, Report
from incidents.models.watching import Following, Looking, SavedFilter

__all__ = [
    "Assessment",
    "Attachment",
    "AuthorityLetter",
    "Blob",
    "Chain",
    "Counter",
    "Decision",
    "Duty",
    "Entry",
    "Epoch",
    "Following",
    "HeldFile",
    "Incident",
    "Invitation",
    "Looking",
    "Measure",
    "Message",
    "News",
    "Notification",
    "Organisation",
    "Processor",
    "Receipt",
    "Report",
    "SavedFilter",
    "User",
]
