"""`Neuron` and `Synapse`: models as the user writes them, parsed as soon as they are constructed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, TypeVar

from ranvier.compiler import (
    AttributeInfo,
    CompileOptions,
    Model,
    Source,
    Span,
    SynapseBinding,
    SyntaxTree,
    parse,
    resolve_neuron,
    resolve_synapse,
)

from ..constants import constants_in
from ..groups.distributions import is_distribution
from ..problems import ValueProblem
from ..words import in_words
from .editing import Editor
from .functions import FUNCTIONS
from .sources import (
    AXON,
    Kind,
    ModelText,
    block,
    either,
    equation_text,
    event_sources,
    listened_events,
    method_names,
    namespace_entries,
    parameter_text,
    pathways,
    refuse_arguments,
    text_of_condition,
    time_text,
)

D = TypeVar("D", bound="_Definition")


#: How the terms of psp may be combined.
OPERATIONS = ("sum", "mean", "min", "max")


class _Definition:
    """What neurons and synapses share: texts, values, and views of what the compiler makes of them."""

    def __init__(
        self, kind: Kind, name: str, description: str, method: str | Sequence[str] | None, text: ModelText
    ) -> None:
        self.name = name or kind
        self.description = description
        self.method = method_names(method, self.name)
        self.text = text
        self.tree: SyntaxTree = parse(kind, self.name, text.sources)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} '{self.name}'>"

    @property
    def definitions(self) -> str:
        """Definitions of functions in the model's texts."""
        return "\n".join(s.text for s in self.text.sources if s.role == "functions")

    def excerpt(self, span: Span | None) -> str:
        """Return the user's text at a place of the model."""
        return "" if span is None else self.text.sources[span.part].text[span.start : span.stop]

    def _with_text(self: D, text: ModelText, name: str) -> D:
        """Return a copy of the model with other texts."""
        changed = copy(self)
        changed.name, changed.text = name, text
        changed.tree = parse(self.tree.kind, name, text.sources)
        changed._resolve()
        return changed

    def _resolve(self) -> None:
        """Give the names of the texts their meaning, where that needs no other model."""

    def _model(self) -> Model:
        raise ValueProblem(f"{self.name} has no model.")

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return tuple(a.name for a in self.table() if a.kind == "parameter")

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables."""
        return tuple(a.name for a in self.table() if a.kind == "variable")

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names of all parameters and variables."""
        return tuple(a.name for a in self.table() if a.kind in ("parameter", "variable"))

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the inputs, as used in ``target=`` (of a synapse: none)."""
        return self._model().targets

    def table(self) -> tuple[AttributeInfo, ...]:
        """Return what there is to know of each name of the model, in the order of the text."""
        from ranvier.compiler import table

        return table(self._model(), self._given_in_words())

    def _given_in_words(self) -> dict[str, str]:
        """Return the values that were given from Python."""
        return {name: in_words(value) for name, value in (*self.text.namespace_values, *self.text.values)}

    def describe(self) -> str:
        """Return the variables, units, localities, and the method chosen for each equation and why."""
        from ranvier.compiler import describe

        return describe(self._model(), CompileOptions(), self._given_in_words())

    def latex(self) -> str:
        """Return equations, conditions and code as LaTeX: an ``aligned`` block without dollar signs."""
        from ranvier.compiler import latex_model

        return latex_model(self.tree)

    def report(self, format: str = "markdown") -> str:
        """Return the equations and the table of names, as in the report of a network.

        Parameters
        ----------
        format : {"markdown", "latex"}
        """
        from ..report import model_report

        return model_report(self, format)  # type: ignore[arg-type]

    def _repr_latex_(self) -> str:
        """Return what notebooks show."""
        return f"${self.latex()}$"

    def ir(self) -> str:
        """Return the intermediate representation as text."""
        from ranvier.compiler import compile_model

        return compile_model(self._model(), CompileOptions()).full_ir().dump()

    def source(self, language: str = "c") -> str:
        """Return the generated source text.

        Parameters
        ----------
        language : {"c"}
        """
        if language != "c":
            raise ValueProblem(f"A model's source is available in 'c', not in {language!r}.")
        from ranvier.compiler import compile_model

        model = self._model()
        text = compile_model(model, CompileOptions()).c_text
        if not text:
            missing = ", ".join(f"'{f.name}'" for f in model.functions if f.c is None)
            raise ValueProblem(f"{self.name} has no C: it calls {missing}, registered without a C body.")
        return text


def _text_of(
    kind: Kind, owner: str, parameters: Any, equations: Any, functions: Any, namespace: Any, more: list[Source]
) -> ModelText:
    parameter_block, given, values = parameter_text(parameters, owner)
    equation_block, initial = equation_text(equations, kind, owner)
    own_functions = "" if functions is None else block(functions, "functions", owner)
    entries, namespace_values = namespace_entries(namespace)
    texts = [parameter_block, equation_block, *(source.text for source in more)]
    constants = constants_in(texts, namespace_values)
    sources = [
        Source("parameters", parameter_block),
        Source("equations", equation_block),
        Source("functions", own_functions),
        Source("functions", FUNCTIONS.used_by(texts, own_functions), "added"),
        *more,
    ]
    sources = [source for source in sources if source.text.strip()]
    return ModelText(
        tuple(sources),
        tuple(given),
        tuple({**values, **initial}.items()),
        (*entries, *((name, dimension, 0) for name, dimension in constants)),
        tuple(namespace_values.items()),
        FUNCTIONS.registered_in(source.text for source in sources),
        tuple(name for name, _ in constants),
    )


class Neuron(_Definition):
    """A neuron model.

    Parameters
    ----------
    parameters : str or dict
        ``"tau = 20.0 : population"`` lines, or name -> number, ``"20 ms"``, quantity, distribution or `Parameter`.
        In a string the default is one value per neuron, in a dict one value for all.
    equations : str or list
        Equations, one a line; a list may hold `Variable` objects.
    spike, threshold : str, optional
        The spike condition (two names of one argument).
    reset : str, optional
        Statements executed after a spike.
    refractory : number, str, quantity, array or distribution, optional
        A time (ms), one for each neuron, an expression of one, or a boolean condition.
    axon_spike, axon_reset : str, optional
        Condition and code of the event ``axon_spike``, which a neuron may have while it is refractory.
    events : dict, optional
        Custom events: name -> condition. Code is attached by `Population.run_on_event`.
    functions : str, optional
        ``f(x) = ...`` lines.
    method : str or list of str, optional
        Integration method of all equations that do not name one; of several, the first that applies to them all.
    namespace : dict, optional
        Values for names that the texts use: numbers, quantities, `TimedArray` objects.
    name, description : str

    Raises
    ------
    RanvierError
        The texts cannot be understood; the message shows where.

    Examples
    --------
    >>> import ranvier as rv
    >>> lif = rv.Neuron("tau = 20.0", "tau*dv/dt = -v", spike="v > 1", reset="v = 0")
    """

    def __init__(
        self,
        parameters: Any = "",
        equations: Any = "",
        spike: str | None = None,
        reset: str | None = None,
        refractory: Any = None,
        axon_spike: str | None = None,
        axon_reset: str | None = None,
        events: Mapping[str, Any] | None = None,
        functions: str | None = None,
        method: str | Sequence[str] | None = None,
        namespace: Mapping[str, Any] | None = None,
        name: str = "",
        description: str = "",
        *,
        threshold: str | None = None,
        **unknown: Any,
    ) -> None:
        owner = name or "neuron"
        refuse_arguments(unknown, Neuron.__init__, owner)
        spike = either(spike, threshold, ("spike", "threshold"), owner)
        more = []
        if spike is not None:
            more.append(Source("spike", text_of_condition(spike, "spike", owner)))
        if reset is not None:
            more.append(Source("reset", block(reset, "reset", owner)))
        if refractory is not None:
            period = "0.0" if _is_many(refractory) else time_text(refractory, owner, "refractory")
            more.append(Source("refractory", period))
        if axon_spike is not None:
            more.append(Source("axon_spike", text_of_condition(axon_spike, "axon_spike", owner)))
        if axon_reset is not None:
            more.append(Source("axon_reset", block(axon_reset, "axon_reset", owner)))
        more += event_sources(events, owner)
        text = _text_of("neuron", owner, parameters, equations, functions, namespace, more)
        if _is_many(refractory):
            text = replace(text, values=(*text.values, ("refractory", refractory)))
        super().__init__("neuron", name, description, method, text)
        self._resolve()

    def _resolve(self) -> None:
        text = self.text
        self._more: dict[Source, Model] = {}
        self.model: Model = resolve_neuron(
            self.tree, method=self.method, namespace=text.namespace, given=text.given, functions=text.registered
        )

    @classmethod
    def from_text(cls, text: ModelText, name: str, description: str, method: str | None) -> Neuron:
        """Return the model of texts that another one was made of."""
        made = cls.__new__(cls)
        _Definition.__init__(made, "neuron", name, description, method, text)
        made._resolve()
        return made

    def edit(self) -> Editor[Neuron]:
        """Return an editor, which makes changed copies of this model."""
        return Editor("neuron", self.name, self.text, self._with_text)

    def _model(self) -> Model:
        return self.model

    def code_model(self, code: Any, at_event: bool) -> Model:
        """Return the model of statements over the names of this one, run at an event or for all neurons.

        Parameters
        ----------
        code : str or list of str
        at_event : bool
        """
        return self._with(Source("code", block(code, "code", self.name), "event" if at_event else ""))

    def condition_model(self, condition: str) -> Model:
        """Return the model of a condition over the names of this one."""
        return self._with(Source("condition", condition))

    def _with(self, source: Source) -> Model:
        """Return the model that the texts and one more make; the same object for the same text."""
        if source not in self._more:
            functions = "\n".join(s.text for s in self.text.sources if s.role == "functions")
            added = Source("functions", FUNCTIONS.used_by([source.text], functions), "added")
            known = {f.name: f for f in (*FUNCTIONS.registered_in([source.text]), *self.text.registered)}
            self._more[source] = resolve_neuron(
                parse("neuron", self.name, (*self.text.sources, added, source)),
                method=self.method,
                namespace=self.text.namespace,
                given=self.text.given,
                functions=tuple(known.values()),
            )
        return self._more[source]


def _is_many(value: Any) -> bool:
    """Tell whether a value is one number for each neuron."""
    return isinstance(value, (list, tuple)) or is_distribution(value) or bool(getattr(value, "ndim", 0))


class Synapse(_Definition):
    """A synapse model.

    Parameters
    ----------
    parameters, equations, functions, method, namespace, name, description
        As of `Neuron`; a shared parameter has one value per projection.
    pre_spike, on_pre : str or dict, optional
        Statements executed when a presynaptic spike arrives; a dict has one entry per pathway.
    post_spike, on_post : str or dict, optional
        Statements executed when the postsynaptic neuron spikes.
    psp : str, optional
        What a synapse sends in every step; the neuron reads the combination as ``g_target`` or ``sum(target)``.
    operation : {"sum", "mean", "min", "max"}
        How the terms of `psp` are combined.
    on_event : dict, optional
        Pathway -> event of the neuron that it listens to; spikes by default.
    pre_axon_spike : str, optional
        Statements executed when an axonal spike arrives.
    pruning, creating : str, optional
        Conditions under which synapses are removed, or made between neurons that have none, once
        `Projection.start_pruning` or `start_creating` was called: ``"age > 100 : proba=0.1"``,
        ``"pre.r*post.r > 0.9 : proba=0.5, w=1.0, d=2.0"``.

    Examples
    --------
    >>> import ranvier as rv
    >>> halved = rv.Synapse(pre_spike="g_target += 0.5*w")
    """

    def __init__(
        self,
        parameters: Any = "",
        equations: Any = "",
        psp: str | None = None,
        operation: str = "sum",
        pre_spike: Any = None,
        post_spike: Any = None,
        pre_axon_spike: str | None = None,
        functions: str | None = None,
        pruning: str | None = None,
        creating: str | None = None,
        method: str | Sequence[str] | None = None,
        namespace: Mapping[str, Any] | None = None,
        name: str = "",
        description: str = "",
        *,
        on_pre: Any = None,
        on_post: Any = None,
        on_event: Mapping[str, str] | None = None,
        **unknown: Any,
    ) -> None:
        owner = name or "synapse"
        refuse_arguments(unknown, Synapse.__init__, owner)
        if operation not in OPERATIONS:
            raise ValueProblem(f"{owner}: operation must be one of {', '.join(OPERATIONS)}, not {operation!r}.")
        pre_spike = either(pre_spike, on_pre, ("pre_spike", "on_pre"), owner)
        post_spike = either(post_spike, on_post, ("post_spike", "on_post"), owner)
        axon = [] if pre_axon_spike is None else [Source("pre_spike", block(pre_axon_spike, "code", owner), AXON)]
        more = [*pathways(pre_spike, "pre_spike", owner), *axon, *pathways(post_spike, "post_spike", owner)]
        for role, text_given in (("psp", psp), ("pruning", pruning), ("creating", creating)):
            if text_given is not None:
                more.append(Source(role, text_of_condition(text_given, role, owner)))
        self.operation = operation
        self.events = listened_events(more, on_event, owner)
        text = _text_of("synapse", owner, parameters, equations, functions, namespace, more)
        super().__init__("synapse", name, description, method, text)

    @classmethod
    def from_text(
        cls, text: ModelText, name: str, description: str, method: str | None, operation: str,
        events: Mapping[tuple[str, str], str],
    ) -> Synapse:  # fmt: skip
        """Return the model of texts that another one was made of."""
        made = cls.__new__(cls)
        made.operation, made.events = operation, dict(events)
        _Definition.__init__(made, "synapse", name, description, method, text)
        return made

    def edit(self) -> Editor[Synapse]:
        """Return an editor, which makes changed copies of this model."""
        return Editor("synapse", self.name, self.text, self._with_text)

    def bind(self, binding: SynapseBinding) -> Model:
        """Return the model of this synapse between two populations."""
        return resolve_synapse(
            self.tree,
            binding,
            method=self.method,
            namespace=self.text.namespace,
            given=self.text.given,
            operation=self.operation,
            functions=self.text.registered,
        )

    def _model(self) -> Model:
        """Return the model between two populations that have nothing but the target; they spike if it has code."""
        spiking = any(source.role in ("pre_spike", "post_spike") for source in self.text.sources)
        return self.bind(SynapseBinding((), (), "pre", "post", False, "target", spiking))

    def event_of(self, side: str, pathway: str) -> str:
        """Return the event that a pathway listens to."""
        return self.events.get((side, pathway), "spike")


def static_synapse(spiking: bool = True) -> Synapse:
    """Return the synapse of a connection that names none: a spike adds the weight, a rate counts times the weight."""
    return Synapse(pre_spike="g_target += w", name="static") if spiking else Synapse(psp="w*pre.r", name="static")
