"""Nodes in space: layers, masks, and probabilities that depend on where two nodes are.

A probability and a mask are texts about the positions of two nodes, with their numbers as named constants: the text is
compiled once, whatever the numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, radians, sin
from math import gamma as gamma_function
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..connect.patterns import check_probability
from ..context import Context
from ..groups.distributions import is_distribution
from ..problems import ValueProblem
from .rules import Rule
from .units import in_unit

__all__ = [
    "Expression", "Layer", "box", "circular", "distance", "doughnut", "ellipsoidal", "elliptical", "exponential",
    "free", "gabor", "gamma", "gaussian", "gaussian2D", "grid", "rectangular", "source_pos",
    "spatial_pairwise_bernoulli", "spherical", "target_pos",
]  # fmt: skip

# -- layers ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Positions of nodes, in um.

    Parameters
    ----------
    coords : ndarray, shape (n, ndim), um, optional
        None where they are drawn.
    ndim : int
    extent : ndarray, um, optional
    source : distribution, optional
    """

    coords: NDArray[np.float64] | None
    ndim: int
    extent: NDArray[np.float64] | None = None
    source: Any = None

    def positions(self, size: int, context: Context, name: str) -> NDArray[np.float64]:
        """Return the positions of nodes; drawn ones depend on the seed and the name."""
        if self.coords is not None:
            return self.coords
        ranks = np.repeat(np.arange(size), self.ndim)
        axes = np.tile(np.arange(self.ndim), size)
        drawn = self.source.sample(context.draws(f"{name}:positions", ranks, axes))
        return np.asarray(drawn, np.float64).reshape(size, self.ndim)


def lengths(values: Any, what: str) -> NDArray[np.float64]:
    """Return lengths in um."""
    return np.asarray(in_unit(values, "um", what), np.float64)


def grid(shape: Sequence[int], extent: Any = None, center: Any = None) -> Layer:
    """Return a lattice of points in the middle of equal cells; the first axis is slowest, y runs from top to bottom.

    Parameters
    ----------
    shape : sequence of 2 or 3 ints
    extent : sequence of lengths, um
        Size in each dimension; 1 by default.
    center : sequence of lengths, um
        The origin by default.
    """
    counts = [int(n) for n in shape]
    ndim = len(counts)
    if ndim not in (2, 3) or min(counts) < 1:
        raise ValueProblem(f"spatial.grid: shape must be two or three positive ints, got {shape!r}.")
    size = lengths([1.0] * ndim if extent is None else extent, "spatial.grid: extent")
    middle = lengths([0.0] * ndim if center is None else center, "spatial.grid: center")
    if size.shape != (ndim,) or middle.shape != (ndim,):
        raise ValueProblem(f"spatial.grid: extent and center need {ndim} lengths.")
    axes = []
    for axis, n in enumerate(counts):
        along = (np.arange(n) + 0.5) * size[axis] / n - size[axis] / 2
        axes.append(middle[axis] + (-along if axis == 1 else along))
    points = np.stack([x.reshape(-1) for x in np.meshgrid(*axes, indexing="ij")], axis=-1)
    return Layer(points, ndim, size)


def free(positions: Any, extent: Any = None, num_dimensions: int | None = None) -> Layer:
    """Return given positions, or positions that are drawn at `create`.

    Parameters
    ----------
    positions : array, shape (n, 2) or (n, 3), um, or distribution
    extent : sequence of lengths, um, optional
    num_dimensions : int, optional
        Of a distribution without extent.
    """
    size = None if extent is None else lengths(extent, "spatial.free: extent")
    if is_distribution(positions):
        if (size is None) == (num_dimensions is None):
            raise ValueProblem("spatial.free: a distribution needs an extent or num_dimensions, and not both.")
        ndim = len(size) if size is not None else int(num_dimensions or 0)
        if ndim not in (2, 3):
            raise ValueProblem(f"spatial.free: two or three dimensions, got {ndim}.")
        return Layer(None, ndim, size, positions)
    points = lengths(positions, "spatial.free: positions")
    if points.ndim != 2 or points.shape[1] not in (2, 3):
        raise ValueProblem(f"spatial.free: positions have shape (n, 2) or (n, 3), got {points.shape}.")
    return Layer(points, int(points.shape[1]), size)


