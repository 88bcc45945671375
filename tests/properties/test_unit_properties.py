"""Random expressions with known units: right ones pass, one wrong unit is found, and what is inferred is right."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from ranvier.compiler import Source, parse, resolve_neuron
from ranvier.compiler.errors import UnitProblem
from ranvier.compiler.model import Dimension, Model
from ranvier.compiler.units import DIMENSIONLESS, UNITS

DIMENSIONS = [
    DIMENSIONLESS,
    *(UNITS[name].dimension for name in ("volt", "amp", "second", "siemens", "farad", "hertz")),
]
FORMS = ["name", "sum", "product", "quotient", "power", "root", "extreme", "choice", "call"]
WRONG = UNITS["candela"].dimension


@dataclass
class Written:
    """Writes expressions; every name occurs once, so no unit can cancel."""

    draw: st.DrawFn
    units: dict[str, Dimension] = field(default_factory=dict)

    def name(self, dimension: Dimension) -> str:
        name = f"a{len(self.units)}"
        self.units[name] = dimension
        return name

    def expression(self, dimension: Dimension, depth: int) -> str:
        if depth == 0:
            return self.name(dimension)
        form = self.draw(st.sampled_from(FORMS))
        other = self.draw(st.sampled_from(DIMENSIONS))
        match form:
            case "sum":
                sign = self.draw(st.sampled_from(["+", "-"]))
                return f"({self.expression(dimension, depth - 1)} {sign} {self.expression(dimension, depth - 1)})"
            case "product":
                rest = tuple(a - b for a, b in zip(dimension, other, strict=True))
                return f"{self.expression(other, depth - 1)}*{self.expression(rest, depth - 1)}"
            case "quotient":
                above = tuple(a + b for a, b in zip(dimension, other, strict=True))
                return f"{self.expression(above, depth - 1)}/({self.expression(other, depth - 1)})"
            case "power":
                return f"({self.expression(tuple(d / 2 for d in dimension), depth - 1)})**2"
            case "root":
                inner = self.expression(tuple(2 * d for d in dimension), depth - 1)
                return self.draw(st.sampled_from([f"sqrt({inner})", f"({inner})**(1/2)"]))
            case "extreme":
                func, count = self.draw(st.sampled_from([("clip", 3), ("max", 2), ("min", 3)]))
                return f"{func}({', '.join(self.expression(dimension, depth - 1) for _ in range(count))})"
            case "choice":
                left, right = self.expression(other, depth - 1), self.expression(other, depth - 1)
                then, otherwise = self.expression(dimension, depth - 1), self.expression(dimension, depth - 1)
                return f"ite({left} > {right}, {then}, {otherwise})"
            case "call" if not any(dimension):
                func = self.draw(st.sampled_from(["exp", "tanh", "exprel", "abs", "-"]))
                return f"{func}({self.expression(dimension, depth - 1)})"
        return f"-{self.name(dimension)}" if self.draw(st.booleans()) else self.name(dimension)


@st.composite
def equations(draw: st.DrawFn) -> tuple[str, dict[str, Dimension]]:
    written = Written(draw)
    dimension = draw(st.sampled_from(DIMENSIONS))
    text = written.expression(dimension, 3)
    return f"checked = mV/mV : 1\nx = {text} + goal", {**written.units, "goal": dimension}


def resolved(text: str, units: dict[str, Dimension | None]) -> Model:
    given_ = tuple((name, dimension, "float", "shared") for name, dimension in units.items())
    tree = parse("neuron", "N", (Source("equations", text), Source("spike", "False")))
    return resolve_neuron(tree, given=given_)  # type: ignore[arg-type]


@settings(max_examples=150)
@given(equations(), st.randoms(use_true_random=False))
def test_one_wrong_unit_is_found(written: tuple[str, dict[str, Dimension]], random: object) -> None:
    text, units = written
    resolved(text, dict(units))
    names = sorted(units)
    wrong = names[random.randrange(len(names))]  # type: ignore[attr-defined]
    try:
        resolved(text, {**units, wrong: WRONG})
    except UnitProblem:
        return
    raise AssertionError(f"{wrong} in candela was accepted in {text}")


@settings(max_examples=150)
@given(equations(), st.randoms(use_true_random=False))
def test_inferred_units_are_right(written: tuple[str, dict[str, Dimension]], random: object) -> None:
    text, units = written
    unknown = {name for name in units if random.random() < 0.5}  # type: ignore[attr-defined]
    model = resolved(text, {name: None if name in unknown else d for name, d in units.items()})
    for symbol in model.symbols:
        if symbol.name in units and symbol.dimension is not None:
            assert all(abs(a - b) < 1e-9 for a, b in zip(symbol.dimension, units[symbol.name], strict=True)), (
                symbol.name
            )
