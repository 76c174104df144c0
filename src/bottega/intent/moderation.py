"""What others flagged in words and pictures, as findings of the content policy."""

from collections.abc import Iterable

from bottega.intent.policy import Finding, Policy, PolicyCategory
from bottega.llm.moderation import Flag


def findings_of(flags: Iterable[Flag], policy: Policy, *, shows_minor: bool = False) -> tuple[Finding, ...]:
    """Those that the policy refuses, at most one per category, the gravest first: `policy.refusal` makes an error of
    them. `shows_minor` says that one of the pictures shows somebody under age, who is then concerned by whatever is
    sexual."""
    found: dict[PolicyCategory, Finding] = {}
    for flag in flags:
        category = PolicyCategory(flag.category)
        concerns = category is PolicyCategory.SEXUAL_MINORS or (
            shows_minor and category is PolicyCategory.SEXUAL
        )
        finding = Finding(category, (flag.found_as,), flag.where, concerns)
        if policy.refuses(finding):
            found.setdefault(category, finding)
    return tuple(found[category] for category in PolicyCategory if category in found)
