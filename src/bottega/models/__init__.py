"""The model catalogue: what exists, what it can do, what it costs, until when. The data is `catalogue.toml`."""

from bottega.models.catalogue import Catalogue, Model, load_catalogue
from bottega.models.lifetime import Ending, endings, has_ended, use_instead
from bottega.models.limits import SizeLimits
from bottega.models.prices import PriceModel, Unmeasured, price_from_evidence

__all__ = [
    "Catalogue",
    "Ending",
    "Model",
    "PriceModel",
    "SizeLimits",
    "Unmeasured",
    "endings",
    "has_ended",
    "load_catalogue",
    "price_from_evidence",
    "use_instead",
]
