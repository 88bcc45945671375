"""`Model`: a resolved model. Every name has a meaning, every user function is inlined, units are numbers.

Produced by `resolve`, consumed by `integrate` and `lower`. Expressions are syntax-tree expressions in which
every `Name.id` is a key of `Model.symbols`; `Attr`, unit names and calls of user functions no longer occur.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from .registered import Registered
from .source import Span
from .tree import Expr, SyntaxTree

Type: TypeAlias = Literal["float", "int", "bool"]
Locality: TypeAlias = Literal["local", "shared", "post"]
Role: TypeAlias = Literal["parameter", "variable", "subexpression", "input", "builtin", "attribute", "reduction"]
#: Exponents of (length, mass, time, current, temperature, substance, luminosity); None = not declared.
Dimension: TypeAlias = tuple[float, ...]


#: The input of connections whose target a neuron with ``sum()`` does not name; its target is `REST`.
REST = "__all__"
#: What a read-out computes is called by this and a name of its model (see `readouts`).
READ_OUT = "@value:"


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name that expressions may use.

    `role`: ``parameter`` is read-only for equation code; ``variable`` has an ODE, an assignment, a write in event
    code, or is a declared quantity that code writes; ``subexpression`` is substituted at use; ``input`` is ``g_exc``
    without an equation (this step's summed input, zeroed after use); ``builtin`` is ``t dt i N t_last ...``;
    ``attribute`` is ``pre.x`` / ``post.x`` of a synapse (also ``post.g_target``); ``reduction`` is a function over the
    population, such as ``mean(v)``, whose `value` is the call: a number that is fixed before the statements of a step.
    """

    name: str
    role: Role
    type: Type = "float"
    locality: Locality = "local"
    dimension: Dimension | None = None
    span: Span | None = None
    init: Expr | None = None
    min: Expr | None = None
    max: Expr | None = None
    value: Expr | None = None  # subexpression, reduction: its expression; parameter: its default
    writable: bool = False  # attribute: may event code write it
    linked: bool = False  # variable: its values are those of another population's


@dataclass(frozen=True, slots=True)
class OdeStatement:
    """``lhs = rhs``; `lhs` contains one `Deriv`. `method` is what the user asked for on this line, or None."""

    var: str
    lhs: Expr
    rhs: Expr
    method: str | None
    unless_refractory: bool
    event_driven: bool
    span: Span


@dataclass(frozen=True, slots=True)
class AssignStatement:
    """``target op value`` (op ``= += -= *= /=``), executed in place, in declaration order."""

    target: str
    op: str
    value: Expr
    unless_refractory: bool
    span: Span
    unless_post: bool = False
    constant_over_dt: bool = False


ModelStatement: TypeAlias = OdeStatement | AssignStatement


@dataclass(frozen=True, slots=True)
class Refractory:
    """`kind`: ``none``; ``number`` (a run-time parameter named ``refractory``, in ms, converted to steps when the
    neuron spikes); ``expression`` (a time, evaluated at the spike); ``condition`` (boolean, every step).
    """

    kind: Literal["none", "number", "expression", "condition"]
    value: Expr | None = None
    freezes: Literal["A", "B"] = "A"


@dataclass(frozen=True, slots=True)
class EventCode:
    """Statements of one pathway of a synapse (``pre``/``post``) or of one event of a neuron (``spike``)."""

    event: str
    pathway: str
    statements: tuple[AssignStatement, ...]


@dataclass(frozen=True, slots=True)
class NeuronEvent:
    """A custom event: neurons that fulfil `condition` after the statements of a step have it, refractory or not;
    `statements` is the model's own code at it."""

    name: str
    condition: Expr
    statements: tuple[AssignStatement, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """One neuron or synapse model, resolved; or a condition over a neuron's names (its spike condition), or a text
    about a pair of neurons (``connect``).
    """

    kind: Literal["neuron", "synapse", "condition", "code", "connect"]
    name: str
    tree: SyntaxTree
    unit_checked: bool
    method: str | None
    symbols: tuple[Symbol, ...]
    statements: tuple[ModelStatement, ...]
    spike: Expr | None = None
    reset: tuple[AssignStatement, ...] = ()
    refractory: Refractory = Refractory("none")
    pre: tuple[EventCode, ...] = ()
    post: tuple[EventCode, ...] = ()
    psp: Expr | None = None
    summed: tuple[AssignStatement, ...] = ()  # ``post.x = sum of expressions over the synapses``
    operation: str = "sum"
    pre_is_post: bool = False
    events: tuple[NeuronEvent, ...] = ()
    functions: tuple[Registered, ...] = ()  # those registered from Python that it calls
    traces: tuple[tuple[str, Literal["pre", "post"]], ...] | None = None  # of a read-out: those of what it reads

    def symbol(self, name: str) -> Symbol:
        """Return the symbol called `name` (KeyError when there is none)."""
        for symbol in self.symbols:
            if symbol.name == name:
                return symbol
        raise KeyError(name)

    @property
    def spiking(self) -> bool:
        return self.spike is not None

    @property
    def reads_out(self) -> bool:
        """Whether it computes values of another model, to be looked at."""
        return any(s.name.startswith(READ_OUT) for s in self.symbols)

    @property
    def held(self) -> frozenset[str]:
        """Variables marked ``(unless refractory)``: nothing but resets writes them while their neuron is refractory."""
        if self.refractory.kind == "none" or self.refractory.freezes != "B":
            return frozenset()
        marked = [s for s in self.statements if s.unless_refractory]
        return frozenset(s.var if isinstance(s, OdeStatement) else s.target for s in marked)

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the inputs, without ``g_``."""
        return tuple(s.name[2:] for s in self.symbols if s.name.startswith("g_") and s.role in ("input", "variable"))
