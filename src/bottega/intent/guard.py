"""Recognises content that is made for an interpreter and not for a picture: script, SQL, shell, templates, paths,
and orders to a language model. It reports; what to do with a flagged request is the caller's decision.

The patterns look for syntax, not for words, so that "drop-leaf table", "sudo" on a T-shirt and "I <3 cats" pass.
All of them run in linear time.
"""

import re
from typing import Final

_FLAGS: Final = re.IGNORECASE

_PATTERNS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    (
        "script or HTML code",
        re.compile(
            r"<\s*/?\s*(?:script|iframe|object|embed|svg|img|body|style|link|meta)\b[^<>]{0,200}[>/]"
            r"|\bjavascript\s*:\s*\S|\bon(?:error|load|click|mouseover)\s*=\s*[\"'\w]",
            _FLAGS,
        ),
    ),
    (
        "SQL code",
        re.compile(
            r"['\";)]\s*(?:;|--)?\s*(?:drop|truncate|alter)\s+table\s+\w"
            r"|\bdrop\s+table\s+(?:if\s+exists\s+)?\w+\s*(?:;|--)"
            r"|\bunion\s+(?:all\s+)?select\b.{0,40}\bfrom\b|['\"]\s*or\s+['\"]?\w{1,10}['\"]?\s*=\s*['\"]?\w"
            r"|\b(?:delete|insert)\s+(?:from|into)\s+\w+\s+(?:where|values)\b|;\s*(?:select|update)\s+\S+\s+(?:from|set)\b",
            _FLAGS,
        ),
    ),
    (
        "shell commands",
        re.compile(
            r"\brm\s+-\w*[rf]|\$\([^()]{1,200}\)|`[a-z]+(?:\s[^`]{0,100})?`"
            r"|[;|&]\s*(?:cat|curl|wget|bash|sh|nc|python3?|chmod|ls|id|whoami)\b(?:\s+[-/\w.]|\s*$|\s*[;|&])"
            r"|\b(?:curl|wget)\s+\S{3,200}\s*\|\s*(?:ba)?sh\b|>\s*/dev/",
            _FLAGS,
        ),
    ),
    (
        "template code",
        re.compile(r"\{\{[^{}]{1,200}\}\}|\{%[^%]{1,200}%\}|<%[^%]{1,200}%>|[$#]\{[^{}]{1,200}\}"),
    ),
    (
        "a path out of its folder",
        re.compile(
            r"\.\.[/\\]|%2e%2e(?:%2f|%5c|/)|(?<!\w)/(?:etc|proc|root|var/log)/\w|\bfile://|[a-z]:\\windows\\",
            _FLAGS,
        ),
    ),
    (
        "an order to a language model",
        re.compile(
            r"\b(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+)?(?:of\s+)?(?:the\s+|your\s+|my\s+)?"
            r"(?:previous|prior|above|earlier|preceding|system)\s+(?:\w+\s+)?(?:instructions?|prompts?|rules|messages?)"
            r"|\b(?:reveal|print|show|repeat|output)\s+(?:me\s+)?(?:your|the)\s+(?:system|hidden|initial)\s+(?:prompt|instructions?)"
            r"|<\|?(?:im_start|im_end|system|endoftext)\|?>|\[/?INST\]|(?:^|\n)\s*(?:system|assistant)\s*:\s"
            r"|\byou\s+are\s+now\s+(?:dan\b|an?\s+unrestricted|in\s+developer\s+mode)"
            r"|игнорируй(?:те)?\s+(?:все\s+)?(?:предыдущие|прежние)\s+(?:инструкции|указания)"
            r"|ignore[rz]?\s+(?:toutes\s+)?les\s+(?:instructions|consignes)\s+pr[eé]c[eé]dentes"
            r"|ignora\s+(?:todas\s+)?las\s+instrucciones\s+anteriores"
            r"|ignoriere\s+(?:alle\s+)?(?:vorherigen|bisherigen|obigen)\s+(?:anweisungen|instruktionen)",
            _FLAGS,
        ),
    ),
)


def suspicions(text: str) -> tuple[str, ...]:
    """What in the text is made for an interpreter, in words, in a fixed order; empty for an ordinary sentence.

    Give it the text after `normalise.clean`, so that invisible characters hide nothing.
    """
    return tuple(reason for reason, pattern in _PATTERNS if pattern.search(text))
