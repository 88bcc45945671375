"""`resolve_neuron`: the tree of a neuron becomes a `Model`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .advice import advise
from .algebra import text
from .declarations import Given, declarations
from .dimensions import check_dimensions
from .functions import FUNCTIONS
from .model import REST, AssignStatement, Dimension, Model, ModelStatement, NeuronEvent, Refractory, Symbol
from .names import Names
from .parser import walk
from .registered import Registered
from .resolver import Resolver, is_boolean
from .source import Span
from .tree import Assign, Attr, Binary, Call, Expr, Name, Num, SyntaxTree
from .unsupported import unavailable

_BUILTINS = frozenset({"t", "dt", "step", "i", "N", "not_refractory"})
#: ``sum()``: the inputs of all targets.
_SUM_ALL = "sum()"
#: Texts with statements besides the equations.
_CODE = ("reset", "axon_reset", "code")


class NeuronNames(Names):
    """Special names of neurons: ``g_exc`` (input), ``t``, ``t_last``, ``not_refractory``..."""

    def special(self, name: str, span: Span) -> Expr | None:
        """Return the meaning of a name that is special in neurons."""
        if name in _BUILTINS:
            return self.builtin(name, span)
        if name in ("t_last", "lastspike"):
            return self.use(Symbol("t_last", "builtin"), span)
        if name == "g_target":
            message = "'g_target' belongs in synapses; a neuron names its target"
            self.problem("E203", message, span, "write 'g_exc' for connections with target='exc'")
            return Num(0.0, False, span)
        if name.startswith("g_") and len(name) > 2:
            return self.use(Symbol(name, "input"), span)
        return None

    def reduction(self, node: Call, env: Mapping[str, Expr]) -> Expr:
        """``sum(exc)`` is the input of target ``exc``; all else is a function over the population."""
        func, args, span = node.func, node.args, node.span
        target = args[0].id if func == "sum" and args and isinstance(args[0], Name) else ""
        if func == "sum" and not args and not node.group:
            self.use(Symbol(f"g_{REST}", "input"), span)
            return self.use(Symbol(_SUM_ALL, "subexpression", value=Name(f"g_{REST}", span)), span)
        if len(args) > 1 or not args:
            self._wrong_count(func, "1 argument", len(args), span)
        elif target and target not in self.own and target not in env:
            if f"g_{target}" not in self.own:
                return self.use(Symbol(f"g_{target}", "input"), span)
            self.refuse(unavailable("input_and_sum", span))
        else:
            call = Call(func, (self._expr(args[0], env),), span)
            random = any(_is_random(n) for n in walk(call))
            name = f"{text(call)} at {span.start}" if random else text(call)
            return self.use(Symbol(name, "reduction", locality="shared", value=call), span)
        return Num(0.0, False, span)


def _is_random(node: Expr) -> bool:
    return isinstance(node, Call) and node.func in FUNCTIONS and FUNCTIONS[node.func].kind == "distribution"


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
    model = check_dimensions(replace(model, functions=tuple(names.called.values())))
    advise(model)
    return model


class _Neuron(Resolver):
    def model(self, method: str | None) -> Model:
        self.note_writes()
        self.inputs()
        for declaration in self.declared.names.values():
            span = declaration.span or Span(0, 0, 0)
            if declaration.facts.locality == "post":
                message = "'postsynaptic' has no meaning in a neuron"
                self.names.problem("E102", message, span, "leave it out: one value per neuron is the default")
            if declaration.facts.update == "event-driven" and declaration.span is not None:
                message = "only synapses have 'event-driven' equations"
                self.names.problem("E102", message, declaration.span, "leave it out: neurons are updated in every step")
        symbols = self.symbols()
        statements = self.equations()
        code = self.statements("code")
        spike = self.condition("spike")
        stop = self.condition("condition")
        reset = self.statements("reset")
        events = self.events()
        kind, time = self.refractory_text()
        self.sum_of_all()
        symbols = (*symbols[: len(self.declared.names)], *self.names.used.values())
        self.shared_values(symbols, statements)
        self.shared_writes(symbols, (*reset, *(s for e in events for s in e.statements)))
        at_event = any(part.source.label for part in self.parts("code"))
        if at_event:
            self.shared_writes(symbols, code)
        elif code:
            self.shared_values(symbols, code, "code")
        refractory = self.refractory(kind, time, symbols)
        if spike is None and not self.units and not any(s.name == "r" and s.role != "input" for s in symbols):
            place = Span(self.tree.parts.index(self.parts("equations")[0]), 0, 0) if self.parts("equations") else None
            self.missing_rate(place)
        self.finish()
        made = Model(
            "neuron", self.tree.name, self.tree, self.units, method, symbols, statements, spike, reset, refractory,
            events=events,
        )  # fmt: skip
        if stop is not None:
            made = replace(made, kind="condition", statements=(), spike=stop, reset=(), events=())
        if self.parts("code"):
            if not at_event:  # Brian2's rule: nothing but resets writes what refractoriness holds
                held = made.held
                code = tuple(replace(s, unless_refractory=s.unless_refractory or s.target in held) for s in code)
            every, some = ((), code) if at_event else (code, ())
            made = replace(made, kind="code", statements=every, spike=None, reset=some, events=())
        return made

    def sum_of_all(self) -> None:
        """``sum()`` is the input of the targets that the model does not name, then of each that it does."""
        whole = self.names.used.get(_SUM_ALL)
        if whole is not None and whole.value is not None:
            total = whole.value
            for symbol in self.names.used.values():
                if symbol.role == "input" and symbol.name != f"g_{REST}":
                    total = Binary("+", total, Name(symbol.name, total.span), total.span)
            self.names.used[_SUM_ALL] = replace(whole, value=total)

    def note_writes(self) -> None:
        """Note which names code writes besides equations: they are variables."""
        for part in (part for role in _CODE for part in self.parts(role)):
            for statement in part.statements:
                if isinstance(statement, Assign) and isinstance(statement.target, Name):
                    self.written.setdefault(statement.target.id, statement.span)
        for equation, _ in self.declared.equations:
            if isinstance(equation, Assign) and isinstance(equation.target, Name):
                self.written.setdefault(equation.target.id, equation.span)

    def inputs(self) -> None:
        """A declared ``g_exc`` without equation, which nothing writes, is the input of this step."""
        for name, declaration in list(self.declared.names.items()):
            known = declaration.facts
            plain = declaration.origin == "declaration" and not (known.constant or known.linked)
            if plain and name.startswith("g_") and name not in self.written:
                del self.declared.names[name]
                del self.names.own[name]
                symbol = Symbol(name, "input", dimension=declaration.facts.dimension, span=declaration.span)
                self.names.used[name] = symbol

    def shared_values(
        self, symbols: tuple[Symbol, ...], statements: tuple[ModelStatement, ...], where: str = ""
    ) -> None:
        """A shared variable or subexpression has one value, so everything in it must be shared."""
        known = {s.name: s for s in symbols}
        texts = [(s.name, s.value) for s in symbols if s.role == "subexpression" and s.value and not where]
        for statement in statements:
            if isinstance(statement, AssignStatement):
                texts.append((statement.target, statement.value))
                target = statement.target
            else:
                texts += [(statement.var, statement.lhs), (statement.var, statement.rhs)]
                target = statement.var
            if statement.unless_refractory and known[target].locality == "shared":
                message = f"'{target}' is shared: it has no refractory period"
                self.names.problem("E102", message, statement.span, "leave out 'unless refractory'")
        for name, value in texts:
            if name in known and known[name].locality == "shared":
                for node in walk(value):
                    if isinstance(node, Name) and self.is_local(known[node.id]):
                        message = f"'{name}' is shared, but '{node.id}' has one value per neuron"
                        help = f"leave out 'shared', or take one number of all, as in 'mean({node.id})'"
                        self.names.problem("E204", message, node.span, help)

    def shared_writes(self, symbols: tuple[Symbol, ...], statements: tuple[AssignStatement, ...]) -> None:
        """Refuse code at spikes that assigns a neuron's own value to a shared variable (it may add to it)."""
        known = {s.name: s for s in symbols}
        for s in statements:
            if s.op == "=" and known[s.target].locality == "shared":
                for node in walk(s.value):
                    if isinstance(node, Name) and self.is_local(known[node.id]):
                        message = f"'{s.target}' is shared, but each neuron would give it its own '{node.id}'"
                        self.names.problem("E204", message, s.span, f"add to it, '{s.target} += ...', or drop 'shared'")
                        break

    def is_local(self, symbol: Symbol) -> bool:
        """Tell whether a name has one value per neuron."""
        if symbol.role == "builtin":
            return symbol.name in ("i", "t_last", "not_refractory")
        return symbol.locality == "local"

    def missing_rate(self, place: Span | None) -> None:
        message = "a neuron without a spike condition is rate-coded and must define 'r'"
        self.names.problem("E104", message, place or Span(0, 0, 0), "add 'spike=\"v > v_t\"', or an equation of 'r'")

    def condition(self, role: str) -> Expr | None:
        """Return the condition of spikes or axonal spikes."""
        parts = self.parts(role)
        if not parts or parts[0].expression is None:
            return None
        return self.names.resolve(parts[0].expression)

    def events(self) -> tuple[NeuronEvent, ...]:
        """Return the custom events, the axonal spike first."""
        found = []
        axon = self.condition("axon_spike")
        if axon is not None:
            found.append(NeuronEvent("axon_spike", axon, self.statements("axon_reset")))
        for part in self.parts("axon_reset") if axon is None else []:
            span = Span(self.tree.parts.index(part), 0, len(part.source.text.rstrip()))
            self.names.problem("E104", "'axon_reset' needs an 'axon_spike' condition", span)
        for part in self.parts("event"):
            if part.expression is not None:
                found.append(NeuronEvent(part.source.label, self.names.resolve(part.expression)))
        return tuple(found)

    def statements(self, role: str) -> tuple[AssignStatement, ...]:
        """Return what happens at a spike or an axonal spike, or regularly."""
        result = []
        for part in self.parts(role):
            for statement in part.statements:
                if not isinstance(statement, Assign):
                    continue
                target = statement.target
                if isinstance(target, Attr):
                    self.names.attribute(target.group, target.name, target.span)
                    continue
                known = self.event_facts(statement, target.id)
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
