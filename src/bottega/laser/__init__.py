"""Laser engraving: a picture becomes a checked raster job for a GRBL machine, at its exact physical size.

Pure functions over arrays and plain values; units stand in the names (`width_mm`, `speed_mm_min`). Importing
this package loads no numpy: `size` and `materials` are plain Python, the rest computes.
"""
