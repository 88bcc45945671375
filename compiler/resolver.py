"""What resolving neurons and synapses has in common: roles of names, equations, statements, subexpressions.

All mistakes of a model are collected and reported together.
"""

from __future__ import annotations

from .annotations import Facts, facts
from .declarations import Declaration, Declarations, place_of
from .errors import Refusal, model_error
from .functions import FUNCTIONS
from .model import AssignStatement, ModelStatement, OdeStatement, Role, Symbol
from .names import Names
from .parser import children, walk
from .source import Span
from .tree import Assign, Binary, Bool, Call, Expr, IfElse, Name, Ode, Part, SyntaxTree, Unary
from .units import UNITS

#: Height and size of an expression with all its subexpressions written out.
MAX_EXPANDED_HEIGHT = 250
MAX_EXPANDED_SIZE = 10_000
EVENT_FLAGS = "flags there are 'min=', 'max=' and 'unless_post'; others stand in equations"
_TESTS = frozenset({"<", "<=", ">", ">=", "==", "!=", "and", "or"})


class Resolver:
    """Work in progress on one model. `names` says what names mean; `declared` what the text declares."""

    def __init__(self, tree: SyntaxTree, names: Names, declared: Declarations) -> None:
        self.tree = tree
        self.names = names
        self.declared = declared
        self.problems = names.problems
        self.problems += declared.problems
        names.functions = declared.functions
        self.written: dict[str, Span] = {}
        for name in sorted(declared.functions.keys() & declared.names.keys()):
            message = f"'{name}' is a function and a variable"
            self.names.problem("E202", message, declared.functions[name].span, "rename one of them")

    def parts(self, role: str) -> list[Part]:
        """Return the parts with a role, in order."""
        return [part for part in self.tree.parts if part.source.role == role]

    def finish(self) -> None:
        """Raise what was found wrong."""
        if self.units:
            for name, declaration in self.declared.names.items():
                if name in UNITS and declaration.span is not None:
                    place = place_of(name, declaration.span, self.tree)
                    self.names.problem(
                        "E203", f"'{name}' is a unit and cannot be a variable name", place, f"call it '{name}_'"
                    )
        if self.problems:
            raise model_error(self.tree.kind, self.tree.name, self.tree, self.problems)

    @property
    def units(self) -> bool:
        """Whether the model declares or uses units."""
        return self.declared.units or self.names.units_used

    # -- symbols --------------------------------------------------------------------------------------------------

    def role(self, declaration: Declaration) -> Role:
        """Return the role of a declared name."""
        match declaration.origin:
            case "parameter":
                return "parameter"
            case "subexpression":
                return "subexpression"
            case "declaration" if not declaration.facts.linked and (
                declaration.facts.constant or declaration.name not in self.written
            ):
                return "parameter"
        return "variable"

    def symbols(self) -> tuple[Symbol, ...]:
        """Return all symbols: declared ones in the order of the text, then those used besides."""
        own = [self.symbol(declaration) for declaration in self.declared.names.values()]
        self.check_chains(own, "subexpression", "without a unit it is an assignment, which keeps the old value")
        self.check_chains(own, "parameter", "give one of them a number")
        return (*own, *self.names.used.values())

    def symbol(self, declaration: Declaration) -> Symbol:
        """Return the symbol of a declared name."""
        known, role = declaration.facts, self.role(declaration)
        value = declaration.value if role in ("parameter", "subexpression") else None
        init = known.init if role == "variable" else None
        if role == "subexpression":
            for expr, word in ((known.init, "init"), (known.min, "min"), (known.max, "max")):
                if expr is not None:
                    message = f"'{word}' does not apply to '{declaration.name}', which is a subexpression"
                    self.names.problem("E102", message, expr.span, "add '(stored)' to compute it once per step")
        return Symbol(
            declaration.name,
            role,
            known.type or "float",
            known.locality or "local",
            known.dimension,
            declaration.span,
            init=self.initial(init),
            min=self.bound(known.min),
            max=self.bound(known.max),
            value=self.optional(value) if role == "subexpression" else self.initial(value),
            writable=declaration.origin == "declaration" and not known.constant and not known.linked,
            linked=known.linked,
        )

    def optional(self, expr: Expr | None) -> Expr | None:
        """Resolve an expression that need not be there."""
        return None if expr is None else self.names.resolve(expr)

    def bound(self, expr: Expr | None) -> Expr | None:
        """Resolve a bound of a variable, which may not be random."""
        if expr is None:
            return None
        for node in walk(expr):
            if isinstance(node, Call) and node.func in FUNCTIONS and FUNCTIONS[node.func].kind == "distribution":
                self.names.problem("E205", "a bound may not be random", node.span, "draw the number into a parameter")
        return self.names.resolve(expr)

    def initial(self, expr: Expr | None) -> Expr | None:
        """Resolve a default or initial value: parameters, constants and random numbers only."""
        if expr is None:
            return None
        result = self.names.resolve(expr)
        for node in walk(result):
            if isinstance(node, Name) and node.id in self.declared.names:
                if self.role(self.declared.names[node.id]) != "parameter":
                    message = f"an initial value may use parameters and constants only; '{node.id}' is a variable"
                    self.names.problem("E201", message, node.span, "assign it to the population: pop.x = '...'")
            elif isinstance(node, Name) and node.id in self.names.used:
                if self.names.used[node.id].role == "reduction":
                    message = f"an initial value may use parameters and constants only, not '{node.id}'"
                    self.names.problem("E201", message, node.span)
        return result

    def check_chains(self, symbols: list[Symbol], role: Role, help: str) -> None:
        """Refuse subexpressions (defaults of parameters) in a cycle, and chains too large when written out."""
        values = {s.name: s.value for s in symbols if s.role == role and s.value is not None}
        uses = {name: [n for n in self._named(v) if n in values] for name, v in values.items()}
        extent: dict[str, tuple[int, int]] = {}
        for name in values:
            path = {} if name in extent else {name: None}
            while path:
                current = next(reversed(path))
                waiting = next((u for u in uses[current] if u not in extent), None)
                if waiting is None:
                    extent[current] = self._extent(values[current], extent)
                    del path[current]
                elif waiting in path:
                    names = list(path)
                    self._cycle(role, names[names.index(waiting) :], values[current], help)
                    return
                else:
                    path[waiting] = None
        for statement, _ in self.declared.equations if role == "subexpression" else ():
            self._extent(statement.rhs if isinstance(statement, Ode) else statement.value, extent)

    def _named(self, expr: Expr) -> list[str]:
        """Return the names in an expression, those in the arguments of functions over the population included."""
        found = []
        for node in walk(expr):
            if isinstance(node, Name):
                found.append(node.id)
                symbol = self.names.used.get(node.id)
                if symbol is not None and symbol.role == "reduction" and symbol.value is not None:
                    found += self._named(symbol.value)
        return found

    def _cycle(self, role: Role, names: list[str], value: Expr, help: str) -> None:
        if len(names) == 1:
            message = f"the {role} '{names[0]}' depends on itself"
        else:
            shown = ", ".join(f"'{n}'" for n in names[:-1]) + f" and '{names[-1]}'"
            message = f"the {role}s {shown} depend on each other"
        self.names.problem("E202", message, value.span, help)

    def _extent(self, value: Expr, extent: dict[str, tuple[int, int]]) -> tuple[int, int]:
        """Return height and size of an expression with its subexpressions written out; refuse too large ones."""
        stack = [(value, 1)]
        height = size = 0
        while stack:
            node, level = stack.pop()
            below = extent.get(node.id, (0, 0)) if isinstance(node, Name) else (0, 0)
            height = max(height, level + below[0])
            size += 1 + below[1]
            stack.extend((child, level + 1) for child in children(node))
        if height > MAX_EXPANDED_HEIGHT or size > MAX_EXPANDED_SIZE:
            message = "this is too large when everything it uses is written out"
            self.names.problem("E202", message, value.span, "mark one of them '(stored)'")
            return 1, 1
        return height, size

    # -- statements -----------------------------------------------------------------------------------------------

    def equations(self) -> tuple[ModelStatement, ...]:
        """Return the differential equations and assignments, in order, but what is ``constant over dt`` first."""
        result: list[ModelStatement] = []
        for statement, known in self.declared.equations:
            if isinstance(statement, Ode):
                result.append(self.ode(statement, known))
            elif isinstance(statement.target, Name):
                target = statement.target.id
                if statement.op != "=" and not self.may_write(target, statement.target.span):
                    continue
                value = self.names.resolve(statement.value)
                result.append(
                    AssignStatement(
                        target,
                        statement.op,
                        value,
                        known.unless_refractory,
                        statement.span,
                        constant_over_dt=known.storage == "dt",
                    )
                )
        early = [s for s in result if isinstance(s, AssignStatement) and s.constant_over_dt]
        return (*early, *(s for s in result if s not in early))

    def ode(self, statement: Ode, known: Facts) -> OdeStatement:
        """Return one differential equation."""
        lhs, rhs = self.names.resolve(statement.lhs), self.names.resolve(statement.rhs)
        event_driven = known.update == "event-driven"
        return OdeStatement(
            statement.var, lhs, rhs, known.method, known.unless_refractory, event_driven, statement.span
        )

    def may_write(self, name: str, span: Span) -> bool:
        """Note a mistake, and return False, when code writes what it may only read."""
        declaration = self.declared.names.get(name)
        if declaration is None:
            if name in self.names.namespace:
                self.names.problem(
                    "E203", f"'{name}' comes from the namespace and is read-only", span, "declare it in 'equations'"
                )
            elif self.names.special(name, span) is not None:
                help = f"give it an equation, 'd{name}/dt = ...'" if name.startswith("g_") else ""
                self.names.problem("E203", f"'{name}' is read-only", span, help)
            else:
                self.names.unknown(name, span)
            return False
        if declaration.origin == "parameter" or declaration.facts.constant:
            message = f"'{name}' is a parameter and read-only for equations and code of events"
            help = f"declare it in 'equations' instead: '{name} : init=...'"
            if declaration.origin != "parameter":
                help = "leave out the flag 'constant'"
            self.names.problem("E203", message, span, help)
            return False
        if declaration.facts.linked:
            message = f"'{name}' is linked to a variable of another population and read-only"
            self.names.problem("E203", message, span, "write the other population's variable")
            return False
        if declaration.origin == "subexpression":
            message = f"'{name}' is a subexpression and cannot be written"
            self.names.problem("E203", message, span, "leave out its unit, or add '(stored)'")
            return False
        return True

    def event_facts(self, statement: Assign, target: str) -> Facts:
        """Return the flags of a statement in code of an event; most make no sense there."""
        try:
            known = facts(statement.annotation, target)
        except Refusal as refusal:
            self.names.refuse(refusal.diagnostic)
            return Facts()
        annotation = statement.annotation
        for flag in annotation.flags if annotation else ():
            marks = ("unless_refractory",) if self.tree.kind == "neuron" else ("unless_post",)
            if flag.word not in ("min", "max", *marks):
                self.names.problem(
                    "E102", f"the flag '{flag.word}' has no meaning in code of an event", flag.span, EVENT_FLAGS
                )
        if annotation is not None and annotation.unit is not None:
            self.names.problem(
                "E102", "a statement in code of an event has no unit", annotation.span, "units stand in equations"
            )
        return known

    def event_statement(self, statement: Assign, target: Expr, known: Facts) -> AssignStatement:
        """Return a statement of event code; bounds become part of its value."""
        assert isinstance(target, Name)
        value, op, span = self.names.resolve(statement.value), statement.op, statement.span
        if known.min is not None or known.max is not None:
            if op != "=":
                value, op = Binary(op[0], target, value, span), "="
            for func, bound in (("max", known.min), ("min", known.max)):
                if bound is not None:
                    value = Call(func, (value, self.names.resolve(bound)), span)
        return AssignStatement(target.id, op, value, known.unless_refractory, span)


def is_boolean(expr: Expr, symbols: dict[str, Symbol]) -> bool:
    """Tell whether an expression is true or false rather than a number."""
    match expr:
        case Bool() | Unary("not", _, _):
            return True
        case Binary(op, _, _, _):
            return op in _TESTS
        case Name(name, _):
            return name in symbols and symbols[name].type == "bool"
        case IfElse(_, then, otherwise, _):
            return is_boolean(then, symbols) and is_boolean(otherwise, symbols)
        case Call(func, _, _, _):
            return func in ("isnan", "isfinite")
        case _:
            return False
