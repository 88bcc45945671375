"""Connectors over normalised coordinates: weights that are a Gaussian of distance, or a difference of two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..groups.positions import normalized
from ..problems import ValueProblem
from ..quantities import number
from .connectivity import index_type
from .patterns import Built, Pattern, Sides, from_rows

#: Pairs whose distances are held at once.
_PAIRS = 1 << 20


def _exp(x: NDArray[np.float64]) -> NDArray[np.float64]:
    from .. import _mathlib

    return np.asarray(_mathlib.call("exp", np.ascontiguousarray(x)))


def _width(sigma: Any, argument: str) -> float:
    value = float(number(sigma, argument))
    if not value > 0.0:
        raise ValueProblem(f"{argument} must be above 0, got {value}.")
    return value


def gaussian(amp: Any, sigma: Any, limit: float, allow_self: bool) -> Pattern:
    """``amp*exp(-d^2/(2 sigma^2))`` where that is above `limit` times `amp`."""
    height, width = float(number(amp, "gaussian: amp")), _width(sigma, "gaussian: sigma")

    def profile(squared: NDArray[np.float64]) -> NDArray[np.float64]:
        return height * _exp(-squared / 2.0 / width / width)

    return _by_distance(profile, limit * abs(height), allow_self)


def dog(amp_pos: Any, sigma_pos: Any, amp_neg: Any, sigma_neg: Any, limit: float, allow_self: bool) -> Pattern:
    """Return the difference of two Gaussians where that is above `limit` times the difference of amplitudes."""
    high, low = float(number(amp_pos, "dog: amp_pos")), float(number(amp_neg, "dog: amp_neg"))
    near, far = _width(sigma_pos, "dog: sigma_pos"), _width(sigma_neg, "dog: sigma_neg")

    def profile(squared: NDArray[np.float64]) -> NDArray[np.float64]:
        return high * _exp(-squared / 2.0 / near / near) - low * _exp(-squared / 2.0 / far / far)

    return _by_distance(profile, limit * abs(high - low), allow_self)


def _by_distance(
    profile: Callable[[NDArray[np.float64]], NDArray[np.float64]], least: float, allow_self: bool
) -> Pattern:
    def build(s: Sides, delay: int) -> Built:
        shapes = s.ends.pre.geometry, s.ends.post.geometry
        if len(shapes[0]) != len(shapes[1]):
            raise ValueProblem(
                f"{s.owner}: the geometries {shapes[0]} and {shapes[1]} have different numbers of dimensions.",
                help="give both populations geometries of equal dimension",
            )
        pre, post = np.sort(s.pre), np.sort(s.post)
        from_, to = normalized(shapes[0])[pre], normalized(shapes[1])[post]
        rows = max(1, _PAIRS // max(post.size, 1))
        targets, weights, lengths = [], [], np.zeros(s.n_pre, np.int64)
        for first in range(0, pre.size, rows):
            some = slice(first, first + rows)
            squared = np.zeros((pre[some].size, post.size))
            for axis in range(to.shape[1]):
                squared += (from_[some, axis, None] - to[None, :, axis]) ** 2
            value = profile(squared.reshape(-1)).reshape(squared.shape)
            chosen = np.abs(value) > least
            if s.same and not allow_self:
                chosen &= pre[some, None] != post[None, :]
            row, column = np.nonzero(chosen)
            lengths[pre[some]] = chosen.sum(axis=1)
            targets.append(post[column].astype(index_type(s.n_post)))
            weights.append(value[row, column])
        indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        target = np.concatenate([*targets, np.zeros(0, index_type(s.n_post))])
        built, _ = from_rows(s, delay, (indptr, target))
        return built, np.concatenate([*weights, np.zeros(0)]).reshape(-1, 1)

    return Pattern(build, lambda s: 0.0)
