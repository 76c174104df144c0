"""Sizes from measurements and size charts. Nothing here looks at a photograph: a photograph has no scale."""
