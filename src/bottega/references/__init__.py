"""Pictures by name: what a user saved and mentions as `@name`, and what a web search finds.

Whether a request needs a web search is said by `intent`; what a picture does in its role is left to the workflows.
"""

from bottega.references.book import ReferenceBook
from bottega.references.mentions import Mention, find_mentions
from bottega.references.reference import Reference, ReferenceKind
from bottega.references.resolve import (
    Resolved,
    UnknownMention,
    is_same_request,
    resolve,
    with_person_to_work_on,
)
from bottega.references.search import WebReference, WebSearch, web_search, why_no_web_search

__all__ = [
    "Mention",
    "Reference",
    "ReferenceBook",
    "ReferenceKind",
    "Resolved",
    "UnknownMention",
    "WebReference",
    "WebSearch",
    "find_mentions",
    "is_same_request",
    "resolve",
    "web_search",
    "why_no_web_search",
    "with_person_to_work_on",
]
