"""What the geometric engine is called, for those who name it without running it as a job."""

from typing import Final

NAME: Final = "geometric"
MODEL: Final = "geometric/preview"
SOURCE_TYPE: Final = "compositeCapture"
"""IPTC digital source type: put together from captured pictures, without a trained model."""
