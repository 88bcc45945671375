"""From what users pass to `Neuron` and `Synapse` to the texts that the compiler parses and the values it never sees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from inspect import signature
from types import NoneType
from typing import Any, Literal, TypeAlias

from ranvier.compiler import METHODS, Registered, Source, model, parse, tree

from ..problems import UnknownName, ValueProblem
from ..quantities import TIME, dimension_of, is_expression, number
from .values import Parameter, Variable, locality_of, type_of

Kind: TypeAlias = Literal["neuron", "synapse"]
#: Name of the pathway of `pre_axon_spike`.
AXON = "axon"
#: Events that have arguments of their own.
RESERVED_EVENTS = frozenset({"spike", "axon_spike"})
#: (name, dimension or None, type, locality) of a parameter whose value comes from Python.
Given: TypeAlias = tuple[str, model.Dimension | None, model.Type, model.Locality]
#: (name, dimension or None, rank) of a namespace entry; rank 0 is a number, 1 and 2 are TimedArrays.
NamespaceEntry: TypeAlias = tuple[str, model.Dimension | None, int]


@dataclass(frozen=True, slots=True)
class ModelText:
    """The texts of one model, and the values that were given as Python objects."""

    sources: tuple[Source, ...]
    given: tuple[Given, ...]
    values: tuple[tuple[str, Any], ...]
    namespace: tuple[NamespaceEntry, ...]
    namespace_values: tuple[tuple[str, Any], ...]
    registered: tuple[Registered, ...] = ()
    constants: tuple[str, ...] = ()


def given_parameters(parameters: Mapping[str, Any]) -> tuple[list[Given], dict[str, Any]]:
    """Split a dictionary of parameters into declarations and values."""
    given: list[Given] = []
    values: dict[str, Any] = {}
    for name, entry in parameters.items():
        parameter = entry if isinstance(entry, Parameter) else Parameter(entry, type=_type_of_value(entry))
        given.append((name, dimension_of(parameter.value), type_of(parameter.type), locality_of(parameter.locality)))
        values[name] = parameter.value
    return given, values


def _type_of_value(value: object) -> object:
    return bool if isinstance(value, bool) else float


def equation_text(equations: Any, kind: Kind, owner: str) -> tuple[str, dict[str, Any]]:
    """Return equations given as text, list or `Variable` objects as one text, and the initial values kept out of it."""
    if equations is None:
        return "", {}
    if isinstance(equations, str):
        return equations, {}
    if isinstance(equations, Variable):
        equations = [equations]
    if isinstance(equations, Mapping) or not isinstance(equations, Iterable):
        raise ValueProblem(
            f"{owner}: equations must be a string or a list, not {type(equations).__name__}.",
            help="write each as a line, 'name = ...' or 'dname/dt = ...'",
        )
    lines: list[str] = []
    initial: dict[str, Any] = {}
    for entry in equations:
        if isinstance(entry, str):
            lines.append(entry)
        elif isinstance(entry, Variable):
            line, name = _with_flags(entry, kind, owner)
            lines.append(line)
            if entry.init is not None:
                initial[name] = entry.init
        else:
            raise ValueProblem(f"{owner}: an equation must be a string or a Variable, not {type(entry).__name__}.")
    return "\n".join(lines), initial


def _with_flags(variable: Variable, kind: Kind, owner: str) -> tuple[str, str]:
    """Return the text of a `Variable` with its flags appended, and the name it defines."""
    text = variable.equation.strip()
    (part,) = parse(kind, owner, (Source("equations", text),)).parts
    if len(part.statements) != 1:
        raise ValueProblem(f"{owner}: a Variable holds exactly one equation, got: {text!r}.")
    statement = part.statements[0]
    match statement:
        case tree.Ode(var=name, annotation=annotation):
            pass
        case tree.Assign(target=target, annotation=annotation):
            name = getattr(target, "id", getattr(target, "name", ""))
        case tree.Decl(name=name, annotation=annotation):
            pass
        case _:
            raise ValueProblem(f"{owner}: a Variable cannot define a function: {text!r}.")
    flags = ", ".join(variable.flags())
    if not flags:
        return text, name
    if annotation is None:
        return f"{text} : {flags}", name
    if annotation.unit is None:
        return f"{text}, {flags}", name
    if text.endswith(")") and annotation.flags:
        return f"{text[:-1]}, {flags})", name
    return f"{text} ({flags})", name


def parameter_text(parameters: Any, owner: str) -> tuple[str, list[Given], dict[str, Any]]:
    """Return the text, the declarations and the values of a `parameters` argument."""
    if parameters is None:
        return "", [], {}
    if isinstance(parameters, str):
        return parameters, [], {}
    if isinstance(parameters, Mapping):
        return "", *given_parameters(parameters)
    raise ValueProblem(f"{owner}: parameters must be a string or a dict, not {type(parameters).__name__}.")


def namespace_entries(namespace: Mapping[str, Any] | None) -> tuple[list[NamespaceEntry], dict[str, Any]]:
    """Return the declarations and the values of a `namespace` argument."""
    if not isinstance(namespace, (Mapping, NoneType)):
        raise ValueProblem(f"namespace must be a dict name -> value, not {type(namespace).__name__}.")
    entries: list[NamespaceEntry] = []
    values: dict[str, Any] = {}
    for name, value in (namespace or {}).items():
        rank = getattr(value, "table_rank", 0)
        dimension = value.dimension if rank else dimension_of(value)
        if not rank and isinstance(value, str) and is_expression(value):
            raise ValueProblem(f"namespace: '{name}' must be a number or a quantity such as \"5 ms\", not {value!r}.")
        entries.append((name, dimension, rank))
        values[name] = value
    return entries, values


def block(text: Any, argument: str, owner: str) -> str:
    """Return a block of statements given as a string or a list of strings."""
    if isinstance(text, str):
        return text
    if isinstance(text, (list, tuple)) and all(isinstance(line, str) for line in text):
        return "\n".join(text)
    raise ValueProblem(f"{owner}: {argument} must be a string or a list of strings, not {type(text).__name__}.")


def pathways(code: Any, argument: str, owner: str) -> list[Source]:
    """Return the sources of a `pre_spike` or `post_spike` argument: a string, or a dict pathway -> string."""
    if code is None:
        return []
    if isinstance(code, Mapping):
        return [Source(argument, block(text, argument, owner), str(label)) for label, text in code.items()]
    return [Source(argument, block(code, argument, owner))]


def event_sources(events: Any, owner: str) -> list[Source]:
    """Return the sources of custom events: a dict name -> condition."""
    if events is None:
        return []
    if not isinstance(events, Mapping):
        raise ValueProblem(f"{owner}: events must be a dict name -> condition, not {type(events).__name__}.")
    found = []
    for name, condition in events.items():
        if not isinstance(name, str) or not name.isidentifier() or name in RESERVED_EVENTS:
            raise ValueProblem(f"{owner}: {name!r} cannot be the name of an event.")
        if not isinstance(condition, str):
            raise ValueProblem(f"{owner}: the condition of event '{name}' must be a string.")
        found.append(Source("event", condition, name))
    return found


def listened_events(
    sources: Iterable[Source], on_event: Mapping[str, str] | None, owner: str
) -> dict[tuple[str, str], str]:
    """Return (side, pathway) -> event for the pathways that do not listen to spikes; one without a name is called as
    its side.
    """
    sides = [(source.role.removesuffix("_spike"), source.label) for source in sources]
    known = [(side, label or side) for side, label in sides]
    events = {("pre", AXON): "axon_spike"} if ("pre", AXON) in known else {}
    for name, event in (on_event or {}).items():
        found = [key for key in known if key[1] == name]
        if not found:
            raise UnknownName(f"pathway of {owner}", name, [pathway for _, pathway in known])
        if not isinstance(event, str):
            raise ValueProblem(f"{owner}: on_event names an event, not {event!r}.")
        events.update(dict.fromkeys(found, event))
    return {key: event for key, event in events.items() if event != "spike"}


def either(first: Any, second: Any, names: tuple[str, str], owner: str) -> Any:
    """Return the one of two spellings of an argument that was used."""
    if first is not None and second is not None:
        raise ValueProblem(f"{owner}: '{names[0]}' and '{names[1]}' are two names of one argument; use one of them.")
    return first if first is not None else second


def text_of_condition(text: Any, argument: str, owner: str) -> str:
    """Return an expression given as a string."""
    if not isinstance(text, str):
        example = "'v > -50'" if "spike" in argument else "'w*pre.r'"
        raise ValueProblem(f"{owner}: {argument} must be a string such as {example}, not {text!r}.")
    return text


def method_names(method: Any, owner: str) -> str | None:
    """Return the methods that an argument names, in one string."""
    if method is None:
        return None
    names = method.split(",") if isinstance(method, str) else list(method)
    for name in names:
        if not isinstance(name, str) or name.strip() not in METHODS:
            close = get_close_matches(str(name).strip(), METHODS, 1)
            help = f"did you mean '{close[0]}'?\n" if close else ""
            raise ValueProblem(
                f"{owner}: method={name!r} is not a numerical method.",
                help=f"{help}use one of {', '.join(sorted(set(METHODS.values())))}",
            )
    return ", ".join(name.strip() for name in names)


def time_text(value: Any, owner: str, argument: str) -> str:
    """Return a time as text for the parser: numbers and quantities in ms, expressions as they are."""
    if isinstance(value, str) and is_expression(value):
        return value
    ms = float(number(value, f"{owner}: {argument}", TIME))
    if not ms >= 0.0:
        raise ValueProblem(f"{owner}: {argument} must not be negative, got {value!r}.")
    return repr(ms)


def refuse_unknown(arguments: Mapping[str, Any], known: Iterable[str], owner: str) -> None:
    """Raise for keyword arguments that `owner` does not have."""
    for name in arguments:
        raise UnknownName(f"argument of {owner}", name, known)


#: Arguments of other simulators -> ours.
_ELSEWHERE = {
    "model": "equations", "eqs": "equations", "params": "parameters", "pre": "pre_spike", "post": "post_spike",
}  # fmt: skip


def refuse_arguments(unknown: Mapping[str, Any], of: Callable[..., None], owner: str) -> None:
    """Raise for keyword arguments that a model does not have."""
    for name in unknown:
        if name in _ELSEWHERE:
            raise ValueProblem(f"'{name}' is no argument of {owner}.", help=f"here it is called '{_ELSEWHERE[name]}'")
    refuse_unknown(unknown, [p for p in signature(of).parameters if p not in ("self", "unknown")], owner)
