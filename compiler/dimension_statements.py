"""The units of all statements, flags and conditions of a model that declares units."""

from __future__ import annotations

from .dimension_rules import Dimensions
from .dimension_values import BOOLEAN, FREE, TIME, is_plain, terms
from .model import Dimension
from .tree import Annotation, Assign, Decl, Expr, Name, Ode, Part
from .units import annotation_dimension
from .unitwords import in_words, unit_text

_CONDITIONS = {
    "spike": "the spike condition",
    "axon_spike": "the axonal spike condition",
    "event": "an event condition",
}


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
        if annotation is not None and annotation.unit is not None:
            declared = self.padded(annotation_dimension(annotation.unit, name))
            if known is not None and not self.agree(known, declared):  # a summed variable of the other end
                message = f"'{name}' {in_words(known)}, but is declared here as '{self.text(annotation.unit)}'"
                self.problem(message, annotation.unit.span)
            known = BOOLEAN if known is BOOLEAN else declared
        if op in ("*=", "/="):
            self.dimensionless(value, {}, f"the right side of '{op}'")
        else:
            if self.silent and op == "=" and is_plain(value):
                return  # a plain number may stand for any unit where none is declared
            text = f"'{name}'" if annotation is None or annotation.unit is None else f"'{name}', as declared,"
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
            help = self.advice(right, first, left)
            own = self.symbols.get(right.id) if isinstance(right, Name) else None
            if not help and own is not None and own.span is not None:
                help = f"perhaps '{own.name}' should be declared with '{unit_text(left)}'"
            self.problem(f"{head}, the right side {in_words(first)}", right.span, help)
            return
        for term, d in wrong:
            help = self.advice(term, d, left)
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
        self.strict = True
        found = self.of(node)
        self.strict = False
        if found is None or found is BOOLEAN or self.silent:
            return
        if role in _CONDITIONS:
            what = in_words(found) if any(found) else "is a number"
            message = f"{_CONDITIONS[role]} must be true or false; '{self.text(node)}' {what}"
            self.problem(message, node.span, f"compare it with a threshold, as in '{self.text(node)} > ...'")
        elif role == "refractory" and not is_plain(node):
            if not self.agree(found, TIME):
                message = f"a refractory period must be a time or a condition; '{self.text(node)}' {in_words(found)}"
                self.problem(message, node.span, self.advice(node, found, TIME))
