"""The rows of the post room, by subject."""

from notifications.models.incoming import Incoming, Mailbox
from notifications.models.lists import ListImport, ListPart
from notifications.models.notices import Notice, NoticeText
from notifications.models.recipients import STATES, Attempt, Recipient
from notifications.models.servers import Server, Worker
from notifications.models.single import Mail, Reminder

__all__ = [
    "STATES",
    "Attempt",
    "Incoming",
    "ListImport",
    "ListPart",
    "Mail",
    "Mailbox",
    "Notice",
    "NoticeText",
    "Recipient",
    "Reminder",
    "Server",
    "Worker",
]
