"""What names mean: expressions of the syntax tree -> expressions in which every `Name` is a symbol of the model.

User functions are inlined, units become numbers, synonyms of functions their canonical names. Order of lookup:
arguments of a function, names of the model, the namespace, special names of neurons or synapses, constants, units.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from .errors import Diagnostic, Refusal
from .functions import CONSTANTS, FUNCTIONS, is_reduction
from .model import Dimension, Symbol, Type
from .parser import MAX_HEIGHT, check_size
from .registered import Registered
from .source import Span
from .tree import Attr, Binary, Call, Expr, FuncDef, IfElse, Name, Num, SyntaxTree, Unary
from .units import COMMON, UNITS, Unit, power_of_ten, scaled
from .unsupported import unavailable

#: Never names of a user's own.
RESERVED = frozenset({"t", "dt", "t_last", "g_target", "xi", "not_refractory", "lastspike"})
NO_NOISE_HERE = "elsewhere, 'randn()' draws a normal random number"
#: Nodes visited for one model; only functions that call each other many times come near it.
MAX_WORK = 50_000
_NOISE = re.compile(r"xi(_\w+)?\Z")
#: How functions are called whose arguments are often confused.
EXAMPLES = {
    "ite": "write 'ite(condition, value if true, value if false)'",
    "where": "write 'where(condition, value if true, value if false)'",
    "clip": "write 'clip(value, lowest, highest)'",
    "exprel": "'exprel(x)' is (exp(x) - 1)/x",
    "modulo": "write 'modulo(value, divisor)'",
    "timestep": "write 'timestep(time, dt)'",
    "Uniform": "write 'Uniform(lowest, highest)'",
    "DiscreteUniform": "write 'DiscreteUniform(lowest, highest)'",
    "Normal": "write 'Normal(mean, standard deviation)'",
    "LogNormal": "write 'LogNormal(mean of the logarithm, its standard deviation)'",
    "Exponential": "write 'Exponential(rate)'",
    "Gamma": "write 'Gamma(shape, scale)'",
    "Binomial": "write 'Binomial(number, probability)'",
    "Poisson": "write 'Poisson(mean)'",
}
_TIMES = re.compile(r"d([A-Za-z_]\w*)\s*/\s*dt\b")
_UPDATE = re.compile(r"\s*[-+*/]=")
_TYPES: dict[str, Type] = {"i": "int", "j": "int", "N": "int", "step": "int", "not_refractory": "bool",
                           "not_refractory_pre": "bool", "not_refractory_post": "bool"}  # fmt: skip


class Names:
    """The names one model knows, and the symbols it turns out to use besides its own.

    Parameters
    ----------
    tree : SyntaxTree
    own : dict
        Names declared by the model as keys, in order; the caller may add to it.
    namespace : iterable of (name, dimension, rank)
    """

    def __init__(
        self, tree: SyntaxTree, own: dict[str, None], namespace: Iterable[tuple[str, Dimension | None, int]] = ()
    ) -> None:
        self.tree = tree
        self.own = own
        self.namespace = {name: (dimension, rank) for name, dimension, rank in namespace}
        self.functions: dict[str, FuncDef] = {}
        self.registered: dict[str, Registered] = {}
        self.called: dict[str, Registered] = {}
        self.used: dict[str, Symbol] = {}
        self.units_used = False
        self.problems: list[Diagnostic] = []
        self._said: set[str] = set()
        self._calls: list[str] = []
        self._height = 0
        self._work = 0

    # -- messages -------------------------------------------------------------------------------------------------

    def problem(self, code: str, message: str, span: Span, help: str = "") -> None:
        """Note a mistake."""
        self.refuse(Diagnostic(code, message, span, help))

    def refuse(self, diagnostic: Diagnostic) -> None:
        """Note a mistake; one that was said before is not repeated."""
        if diagnostic.message not in self._said:
            self._said.add(diagnostic.message)
            self.problems.append(diagnostic)

    def known(self) -> list[str]:
        """Names that a misspelt one may have meant."""
        return [*self.own, *self.namespace]

    def unknown(self, name: str, span: Span) -> None:
        """Note an unknown name, with the nearest known one."""
        text = self.tree.parts[span.part].source.text
        match = _TIMES.match(text, span.start)
        if match and match.group(1) in self.own:
            message = f"'{match.group()}' may only stand left of '='"
            whole = Span(span.part, span.start, match.end())
            help = f"give it a name, 'd{match.group(1)}dt = ...', and use that"
            self.problem("E103", message, whole, help)
            return
        known = self.known()
        if name in ("pre", "post"):
            self.problem("E201", f"unknown name '{name}'", span, f"values of that group are '{name}.v' or 'v_{name}'")
            return
        close = [n for n in known if n.lower() == name.lower()] or get_close_matches(name, known, 1)
        close = close or get_close_matches(name, [*COMMON, *FUNCTIONS], 1, 0.75)
        help = f"did you mean '{close[0]}'?" if close else ""
        if not close and known:
            help = "known names: " + ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
        if name in ("true", "false"):
            help = f"write '{name.capitalize()}'"
        elif f"d{name}" in known:
            help = f"did you mean 'd{name}/dt', a differential equation, where 'd{name}' is written?"
        elif f"d{name}dt" in known:
            help = f"did you mean 'd{name}/dt', a differential equation, where 'd{name}dt' is written?"
        elif _UPDATE.match(text, span.stop):
            help += f"\na variable that starts from 0 is declared on a line of its own: '{name} : init=0.0'"
        else:
            help += f"\na value from outside is given with namespace=dict({name}=...)"
        self.problem("E201", self.unknown_message(name), span, help.strip())

    def unknown_message(self, name: str) -> str:
        """Return what is said of an unknown name."""
        return f"unknown name '{name}'"

    # -- expressions ----------------------------------------------------------------------------------------------

    def resolve(self, expr: Expr) -> Expr:
        """Return an expression of the model; mistakes are noted and replaced by 0."""
        self._height = 0
        try:
            result = self._expr(expr, {})
            check_size(result)
        except Refusal as refusal:
            self.refuse(refusal.diagnostic)
            return Num(0.0, False, expr.span)
        return result

    def _expr(self, node: Expr, env: Mapping[str, Expr]) -> Expr:
        self._work += 1
        self._height += 1
        if self._height > MAX_HEIGHT + 50 or self._work > MAX_WORK:
            message = "this expression is too large when its functions are written out"
            raise Refusal(Diagnostic("E205", message, node.span, "store a part of it in a variable"))
        match node:
            case Name():
                result = self._name(node, env)
            case Binary(op, left, right, span):
                result = self._binary(node, op, left, right, span, env)
            case Unary(op, operand, span):
                result = Unary(op, self._expr(operand, env), span)
            case Call():
                result = self._call(node, env)
            case IfElse(condition, then, otherwise, span):
                condition, then = self._expr(condition, env), self._expr(then, env)
                result = IfElse(condition, then, self._expr(otherwise, env), span)
            case Attr(group, name, span):
                result = self.attribute(group, name, span) or Num(0.0, False, span)
            case _:
                result = node
        self._height -= 1
        return result

    def _binary(self, node: Binary, op: str, left: Expr, right: Expr, span: Span, env: Mapping[str, Expr]) -> Expr:
        """Units whose value is 1 vanish; other products with units become numbers."""
        if op in ("*", "/", "**"):
            if (unit := self._unit(node, env)) is not None:
                return Num(unit.factor, False, span)
            below = self._unit(right, env) if op != "**" else None
            if below is not None:
                value = self._expr(left, env)
                shift = below.exponent if op == "*" else -below.exponent
                if isinstance(value, Num):
                    return Num(scaled(repr(value.value), shift), False, span)
                return Binary("*", value, Num(power_of_ten(shift), False, right.span), span) if shift else value
            if op == "*" and (above := self._unit(left, env)) is not None and above.exponent == 0:
                return self._expr(right, env)
        return Binary(op, self._expr(left, env), self._expr(right, env), span)

    def _unit(self, node: Expr, env: Mapping[str, Expr]) -> Unit | None:
        """Return the unit that an expression of units alone stands for."""
        match node:
            case Name(name, span):
                unit = UNITS.get(name)
                if unit is None or name in env or name in self.own or name in self.namespace:
                    return None
                if self.special(name, span) is not None:
                    return None
                self.units_used = True
                return unit
            case Binary("**", base, exponent, _):
                power = _integer(exponent)
                inner = self._unit(base, env) if power is not None and abs(power) <= 20 else None
                if inner is None or power is None or abs(inner.exponent * power) > 300:
                    return None
                return Unit(inner.exponent * power, tuple(power * d for d in inner.dimension))
            case Binary("*" | "/" as op, left, right, _):
                x = self._unit(left, env)
                y = self._unit(right, env) if x is not None else None
                sign = 1 if op == "*" else -1
                if x is None or y is None or abs(x.exponent + sign * y.exponent) > 300:
                    return None
                dimension = tuple(a + sign * b for a, b in zip(x.dimension, y.dimension, strict=True))
                return Unit(x.exponent + sign * y.exponent, dimension)
            case _:
                return None

    def _name(self, node: Name, env: Mapping[str, Expr]) -> Expr:
        name, span = node.id, node.span
        if name in env:
            return env[name]
        if name in self.own:
            return node
        if name in self.namespace:
            return self._outside(node)
        found = self.special(name, span)
        if found is not None:
            return found
        if name in CONSTANTS:
            return self.use(Symbol(name, "builtin", locality="shared", value=Num(CONSTANTS[name], False, span)), span)
        if name in UNITS:
            self.units_used = True
            return Num(UNITS[name].factor, False, span)
        if name in FUNCTIONS or name in self.functions or name in self.registered:
            self.problem("E205", f"the function '{name}' needs its arguments", span, f"write '{name}(...)'")
        elif _NOISE.match(name):
            return self.noise(name, span)
        else:
            self.unknown(name, span)
        return Num(0.0, False, span)

    def _outside(self, node: Name) -> Expr:
        dimension, rank = self.namespace[node.id]
        if rank:
            arguments = "t" if rank == 1 else "t, i"
            message = f"'{node.id}' is a TimedArray and needs its arguments"
            self.problem("E205", message, node.span, f"write '{node.id}({arguments})'")
            return Num(0.0, False, node.span)
        return self.use(Symbol(node.id, "parameter", locality="shared", dimension=dimension), node.span)

    def use(self, symbol: Symbol, span: Span) -> Name:
        """Add a symbol that the model uses without declaring it."""
        self.used.setdefault(symbol.name, symbol)
        return Name(symbol.name, span)

    def noise(self, name: str, span: Span) -> Expr:
        """Return white noise, which has a meaning in differential equations alone."""
        if self.tree.parts[span.part].source.role != "equations":
            self.problem("E403", f"'{name}' may only stand in differential equations", span, NO_NOISE_HERE)
            return Num(0.0, False, span)
        return self.use(Symbol(name, "builtin"), span)

    def builtin(self, name: str, span: Span) -> Name:
        """Return a built-in name such as ``t``."""
        shared = name in ("t", "dt", "step", "N")
        return self.use(Symbol(name, "builtin", _type(name), "shared" if shared else "local"), span)

    # -- calls ----------------------------------------------------------------------------------------------------

    def _call(self, node: Call, env: Mapping[str, Expr]) -> Expr:
        func, span = node.func, node.span
        if node.group:
            self.refuse(unavailable("reduction", span, f"{node.group}.{func}(...)"))
            return Num(0.0, False, span)
        if func in self.functions:
            return self._inlined(node, self.functions[func], env)
        if func in self.namespace and self.namespace[func][1]:
            return self._table(node, env)
        if func in self.registered:
            return self._registered(node, self.registered[func], env)
        function = FUNCTIONS.get(func)
        if function is None:
            self._unknown_function(func, span)
            return Num(0.0, False, span)
        if is_reduction(func, len(node.args)):
            return self.reduction(node, env)
        if not function.accepts(len(node.args)):
            self._wrong_count(func, function.arity, len(node.args), span)
            return Num(0.0, False, span)
        args = self._args(node, env)
        if function.name == "pow":
            return Binary("**", args[0], args[1], span)
        if function.name in ("min", "max"):
            result = args[0]
            for arg in args[1:]:
                result = Call(function.name, (result, arg), span)
            return result
        return Call(function.name, args, span)

    def _args(self, node: Call, env: Mapping[str, Expr]) -> tuple[Expr, ...]:
        args = []
        for arg in node.args:
            args.append(self._expr(arg, env))
        return tuple(args)

    def _inlined(self, node: Call, function: FuncDef, env: Mapping[str, Expr]) -> Expr:
        if node.func in self._calls:
            message = f"the function '{node.func}' calls itself"
            self.problem("E202", message, node.span, "functions are written out where they are called")
            return Num(0.0, False, node.span)
        count = len(function.params)
        if len(node.args) != count:
            arity = "no argument" if count == 0 else f"{count} argument{'s' if count != 1 else ''}"
            self._wrong_count(node.func, arity, len(node.args), node.span)
            return Num(0.0, False, node.span)
        args = self._args(node, env)
        self._calls.append(node.func)
        result = self._expr(function.body, dict(zip(function.params, args, strict=True)))
        self._calls.pop()
        return result

    def _registered(self, node: Call, function: Registered, env: Mapping[str, Expr]) -> Expr:
        if node.func in self.own:
            message = f"'{node.func}' is a registered function and a variable"
            self.problem("E202", message, node.span, "rename the variable")
        count = len(function.params)
        if len(node.args) != count:
            arity = f"{count} argument{'s' if count != 1 else ''} ({', '.join(function.params)})"
            self._wrong_count(node.func, arity, len(node.args), node.span)
            return Num(0.0, False, node.span)
        self.called[node.func] = function
        return Call(node.func, self._args(node, env), node.span)

    def _table(self, node: Call, env: Mapping[str, Expr]) -> Expr:
        dimension, rank = self.namespace[node.func]
        if len(node.args) != rank:
            arity = "1 argument (t)" if rank == 1 else "2 arguments (t, i)"
            self._wrong_count(node.func, arity, len(node.args), node.span)
            return Num(0.0, False, node.span)
        self.use(Symbol(node.func, "parameter", locality="shared", dimension=dimension), node.span)
        args = self._args(node, env)
        if rank == 2 and isinstance(args[1], Num) and args[1].value != int(args[1].value):
            message = f"the second argument of '{node.func}' is the number of a column, a whole number"
            self.problem("E205", message, node.args[1].span, f"write '{node.func}(t, i)'")
        return Call(node.func, args, node.span)

    def _wrong_count(self, func: str, arity: str, count: int, span: Span) -> None:
        self.problem("E205", f"'{func}' takes {arity}, got {count}", span, EXAMPLES.get(func, ""))

    def _unknown_function(self, func: str, span: Span) -> None:
        here = Span(span.part, span.start, span.start + len(func))
        if func in self.own or func in self.namespace:
            self.problem("E205", f"'{func}' is not a function", here, f"to multiply, write '{func}*(...)'")
            return
        close = get_close_matches(func, [*self.functions, *self.registered, *FUNCTIONS], 1)
        help = f"did you mean '{close[0]}'?\n" if close else ""
        help += f"a function of your own is defined by functions='{func}(x) = ...'"
        first = self.tree.parts[span.part].source.text[span.start : span.stop].partition("(")[2].lstrip()
        if re.match(r"t\b", first):
            help += f"\na TimedArray is given by namespace=dict({func}=...)"
        self.problem("E205", f"unknown function '{func}'", here, help)

    # -- what neurons and synapses do differently -------------------------------------------------------------------

    def special(self, name: str, span: Span) -> Expr | None:
        """Return the meaning of a name that is special in this kind of model, None when there is none."""
        return None

    def attribute(self, group: str, name: str, span: Span) -> Expr | None:
        """Return ``pre.name`` or ``post.name``; None after noting that there is none."""
        self.problem("E201", f"'{group}.{name}': only synapses have 'pre.' and 'post.'", span, f"write '{name}'")
        return None

    def reduction(self, node: Call, env: Mapping[str, Expr]) -> Expr:
        """Return a function over a population; `env` holds the arguments of the user functions around it."""
        self.refuse(unavailable("reduction", node.span, f"{node.func}(...)"))
        return Num(0.0, False, node.span)


def is_reserved(name: str) -> str:
    """Return what a name means in every model, ``"is a unit"``, or "" when it is free for a function."""
    if name in FUNCTIONS:
        return "is a function of the language"
    if name in CONSTANTS:
        return "is a constant"
    if name in UNITS:
        return "is a unit"
    return "has a meaning of its own" if name in RESERVED or name in ("pre", "post") or _NOISE.match(name) else ""


def _type(name: str) -> Type:
    return _TYPES.get(name, "float")


def _integer(node: Expr) -> int | None:
    match node:
        case Num(value, _, _) if value == int(value):
            return int(value)
        case Unary("-", operand, _):
            inner = _integer(operand)
            return None if inner is None else -inner
        case _:
            return None
