"""Ranks and coordinates: a population of shape (h, w) numbers its neurons row by row, as numpy does."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..problems import ValueProblem


def shape_of(geometry: Any, owner: str) -> tuple[int, ...]:
    """Return a geometry given as an int or a tuple as a tuple of positive ints."""
    entries = geometry if isinstance(geometry, (tuple, list)) else (geometry,)
    try:
        shape = tuple(operator.index(entry) for entry in entries)
    except TypeError:
        message = f"{owner}: geometry must be an int or a tuple of ints, not {geometry!r}."
        raise ValueProblem(message, help="the model comes second, as in create(10, neuron)") from None
    if not shape or any(entry < 1 for entry in shape):
        raise ValueProblem(f"{owner}: every dimension of the geometry must be at least 1, got {geometry!r}.")
    if prod(shape) >= 2**31:
        raise ValueProblem(f"{owner}: a population holds less than 2**31 neurons, got {geometry!r}.")
    return shape


def rank_from_coordinates(coordinates: Sequence[int], shape: tuple[int, ...], owner: str) -> int:
    """Return the rank of the neuron at some coordinates."""
    if len(coordinates) != len(shape) or any(not 0 <= c < s for c, s in zip(coordinates, shape, strict=True)):
        raise ValueProblem(f"{owner} has no neuron at {tuple(coordinates)}; its geometry is {shape}.")
    return int(np.ravel_multi_index(tuple(coordinates), shape))


def coordinates_from_rank(rank: int, shape: tuple[int, ...], owner: str) -> tuple[int, ...]:
    """Return the coordinates of the neuron of some rank."""
    if not 0 <= rank < prod(shape):
        raise ValueProblem(f"{owner} has no neuron {rank}; its size is {prod(shape)}.")
    return tuple(int(c) for c in np.unravel_index(rank, shape))


def normalized_coordinates(rank: int, shape: tuple[int, ...], norm: float, owner: str) -> tuple[float, ...]:
    """Return coordinates scaled so that each runs from 0 to `norm`."""
    position = coordinates_from_rank(rank, shape, owner)
    return tuple(norm * c / (s - 1) if s > 1 else 0.0 for c, s in zip(position, shape, strict=True))


def select(index: Any, shape: tuple[int, ...], owner: str) -> tuple[NDArray[np.int64], slice | None]:
    """Return the ranks that an index selects, and the slice of ranks where the index is one.

    Parameters
    ----------
    index : int, slice, list of int, array, mask, or a tuple of ints and slices (coordinates)
    shape : tuple of int
        Geometry of the population.
    owner : str
        Named in errors.
    """
    size = prod(shape)
    if isinstance(index, tuple):
        return _by_coordinates(index, shape, owner), None
    if isinstance(index, slice):
        return np.arange(size, dtype=np.int64)[index], index
    array = np.asarray(index)
    if array.dtype == np.bool_:
        if array.shape not in (shape, (size,)):
            raise ValueProblem(f"{owner}: the mask has shape {array.shape}, the population {shape}.")
        return np.flatnonzero(array.reshape(-1)).astype(np.int64), None
    if array.ndim > 1 or (array.size and array.dtype.kind not in "iu"):
        raise ValueProblem(f"{owner}: neurons are selected by ranks, slices, masks or coordinates, not {index!r}.")
    ranks = array.reshape(-1).astype(np.int64)
    bad = ranks[(ranks < -size) | (ranks >= size)]
    if bad.size:
        raise ValueProblem(f"{owner} has no neuron {int(bad[0])}; its size is {size}.")
    ranks = np.where(ranks < 0, ranks + size, ranks)
    if np.unique(ranks).size != ranks.size:
        raise ValueProblem(f"{owner}: a view names the same neuron twice.")
    return ranks, None


def _by_coordinates(index: tuple[Any, ...], shape: tuple[int, ...], owner: str) -> NDArray[np.int64]:
    if len(index) > len(shape):
        raise ValueProblem(f"{owner}: {len(index)} coordinates for a geometry of {len(shape)} dimensions.")
    grid = np.arange(prod(shape), dtype=np.int64).reshape(shape)
    try:
        chosen = grid[index]
    except IndexError as error:
        raise ValueProblem(f"{owner}: {error}.") from None
    return np.asarray(chosen, dtype=np.int64).reshape(-1)
