"""Parametric boxes for the laser: plates with finger joints, proven to fit, nested on sheets, kerf-compensated."""

from bottega.laser.boxes.designs import DESIGNS, Design
from bottega.laser.boxes.make import Box, Part, assemble, make_box
from bottega.laser.boxes.settings import BoxSettings

__all__ = ["DESIGNS", "Box", "BoxSettings", "Design", "Part", "assemble", "make_box"]
