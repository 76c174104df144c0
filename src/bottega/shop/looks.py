"""Looks for an owner out of the shops' offers and the own wardrobe. What goes together is decided by `fashion.outfits`."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from bottega.shop.recommend import Candidates

if TYPE_CHECKING:  # numpy is imported by the first request, not at start
    from bottega.fashion.outfits.values import Context, Looks, Price, Profile

Ask = Callable[[str], Awaitable[str]]
"""Puts a prompt to a language model and gives its answer."""


async def compose_looks(
    candidates: Candidates,
    owner: str,
    context: "Context",
    *,
    n: int = 5,
    locked: Sequence[str] = (),
    budget: "Price | None" = None,
    seed: int = 0,
    profile: "Profile | None" = None,
    with_wardrobe: bool = True,
    with_shops: bool = True,
    ask: Ask | None = None,
    wishes: str = "",
) -> "Looks":
    """As `fashion.outfits.compose`, over what the owner can see. `locked` are ids as the items of looks have them. With `ask`
    a language model puts the looks in order; what it gets wrong is said in `rerank_failed`, and the rules' order stays."""
    from bottega.fashion.outfits.compose import compose
    from bottega.fashion.outfits.rerank import rerank_or_keep, rerank_prompt
    from bottega.fashion.outfits.values import Profile

    table = await candidates.table(
        owner, budget or context.budget, locked, wardrobe=with_wardrobe, shops=with_shops
    )
    looks = await candidates.computed(
        lambda: compose(table, context, n, locked, budget, seed, profile=profile or Profile())
    )
    if ask is None or len(looks) < 2:
        return looks
    return rerank_or_keep(looks, await ask(rerank_prompt(looks, wishes)))
