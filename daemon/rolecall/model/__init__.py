"""The nouns of Rolecall, in the order in which a posting travels.

    Request → Reply → RawPosting → Posting → Job → Alert → Message

A type says how far the data has come, so a signature says which room a function lives in. All of them are
frozen; datetimes are aware UTC; `None` means "not stated", never a magic number.
"""

from rolecall.model.answers import Action, Answer, Match, Reason, Verdict
from rolecall.model.exchange import Reply, Request, Validators, digest_of
from rolecall.model.facts import (
    UNSTATED,
    Clearance,
    ClearanceLevel,
    Closing,
    Confidence,
    ContractType,
    Fact,
    HomeBase,
    Hours,
    Ir35,
    Level,
    Location,
    Mode,
    Need,
    OfficeDays,
    Origin,
    Pay,
    PayKind,
    Period,
    Place,
    Rung,
    Salary,
    Tech,
    TimeZoneNeed,
    Track,
    UkFit,
    Visa,
    WorkMode,
)
from rolecall.model.message import Button, Card, Copy, Keyboard, Message, MessageKind
from rolecall.model.posting import Posting
from rolecall.model.raw import Json, Page, RawPosting
from rolecall.model.sameness import Assignment, Print

__all__ = [
    "UNSTATED",
    "Action",
    "Answer",
    "Assignment",
    "Button",
    "Card",
    "Clearance",
    "ClearanceLevel",
    "Closing",
    "Confidence",
    "ContractType",
    "Copy",
    "Fact",
    "HomeBase",
    "Hours",
    "Ir35",
    "Json",
    "Keyboard",
    "Level",
    "Location",
    "Match",
    "Message",
    "MessageKind",
    "Mode",
    "Need",
    "OfficeDays",
    "Origin",
    "Page",
    "Pay",
    "PayKind",
    "Period",
    "Place",
    "Posting",
    "Print",
    "RawPosting",
    "Reason",
    "Reply",
    "Request",
    "Rung",
    "Salary",
    "Tech",
    "TimeZoneNeed",
    "Track",
    "UkFit",
    "Validators",
    "Verdict",
    "Visa",
    "WorkMode",
    "digest_of",
]
