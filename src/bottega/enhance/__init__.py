"""Algorithms that make a still better or other: size and sharpness, noise and exposure, styles. Arrays in, arrays out."""
