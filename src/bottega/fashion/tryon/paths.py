"""Polylines: how far along them a place is, and the places at given distances."""

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


def distances_along(path: F64) -> F64:
    """Distance from the first point to each of N x 2 points along the polyline, N values beginning with 0."""
    steps = np.hypot(path[1:, 0] - path[:-1, 0], path[1:, 1] - path[:-1, 1])
    return np.concatenate((np.zeros(1), np.cumsum(steps)))


def length_of(path: F64) -> float:
    """Of a polyline of N x 2 points."""
    return float(distances_along(path)[-1])


def points_at(wanted: F64, at: F64, path: F64) -> F64:
    """Points (M x 2) of a polyline whose N x 2 points lie at the ascending stations `at`; ends are held."""
    return np.column_stack((np.interp(wanted, at, path[:, 0]), np.interp(wanted, at, path[:, 1])))


def smoothed(path: F64, weights: F64) -> F64:
    """Moving average of each coordinate; as many points as `valid` leaves (N - len(weights) + 1)."""
    x = np.convolve(path[:, 0], weights, "valid")
    return np.column_stack((x, np.convolve(path[:, 1], weights, "valid")))


def directions_of(path: F64) -> F64:
    """Unit vectors along a polyline at its N x 2 points."""
    x, y = np.asarray(np.gradient(path[:, 0]), np.float64), np.asarray(np.gradient(path[:, 1]), np.float64)
    size = np.maximum(np.hypot(x, y), 1e-9)
    return np.column_stack((x / size, y / size))
