"""`check_dimensions`: do the units of a model match? The last step of `resolve`.

Models that declare or use units are checked strictly: every statement, condition and flag. Names of unknown dimension
(parameters given as plain numbers) fit everywhere; their dimension is worked out from use where it is unambiguous.
In unit-free synapses only values that cross between two groups of declared units are compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .dimension_rules import BOOLEAN, FREE, TIME, Dimensions, is_plain, terms
from .errors import model_error
from .model import Dimension, Model, Symbol
from .tree import Annotation, Assign, Decl, Expr, Name, Ode, Part
from .unitwords import in_words, missing

_CONDITIONS = {"spike": "the spike condition", "axon_spike": "the axonal spike condition"}
#: Names whose dimension is worked out; beyond, it would cost more than it is worth.
_MAX_UNKNOWN = 60


def check_dimensions(model: Model) -> Model:
    """Return a model with the dimensions that follow from its text filled in.

    Raises
    ------
    UnitProblem
        With every place where units do not match (E301).
    """
    if model.unit_checked:
        check: Statements | Crossing = Statements(model)
        check.known |= _defined(model, check.known)
        check.run()
    elif model.kind == "synapse" and any(s.role == "attribute" and s.dimension is not None for s in model.symbols):
        check = Crossing(model)
        check.run()
    else:
        return model
    if check.problems:
        raise model_error(model.tree.kind, model.tree.name, model.tree, check.problems)
    return _completed(model, check.known) if model.unit_checked else model


class Statements(Dimensions):
    """Checks all statements of a model."""

    def run(self) -> None:
        """Check everything."""
        for part in self.tree.parts:
            for statement in part.statements:
                match statement:
                    case Ode(var, lhs, rhs, annotation, _):
                        what = f"in the equation for '{var}'"
                        self.equation(self.of(lhs), f"the left side '{self.text(lhs)}'", rhs, what)
                        self.flags(annotation, self.name(var), var)
                    case Assign():
                        self.assign(statement, part)
                    case Decl(name, annotation, _):
                        self.flags(annotation, self.name(name), name)
            if part.expression is not None:
                self.expression(part, part.expression)

    def assign(self, statement: Assign, part: Part) -> None:
        """Check an assignment."""
        target, op, value, annotation = statement.target, statement.op, statement.value, statement.annotation
        name, known = self.text(target), self.of(target)
        if op in ("*=", "/="):
            self.dimensionless(value, {}, f"the right side of '{op}'")
        else:
            place = "the left side" if annotation is None or annotation.unit is None else "its declared unit"
            text = f"{place} '{name}'" if place == "the left side" else f"'{name}', as declared,"
            self.equation(known, text, value, f"in '{name} {op} ...'")
        self.flags(annotation, known, name)

    def equation(self, left: Dimension | None, left_text: str, right: Expr, what: str) -> None:
        """Compare two sides; where only some terms of the right side differ, it is these that are wrong."""
        parts = terms(right)
        found = [(term, d) for term in parts if (d := self.of(term)) is not None and d is not FREE]
        if left is None or left is FREE:
            self.matched(list(found), what)
            return
        wrong = [(term, d) for term, d in found if not self.agree(d, left)]
        if not wrong:
            return
        head = f"units do not match {what}: {left_text} {in_words(left)}"
        first = wrong[0][1]
        if len(wrong) == len(found) and all(self.agree(d, first) for _, d in wrong):
            help = missing(first, left, self.text(right))
            self.problem(f"{head}, the right side {in_words(first)}", right.span, help)
            return
        for term, d in wrong:
            help = missing(d, left, self.text(term))
            self.problem(f"{head}, '{self.text(term)}' {in_words(d)}", term.span, help)

    def flags(self, annotation: Annotation | None, known: Dimension | None, name: str) -> None:
        """Check initial values and bounds; plain numbers count as coherent."""
        for flag in annotation.flags if annotation else ():
            if flag.value is None or flag.word not in ("init", "min", "max"):
                continue
            if known is None:
                self.of(flag.value)
            elif not is_plain(flag.value):
                self.expect(flag.value, known, {}, f"'{flag.word}' of '{name}'")

    def expression(self, part: Part, node: Expr) -> None:
        """Check a spike condition, refractoriness or psp."""
        role = part.source.role
        if role == "psp":
            self.equation(self.known.get("post.g_target"), "the input 'g_target'", node, "in 'psp'")
            return
        found = self.of(node)
        if found is None or found is BOOLEAN or self.silent:
            return
        if role in _CONDITIONS:
            message = f"{_CONDITIONS[role]} must be true or false; '{self.text(node)}' {in_words(found)}"
            self.problem(message, node.span, f"compare it with a threshold, as in '{self.text(node)} > ...'")
        elif role == "refractory" and not is_plain(node):
            self.expect(node, self.padded(TIME), {}, "a refractory period")


class Crossing(Dimensions):
    """Compares values that a unit-free synapse hands from one group to another; its own numbers fit everything."""

    def __init__(self, model: Model) -> None:
        super().__init__(model, None)

    def run(self) -> None:
        """Check all writes to either group."""
        for part in self.tree.parts:
            for statement in part.statements:
                if isinstance(statement, Assign) and statement.op in ("=", "+=", "-="):
                    self.write(statement.target, statement.value)
            if part.source.role == "psp" and part.expression is not None:
                self.write(Name("g_target", part.expression.span), part.expression)

    def write(self, target: Expr, value: Expr) -> None:
        """Compare one value with what it is written to."""
        if isinstance(target, Name) and target.id in self.known:
            return
        there, found = self.of(target), self.of(value)
        self.problems.clear()
        if there is None or found is None or not any(found) or not any(there) or self.agree(there, found):
            return
        message = (
            f"units do not match across the projection: '{self.text(value)}' {in_words(found)}, "
            f"the postsynaptic '{self.text(target)}' {in_words(there)}"
        )
        self.problem(message, value.span, missing(found, there))


# -- what follows from the text ---------------------------------------------------------------------------------------


def _defined(model: Model, known: dict[str, Dimension | None]) -> dict[str, Dimension | None]:
    """Return the dimensions of names without unit whose definition gives one, such as ``prev_v = v``."""
    loose = Dimensions(model, FREE)
    unknown = {name for name, d in known.items() if d is None}
    definitions: dict[str, Expr] = {}
    for part in model.tree.parts:
        for statement in part.statements:
            match statement:
                case Assign(Name(name, _), "=", value, _, _) if name in unknown and not is_plain(value):
                    definitions.setdefault(name, value)
    for _ in range(2):
        for name, value in definitions.items():
            if loose.known[name] is None:
                found = loose.of(value)
                loose.known[name] = None if found is FREE else found
    return {name: loose.known[name] for name in definitions}


def _completed(model: Model, known: dict[str, Dimension | None]) -> Model:
    """Return a model in which undeclared names have the dimension that their use demands, where there is one."""
    unknown = [s.name for s in model.symbols if known[s.name] is None and s.role != "attribute"]
    if 0 < len(unknown) <= _MAX_UNKNOWN:
        known = known | _inferred(model, known, unknown)
    if all(s.dimension is not None or not known[s.name] for s in model.symbols):
        return model
    return replace(model, symbols=tuple(_with_dimension(s, known[s.name]) for s in model.symbols))


def _with_dimension(symbol: Symbol, dimension: Dimension | None) -> Symbol:
    if symbol.dimension is not None or dimension is None or symbol.role == "builtin" or symbol.type == "bool":
        return symbol
    return replace(symbol, dimension=tuple(round(d, 9) + 0.0 for d in dimension))


def _inferred(model: Model, known: dict[str, Dimension | None], unknown: list[str]) -> dict[str, Dimension | None]:
    """Return the dimensions that all uses of unknown names agree on.

    Each unknown name counts as one more base unit; equal sides of equations are linear equations in the exponents.
    Names in contradictory equations stay unknown.
    """
    while unknown:
        walk = Inference(model, known, unknown)
        walk.run()
        if not walk.contradictory:
            return walk.solutions()
        unknown = [name for name in unknown if name not in walk.contradictory]
    return {}


class Inference(Statements):
    """A walk that solves for unknown dimensions instead of complaining."""

    def __init__(self, model: Model, known: dict[str, Dimension | None], unknown: list[str]) -> None:
        super().__init__(model)
        self.silent = True
        self.unknown = unknown
        self.contradictory: set[str] = set()
        self._rows: list[tuple[int, list[float]]] = []
        self._rest = (0.0,) * len(unknown)
        self.one = self.plain = (*self.one, *self._rest)
        self.known = {name: None if d is None else self.padded(d) for name, d in known.items()}
        for k, name in enumerate(unknown):
            self.known[name] = tuple(float(i == len(TIME) + k) for i in range(len(self.one)))

    def padded(self, dimension: Dimension) -> Dimension:
        """Return a dimension with one exponent more for each unknown name."""
        if dimension is FREE or dimension is BOOLEAN or len(dimension) == len(self.one):
            return dimension
        return (*dimension, *self._rest)

    def agree(self, a: Dimension | None, b: Dimension | None) -> bool:
        """Take two dimensions as equal."""
        if a is None or b is None or a is FREE or b is FREE:
            return True
        a, b = self.one if a is BOOLEAN else a, self.one if b is BOOLEAN else b
        left = self._reduced([x - y for x, y in zip(a, b, strict=True)])
        pivot = next((k for k in range(len(TIME), len(left)) if left[k]), None)
        if pivot is not None:
            self._rows.append((pivot, [x / left[pivot] for x in left]))
        elif any(left):
            self.contradictory |= {n for k, n in enumerate(self.unknown, len(TIME)) if a[k] or b[k]}
        return True

    def _reduced(self, vector: Iterable[float]) -> list[float]:
        left = list(vector)
        for pivot, row in self._rows:
            if factor := left[pivot]:
                left = [x - factor * y for x, y in zip(left, row, strict=True)]
        return [0.0 if abs(x) < 1e-9 else x for x in left]

    def solutions(self) -> dict[str, Dimension | None]:
        """Return the dimensions that are determined."""
        found: dict[str, Dimension | None] = {}
        for name in self.unknown:
            vector = self.known[name]
            assert vector is not None
            left = self._reduced(vector)
            if not any(left[len(TIME) :]):
                found[name] = tuple(left[: len(TIME)])
        return found
