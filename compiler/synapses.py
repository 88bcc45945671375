"""`resolve_synapse`: the tree of a synapse, bound to the populations it connects, becomes a `Model`."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from .annotations import Facts
from .declarations import Declaration, Given, declarations
from .dimensions import check_dimensions
from .errors import RanvierWarning
from .model import AssignStatement, Dimension, EventCode, Locality, Model, ModelStatement, OdeStatement, Symbol
from .parser import walk
from .registered import Registered
from .resolver import Resolver
from .source import Source, Span
from .synapse_names import SPECIAL, SynapseBinding, SynapseNames
from .syntax import parse
from .targets import with_targets
from .tree import Assign, Attr, Call, Expr, Name, Part, SyntaxTree


def resolve_synapse(
    tree: SyntaxTree,
    binding: SynapseBinding,
    *,
    method: str | None = None,
    namespace: Iterable[tuple[str, Dimension | None, int]] = (),
    given: Iterable[Given] = (),
    operation: str = "sum",
    functions: Iterable[Registered] = (),
) -> Model:
    """Resolve a synapse model between two populations.

    Parameters are those of `resolve_neuron`, and

    Parameters
    ----------
    binding : SynapseBinding
    operation : str
        How terms of psp are combined.

    Raises
    ------
    NameProblem
        With every mistake found; other members of the `ModelError` family when the first is of another kind.
    """
    tree = replace(tree, parts=tuple(_pathway(part) for part in tree.parts))
    roles = {part.source.role for part in tree.parts}
    declared = declarations(tree, given)
    if not roles & {"pre_spike", "psp"} and not declared.summed and "pre" not in binding.synapses:
        tree = _with_default(tree, binding)
        declared = declarations(tree, given)
    tree = with_targets(tree, binding.more_targets)
    names = SynapseNames(tree, dict.fromkeys(declared.names), namespace, binding)
    names.registered = {f.name: f for f in functions}
    model = _Synapse(tree, names, declared).model(method, operation)
    return check_dimensions(replace(model, functions=tuple(names.called.values())))


def _pathway(part: Part) -> Part:
    """Make code at axonal spikes a pathway of its own."""
    if part.source.role != "pre_axon_spike":
        return part
    return replace(part, source=Source("pre_spike", part.source.text, "axon"))


def _with_default(tree: SyntaxTree, binding: SynapseBinding) -> SyntaxTree:
    """Add what a synapse without transmission code does: ``g_target += w``, or ``psp = w*pre.r``."""
    sources = tuple(part.source for part in tree.parts)
    default = Source("pre_spike", "g_target += w") if binding.pre_spiking else Source("psp", "w*pre.r")
    return parse(tree.kind, tree.name, (*sources, default))


class _Synapse(Resolver):
    names: SynapseNames

    def model(self, method: str | None, operation: str) -> Model:
        self.features()
        self.create_names()
        for role in ("pre_spike", "post_spike"):
            for part in self.parts(role):
                for statement in part.statements:
                    if isinstance(statement, Assign) and isinstance(statement.target, Name):
                        self.written.setdefault(statement.target.id, statement.span)
        self.localities()
        self.localities_of_statements()
        symbols = self.symbols()
        statements = self.equations()
        summed = self.summed()
        pre, post = self.events("pre_spike", "pre"), self.events("post_spike", "post")
        psp = None
        if (parts := self.parts("psp")) and parts[0].expression is not None:
            psp = self.names.resolve(parts[0].expression)
            self.names.attribute("post", "g_target", parts[0].expression.span)
        if "w" in self.written and "w" in self.names.used:
            self.names.used["w"] = replace(self.names.used["w"], role="variable")
        symbols = (*symbols[: len(self.declared.names)], *self.names.used.values())
        self.subexpression_localities(symbols)
        self.finish()
        return Model(
            "synapse", self.tree.name, self.tree, self.units, method, symbols, statements,
            pre=pre, post=post, psp=psp, operation=operation, pre_is_post=self.names.binding.pre_is_post,
            summed=summed,
        )  # fmt: skip

    # -- what is refused --------------------------------------------------------------------------------------------

    def features(self) -> None:
        """Refuse what is parsed but not available yet."""
        for number, part in enumerate(self.tree.parts):
            role, span = part.source.role, Span(number, 0, len(part.source.text.rstrip()))
            binding = self.names.binding
            end = "post" if role == "post_spike" else "pre" if role == "pre_spike" and not binding.pre_spiking else ""
            end = end if part.statements else ""
            if end in binding.synapses:
                message = f"the {end}synaptic end are the synapses of '{self.names.name_of(end)}': no spikes"
                help = "sum over them in every step: 'x_post = ... (summed)', 'psp=', or give the synapse equations"
                self.names.problem("E104", message, span, help)
            elif end == "pre":
                message = f"the presynaptic population '{binding.pre_name}' is rate-coded: no spikes"
                help = "give its neurons a spike condition, or transmit in every step: psp='w*pre.r'"
                self.names.problem("E104", message, span, help)

    def localities(self) -> None:
        for declaration in self.declared.names.values():
            span, known = declaration.span, declaration.facts
            if span is None:
                continue
            if known.update == "event-driven" and known.locality in ("post", "shared"):
                message = f"'{declaration.name}' is event-driven, so it has one value per synapse"
                help = "leave out the flag of its locality, or mark it 'clock-driven'"
                self.names.problem("E102", message, span, help)
            if known.locality == "post" and "post" in self.names.binding.synapses:
                message = f"'{declaration.name}' has one value per postsynaptic neuron, but that end are synapses"
                self.names.problem("E102", message, span, "leave out the flag of its locality")
            if known.unless_refractory:
                self.names.problem("E102", "'unless_refractory' has no meaning in a synapse", span, "leave it out")

    def localities_of_statements(self) -> None:
        """Note what statements of every step write."""
        for statement, _ in self.declared.equations:
            if isinstance(statement, Assign) and isinstance(statement.target, Name):
                self.written.setdefault(statement.target.id, statement.span)

    def equations(self) -> tuple[ModelStatement, ...]:
        """Return the equations; what has one value for several synapses may not depend on a single one."""
        statements = super().equations()
        for s in statements:
            name = s.var if isinstance(s, OdeStatement) else s.target
            value = s.rhs if isinstance(s, OdeStatement) else s.value
            self.fits(name, self.locality(name), value)
        return statements

    def subexpression_localities(self, symbols: tuple[Symbol, ...]) -> None:
        for symbol in symbols:
            if symbol.role == "subexpression" and symbol.value is not None:
                self.fits(symbol.name, symbol.locality, symbol.value)

    def locality(self, name: str) -> Locality:
        """Return how many values a name has in the projection."""
        declaration = self.declared.names.get(name)
        if declaration is not None:
            return declaration.facts.locality or "local"
        symbol = self.names.used.get(name)
        if name in ("t_post", "j", "N_incoming") or (
            name.startswith("post.") and symbol and symbol.locality == "local"
        ):
            return "post"
        return "local" if symbol is None or symbol.locality == "local" else "shared"

    def fits(self, name: str, locality: Locality, value: Expr) -> None:
        """Refuse an expression that has more values than the name it is for."""
        if locality == "local":
            return
        has = "the projection" if locality == "shared" else "each postsynaptic neuron"
        for node in walk(value):
            if isinstance(node, Call) and node.func in self.declared.functions:
                continue
            if isinstance(node, Name) and node.id not in ("pi", "e", "inf"):
                inner = self.locality(node.id)
                if inner == "local" or (inner == "post" and locality == "shared"):
                    many = "synapse" if inner == "local" else "postsynaptic neuron"
                    message = f"'{name}' has one value for {has}, but '{node.id}' has one per {many}"
                    self.names.problem("E204", message, node.span, f"leave out the flag of '{name}' for its locality")
                    return

    def summed(self) -> tuple[AssignStatement, ...]:
        """Return the summed variables: ``X_post = expression : unit (summed)``, or ``X_pre``."""
        result: list[AssignStatement] = []
        taken: set[str] = set()
        for statement in self.declared.summed:
            target = self.target(statement.target)
            if target is None:
                continue
            symbol = self.names.used.get(target.id)
            if symbol is None or symbol.role != "attribute":
                message = f"'{target.id}' is a name of the synapse; a summed variable is one of a neuron"
                self.names.problem("E203", message, statement.span, f"write '{target.id}_post = ...'")
                continue
            if symbol.type != "float" or symbol.locality != "local":
                side = target.id.partition(".")[0]
                message = f"'{target.id}' must be a number of each {side}synaptic neuron to receive a summed variable"
                help = "declare it in the neuron without 'shared': 'x : 1'"
                self.names.problem("E204", message, statement.span, help)
            if target.id in taken:
                message = f"'{target.id}' receives two summed variables; use a second variable"
                help = "declare another one in the neuron and add the two there"
                self.names.problem("E206", message, statement.span, help)
            name = target.id.partition(".")[2]
            taken |= {f"pre.{name}", f"post.{name}"} if self.names.binding.pre_is_post else {target.id}
            value = self.names.resolve(statement.value)
            result.append(AssignStatement(target.id, "=", value, False, statement.span))
        return tuple(result)

    # -- code of events ---------------------------------------------------------------------------------------------

    def create_names(self) -> None:
        """A plain assignment to an unknown name creates a synaptic variable."""
        for role in ("pre_spike", "post_spike"):
            for part in self.parts(role):
                for statement in part.statements:
                    match statement:
                        case Assign(Name(name, span), "=", _, _, _) if self.is_new(name):
                            self.declared.names[name] = Declaration(name, "created", Facts(), span)
                            self.names.own[name] = None
                            where = f"synapse '{self.tree.name}'"
                            message = f"[W201] {where}: '{name}' is not declared; it becomes a variable of each synapse"
                            warnings.warn(message, RanvierWarning, stacklevel=2)

    def is_new(self, name: str) -> bool:
        names = self.names
        if name in names.own or name in names.namespace or name in SPECIAL or name in ("w", "g_target"):
            return False
        base, _, group = name.rpartition("_")
        return name not in names.ends["post"] and not (base and group in ("pre", "post"))

    def events(self, role: str, side: Literal["pre", "post"]) -> tuple[EventCode, ...]:
        """Return the code of each pathway."""
        spiking = side == "post" or self.names.binding.pre_spiking  # code that says nothing means: nothing is sent
        parts = [part for part in self.parts(role) if part.statements or spiking]
        return tuple(EventCode("spike", part.source.label or side, self.code(part)) for part in parts)

    def code(self, part: Part) -> tuple[AssignStatement, ...]:
        result = []
        for statement in part.statements:
            if not isinstance(statement, Assign):
                continue
            target = statement.target
            label = target.id if isinstance(target, Name) else f"{target.group}.{target.name}"
            known = self.event_facts(statement, label)
            if known.unless_post and (part.source.role != "pre_spike" or self.names.binding.synapses):
                where = "where both ends are neurons" if self.names.binding.synapses else "in 'pre_spike' only"
                self.names.problem("E102", f"'unless_post' has a meaning {where}", statement.span, "leave it out")
            meaning = self.target(target)
            if meaning is not None:
                made = self.event_statement(statement, meaning, known)
                held = self.names.binding.holds(meaning.id)
                result.append(replace(made, unless_post=known.unless_post, unless_refractory=held))
        return tuple(result)

    def target(self, target: Name | Attr) -> Name | None:
        """Return what a statement writes, None after noting that it may not."""
        names = self.names
        found: Expr | None
        if isinstance(target, Attr):
            found = names.attribute(target.group, target.name, target.span)
        elif target.id in names.own:
            return target if self.may_write(target.id, target.span) else None
        elif target.id in SPECIAL or target.id in names.namespace:
            names.problem("E203", f"'{target.id}' is read-only", target.span, "assign to a variable with another name")
            return None
        else:
            found = names.special(target.id, target.span)
            if found is None:
                names.unknown(target.id, target.span)
        if not isinstance(found, Name):
            return None
        if found.id.startswith(("pre.", "post.")):
            if not names.used[found.id].writable:
                group, _, name = found.id.partition(".")
                role = names.used[found.id].role
                what = "subexpression" if role == "subexpression" else "parameter"
                whole = "projection" if group in names.binding.synapses else "population"
                message = f"'{name}' is a {what} of the {group}synaptic {whole} and read-only"
                names.problem("E203", message, target.span, f"declare it in its equations: '{name} : init=...'")
                return None
            names.bounds(found.id, target.span)
        return found