# -- expressions -------------------------------------------------------------------------------------


class Expression:
    """An expression over the positions of two nodes; numbers in it become named constants.

    Parameters
    ----------
    *parts : str, number or Expression
    """

    def __init__(self, *parts: Any) -> None:
        self._parts: tuple[str | float, ...] = tuple(
            piece for part in parts for piece in (part._parts if isinstance(part, Expression) else (_piece(part),))
        )

    def text(self) -> tuple[str, dict[str, float]]:
        """Return the text, and the values of its constants."""
        words: list[str] = []
        names: dict[str, float] = {}
        for part in self._parts:
            if isinstance(part, str):
                words.append(part)
            else:
                words.append(name := f"constant_{len(names)}")
                names[name] = part
        return "".join(words), names

    def inlined(self) -> str:
        """Return the text with its numbers."""
        return "".join(part if isinstance(part, str) else f"({part!r})" for part in self._parts)

    def __repr__(self) -> str:
        return "".join(part if isinstance(part, str) else f"{part:g}" for part in self._parts)

    def __add__(self, other: Any) -> Expression:
        return Expression("(", self, " + ", other, ")")

    def __radd__(self, other: Any) -> Expression:
        return Expression("(", other, " + ", self, ")")

    def __sub__(self, other: Any) -> Expression:
        return Expression("(", self, " - ", other, ")")

    def __rsub__(self, other: Any) -> Expression:
        return Expression("(", other, " - ", self, ")")

    def __mul__(self, other: Any) -> Expression:
        return Expression("(", self, "*", other, ")")

    def __rmul__(self, other: Any) -> Expression:
        return Expression("(", other, "*", self, ")")

    def __truediv__(self, other: Any) -> Expression:
        return Expression("(", self, "/", other, ")")

    def __rtruediv__(self, other: Any) -> Expression:
        return Expression("(", other, "/", self, ")")

    def __pow__(self, other: Any) -> Expression:
        return Expression("(", self, "**", other, ")")

    def __neg__(self) -> Expression:
        return Expression("(-", self, ")")


def _piece(part: Any) -> str | float:
    return part if isinstance(part, str) else float(lengths(part, "spatial: a number or a length"))


class _Axes(Expression):
    """An expression with one part for each axis: ``distance``, ``distance.x``."""

    def __init__(self, text: str, axis: str) -> None:
        super().__init__(text)
        self.x, self.y, self.z = (Expression(axis.format(a=a)) for a in "xyz")


_SHIFT = "(post.position_{a} - pre.position_{a})"
distance = _Axes("dist", f"abs{_SHIFT}")
source_pos = _Axes("pre.position_x", "pre.position_{a}")
target_pos = _Axes("post.position_x", "post.position_{a}")
_dx, _dy, _dz = (Expression(_SHIFT.format(a=a)) for a in "xyz")


def _number(value: Any, what: str) -> float:
    """Return a length, or a number, in um."""
    return float(lengths(value, what))


def _call(function: str, *arguments: Any) -> Expression:
    parts: list[Any] = [f"{function}("]
    for k, argument in enumerate(arguments):
        parts += [", ", argument] if k else [argument]
    return Expression(*parts, ")")


def gaussian(x: Any = distance, mean: float = 0.0, std: float = 1.0) -> Expression:
    """Return exp(-(x - mean)^2/(2 std^2))."""
    spread, mean = _number(std, "spatial.gaussian: std"), _number(mean, "spatial.gaussian: mean")
    return _call("exp", -((x - mean) * (x - mean)) / (2.0 * spread**2))


