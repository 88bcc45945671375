"""Where filters and pooling areas lie on a population: the geometry of convolutions.

Neurons outside the presynaptic population: left out, replaced by the nearest ones (``padding="border"``), or read as
a constant, which connections tell by the second copy of the filter.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..problems import ValueProblem
from .patterns import Built, Pattern, Sides, from_pairs
from .shared_weights import SharedConnectivity

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A filter, or a bank of filters, between two geometries.

    Parameters
    ----------
    owner : str
        Named in errors.
    pre, post : tuple of int
        Geometries.
    shape : tuple of int
        Of the weights; of a bank, the first axis are the filters.
    bank : bool
    keep_last : bool
        The last axis of both populations are maps that are filtered one by one.
    subsampling : array, optional
        Centre of the filter for each postsynaptic neuron (of a bank: for each but the last axis).
    """

    owner: str
    pre: Shape
    post: Shape
    shape: Shape
    bank: bool
    keep_last: bool
    subsampling: Any

    @property
    def kernel(self) -> Shape:
        """Shape of one filter."""
        return self.shape[1:] if self.bank else self.shape

    @property
    def places(self) -> Shape:
        """Geometry of the places at which one filter is applied."""
        return self.post[:-1] if self.bank else self.post

    def check(self) -> None:
        """Refuse geometries that do not fit."""
        pre, kernel, places = self.pre, self.kernel, self.places
        expected = len(pre) - 1 if self.keep_last else len(pre)
        hint = ""
        if len(kernel) == len(pre) + 1 and not self.bank:
            hint = "a bank of filters is connected by connect_filters"
        elif len(kernel) == len(pre) - 1 and not self.keep_last:
            hint = "keep_last_dimension=True filters each map of the last axis"
        if len(kernel) != expected or not prod(kernel):
            raise self.misfit(f"a filter of shape {kernel}", hint)
        if self.bank and self.post[-1] != self.shape[0]:
            raise self.misfit(f"a bank of {self.shape[0]} filters", "the last axis of the result are the filters")
        if self.keep_last and (len(places) != len(pre) or places[-1] != pre[-1]):
            raise self.misfit(f"a filter of shape {kernel} for each map", "the last axes must be equal")
        if self.subsampling is None and len(places) not in (len(pre), len(pre) - 1):
            raise self.misfit(f"a filter of shape {kernel}")
        if self.subsampling is None and len(places) == len(pre) - 1 and kernel[-1] != pre[-1]:
            raise self.misfit(
                f"a filter of shape {kernel}", "where the result has one axis less, the filter spans the last one"
            )

    def misfit(self, what: str, help: str = "") -> ValueProblem:
        """Return the error that names all three shapes."""
        return ValueProblem(f"{self.owner}: {what} does not lead from {self.pre} to {self.post}.", help=help)

    def centres(self) -> NDArray[np.int64]:
        """Return where the centre of the filter lies for each place, shape (places, axes)."""
        count = prod(self.places)
        if self.subsampling is not None:
            given = np.asarray(self.subsampling)
            if given.shape != (count, len(self.pre)) or given.dtype.kind not in "iu":
                raise ValueProblem(
                    f"{self.owner}: subsampling must be {count} lists of {len(self.pre)} coordinates (int)."
                )
            return given.astype(np.int64)
        axes = []
        for axis, size in enumerate(self.pre):
            if axis >= len(self.places):
                axes.append(np.array([middle(self.kernel[axis])]))
                continue
            step, rest = divmod(size, self.places[axis])
            if rest or not step:
                raise self.misfit("sub-sampling", "each axis must be divisible by that of the result")
            axes.append((step - 1) // 2 + step * np.arange(self.places[axis]))
        grids = np.meshgrid(*axes, indexing="ij")
        return np.stack([grid.reshape(-1) for grid in grids], axis=1).astype(np.int64)


def middle(size: int) -> int:
    """Return the index of the middle of an axis of a filter (the lower of two)."""
    return (size - 1) // 2


def convolution(layout: Layout, outside: str) -> Pattern:
    """Return the pattern of a filter; `outside` is ``"drop"``, ``"border"`` or ``"constant"``."""
    layout.check()
    centres = layout.centres()
    kernel = layout.kernel
    offsets = np.indices(kernel).reshape(len(kernel), -1).T - np.array([middle(size) for size in kernel])
    if layout.keep_last:
        offsets = np.concatenate([offsets, np.zeros((len(offsets), 1), np.int64)], axis=1)
    where = centres[:, None, :] + offsets[None, :, :]
    nearest = np.clip(where, 0, np.array(layout.pre) - 1)
    inside = np.all(where == nearest, axis=2)
    place, element = np.indices(inside.shape)
    rank = np.ravel_multi_index(tuple(nearest.transpose(2, 0, 1)), layout.pre)
    if outside == "drop":
        place, element, rank, inside = place[inside], element[inside], rank[inside], inside[inside]
    place, element, rank, inside = (x.reshape(-1) for x in (place, element, rank, inside))
    filters = layout.shape[0] if layout.bank else 1
    copies = 2 if outside == "constant" else 1

    def build(s: Sides, delay: int) -> Built:
        post = (place[:, None] * filters + np.arange(filters)).reshape(-1)
        chosen = (element[:, None] + prod(kernel) * np.arange(filters)).reshape(-1)
        if copies == 2:
            chosen = chosen + prod(layout.shape) * np.repeat(~inside, filters)
        pre = np.repeat(rank, filters)
        return SharedConnectivity(
            s.n_pre, s.n_post, delay, s.post[post], s.pre[pre], chosen, layout.shape, copies
        ), None

    return Pattern(build, lambda s: float(rank.size * filters))


def pooling(owner: str, pre: Shape, post: Shape, extent: Any) -> Pattern:
    """Return the pattern that connects each postsynaptic neuron to its own part of the presynaptic population."""
    if extent is None:
        if len(pre) != len(post) or any(a % b for a, b in zip(pre, post, strict=True)):
            raise ValueProblem(
                f"{owner}: {pre} cannot be divided into {post} areas of one size.", help="give the extent of the areas"
            )
        extent = tuple(a // b for a, b in zip(pre, post, strict=True))
    sizes = tuple(int(size) for size in np.atleast_1d(extent))
    counts = post + (1,) * (len(pre) - len(post))
    if len(sizes) != len(pre) or len(counts) != len(pre) or any(
        size < 1 or size * n != total for size, n, total in zip(sizes, counts, pre, strict=True)
    ):
        raise ValueProblem(f"{owner}: areas of {sizes} do not divide {pre} into {post}.")
    where = np.indices(pre) // np.array(sizes).reshape(-1, *(1,) * len(pre))
    area = np.ravel_multi_index(tuple(where), counts).reshape(-1)

    def build(s: Sides, delay: int) -> Built:
        return from_pairs(s, delay, s.pre, s.post[area])

    return Pattern(build, lambda s: float(prod(pre)))
