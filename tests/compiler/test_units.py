"""The table of units: one coherent system, powers of ten, dimensions."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ranvier.compiler import ValueProblem, parse_quantity
from ranvier.compiler.units import UNITS, describe, lookup

#: What the coherent system promises: all of these are 1.
ONES = ["ms", "mV", "pA", "nS", "pF", "Gohm", "GOhm", "kHz", "um", "umetre", "mM", "mmolar", "kelvin", "msecond",
        "mvolt", "pamp", "nsiemens", "pfarad", "pascal"]  # fmt: skip


@pytest.mark.parametrize("name", ONES)
def test_units_of_the_field_are_one(name: str) -> None:
    unit = lookup(name)
    assert unit is not None
    assert unit.factor == 1.0


@pytest.mark.parametrize(
    ("product", "result"),
    [
        (("siemens", "volt"), "amp"),
        (("farad", "volt", "hertz"), "amp"),
        (("ohm", "amp"), "volt"),
        (("amp", "second"), "coulomb"),
        (("volt", "amp"), "watt"),
        (("watt", "second"), "joule"),
        (("newton", "metre"), "joule"),
        (("pascal", "metre", "metre"), "newton"),
        (("molar", "litre"), "mole"),
        (("henry", "amp"), "weber"),
        (("tesla", "metre", "metre"), "weber"),
        (("volt", "second"), "weber"),
        (("katal", "second"), "mole"),
    ],
)
def test_the_system_is_coherent(product: tuple[str, ...], result: str) -> None:
    """Values and dimensions multiply as physics says, so no equation needs a conversion."""
    units = [UNITS[name] for name in product]
    assert sum(u.exponent for u in units) == UNITS[result].exponent
    assert tuple(map(sum, zip(*(u.dimension for u in units), strict=True))) == UNITS[result].dimension


@pytest.mark.parametrize(
    ("text", "value", "like"),
    [
        ("5 ms", 5.0, "second"),
        ("5ms", 5.0, "second"),
        ("-60*mV", -60.0, "volt"),
        ("0.1 nA", 100.0, "amp"),
        ("100 Hz", 0.1, "hertz"),
        ("1.5e2 uS", 1.5e5, "siemens"),
        ("3 s", 3000.0, "second"),
        ("-.070 V", -70.0, "volt"),
        ("200 pF", 200.0, "farad"),
        ("20000 um**2", 20000.0, "metre2"),
        ("20000 um^2", 20000.0, "metre2"),
        ("20000 umetre2", 20000.0, "metre2"),
        ("1 cm3", 1e12, "metre3"),
        ("100 Mohm", 0.1, "ohm"),
        ("36.5 K", 36.5, "kelvin"),
        ("1 mmole/litre", 1.0, "molar"),
        ("2 nS/1", 2.0, "siemens"),
    ],
)
def test_quantities(text: str, value: float, like: str) -> None:
    assert parse_quantity(text) == (value, UNITS[like].dimension)


def test_quantities_of_products() -> None:
    value, dimension = parse_quantity("1 uF/cm**2")
    assert value == 0.01
    assert dimension == (-4.0, -1.0, 4.0, 2.0, 0.0, 0.0, 0.0)
    assert parse_quantity("5 mV*ms**-1") == (5.0, (2.0, 1.0, -4.0, -1.0, 0.0, 0.0, 0.0))


@pytest.mark.parametrize("text", ["5", " -0.5e-3 ", "+7.", ".5"])
def test_numbers_have_no_dimension(text: str) -> None:
    assert parse_quantity(text) == (float(text), None)


@pytest.mark.parametrize(
    "text",
    ["", "ms", "5 parsec", "5 ms 3", "five ms", "5 mV*", "5 /ms ms", "1e999", "nan", "inf", "5 ms; import os",
     "v + 5", "5 mV**", "5**2", "0x10 ms", "5 ms" * 100],
)  # fmt: skip
def test_what_is_no_quantity(text: str) -> None:
    with pytest.raises(ValueProblem):
        parse_quantity(text)
    with pytest.raises(ValueError):
        parse_quantity(text)


@pytest.mark.parametrize("number", ["0.1", "1e-3", "123.456", "7", "0.3e1", "9007199254740993"])
@pytest.mark.parametrize("unit", ["uV", "nA", "Hz", "Mohm", "cm2", "ns", "kg"])
def test_conversions_are_rounded_once(number: str, unit: str) -> None:
    """The result is the double nearest to the exact decimal product."""
    value, _ = parse_quantity(f"{number} {unit}")
    assert value == float(Fraction(number) * Fraction(10) ** UNITS[unit].exponent)


def test_names_of_models_are_no_units() -> None:
    for name in ("V", "A", "S", "F", "m", "s", "C", "I", "E", "N", "damp", "camp", "min", "as", "pi", "km", "mg"):
        assert lookup(name) is None


def test_dimensions_have_names() -> None:
    for name in ("volt", "amp", "siemens", "farad", "ohm", "second", "hertz", "metre", "molar"):
        assert describe(UNITS[name].dimension) == name
    assert describe((2.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0)) == "metre**2*second**-1"
    assert describe((0.0,) * 7) == "1"


@pytest.mark.parametrize(
    ("text", "value"), [("0.5/ms", 0.5), ("0.5 / ms", 0.5), ("2 /ms**2", 2.0), ("1/s", 1e-3), ("3/mV/ms", 3.0)]
)
def test_quantities_that_begin_with_a_division(text: str, value: float) -> None:
    found, dimension = parse_quantity(text)
    assert found == value
    assert dimension is not None
    assert dimension[2] != 0