def exponential(x: Any = distance, beta: float = 1.0) -> Expression:
    """Return exp(-x/beta)."""
    return _call("exp", -x / _number(beta, "spatial.exponential: beta"))


def gamma(x: Any = distance, kappa: float = 1.0, theta: float = 1.0) -> Expression:
    """Return the density of the gamma distribution of shape kappa and scale theta."""
    theta = _number(theta, "spatial.gamma: theta")
    scale: float = theta ** float(kappa) * gamma_function(kappa)
    return _call("pow", x, float(kappa) - 1.0) * _call("exp", -x / theta) / scale


def gabor(
    x: Any = None, y: Any = None, theta: float = 0.0, gamma: float = 1.0, std: float = 1.0, lam: float = 1.0,
    psi: float = 0.0,
) -> Expression:  # fmt: skip
    """Return the positive part of a Gabor function; angles in degrees, `lam` the wavelength (Kremkow et al. 2016)."""
    first, second = (_dx if x is None else x), (_dy if y is None else y)
    std, lam, angle = _number(std, "spatial.gabor: std"), _number(lam, "spatial.gabor: lam"), radians(theta)
    along = first * cos(angle) + second * sin(angle)
    across = second * cos(angle) - first * sin(angle)
    wave = _call("pos", _call("cos", across * (2.0 * pi / lam) + radians(psi)))
    envelope: Expression = _call("exp", -(along * along * gamma**2 + across * across) / (2.0 * std**2))
    return wave * envelope


def gaussian2D(
    x: Any = None, y: Any = None, mean_x: float = 0.0, mean_y: float = 0.0, std_x: float = 1.0, std_y: float = 1.0,
    rho: float = 0.0,
) -> Expression:  # fmt: skip
    """Return a Gaussian of two coordinates with correlation rho, 1 at its peak."""
    what = "spatial.gaussian2D: mean or std"
    first = ((_dx if x is None else x) - _number(mean_x, what)) / _number(std_x, what)
    second = ((_dy if y is None else y) - _number(mean_y, what)) / _number(std_y, what)
    square = first * first + second * second - first * second * (2.0 * rho)
    return _call("exp", -square / (2.0 * (1.0 - rho**2)))


# -- masks -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """A condition on the positions of two nodes."""

    condition: Expression


def circular(radius: Any) -> Mask:
    """Return the mask of targets within a radius."""
    return Mask(Expression("dist <= ", lengths(radius, "spatial.circular: radius")))


spherical = circular


def doughnut(inner_radius: Any, outer_radius: Any) -> Mask:
    """Return the mask of targets beyond an inner radius and within an outer one."""
    inner, outer = (lengths(r, "spatial.doughnut: radius") for r in (inner_radius, outer_radius))
    if inner >= outer:
        raise ValueProblem("spatial.doughnut: the inner radius must be smaller than the outer one.")
    return Mask(Expression("dist > ", inner, " and dist <= ", outer))


def _between(shifts: Sequence[Expression], low: Any, high: Any, what: str) -> Mask:
    first, last = lengths(low, f"{what}: lower_left"), lengths(high, f"{what}: upper_right")
    if first.shape != (len(shifts),) or last.shape != first.shape or np.any(first >= last):
        raise ValueProblem(f"{what}: lower_left must lie below upper_right, each with {len(shifts)} lengths.")
    parts: list[Any] = []
    for shift, a, b in zip(shifts, first, last, strict=True):
        parts += [" and " if parts else "", shift, " >= ", a, " and ", shift, " <= ", b]
    return Mask(Expression(*parts))


def box(lower_left: Any, upper_right: Any) -> Mask:
    """Return the mask of displacements in a box of three dimensions."""
    return _between((_dx, _dy, _dz), lower_left, upper_right, "spatial.box")


