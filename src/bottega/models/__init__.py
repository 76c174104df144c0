"""The model catalogue: what exists, what it can do, what it costs, until when. The data is `catalogue.toml`."""

from bottega.models.catalogue import Catalogue, Model, PriceModel, load_catalogue

__all__ = ["Catalogue", "Model", "PriceModel", "load_catalogue"]
