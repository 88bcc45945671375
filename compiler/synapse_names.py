"""Names in synapses: what the two ends define, and what `w`, `t_pre`, `v_post`, `pre.v`, `g_target` mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from .ends import INDEX, seen_from
from .model import Dimension, Symbol
from .names import Names
from .parser import children
from .source import Span
from .tree import Attr, Binary, Bool, Call, Expr, IfElse, Name, Num, SyntaxTree, Unary
from .unsupported import unavailable

BUILTINS = frozenset({"t", "dt", "step", "i", "j", "N", "N_pre", "N_post", "N_incoming", "N_outgoing", "delay",
                      "lastupdate", "t_pre", "t_post"})  # fmt: skip
_LAST_SPIKES = {"t_last": "t_post", "lastspike": "t_post", "t_last_post": "t_post", "lastspike_post": "t_post",
                "t_last_pre": "t_pre", "lastspike_pre": "t_pre"}  # fmt: skip
#: As in all code of synapses, the bare name is that of the postsynaptic neuron.
_ACTIVE = {"not_refractory": "post", "not_refractory_post": "post", "not_refractory_pre": "pre"}
_RANKS = {"i": "pre", "j": "post"}
SPECIAL = BUILTINS | _LAST_SPIKES.keys() | _ACTIVE.keys()
_READABLE = ("parameter", "variable", "input", "subexpression")


@dataclass(frozen=True, slots=True)
class SynapseBinding:
    """The two ends of a projection, as its synapses see them.

    When both have no symbols at all, the synapse is not bound yet (it is only being described): then every
    ``pre.x`` and ``post.x`` is taken as a variable.

    Parameters
    ----------
    pre, post : tuple of Symbol
        Symbols of the neuron models.
    pre_name, post_name : str
        Names of the populations, for messages.
    pre_is_post : bool
        Whether they are one population.
    target : str
        Name of the target, ``"exc"``.
    more_targets : tuple of str
        Names of further targets that receive the same.
    pre_spiking : bool
        Whether the presynaptic neurons spike.
    pre_held, post_held : frozenset of str
        Variables that keep their value while their neuron is refractory: no synapse writes them then.
    refractory : frozenset of str
        The ends (``"pre"``, ``"post"``) whose neurons have a refractory period.
    synapses : frozenset of str
        The ends that are not neurons but the synapses of another projection (see `ends.seen_as_end`).
    """

    pre: tuple[Symbol, ...]
    post: tuple[Symbol, ...]
    pre_name: str = "pre"
    post_name: str = "post"
    pre_is_post: bool = False
    target: str = ""
    pre_spiking: bool = True
    pre_held: frozenset[str] = frozenset()
    post_held: frozenset[str] = frozenset()
    more_targets: tuple[str, ...] = ()
    refractory: frozenset[str] = frozenset()
    synapses: frozenset[str] = frozenset()

    @property
    def bound(self) -> bool:
        """Whether there are populations at the ends."""
        return bool(self.pre or self.post)

    def holds(self, name: str) -> bool:
        """Tell whether ``pre.x`` or ``post.x`` keeps its value while its neuron is refractory."""
        group, _, x = name.partition(".")
        x = f"g_{self.target}" if x == "g_target" else x
        return x in {"pre": self.pre_held, "post": self.post_held}.get(group, ())


class SynapseNames(Names):
    """Special names of synapses: ``w``, ``t_pre``, ``v_post``, ``pre.v``, ``g_target``, and bare names of ``post``."""

    def __init__(
        self,
        tree: SyntaxTree,
        own: dict[str, None],
        namespace: Iterable[tuple[str, Dimension | None, int]],
        binding: SynapseBinding,
    ) -> None:
        super().__init__(tree, own, namespace)
        self.binding = binding
        self.ends = {
            "pre": {s.name: s for s in binding.pre if s.role in _READABLE},
            "post": {s.name: s for s in binding.post if s.role in _READABLE},
        }

    def known(self) -> list[str]:
        """Names that a misspelt one may have meant."""
        return [*self.own, *self.namespace, "w", *self.ends["post"], *(f"{name}_pre" for name in self.ends["pre"])]

    def unknown_message(self, name: str) -> str:
        """Return what is said of an unknown name."""
        return f"neither the synapse nor the postsynaptic population '{self.binding.post_name}' defines '{name}'"

    def special(self, name: str, span: Span) -> Expr | None:
        """Return the meaning of a name that is special in synapses, or that one of the ends defines."""
        end = _RANKS.get(name, "")
        if end in self.binding.synapses:
            return self.attribute(end, INDEX, span)
        if name in BUILTINS:
            return self.last_spike(name, span) if name in ("t_pre", "t_post") else self.builtin(name, span)
        if name in _LAST_SPIKES and name not in self.ends["post"]:
            return self.last_spike(_LAST_SPIKES[name], span)
        if name in _ACTIVE:
            return self.active(_ACTIVE[name], span)
        if name == "g_target":
            return self.attribute("post", name, span) or Num(0.0, False, span)
        if name == "w":
            return self.use(Symbol("w", "parameter"), span)
        base, _, group = name.rpartition("_")
        if base and group in ("pre", "post"):
            return self.attribute("pre" if group == "pre" else "post", base, span) or Num(0.0, False, span)
        if name in self.ends["post"]:
            return self.attribute("post", name, span) or Num(0.0, False, span)
        return None

    def last_spike(self, name: str, span: Span) -> Expr:
        """Return ``t_pre`` or ``t_post``."""
        end = name.removeprefix("t_")
        if end in self.binding.synapses:
            message = f"'{name}': the {end}synaptic end are the synapses of '{self.name_of(end)}', which do not spike"
            self.problem("E201", message, span, "only neurons have a last spike")
            return Num(0.0, False, span)
        return self.builtin(name, span)

    def name_of(self, group: str) -> str:
        """Return the name of the population, or projection, at one end."""
        return self.binding.pre_name if group == "pre" else self.binding.post_name

    def active(self, group: str, span: Span) -> Expr:
        """Return whether the neuron at one end is not refractory; always, where it has no refractory period."""
        if group not in self.binding.refractory and self.binding.bound:
            return Bool(True, span)
        return self.builtin(f"not_refractory_{group}", span)

    def attribute(self, group: str, name: str, span: Span) -> Expr | None:
        """Return ``pre.name`` or ``post.name``; None after noting that there is none."""
        target = f"g_{self.binding.target}"
        key = name
        if name == "not_refractory":
            return self.active(group, span)
        if group == "post" and name in ("g_target", target):
            name, key = "g_target", target
            if not self.binding.target:
                self.problem("E201", "'g_target': this connection has no target", span, "connect(..., target='exc')")
                return None
        symbol = self.ends[group].get(key) if self.binding.bound else Symbol(key, "variable")
        if symbol is None:
            self._missing(group, key, span)
            return None
        full = f"{group}.{name}"
        if symbol.role == "subexpression":
            return self._subexpression(full, symbol, span)
        if full not in self.used:
            writable = symbol.role in ("variable", "input") or symbol.writable
            self.used[full] = Symbol(
                full, "attribute", symbol.type, symbol.locality, symbol.dimension, writable=writable
            )
        return Name(full, span)

    def _subexpression(self, full: str, symbol: Symbol, span: Span) -> Expr | None:
        """Return ``pre.F`` where the neuron computes F from names that synapses can read, too."""
        group = full.partition(".")[0]
        if full not in self.used and symbol.value is not None:
            symbols = {s.name: s for s in (self.binding.pre if group == "pre" else self.binding.post)}
            value = seen_from(
                group, symbol.value, symbols,
                lambda name: self.attribute(group, name, span),
                lambda name: self.builtin(name, span),
                lambda constant: self.use(constant, span),
            )  # fmt: skip
            if value is not None:
                own = Symbol(full, "subexpression", symbol.type, symbol.locality, symbol.dimension, value=value)
                self.used[full] = own
        if full not in self.used:
            self.refuse(unavailable("subexpression_attribute", span, full))
            return None
        return Name(full, span)

    def reduction(self, node: Call, env: Mapping[str, Expr]) -> Expr:
        """Return a function over all neurons of one end, ``mean(pre.r)``: one value, computed once per step."""
        argument = node.args[0] if node.args else None
        found: Expr | None = None
        if isinstance(argument, (Attr, Name)):
            found = self._expr(argument, env)
        if not isinstance(found, Name) or not found.id.startswith(("pre.", "post.")):
            message = f"'{node.func}' with one argument is taken over all neurons of one end"
            self.problem("E205", message, node.span, f"write '{node.func}(pre.r)' or '{node.func}(post.r)'")
            return Num(0.0, False, node.span)
        symbol = self.used[found.id]
        if symbol.role == "subexpression":
            self.refuse(unavailable("subexpression_attribute", node.span, found.id))
            return Num(0.0, False, node.span)
        if symbol.type != "float":
            self.problem("E204", f"'{node.func}' is taken of numbers; '{found.id}' is of type {symbol.type}", node.span)
        group, _, name = found.id.partition(".")
        full = f"{group}.@{node.func}_{name}"
        self.use(Symbol(full, "attribute", "float", "shared", symbol.dimension), node.span)
        return Name(full, node.span)

    def _missing(self, group: str, name: str, span: Span) -> None:
        population = self.name_of(group)
        known = [n for n in self.ends[group] if n != INDEX]
        if name.startswith("g_"):
            known = [n for n in known if n.startswith("g_")]
        help = f"it defines {', '.join(known[:12])}" if known else ""
        if name.startswith("g_") and group == "post" and not known:
            help = f"its neuron has no input of that target: its equations would read '{name}'"
        what = "population"
        if group in self.binding.synapses:
            what = "projection"
            hidden = next((s for s in (*self.binding.pre, *self.binding.post) if s.name == name), None)
            if hidden is not None and hidden.locality == "post":
                help = f"'{name}' has one value per postsynaptic neuron there; other synapses see values per synapse"
            elif hidden is not None:
                help = f"'{name}' is event-driven there: mark it '(clock-driven)' to have it advanced in every step"
        message = f"the {group}synaptic {what} '{population}' defines no '{name}'"
        self.problem("E201", message, span, help)

    def bounds(self, full: str, span: Span) -> None:
        """Add the bounds that the neuron gives to a variable which this synapse writes."""
        group, _, name = full.partition(".")
        symbol = self.ends[group].get(f"g_{self.binding.target}" if name == "g_target" else name)
        if symbol is None:  # not bound
            return
        if symbol.min is not None or symbol.max is not None:
            self.used[full] = replace(
                self.used[full], min=self._there(symbol.min, group, span), max=self._there(symbol.max, group, span)
            )

    def _there(self, expr: Expr | None, group: str, span: Span) -> Expr | None:
        """Return an expression of a neuron as its synapses see it."""
        match expr:
            case Name(name, _) if name in self.ends[group]:
                return self.attribute(group, name, span)
            case Unary(op, operand, _):
                return Unary(op, self._there(operand, group, span) or operand, span)
            case Binary(op, left, right, _):
                x, y = self._there(left, group, span) or left, self._there(right, group, span) or right
                return Binary(op, x, y, span)
            case Call(func, args, _, _):
                return Call(func, tuple(self._there(a, group, span) or a for a in args), span)
            case IfElse():
                c, x, y = (self._there(part, group, span) or part for part in children(expr))
                return IfElse(c, x, y, span)
            case Name(name, _):
                return self.builtin(name, span)
            case _:
                return expr