def rectangular(lower_left: Any, upper_right: Any, azimuth_angle: float = 0.0) -> Mask:
    """Return the mask of displacements in a rectangle, turned by an angle (degrees) about its middle."""
    middle = (lengths(lower_left, "spatial.rectangular") + lengths(upper_right, "spatial.rectangular")) / 2.0
    x, y = _dx - middle[0], _dy - middle[1]
    c, s = cos(radians(azimuth_angle)), sin(radians(azimuth_angle))
    shifts = (_dx, _dy) if not azimuth_angle else (x * c + y * s + middle[0], y * c - x * s + middle[1])
    return _between(shifts, lower_left, upper_right, "spatial.rectangular")


def elliptical(major_axis: Any, minor_axis: Any, azimuth_angle: float = 0.0, anchor: Any = None) -> Mask:
    """Return the mask of displacements in an ellipse, given by its whole axes, turned by an angle (degrees)."""
    return _ellipse(major_axis, minor_axis, None, azimuth_angle, 0.0, anchor, "spatial.elliptical")


def ellipsoidal(
    major_axis: Any, minor_axis: Any, polar_axis: Any, azimuth_angle: float = 0.0, polar_angle: float = 0.0,
    anchor: Any = None,
) -> Mask:  # fmt: skip
    """Return the mask of displacements in an ellipsoid, given by its whole axes, turned by two angles (degrees)."""
    what = "spatial.ellipsoidal"
    return _ellipse(major_axis, minor_axis, polar_axis, azimuth_angle, polar_angle, anchor, what)


def _ellipse(major: Any, minor: Any, polar: Any, azimuth: float, tilt: float, anchor: Any, what: str) -> Mask:
    shifts = [_dx, _dy, _dz][: 2 if polar is None else 3]
    if anchor is not None:
        shifts = [d - a for d, a in zip(shifts, lengths(anchor, f"{what}: anchor"), strict=True)]
    c, s = cos(radians(azimuth)), sin(radians(azimuth))
    along, across = shifts[0] * c + shifts[1] * s, shifts[0] * s - shifts[1] * c
    turned = [along, across]
    if polar is not None:
        c, s = cos(radians(tilt)), sin(radians(tilt))
        turned = [along * c - shifts[2] * s, across, along * s + shifts[2] * c]
    sizes = [float(lengths(axis, what)) / 2.0 for axis in (major, minor, polar) if axis is not None]
    if min(sizes) <= 0.0:
        raise ValueProblem(f"{what}: axes must be above 0.")
    total: Expression | None = None
    for x, half in zip(turned, sizes, strict=True):
        term = x * x / half**2
        total = term if total is None else total + term
    return Mask(Expression(total, " <= ", 1.0))


def spatial_pairwise_bernoulli(p: Any, mask: Mask | None = None, allow_autapses: bool = True) -> Rule:
    """Connect each pair with a probability that may depend on the positions; both sides need positions.

    Parameters
    ----------
    p : number or Expression
    mask : Mask, optional
        Only pairs that it contains.
    allow_autapses : bool
    """
    if mask is not None and not isinstance(mask, Mask):
        raise ValueProblem(f"spatial_pairwise_bernoulli: mask must be a mask such as circular(1.0), not {mask!r}.")
    condition, names = ("", {}) if mask is None else mask.condition.text()
    renamed = {name: name.replace("constant", "mask") for name in names}
    for old in sorted(names, key=len, reverse=True):
        condition = condition.replace(old, renamed[old])
    namespace = {renamed[name]: value for name, value in names.items()}
    chance: Any
    if isinstance(p, Expression):
        chance, constants = p.text()
        namespace.update(constants)
    else:
        chance = check_probability(p, "spatial_pairwise_bernoulli")
    return Rule(
        "spatial_pairwise_bernoulli",
        lambda q, own, many: q.where(
            condition, chance, allow_self_connections=own and allow_autapses, namespace=namespace
        ),
        spatial=True,
    )
