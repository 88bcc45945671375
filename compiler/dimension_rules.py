"""Dimensions of expressions: a walk over the syntax tree that notes every place where units do not match.

Units stand in the tree as the user wrote them, so the walk is over the tree and not over the resolved expressions.
Whatever is not known (None) fits everything: a wrong complaint is worse than a missed mistake.
"""

from __future__ import annotations

from .dimension_values import (
    BOOLEAN,
    FREE,
    NO_ARGUMENTS,
    NOISE,
    TIME,
    Argument,
    Arguments,
    declared,
    is_constant,
    is_variable,
    leading_number,
    literal_value,
    terms,
)
from .errors import Diagnostic
from .functions import CONSTANTS, FUNCTIONS
from .model import Dimension, Model, Symbol
from .parser import walk
from .source import Span
from .tree import Attr, Binary, Bool, Call, Deriv, Expr, FuncDef, IfElse, Name, Num, Unary
from .units import DIMENSIONLESS, UNITS
from .unitwords import in_words, lacking_below, missing, unit_text

_KEEP = frozenset({"abs", "floor", "ceil", "round", "pos", "neg", "mean", "sum", "norm1", "norm2"})
_SAME = frozenset({"min", "max", "clip", "modulo", "Uniform", "DiscreteUniform", "Normal"})
#: Functions that call each other; beyond, their units are not followed.
MAX_CALLS = 40
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})


