"""Values given from Python as numbers: plain, as text with a unit, or as quantities of pint or brainunit.

One coherent system, in which ms, mV, pA, nS, pF, GOhm, kHz, um, mM and K are all 1. No library of units is imported
here: quantities are recognised by what they can do.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import RanvierError, coherent_unit, model, parse_quantity, unitwords

from .problems import NotAvailable, ValueProblem

#: SI value of one coherent unit of length, mass, time, current, temperature, substance, luminosity.
_COHERENT = (1e-6, 1e-12, 1e-3, 1e-12, 1.0, 1e-18, 1.0)
_COHERENT_EXPONENTS = (-6, -12, -3, -12, 0, -18, 0)
_PINT_DIMENSIONS = (
    "[length]", "[mass]", "[time]", "[current]", "[temperature]", "[substance]", "[luminosity]",
)  # fmt: skip
_FACTOR = re.compile(r"\s*[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?\s*[*/]\s*([A-Za-z_]\w*)")


def is_pint(value: object) -> bool:
    """Tell whether a value is a pint quantity."""
    return hasattr(value, "to_base_units") and hasattr(value, "dimensionality") and hasattr(value, "magnitude")


def has_mantissa(value: object) -> bool:
    """Tell whether a value is a quantity of brainunit: a mantissa, and a unit of powers of ten of SI units."""
    return hasattr(value, "mantissa") and hasattr(getattr(value, "unit", None), "dim")


def _mantissa_dimension(value: Any) -> model.Dimension:
    length, mass, time, current, temperature, substance, luminosity = (float(x) for x in value.unit.dim._dims)
    return (length, mass, time, current, temperature, substance, luminosity)


def _from_mantissa(value: Any) -> Any:
    dimension, unit = _mantissa_dimension(value), value.unit
    exponent = unit.scale - sum(
        e * d for e, d in zip(_COHERENT_EXPONENTS, dimension, strict=True)
    )
    mantissa = np.asarray(value.mantissa, np.float64)
    factor = float(getattr(unit, "factor", 1.0)) * 10.0 ** abs(exponent)
    return mantissa * factor if exponent >= 0 else mantissa / factor


def _pint_dimension(value: Any) -> model.Dimension:
    return tuple(float(value.dimensionality.get(name, 0)) for name in _PINT_DIMENSIONS)


def _from_pint(value: Any) -> Any:
    dimension = _pint_dimension(value)
    scale = 1.0
    for unit, exponent in zip(_COHERENT, dimension, strict=True):
        scale *= unit**exponent
    return value.to_base_units().magnitude / scale


def is_expression(text: str, names: Container[str] = ()) -> bool:
    """Tell whether a text is anything but a number with an optional unit (``"5 ms"``).

    A number times or over one of `names` is an expression, too: ``"0.1*m"`` where there is a variable ``m``.
    """
    try:
        parse_quantity(text)
    except RanvierError:
        return True
    factor = _FACTOR.match(text)
    return factor is not None and factor[1] in names


def dimension_of(value: Any) -> model.Dimension | None:
    """Return the dimension of a value, None for plain numbers and whatever has none of its own."""
    if isinstance(value, str):
        return None if is_expression(value) else _declared(parse_quantity(value)[1])
    if is_pint(value):
        return _pint_dimension(value)
    if has_mantissa(value):
        return _mantissa_dimension(value)
    found: model.Dimension | None = getattr(value, "dimension", None) if hasattr(value, "get_values") else None
    return found


def _declared(dimension: model.Dimension | None) -> model.Dimension | None:
    return None if dimension is None or not any(dimension) else dimension


def number(value: Any, what: str, dimension: model.Dimension | None = None) -> Any:
    """Return a value as a float or a float array in coherent units.

    Parameters
    ----------
    value : number, array, str ("5 ms") or pint quantity
    what : str
        Named in errors, as in "population 'exc': tau".
    dimension : tuple, optional
        When given, quantities of another dimension are refused.
    """
    own = dimension_of(value)
    refuse_other_units(what, dimension, own, value)
    if isinstance(value, str):
        if is_expression(value):
            raise ValueProblem(f'{what} must be a number or a quantity such as "5 ms", not {value!r}.')
        return float(parse_quantity(value)[0])
    if is_pint(value):
        value = _from_pint(value)
    elif has_mantissa(value):
        value = _from_mantissa(value)
        value = float(value) if value.ndim == 0 else value
    if isinstance(value, (bool, np.bool_)):
        return float(value)
    if isinstance(value, (int, float, np.integer, np.floating)):
        return float(value)
    try:
        return _float_array(value)
    except (TypeError, ValueError):
        raise ValueProblem(f"{what} must be a number, not {type(value).__name__}.") from None


def refuse_other_units(
    what: str, dimension: model.Dimension | None, own: model.Dimension | None, value: object
) -> None:
    """Raise when something of one dimension is given a value of another; plain numbers and unknown ones fit."""
    if dimension is None or own is None or all(abs(x - y) < 1e-9 for x, y in zip(dimension, own, strict=True)):
        return
    shown = repr(value) if len(repr(value)) <= 60 else f"the value of type {type(value).__name__}"
    must = f"be in {unitwords.unit_text(dimension)}" if any(dimension) else "have no unit"
    message = f"{what} must {must}, but {shown} {unitwords.in_words(own)}."
    raise ValueProblem(message, help=unitwords.example(dimension))


def _float_array(value: Any) -> NDArray[np.float64]:
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError
    return array.astype(np.float64)


def with_unit(value: Any, dimension: model.Dimension | None, what: str, scale: float = 1.0) -> Any:
    """Return a value in coherent units as a pint quantity.

    Parameters
    ----------
    value : number or array
    dimension : tuple or None
    what : str
        Named in errors, as in "'v' of population 'exc'".
    scale : float
        1000 for rates, which are kept in Hz.
    """
    if dimension is None:
        raise ValueProblem(
            f"{what} has no unit that is known.", help="its model is written without units; read the plain numbers"
        )
    try:
        import pint
    except ImportError:
        raise NotAvailable("units=True needs the package pint.", help="pip install 'ranvier[units]'") from None
    unit = "Hz" if scale != 1.0 else coherent_unit(dimension).replace("GOhm", "gigaohm").replace("M", "molar")
    units: Any = pint
    return units.get_application_registry().Quantity(np.asarray(value) if np.ndim(value) else value, unit)


#: Dimension of a time, for durations, delays and periods.
TIME: model.Dimension = (0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
#: Dimension of rates in Hz.
RATE: model.Dimension = (0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0)


def milliseconds(value: Any, what: str) -> float:
    """Return one time in ms."""
    result = number(value, what, TIME)
    if isinstance(result, np.ndarray):
        if result.size != 1:
            raise ValueProblem(f"{what} must be one time in ms, not an array.")
        result = float(result.reshape(-1)[0])
    return float(result)
