"""Units at the boundary: numbers go in and come out in the unit of their parameter, and in the user's library."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import model, parse_quantity

from ..problems import ValueProblem
from ..quantities import has_mantissa, is_expression, is_pint, number

__all__ = ["NO_UNIT", "Units", "in_unit", "units"]

#: Of values without a dimension.
NO_UNIT = "1"


@cache
def _unit(name: str) -> tuple[float, model.Dimension | None]:
    """Return what one of a unit is in coherent units, and its dimension."""
    return parse_quantity(f"1 {name}" if name != NO_UNIT else "1")


def in_unit(value: Any, unit: str, what: str) -> Any:
    """Return a value as a number, or an array of them, in a unit; plain numbers are in it already.

    Parameters
    ----------
    value : number, array, quantity, or list of these
    unit : str
        ``"pA"``, or ``"1"``.
    what : str
        Named in errors.

    Raises
    ------
    ValueProblem
        E501: no number, or of another dimension.
    """
    if isinstance(value, (list, tuple)) and any(is_pint(v) or has_mantissa(v) or isinstance(v, str) for v in value):
        return np.array([in_unit(v, unit, what) for v in value])
    scale, dimension = _unit(unit)
    quantity = is_pint(value) or has_mantissa(value)
    if isinstance(value, str) and not is_expression(value):
        quantity = parse_quantity(value)[1] is not None
    result = number(value, what, dimension or (0.0,) * 7)
    return result / scale if quantity and scale != 1.0 else result


class Units:
    """Gives results the unit library of a quantity that the user gave; plain arrays where that was a plain number.

    Parameters
    ----------
    like : number or quantity
    """

    def __init__(self, like: Any) -> None:
        self._registry: Any = None
        if is_pint(like):
            self._registry = like._REGISTRY
        elif has_mantissa(like):
            self._registry = sys.modules[type(like).__module__.partition(".")[0]]

    def wrap(self, values: NDArray[Any] | float, unit: str) -> Any:
        """Return values that are in a unit as a quantity."""
        if self._registry is None or unit == NO_UNIT:
            return values
        return values * getattr(self._registry, unit)


class _Mathematics:
    """Comparisons of quantities."""

    @staticmethod
    def allclose(a: Any, b: Any, rtol: float = 1e-5, atol: float = 1e-8) -> bool:
        """Tell whether quantities agree, after conversion to the unit of the second."""
        own = b.units if is_pint(b) else None
        first = a.to(own).magnitude if own is not None and is_pint(a) else a
        return bool(np.allclose(first, b.magnitude if own is not None else b, rtol, atol))


class _UnitNames:
    """The units of pint's application registry by name, with the few functions that scripts use of brainunit.

    ``from ranvier.builder import units as u``, then ``0.1 * u.ms``, ``20.0 * u.pA``.
    """

    math = _Mathematics()

    @staticmethod
    def get_magnitude(value: Any) -> Any:
        """Return the number of a quantity, in its own unit."""
        return value.magnitude if is_pint(value) else value

    def __getattr__(self, name: str) -> Any:
        """Return the unit of that name."""
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            import pint
        except ImportError:
            raise ValueProblem("units need pint.", help="pip install 'ranvier[units]', or give plain numbers") from None
        registry: Any = pint.get_application_registry  # untyped in pint
        return getattr(registry(), name)


units = _UnitNames()
