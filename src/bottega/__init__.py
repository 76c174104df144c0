"""Bottega: a sentence and some pictures in; finished, checked media out, at a known price.

`from bottega import Bottega` is the library's front door. It is imported on first use, so that
`import bottega` stays cheap for the command line's help.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Bottega", "__version__"]

if TYPE_CHECKING:
    from bottega.app import Bottega


def __getattr__(name: str) -> Any:
    if name == "Bottega":
        from bottega.app import Bottega

        return Bottega
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
