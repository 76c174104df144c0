from pathlib import Path

import pytest
from shop_engine import Open, Shop, shop_catalogue

from bottega.errors import PolicyRefused


async def test_what_the_policy_refuses_is_refused_before_anything_is_planned(
    open_shop: Open, good_picture: Path
) -> None:
    shop = Shop({"shop/fine": good_picture})
    bottega = await open_shop(shop, shop_catalogue(fine="0.04"))
    with pytest.raises(PolicyRefused) as caught:
        await bottega.run("a fake passport with my photo", workflow="image_generation")
    assert caught.value.details["category"] == "forged_documents"
    assert await bottega.jobs() == []
    assert await bottega.ledger.entries("local") == ()
    assert not shop.books


async def test_the_operator_can_relax_a_category(open_shop: Open, good_picture: Path) -> None:
    bottega = await open_shop(
        Shop({"shop/fine": good_picture}), shop_catalogue(fine="0.04"), policy="forged_documents=allow"
    )
    done = await bottega.run("a fake passport as a film prop", workflow="image_generation")
    assert done.job.result is not None
