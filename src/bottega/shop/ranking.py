"""Which of the offers that fit come first, and which are the same thing in another size."""

from dataclasses import dataclass, field

from bottega.shop.product import Product
from bottega.shop.query import Wish
from bottega.shop.words import stems

NAMED, MEANT, DESCRIBED = 1.0, 0.8, 0.3
"""What a word is worth in the title, as the kind or material that it means, in the description."""
EXACT_KIND = 0.3
"""A shirt goes before a t-shirt where a shirt is looked for."""


@dataclass(slots=True)
class Candidate:
    id: int
    product: Product
    colour_distance: float | None = None
    similarity: float | None = None
    score: float = 0.0
    variants: list[str] = field(default_factory=list[str])


def best_of_groups(candidates: list[Candidate], wish: Wish) -> list[Candidate]:
    """Best first; of each group of a shop the best one, the others as its variants."""
    for candidate in candidates:
        candidate.score = score(candidate, wish)
    groups: dict[tuple[str, str], Candidate] = {}
    for candidate in sorted(candidates, key=lambda each: (-each.score, each.id)):
        product = candidate.product
        group = (product.shop, product.group_id or f"\0{product.id}")
        if group in groups:
            groups[group].variants.append(product.id)
        else:
            groups[group] = candidate
    return list(groups.values())


def score(candidate: Candidate, wish: Wish) -> float:
    """Between 0 and about 2.6: words, nearness of the colour, the vector's cosine, whether it can be bought."""
    product = candidate.product
    value = 0.1 if product.is_buyable else 0.0
    if wish.stems:
        title = set(stems(f"{product.title} {product.brand}"))
        value += sum(_worth(word, title, product, wish) for word in wish.stems) / len(wish.stems)
    if product.kind and product.kind in wish.kinds.values():
        value += EXACT_KIND
    if candidate.colour_distance is not None:
        value += 0.2 * max(0.0, 1 - candidate.colour_distance / 40)
    if candidate.similarity is not None:
        value += candidate.similarity
    return value


def _worth(word: str, title: set[str], product: Product, wish: Wish) -> float:
    if word in title:
        return NAMED
    if wish.kinds.get(word, "?") == product.kind or word in wish.materials:
        return MEANT
    return DESCRIBED
