"""Dimensions in words: names of units, and what an expression may lack. Used only when there is something to say."""

from __future__ import annotations

from collections.abc import Iterator

from .model import Dimension
from .units import DIMENSIONLESS, UNITS

#: Units by which a dimension is named, the first that fits; those up to "volt" may also stand below a fraction.
_NAMED = ("second", "metre", "kelvin", "mole", "volt", "amp", "siemens", "farad", "ohm", "molar", "coulomb", "watt",
          "joule", "newton", "kilogram", "weber", "candela")  # fmt: skip
_BELOW = _NAMED[:5]
_BASE = ("metre", "kilogram", "second", "amp", "kelvin", "mole", "candela")
#: What quantities of a unit are called, and how equations usually write one.
_QUANTITIES: dict[str, tuple[str, str]] = {
    "second": ("a time", "ms"), "volt": ("a voltage", "mV"), "amp": ("a current", "pA"),
    "siemens": ("a conductance", "nS"), "ohm": ("a resistance", "Mohm"), "farad": ("a capacitance", "pF"),
    "metre": ("a length", "um"), "metre2": ("an area", "um**2"), "metre3": ("a volume", "um**3"),
    "molar": ("a concentration", "mM"), "mole": ("an amount of substance", "fmol"),
    "kelvin": ("a temperature", "kelvin"), "coulomb": ("a charge", "pA*ms"),
    "hertz": ("a rate", "Hz"),
}  # fmt: skip


def unit_text(dimension: Dimension) -> str:
    """Return the unit of a dimension as equations write it: ``"volt/second"``, ``"siemens/metre**2"``, ``"1"``."""
    if dimension == DIMENSIONLESS:
        return "1"
    for text, candidate in _candidates():
        if all(abs(x - y) < 1e-9 for x, y in zip(candidate, dimension, strict=True)):
            return text
    up = [_power(unit, p) for unit, p in zip(_BASE, dimension, strict=True) if p > 0]
    down = [_power(unit, -p) for unit, p in zip(_BASE, dimension, strict=True) if p < 0]
    return "/".join(["*".join(up) or "1", *down])


def _power(unit: str, power: float) -> str:
    return unit if abs(power - 1) < 1e-9 else f"{unit}**{power:.4g}"


def _candidates() -> Iterator[tuple[str, Dimension]]:
    """Yield names of units, then their powers, then quotients and products of two, from plain to far-fetched."""
    units = {name: UNITS[name].dimension for name in _NAMED}
    yield from units.items()
    powers = [(f"{n}**{p:g}", _scaled(d, p)) for n, d in units.items() for p in (2.0, 3.0, 0.5)]
    yield from powers
    yield from ((f"1/{n}", _scaled(d, -1.0)) for n, d in (*units.items(), *powers))
    area = ("metre**2", _scaled(units["metre"], 2.0))
    root = ("second**0.5", _scaled(units["second"], 0.5))
    below = [*((n, units[n]) for n in _BELOW), area, root]
    for b, y in below:
        yield from ((f"{n}/{b}", _plus(x, y, -1.0)) for n, x in (*units.items(), *powers))
    for b, y in below:
        yield from ((f"{n}*{b}", _plus(x, y)) for n, x in units.items())
    for b, y in below:
        yield from ((f"{n}/{b}/second", _plus(_plus(x, y, -1.0), units["second"], -1.0)) for n, x in units.items())


def _scaled(dimension: Dimension, power: float) -> Dimension:
    return tuple(power * d for d in dimension)


def _plus(a: Dimension, b: Dimension, sign: float = 1.0) -> Dimension:
    return tuple(x + sign * y for x, y in zip(a, b, strict=True))


def in_words(dimension: Dimension) -> str:
    """Return how a text says that something has a dimension: ``"is in volt"``, ``"has no unit"``."""
    return f"is in {unit_text(dimension)}" if any(dimension) else "has no unit"


def quantity(dimension: Dimension) -> str | None:
    """Return what a quantity is called, ``"a capacitance"``; None for uncommon ones."""
    for name, (word, _) in _QUANTITIES.items():
        if UNITS[name].dimension == dimension:
            return f"{word} ({unit_text(dimension)})"
    return None


def literal(dimension: Dimension) -> str | None:
    """Return a unit that equations usually write for a dimension, ``"mV"``."""
    return next((short for name, (_, short) in _QUANTITIES.items() if UNITS[name].dimension == dimension), None)


def example(dimension: Dimension) -> str:
    """Return how a value of a dimension is given from Python."""
    unit = literal(dimension)
    if unit is None:
        return "give a plain number" if not any(dimension) else "give a plain number, in coherent units"
    counts = f", which counts in {unit}" if unit in UNITS and UNITS[unit].exponent == 0 else ""
    return f"give a quantity such as '1 {unit}', or a plain number{counts}"


#: Place of time in a dimension.
_TIME = 2


def missing(found: Dimension, expected: Dimension, number: str = "") -> str:
    """Return advice that turns one dimension into another, ``""`` where none is clear.

    Parameters
    ----------
    found, expected : tuple of float
    number : str
        A literal number, where it is likely that this one lacks its unit.
    """
    ratio = _plus(expected, found, -1.0)
    unit = literal(ratio)
    if number and unit:
        return f"perhaps the number lacks its unit, as in '{number}*{unit}'"
    if abs(ratio[_TIME]) == 0.5 and not any(r for k, r in enumerate(ratio) if k != _TIME):
        return f"perhaps {'divide' if ratio[_TIME] < 0 else 'multiply'} by the root of a time, as in 'xi*tau**-0.5'"
    inverse, factor = quantity(_scaled(ratio, -1.0)), quantity(ratio)
    options = [f"divide by {inverse}"] if inverse and "rate" not in inverse else []
    options += [f"multiply by {factor}"] if factor and "rate" not in factor else []
    if not options:
        return ""
    advice = "perhaps " + " or ".join(options)
    if not any(expected) and (unit := literal(found)) is not None:
        advice += f"; '/{unit}' gives the number of {unit}"
    return advice


def lacking_below(found: Dimension, left: str, number: str) -> str:
    """Return advice for a quotient with a number below, which should have no unit."""
    unit = literal(found)
    return f"perhaps the number lacks its unit, as in '{left}/({number}*{unit})'" if unit else ""
