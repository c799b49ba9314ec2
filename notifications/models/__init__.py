"""The rows of the post room, by subject."""

from notifications.models.groups import NoticeGroup, NoticeGroupText
from notifications.models.incoming import Incoming, Mailbox
from notifications.models.keys import ListKey
from notifications.models.lists import ListImport, ListPart
from notifications.models.made import MadeFile, MadePart
from notifications.models.notices import Notice, NoticeText
from notifications.models.paper import PaperBatch, PaperLetter
from notifications.models.recipients import (
    STATES,
    WAITING,
    Claim,
    Recipient,
    claimed,
    in_state,
    number_of,
    on_list,
    uid_of,
    within,
)
from notifications.models.servers import Server, Worker
from notifications.models.single import Mail, Reminder
from notifications.models.tries import Attempt, Taken

__all__ = [
    "STATES",
    "WAITING",
    "Attempt",
    "Claim",
    "Incoming",
    "ListImport",
    "ListKey",
    "ListPart",
    "MadeFile",
    "MadePart",
    "Mail",
    "Mailbox",
    "Notice",
    "NoticeGroup",
    "NoticeGroupText",
    "NoticeText",
    "PaperBatch",
    "PaperLetter",
    "Recipient",
    "Reminder",
    "Server",
    "Taken",
    "Worker",
    "claimed",
    "in_state",
    "number_of",
    "on_list",
    "uid_of",
    "within",
]