class Dimensions:
    """Works out dimensions of expressions of one model, and collects `problems`.

    Parameters
    ----------
    model : Model
    plain : tuple of float or None
        Dimension of a literal number other than 0: dimensionless where units are checked strictly, `FREE` where it
        may stand in for anything, None where it may even hide a conversion.
    """

    def __init__(self, model: Model, plain: Dimension | None = DIMENSIONLESS) -> None:
        self.model = model
        self.tree = model.tree
        self.one: Dimension = DIMENSIONLESS
        self.plain = plain
        self.problems: list[Diagnostic] = []
        self.symbols: dict[str, Symbol] = {s.name: s for s in model.symbols}
        self.known: dict[str, Dimension | None] = {s.name: declared(s) for s in model.symbols}
        self.functions: dict[str, FuncDef] = {}
        for part in self.tree.parts:
            for statement in part.statements:
                if isinstance(statement, FuncDef) and not (
                    part.source.label == "added" and statement.name in self.functions
                ):
                    self.functions[statement.name] = statement
        self.registered = {f.name: None if f.dimension is None else self.padded(f.dimension) for f in model.functions}
        self.silent = False
        self.strict = False
        self._calls: dict[str, Arguments] = {}

    # -- messages -------------------------------------------------------------------------------------------------

    def problem(self, message: str, span: Span, help: str = "") -> None:
        """Note a mistake, once per place."""
        if self._calls:
            func, given = next(reversed(self._calls.items()))
            known = [f"'{n}' {in_words(a.dimension)}" for n, a in given.items() if a.dimension is not None]
            help = f"{help}\nin a call of '{func}'{', where ' if known else ''}{', '.join(known)}".strip()
        if not any(p.span == span for p in self.problems):
            self.problems.append(Diagnostic("E301", message, span, help))

    def text(self, node: Expr) -> str:
        """Return what the user wrote, on one line and not too long."""
        span = node.span
        words = " ".join(self.tree.parts[span.part].source.text[span.start : span.stop].split())
        return words if len(words) <= 40 else words[:37] + "..."

    def agree(self, a: Dimension | None, b: Dimension | None) -> bool:
        """Tell whether two dimensions can be equal."""
        if a is None or b is None or a is FREE or b is FREE or a == b:
            return True
        return all(abs(x - y) < 1e-9 for x, y in zip(a, b, strict=True))

    # -- expressions ----------------------------------------------------------------------------------------------

    def of(self, node: Expr, args: Arguments = NO_ARGUMENTS) -> Dimension | None:
        """Return the dimension of an expression, None when it is not known."""
        match node:
            case Num(value, _, _):
                return FREE if value == 0 else self.plain
            case Bool():
                return BOOLEAN
            case Name(name, _):
                return args[name].dimension if name in args else self.name(name)
            case Attr(group, name, _):
                return self.attribute(group, name)
            case Deriv(name, _):
                return self.times(self.name(name), TIME, -1.0)
            case Unary("not", operand, _):
                self.condition(operand, args, "'not'")
                return BOOLEAN
            case Unary(_, operand, _):
                return self.of(operand, args)
            case Binary("+" | "-", _, _, _):
                return self.sum(node, args)
            case Binary("*", left, right, _):
                return self.times(self.of(left, args), self.of(right, args))
            case Binary("/", left, right, _):
                return self.times(self.of(left, args), self.of(right, args), -1.0)
            case Binary("**", base, exponent, _):
                return self.power(base, exponent, args)
            case Binary("%" | "//" as op, left, right, _):
                return self.remainder(op, left, right, args)
            case Binary("and" | "or" as op, left, right, _):
                self.condition(left, args, f"'{op}'", self.strict)
                self.condition(right, args, f"'{op}'", self.strict)
                return BOOLEAN
            case Binary(op, left, right, _) if op in _COMPARISONS:
                self.comparison(left, right, args)
                return BOOLEAN
            case IfElse(condition, then, otherwise, _):
                self.condition(condition, args, "a conditional")
                return self.equal((then, otherwise), args, "the two branches of a conditional")
            case Call():
                return self.call(node, args)
        return None

    def name(self, name: str) -> Dimension | None:
        """Return the dimension of a name: the model's own, one of the ends of a synapse, a constant, a unit."""
        if name in self.known:
            return self.known[name]
        if self.model.kind == "synapse":
            base, _, group = name.rpartition("_")
            if base and group in ("pre", "post"):
                return self.attribute(group, base)
            if (full := f"post.{name}") in self.known:
                return self.known[full]
        if name in ("lastspike", "t_last"):
            return self.padded(TIME)
        if name in CONSTANTS:
            return FREE if name == "inf" else self.one
        if name in UNITS:
            return self.padded(UNITS[name].dimension)
        return self.padded(tuple(-0.5 * d for d in TIME)) if NOISE.match(name) else None

    def padded(self, dimension: Dimension) -> Dimension:
        """Return a dimension with as many exponents as this walk uses."""
        return dimension

    def attribute(self, group: str, name: str) -> Dimension | None:
        """Return the dimension of ``pre.name`` or ``post.name``."""
        full = f"{group}.{name}"
        if full not in self.known and group == "post" and name.startswith("g_"):
            full = "post.g_target"
        return self.known.get(full)

    def times(self, a: Dimension | None, b: Dimension | None, sign: float = 1.0) -> Dimension | None:
        """Return the dimension of a product (a quotient with `sign` -1)."""
        if a is None or b is None:
            return None
        if b is FREE or b is BOOLEAN or b is self.one:
            return self.one if a is BOOLEAN or (a is FREE and b is not FREE) else a
        if a is FREE or a is BOOLEAN:
            a = self.one
        return tuple([x + sign * y for x, y in zip(a, self.padded(b), strict=True)])

    def sum(self, node: Expr, args: Arguments) -> Dimension | None:
        """Return the dimension of a sum; terms that do not match the first known one are mistakes."""
        return self.matched([(term, self.of(term, args)) for term in terms(node)], "in this sum")

    def matched(self, terms: list[tuple[Expr, Dimension | None]], where: str) -> Dimension | None:
        """Return the common dimension of terms; those that differ from the first known one are mistakes."""
        first = next(((e, d) for e, d in terms if d is not None and d is not FREE), None)
        if first is None:
            return None if any(d is None for _, d in terms) else FREE
        reference, expected = first
        assert expected is not None
        for term, found in terms:
            if found is not None and not self.agree(found, expected):
                message = (
                    f"units do not match {where}: '{self.text(term)}' {in_words(found)}, "
                    f"'{self.text(reference)}' {in_words(expected)}"
                )
                self.problem(message, term.span, self.compared(term, found, reference, expected))
        return self.one if expected is BOOLEAN else expected

    def advice(self, node: Expr, found: Dimension, expected: Dimension) -> str:
        """Return what an expression may lack, and the units of the names in it."""
        help = ""
        if not any(expected) and isinstance(node, Binary) and node.op == "/" and isinstance(node.right, Num):
            left = self.text(node.left)
            if isinstance(node.left, Binary) and node.left.op in ("+", "-"):
                left = f"({left})"
            help = lacking_below(found, left, self.text(node.right))
        number = leading_number(node)
        help = help or missing(found, expected, self.text(number) if number and not any(found) else "")
        names = {self.text(n): self.of(n) for n in walk(node) if is_variable(n)}
        units = [f"'{n}' {in_words(d)}" for n, d in names.items() if d is not None]
        if isinstance(node, (Name, Attr)) or self._calls or not 0 < len(units) <= 8:
            return help
        return f"{help}\nwhere {', '.join(units)}".strip()

    def compared(self, a: Expr, found: Dimension, b: Expr, expected: Dimension) -> str:
        """Return what may be wrong with one of two things that should have equal units."""
        number = leading_number(b)
        if number is not None and not any(expected) and any(found):
            return missing(expected, found, self.text(number))
        return self.advice(a, found, expected)

    def remainder(self, op: str, left: Expr, right: Expr, args: Arguments) -> Dimension | None:
        """``a % b`` and ``a // b`` need equal units; ``//`` counts."""
        x, y = self.of(left, args), self.of(right, args)
        result = self.matched([(left, x), (right, y)], f"in '{op}'")
        return result if op == "%" or result is None else self.one

    def comparison(self, left: Expr, right: Expr, args: Arguments) -> None:
        """Check that two sides of a comparison match."""
        x, y = self.of(left, args), self.of(right, args)
        if x is None or y is None or self.agree(x, y):
            return
        message = f"'{self.text(left)}' {in_words(x)}, '{self.text(right)}' {in_words(y)}: they cannot be compared"
        self.problem(message, left.span.to(right.span), self.compared(right, y, left, x))

    def equal(self, nodes: tuple[Expr, ...], args: Arguments, what: str) -> Dimension | None:
        """Return the common dimension of alternatives."""
        found = [(node, self.of(node, args)) for node in nodes]
        booleans = all(d is BOOLEAN for _, d in found)
        return BOOLEAN if booleans else self.matched(found, f"in {what}")

    def condition(self, node: Expr, args: Arguments, what: str, strict: bool = False) -> None:
        """Check something that should be true or false; unless `strict`, a number without unit may stand for it."""
        found = self.of(node, args)
        if found is None or found is FREE or found is BOOLEAN or self.silent:
            return
        if strict or not self.agree(found, self.one):
            what_it_is = in_words(found) if any(found) else "is a number"
            message = f"{what} needs a condition; '{self.text(node)}' {what_it_is}"
            self.problem(message, node.span, f"compare it with something, as in '{self.text(node)} > ...'")

    def power(self, base: Expr, exponent: Expr, args: Arguments) -> Dimension | None:
        """Return the dimension of a power."""
        below = self.of(base, args)
        self.dimensionless(exponent, args, "an exponent")
        if below is None or not any(below):
            return None if below is None else self.one
        value = literal_value(exponent, args)
        if value is not None:
            return tuple([value * d for d in below])
        names = [n.id for n in walk(exponent) if isinstance(n, Name) and n.id not in args]
        if any(n in self.symbols and not is_constant(self.symbols[n]) for n in names) and not self.silent:
            message = f"'{self.text(base)}' {in_words(below)}: its power must be a number, else its unit would vary"
            self.problem(message, exponent.span, f"divide '{self.text(base)}' by its unit before taking the power")
        return None

    def dimensionless(self, node: Expr, args: Arguments, what: str) -> None:
        """Check something that must have no unit."""
        found = self.of(node, args)
        if found is not None and not self.agree(found, self.one):
            message = f"{what} must have no unit; '{self.text(node)}' {in_words(found)}"
            self.problem(message, node.span, self.advice(node, found, DIMENSIONLESS))

    def expect(self, node: Expr, expected: Dimension, args: Arguments, what: str) -> None:
        """Check something that must have a certain dimension."""
        found = self.of(node, args)
        if found is not None and not self.agree(found, expected):
            message = f"{what} must be in {unit_text(expected)}; '{self.text(node)}' {in_words(found)}"
            self.problem(message, node.span, self.advice(node, found, expected))

    # -- calls ----------------------------------------------------------------------------------------------------

    def call(self, node: Call, args: Arguments) -> Dimension | None:
        """Return the dimension of a call, after checking the arguments."""
        func, own = node.func, node.args
        if node.group:
            return None
        if func in self.functions:
            return self.user_function(self.functions[func], own, args)
        if func in self.known:  # a TimedArray
            for arg, unit, what in zip(own, (TIME, self.one), ("the first", "the second"), strict=False):
                self.expect(arg, self.padded(unit), args, f"{what} argument of '{func}'")
            return self.known[func]
        for registered in self.model.functions:
            if func == registered.name:
                for arg in own:
                    self.of(arg, args)
                return None if registered.dimension is None else self.padded(registered.dimension)
        function = FUNCTIONS.get(func)
        if func in self.registered or function is None:
            for arg in own:
                self.of(arg, args)
            return self.registered.get(func)
        return self.builtin(function.name, func, own, args)

    def builtin(self, name: str, func: str, own: tuple[Expr, ...], args: Arguments) -> Dimension | None:
        """Return the dimension of a call of a function of the language."""
        match name:
            case "pow":
                return self.power(own[0], own[1], args)
            case "sum" if own and isinstance(own[0], Name) and f"g_{own[0].id}" in self.known:
                return self.known[f"g_{own[0].id}"]
            case "sqrt":
                inner = self.of(own[0], args)
                return None if inner is None or inner is FREE else self.times(tuple([0.5 * d for d in inner]), self.one)
            case "sign" | "heaviside":
                self.of(own[0], args)
                return self.one
            case "isnan" | "isfinite":
                self.of(own[0], args)
                return BOOLEAN
            case "atan2":
                return None if self.equal(own, args, f"the arguments of '{func}'") is None else self.one
            case "timestep":
                for arg in own:
                    self.expect(arg, self.padded(TIME), args, f"an argument of '{func}'")
                return self.one
            case "Exponential":
                inner = self.of(own[0], args)
                return self.times(self.one, inner, -1.0) if inner is not FREE else None
            case "Gamma":
                self.dimensionless(own[0], args, f"the shape of '{func}'")
                return self.of(own[1], args) if len(own) > 1 else self.one
        if name in _KEEP or (name in _SAME and len(own) == 1):
            results = [self.of(arg, args) for arg in own]
            return results[0] if results else None
        if name in _SAME:
            return self.equal(own, args, f"the arguments of '{func}'")
        for arg in own:
            self.dimensionless(arg, args, f"the argument of '{func}'" if len(own) == 1 else f"an argument of '{func}'")
        return self.one

    def user_function(self, function: FuncDef, own: tuple[Expr, ...], args: Arguments) -> Dimension | None:
        """Return the dimension of a call of a user function, whose body is checked for these arguments."""
        inner = {
            name: Argument(self.of(arg, args), literal_value(arg, args))
            for name, arg in zip(function.params, own, strict=False)
        }
        if function.name in self._calls or len(self._calls) > MAX_CALLS:
            return None
        self._calls[function.name] = inner
        result = self.of(function.body, inner)
        del self._calls[function.name]
        return result
