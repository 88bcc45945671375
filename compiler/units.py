"""Our own table of units, and the coherent system in which everything is computed.

In this system ms, mV, pA, nS, pF, GOhm, kHz, um, mM and K are all 1. Every factor is a power of ten and is kept as
its exponent, so conversions are correctly rounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import Diagnostic, Refusal, ValueProblem
from .model import Dimension
from .tree import Binary, Expr, Name, Num, Unary

#: (length, mass, time, current, temperature, substance, luminosity)
DIMENSIONLESS: Dimension = (0.0,) * 7


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its value in the coherent system is 10**exponent; `prefixed` tells ``mV`` from ``volt``."""

    exponent: int
    dimension: Dimension
    prefixed: bool = False

    @property
    def factor(self) -> float:
        """The unit's value in the coherent system."""
        return power_of_ten(self.exponent)


def power_of_ten(exponent: int) -> float:
    """Return 10**exponent, correctly rounded."""
    return float(f"1e{exponent}")


#: Powers of ten of the base units in the coherent system: metre, kilogram, second, ampere, kelvin, mole, candela.
_BASE = (6, 12, 3, 12, 0, 18, 0)


def _unit(length: int = 0, mass: int = 0, time: int = 0, current: int = 0, heat: int = 0, mole: int = 0,
          light: int = 0, shift: int = 0) -> Unit:  # fmt: skip
    powers = (length, mass, time, current, heat, mole, light)
    return Unit(shift + sum(p * b for p, b in zip(powers, _BASE, strict=True)), tuple(float(p) for p in powers))


_METRE, _SECOND, _AMP, _MOLE = _unit(length=1), _unit(time=1), _unit(current=1), _unit(mole=1)
_VOLT = _unit(2, 1, -3, -1)
_OHM = _unit(2, 1, -3, -2)
_GRAM = _unit(mass=1, shift=-3)
_LITRE = _unit(length=3, shift=-3)
_MOLAR = _unit(length=-3, mole=1, shift=3)
#: Full names; every one may have a prefix of `_PREFIXES`.
_NAMES: dict[str, Unit] = {
    "metre": _METRE, "meter": _METRE, "gram": _GRAM, "gramme": _GRAM, "second": _SECOND, "amp": _AMP,
    "ampere": _AMP, "kelvin": _unit(heat=1), "mole": _MOLE, "candela": _unit(light=1), "radian": _unit(),
    "steradian": _unit(), "hertz": _unit(time=-1), "newton": _unit(1, 1, -2), "pascal": _unit(-1, 1, -2),
    "joule": _unit(2, 1, -2), "watt": _unit(2, 1, -3), "coulomb": _unit(time=1, current=1), "volt": _VOLT,
    "farad": _unit(-2, -1, 4, 2), "ohm": _OHM, "siemens": _unit(-2, -1, 3, 2), "weber": _unit(2, 1, -2, -1),
    "tesla": _unit(0, 1, -2, -1), "henry": _unit(2, 1, -2, -2), "lumen": _unit(light=1),
    "lux": _unit(length=-2, light=1), "becquerel": _unit(time=-1), "gray": _unit(2, 0, -2),
    "sievert": _unit(2, 0, -2), "katal": _unit(time=-1, mole=1), "liter": _LITRE, "litre": _LITRE, "molar": _MOLAR,
}  # fmt: skip
_PREFIXES = {
    "y": -24, "z": -21, "a": -18, "f": -15, "p": -12, "n": -9, "u": -6, "m": -3,
    "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "Z": 21, "Y": 24,
}  # fmt: skip
#: Prefixes that only lengths and volumes take: with others they would make words ("damp").
_SMALL_PREFIXES = {"c": -2, "d": -1, "h": 2, "da": 1}
#: Symbols and the prefixes with which equations know them. No symbol stands alone but Hz: `V`, `m`, `s` are names.
_SYMBOLS: dict[str, tuple[str, str]] = {
    "V": ("volt", "num k M"), "A": ("amp", "fpnum k"), "S": ("siemens", "fpnum"), "F": ("farad", "fpnum"),
    "s": ("second", "pnum"), "Hz": ("hertz", "m k M G"), "m": ("metre", "num c"), "M": ("molar", "pnum"),
    "W": ("watt", "num"), "Ohm": ("ohm", "k M G"), "mol": ("mole", "pnum"),
}  # fmt: skip


