"""`resolve_neuron`: the tree of a neuron becomes a `Model`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .declarations import Given, declarations
from .dimensions import check_dimensions
from .functions import FUNCTIONS
from .model import AssignStatement, Dimension, Model, Refractory, Symbol
from .names import Names
from .parser import walk
from .registered import Registered
from .resolver import Resolver, is_boolean
from .source import Span
from .tree import Assign, Attr, Call, Expr, Name, Num, SyntaxTree
from .unsupported import unavailable

_BUILTINS = frozenset({"t", "dt", "step", "i", "N", "not_refractory"})
_FEATURES = ("axon_spike", "axon_reset", "event")


class NeuronNames(Names):
    """Special names of neurons: ``g_exc`` (input), ``t``, ``t_last``, ``not_refractory``..."""

    def special(self, name: str, span: Span) -> Expr | None:
        """Return the meaning of a name that is special in neurons."""
        if name in _BUILTINS:
            return self.builtin(name, span)
        if name in ("t_last", "lastspike"):
            return self.use(Symbol("t_last", "builtin"), span)
        if name == "g_target":
            self.problem("E203", "'g_target' belongs in synapses; a neuron names its target, as in 'g_exc'", span)
            return Num(0.0, False, span)
        if name.startswith("g_") and len(name) > 2:
            return self.use(Symbol(name, "input"), span)
        return None

    def reduction(self, node: Call) -> Expr:
        """``sum(exc)`` is the input of target ``exc``; other functions over a population are refused."""
        if node.func != "sum":
            return super().reduction(node)
        if not node.args:
            self.refuse(unavailable("sum_all", node.span))
        elif not isinstance(node.args[0], Name):
            self.problem("E205", "'sum' takes the name of a target, as in 'sum(exc)'", node.span)
        elif (name := f"g_{node.args[0].id}") in self.own:
            self.refuse(unavailable("input_and_sum", node.span))
        else:
            return self.use(Symbol(name, "input"), node.span)
        return Num(0.0, False, node.span)


def resolve_neuron(
    tree: SyntaxTree,
    *,
    method: str | None = None,
    namespace: Iterable[tuple[str, Dimension | None, int]] = (),
    given: Iterable[Given] = (),
    functions: Iterable[Registered] = (),
) -> Model:
    """Resolve a neuron model.

    Parameters
    ----------
    tree : SyntaxTree
        From `parse`.
    method : str, optional
        Numerical method of all equations that do not name one.
    namespace : iterable of (name, dimension or None, rank)
        Values from outside; rank 1 and 2 are TimedArrays over t and over (t, i).
    given : iterable of (name, dimension or None, type, locality)
        Parameters whose values come from Python.
    functions : iterable of Registered
        Functions registered from Python that the texts may call.

    Raises
    ------
    NameProblem
        With every mistake found; other members of the `ModelError` family when the first is of another kind.
    """
    declared = declarations(tree, given)
    names = NeuronNames(tree, dict.fromkeys(declared.names), namespace)
    names.registered = {f.name: f for f in functions}
    model = _Neuron(tree, names, declared).model(method)
    return check_dimensions(replace(model, functions=tuple(names.called.values())))


class _Neuron(Resolver):
    def model(self, method: str | None) -> Model:
        for feature in _FEATURES:
            for part in self.parts(feature):
                span = Span(self.tree.parts.index(part), 0, len(part.source.text.rstrip()))
                self.names.refuse(unavailable("event" if feature == "event" else "axon_spike", span))
        self.note_writes()
        self.inputs()
        for declaration in self.declared.names.values():
            span = declaration.span or Span(0, 0, 0)
            if declaration.facts.locality == "post":
                self.names.problem("E102", "'postsynaptic' has no meaning in a neuron", span)
            equation = declaration.origin in ("equation", "assignment")
            if declaration.facts.locality == "shared" and equation and declaration.span is not None:
                self.names.refuse(unavailable("shared_equation", declaration.span, declaration.name))
            if declaration.facts.update == "event-driven" and declaration.span is not None:
                self.names.problem("E102", "only synapses have 'event-driven' equations", declaration.span)
        symbols = self.symbols()
        self.shared_subexpressions(symbols)
        statements = self.equations()
        spike = self.spike()
        reset = self.reset()
        kind, time = self.refractory_text()
        symbols = (*symbols[: len(self.declared.names)], *self.names.used.values())
        refractory = self.refractory(kind, time, symbols)
        if spike is None and not any(s.name == "r" and s.role != "input" for s in symbols):
            place = Span(self.tree.parts.index(self.parts("equations")[0]), 0, 0) if self.parts("equations") else None
            self.missing_rate(place)
        self.finish()
        return Model(
            "neuron", self.tree.name, self.tree, self.units, method, symbols, statements, spike, reset, refractory
        )

    def note_writes(self) -> None:
        """Note which names code writes besides equations: they are variables."""
        for part in self.parts("reset"):
            for statement in part.statements:
                if isinstance(statement, Assign) and isinstance(statement.target, Name):
                    self.written.setdefault(statement.target.id, statement.span)
        for equation, _ in self.declared.equations:
            if isinstance(equation, Assign) and isinstance(equation.target, Name):
                self.written.setdefault(equation.target.id, equation.span)

    def inputs(self) -> None:
        """A declared ``g_exc`` without equation, which nothing writes, is the input of this step."""
        for name, declaration in list(self.declared.names.items()):
            plain = declaration.origin == "declaration" and not declaration.facts.constant
            if plain and name.startswith("g_") and name not in self.written:
                del self.declared.names[name]
                del self.names.own[name]
                symbol = Symbol(name, "input", dimension=declaration.facts.dimension, span=declaration.span)
                self.names.used[name] = symbol

    def shared_subexpressions(self, symbols: tuple[Symbol, ...]) -> None:
        """A shared subexpression has one value, so everything in it must be shared."""
        local = {s.name for s in symbols if s.locality == "local" and s.role != "builtin"} | {"i", "t_last"}
        for symbol in symbols:
            if symbol.role != "subexpression" or symbol.locality != "shared" or symbol.value is None:
                continue
            for node in walk(symbol.value):
                if isinstance(node, Name) and node.id in local:
                    message = f"'{symbol.name}' is shared, but '{node.id}' has one value per neuron"
                    self.names.problem("E204", message, node.span)
                elif isinstance(node, Call) and node.func in FUNCTIONS and FUNCTIONS[node.func].kind == "distribution":
                    self.names.refuse(unavailable("shared_equation", node.span, symbol.name))

    def missing_rate(self, place: Span | None) -> None:
        message = "a neuron without a spike condition is rate-coded and must define 'r'"
        self.names.problem("E104", message, place or Span(0, 0, 0), "add 'spike=\"v > v_t\"', or an equation of 'r'")

    def spike(self) -> Expr | None:
        """Return the spike condition."""
        parts = self.parts("spike")
        if not parts or parts[0].expression is None:
            return None
        return self.names.resolve(parts[0].expression)

    def reset(self) -> tuple[AssignStatement, ...]:
        """Return what happens at a spike."""
        result = []
        for part in self.parts("reset"):
            for statement in part.statements:
                if not isinstance(statement, Assign):
                    continue
                target = statement.target
                if isinstance(target, Attr):
                    self.names.attribute(target.group, target.name, target.span)
                    continue
                known = self.event_facts(statement, target.id)
                if known.unless_post:
                    self.names.problem("E102", "only synapses have 'unless_post'", statement.span)
                if self.may_write(target.id, target.span):
                    result.append(self.event_statement(statement, target, known))
        return tuple(result)

    def refractory_text(self) -> tuple[str, Expr | None]:
        """Return whether the refractory text is absent, a number, or an expression; numbers declare no units."""
        parts = self.parts("refractory")
        if not parts or parts[0].expression is None:
            return "none", None
        before = self.names.units_used
        value = self.names.resolve(parts[0].expression)
        if any(isinstance(node, (Name, Call)) for node in walk(value)) or is_boolean(value, {}):
            return "expression", value
        self.names.units_used = before
        return "number", value

    def refractory(self, kind: str, value: Expr | None, symbols: tuple[Symbol, ...]) -> Refractory:
        """Return the refractory period and what it freezes."""
        marks = any(known.unless_refractory for _, known in self.declared.equations)
        freezes = "B" if self.units or marks or "not_refractory" in self.names.used else "A"
        if kind == "expression" and value is not None:
            condition = is_boolean(value, {s.name: s for s in symbols})
            return Refractory("condition" if condition else "expression", value, freezes)  # type: ignore[arg-type]
        return Refractory("number" if kind == "number" else "none", value, freezes)  # type: ignore[arg-type]