def _table() -> dict[str, Unit]:
    table = dict(_NAMES)
    table["kilogram"] = table["kg"] = Unit(_GRAM.exponent + 3, _GRAM.dimension)
    table["Hz"] = _NAMES["hertz"]
    every = {**_PREFIXES, **_SMALL_PREFIXES}
    for name, unit in _NAMES.items():
        allowed = every if unit in (_METRE, _LITRE) else _PREFIXES
        for prefix, shift in allowed.items():
            table.setdefault(prefix + name, Unit(unit.exponent + shift, unit.dimension, True))
    for symbol, (name, prefixes) in _SYMBOLS.items():
        unit = _NAMES[name]
        for prefix in prefixes.replace(" ", ""):
            table[prefix + symbol] = Unit(unit.exponent + every[prefix], unit.dimension, True)
    for name in [n for n, unit in table.items() if unit.dimension == _METRE.dimension]:
        for power in (2, 3):
            table[f"{name}{power}"] = _powered(table[name], power)
    return table


def _powered(unit: Unit, power: int) -> Unit:
    return Unit(unit.exponent * power, tuple(power * d for d in unit.dimension), unit.prefixed)


UNITS: dict[str, Unit] = _table()
#: Units that a misspelt name may have meant.
COMMON = (
    *_NAMES,
    *(prefix + symbol for symbol, (_, prefixes) in _SYMBOLS.items() for prefix in prefixes.replace(" ", "")),
)
#: Symbols that stand alone in a quantity given from Python ("5 V") but not in equations.
_PLAIN = {symbol: _NAMES[name] for symbol, (name, _) in _SYMBOLS.items()} | {
    "K": _NAMES["kelvin"], "C": _NAMES["coulomb"], "g": _GRAM, "J": _NAMES["joule"], "N": _NAMES["newton"],
    "L": _LITRE, "Pa": _NAMES["pascal"], "mg": Unit(_GRAM.exponent - 3, _GRAM.dimension, True),
}  # fmt: skip

MAX_POWER = 20
#: Names for messages, by dimension: the first that fits is shown.
_SHOWN = ("volt", "amp", "siemens", "farad", "ohm", "second", "hertz", "metre", "molar", "mole", "kelvin", "kilogram",
          "coulomb", "watt", "joule", "candela")  # fmt: skip

_NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*(?:\*?\s*((?:/\s*)?[A-Za-z][A-Za-z0-9_/*^.\s()-]*?))?\s*\Z")
_POWER = r"(?:(?:\*\*|\^)\s*\(?\s*([-+]?[0-9]{1,2})\s*\)?)?"
_FACTOR = re.compile(rf"\s*(\*\*|[*/])?\s*([A-Za-z]+[23]?|1)\s*{_POWER}")


def lookup(name: str) -> Unit | None:
    """Return the unit called `name` in equations, or None."""
    return UNITS.get(name)


def parse_quantity(text: str) -> tuple[float, Dimension | None]:
    """Read a number with an optional unit, such as ``"5 ms"``, ``"1.5e2*mV"``, ``"2/ms"`` or ``"3 uF/cm**2"``.

    Returns
    -------
    value : float
        In coherent units.
    dimension : tuple of float or None
        None for a number without a unit.

    Raises
    ------
    ValueProblem
        When the text is not a quantity.
    """
    match = _QUANTITY.match(text) if len(text) < 200 else None
    if match is None:
        raise ValueProblem(f"'{text[:60]}' is not a number with a unit")
    number, unit_text = match.groups()
    unit = _parse_unit(unit_text) if unit_text else None
    value = scaled(number, unit.exponent if unit else 0)
    if value in (float("inf"), -float("inf")):
        raise ValueProblem(f"'{text.strip()}' is too large")
    return value, unit.dimension if unit else None


def scaled(number: str, shift: int) -> float:
    """Return a decimal literal times a power of ten, rounded once."""
    mantissa, _, exponent = number.lower().partition("e")
    return float(f"{mantissa}e{int(exponent or 0) + shift}")


def _parse_unit(text: str) -> Unit:
    position, exponent, dimension, first = 0, 0, DIMENSIONLESS, True
    while position < len(text):
        match = _FACTOR.match(text, position)
        op, name, power_text = match.groups() if match else (None, None, None)
        unit = UNITS.get(name or "") or _PLAIN.get(name or "") or (Unit(0, DIMENSIONLESS) if name == "1" else None)
        joined = op == "/" or first == (op is None)
        if match is None or unit is None or op == "**" or not joined:
            raise ValueProblem(f"unknown unit '{(name or text)[:40]}'")
        power = int(power_text or 1) * (-1 if op == "/" else 1)
        exponent += unit.exponent * power
        dimension = tuple(d + power * u for d, u in zip(dimension, unit.dimension, strict=True))
        position, first = match.end(), False
    return Unit(exponent, dimension)


def annotation_dimension(node: Expr, variable: str) -> Dimension:
    """Return the dimension that a unit annotation declares.

    Raises
    ------
    Refusal
        E301, when the text is a value or uses a unit with a prefix (but for the few of SI value 1, such as mmolar).
    """
    match node:
        case Num(1.0, True, _):
            return DIMENSIONLESS
        case Name("boolean" | "integer", _):
            return DIMENSIONLESS
        case Name(name, span):
            unit = UNITS[name]
            if unit.prefixed and unit.exponent != sum(p * b for p, b in zip(unit.dimension, _BASE, strict=True)):
                base = describe(unit.dimension)
                message = f"'{name}' is not a base unit; declare '{variable}' with '{base}'"
                help = f"values may carry any unit: '5*{name}'; declarations name the base unit"
                raise Refusal(Diagnostic("E301", message, span, help))
            return unit.dimension
        case Binary("**", base_unit, power, _):
            exponent = _constant(power)
            return tuple(exponent * d for d in annotation_dimension(base_unit, variable))
        case Binary(op, left, right, _):
            if op == "*" and (isinstance(left, Num) or isinstance(right, Num)):
                raise Refusal(Diagnostic("E301", "this is a value, not a unit", node.span, "leave out the number"))
            sign = 1.0 if op == "*" else -1.0
            a, b = annotation_dimension(left, variable), annotation_dimension(right, variable)
            return tuple(x + sign * y for x, y in zip(a, b, strict=True))
        case _:
            raise Refusal(Diagnostic("E301", "this is a value, not a unit", node.span, "leave out the number"))


def _constant(node: Expr) -> float:
    match node:
        case Num(value, _, _) if value <= MAX_POWER:
            return value
        case Unary(op, operand, _):
            return -_constant(operand) if op == "-" else _constant(operand)
        case Binary("/", left, right, _) if (divisor := _constant(right)) != 0.0:
            return _constant(left) / divisor
        case _:
            raise Refusal(
                Diagnostic("E301", f"the power of a unit must be a number up to {MAX_POWER}", node.span, "metre**2")
            )


def describe(dimension: Dimension) -> str:
    """Return a short text of a dimension: ``"volt"``, ``"metre**2*second**-1"``, ``"1"``."""
    for name in _SHOWN:
        if UNITS[name].dimension == dimension:
            return name
    base = ("metre", "kilogram", "second", "amp", "kelvin", "mole", "candela")
    terms = [n if p == 1 else f"{n}**{p:g}" for n, p in zip(base, dimension, strict=True) if p]
    return "*".join(terms) or "1"
