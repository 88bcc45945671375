"""Changing models: every edit gives a new editor, and `Editor.build` a new model. Models never change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Generic, TypeVar

from ranvier.compiler import RanvierError, Source, edit, parse, parse_expression, tree

from ..problems import UnknownName, ValueProblem
from .functions import FUNCTIONS
from .sources import Kind, ModelText, given_parameters

M = TypeVar("M")
_NAME = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)
#: Roles whose source is one expression.
_CONDITIONS = ("spike", "axon_spike", "event", "refractory", "psp")
_DEFINING = ("parameters", "equations")
_CODE = ("reset", "pre_spike", "post_spike", "axon_reset", "pre_axon_spike")


class Editor(Generic[M]):
    """Edits of a `Neuron` or `Synapse`, made by its method `edit`.

    Each method returns a new editor, so edits can be chained and an editor can be the start of several variants.
    Texts are read at once; what they mean is looked at by `build`, so the order of edits does not matter.

    Examples
    --------
    >>> import ranvier as rv
    >>> lif = rv.Neuron("tau = 20.0", "tau*dv/dt = -v", spike="v > 1", reset="v = 0")
    >>> adaptive = (
    ...     lif.edit()
    ...     .add_term("v", "-u")
    ...     .add_statement("du/dt = -u/tau_u", after="v")
    ...     .add_statement("u += 0.2", where="reset")
    ...     .add_parameter("tau_u", 100.0)
    ...     .build(name="adaptive")
    ... )
    >>> adaptive.variables
    ('v', 'u')
    """

    def __init__(self, kind: Kind, name: str, text: ModelText, build: Callable[[ModelText, str], M]) -> None:
        self._kind: Kind = kind
        self._name = name
        self._text = text
        self._tree = parse(kind, name, text.sources)
        self._build = build

    def build(self, name: str = "") -> M:
        """Return the edited model.

        Parameters
        ----------
        name : str
            Of the new model; by default that of the old one.

        Raises
        ------
        RanvierError
            As for a model written out: unknown names, units...
        """
        sources = self._text.sources
        own = "\n".join(source.text for source in sources if source.role == "functions")
        added = FUNCTIONS.used_by([source.text for source in sources], own)
        if added:
            sources = (*sources, Source("functions", added, "added"))
        found = {f.name: f for f in FUNCTIONS.registered_in(source.text for source in sources)}
        found |= {f.name: f for f in self._text.registered}
        sources = tuple(source for source in sources if source.text.strip())
        text = replace(self._text, sources=sources, registered=tuple(found.values()))
        return self._build(text, name or self._name)

    @property
    def names(self) -> tuple[str, ...]:
        """Names that the texts and the values given from Python define, in order."""
        defined = [edit.defined_name(p.statement) for p in self._statements(_DEFINING)]
        return tuple(dict.fromkeys([name for name, *_ in self._text.given] + [name for name in defined if name]))

    # -- edits -------------------------------------------------------------------------------------------------------

    def add_term(self, variable: str, term: str) -> Editor[M]:
        """Add a term to the right side of the equation (or assignment) of a variable.

        Parameters
        ----------
        variable : str
        term : str
            ``"g_ampa*(E - v)"``; one that begins with a minus is subtracted.
        """
        value = parse_expression(Source("string", term), "term", f"{self._name}.{variable}")
        place = self._equation(variable)
        if isinstance(place.statement, tree.Decl):
            raise ValueProblem(f"{self._name}: '{variable}' is only declared; it has no right side to add to.")
        return self._spliced([edit.term(self._tree, place, term.strip(), value)])

    def add_statement(
        self,
        text: str,
        after: str | None = None,
        before: str | None = None,
        where: str = "equations",
        pathway: str = "",
    ) -> Editor[M]:
        """Add one or more statements.

        Parameters
        ----------
        text : str
        after, before : str, optional
            Name of a variable: directly after its last statement, or before its first one. By default at the end.
        where : str
            ``"equations"``, ``"parameters"``, ``"functions"``, ``"reset"``, ``"pre_spike"``, ``"post_spike"``.
        pathway : str
            Of code at presynaptic or postsynaptic spikes, where there are several.
        """
        if after is not None and before is not None:
            raise ValueProblem("add_statement takes 'after' or 'before', not both.")
        parse(self._kind, self._name, (Source(where, text),))
        neighbour = after if after is not None else before
        if neighbour is not None:
            places = self._defining(neighbour, (where,))
            place = places[-1] if after is not None else places[0]
            return self._spliced([edit.insertion(self._tree, place, text.strip(), after is not None)])
        for number, source in enumerate(self._text.sources):
            if (source.role, source.label) == (where, pathway):
                joined = replace(source, text=f"{source.text.rstrip()}\n{text.strip()}")
                return self._with((*self._text.sources[:number], joined, *self._text.sources[number + 1 :]))
        return self._with((*self._text.sources, Source(where, text.strip(), pathway)))

    def replace(self, variable: str, text: str) -> Editor[M]:
        """Put another statement in the place of the one that defines a variable or parameter."""
        parse(self._kind, self._name, (Source("equations", text),))
        place = self._equation(variable)
        return self._spliced([edit.Splice(place.part, place.span.start, place.span.stop, text.strip())])

    def set_code(self, where: str, text: str | None, pathway: str = "") -> Editor[M]:
        """Put another text in the place of a condition or of the code at an event; None removes it.

        Parameters
        ----------
        where : str
            ``"spike"``, ``"reset"``, ``"refractory"``, ``"pre_spike"``, ``"post_spike"``, ``"psp"``, ``"event"``...
        text : str or None
        pathway : str
            Or the name of the event.
        """
        if where not in (*_CONDITIONS, *_CODE):
            raise UnknownName("code of a model", where, (*_CONDITIONS, *_CODE))
        kept = tuple(s for s in self._text.sources if (s.role, s.label) != (where, pathway))
        return self._with(kept if text is None else (*kept, Source(where, text, pathway)))

    def rename(self, old: str, new: str) -> Editor[M]:
        """Give a parameter, variable or function another name, everywhere in the model.

        Other models that read it (``post.old`` in a synapse) are not touched.
        """
        known = (*self.names, *(name for name, *_ in self._text.namespace))
        functions = [edit.defined_name(p.statement) for p in self._statements(("functions",))]
        splices = edit.renaming(self._tree, old, new)
        if old not in known and old not in functions and not (old.startswith("g_") and splices):
            raise UnknownName(f"name of {self._name}", old, (*known, *functions))
        if not _NAME.match(new):
            raise ValueProblem(f"{self._name}: {new!r} is not a name.")
        if not new.startswith("g_") and any(s.stop - s.start == len(old) - 2 for s in splices):
            raise ValueProblem(f"{self._name}: 'sum' takes the input '{old}'; its new name must begin with 'g_' too.")
        if new in known or new in functions or new in self._used():
            raise ValueProblem(f"{self._name}: there is a '{new}' already.")
        text = edit.spliced(self._text.sources, splices)
        changed = replace(
            self._text,
            sources=text,
            given=tuple((new if g[0] == old else g[0], *g[1:]) for g in self._text.given),
            values=_renamed(self._text.values, old, new),
            namespace=tuple((new if n[0] == old else n[0], *n[1:]) for n in self._text.namespace),
            namespace_values=_renamed(self._text.namespace_values, old, new),
        )
        return Editor(self._kind, self._name, changed, self._build)

    def remove(self, variable: str) -> Editor[M]:
        """Remove every statement that defines a variable or parameter, and what code at events writes to it."""
        given = [name for name, *_ in self._text.given]
        if variable not in given:
            self._defining(variable, _DEFINING)
        places = [p for p in self._statements((*_DEFINING, *_CODE)) if edit.defined_name(p.statement) == variable]
        sources = edit.spliced(self._text.sources, [edit.Splice(p.part, p.span.start, p.span.stop, "") for p in places])
        changed = replace(
            self._text,
            sources=sources,
            given=tuple(g for g in self._text.given if g[0] != variable),
            values=tuple(v for v in self._text.values if v[0] != variable),
        )
        return Editor(self._kind, self._name, changed, self._build)

    def add_parameter(self, name: str, value: Any) -> Editor[M]:
        """Add a parameter with its value, or give a parameter that came from Python another value.

        Parameters
        ----------
        name : str
        value : number, "5 ms", quantity, distribution or Parameter
            As in a dictionary of parameters: shared, unless a `Parameter` says otherwise.
        """
        if not _NAME.match(name):
            raise ValueProblem(f"{self._name}: {name!r} is not a name.")
        if any(edit.defined_name(p.statement) == name for p in self._statements(_DEFINING)):
            raise ValueProblem(f"{self._name}: '{name}' is defined in the text; use replace('{name}', ...).")
        given, values = given_parameters({name: value})
        kept = tuple(g for g in self._text.given if g[0] != name)
        changed = replace(
            self._text,
            given=(*kept, *given),
            values=(*(v for v in self._text.values if v[0] != name), *values.items()),
        )
        return Editor(self._kind, self._name, changed, self._build)

    # -- finding -----------------------------------------------------------------------------------------------------

    def _statements(self, roles: Iterable[str]) -> list[edit.Place]:
        return edit.statements(self._tree, roles)

    def _used(self) -> set[str]:
        return edit.names_used(self._tree)

    def _defining(self, name: str, roles: Iterable[str]) -> list[edit.Place]:
        """Return the statements that define or write a name; an error that says what there is when there is none."""
        places = self._statements(roles)
        found = [p for p in places if edit.defined_name(p.statement) == name]
        if not found:
            known = dict.fromkeys(n for p in places if (n := edit.defined_name(p.statement)))
            raise UnknownName(f"name that '{self._name}' defines in its {' or '.join(roles)}", name, known)
        return found

    def _equation(self, name: str) -> edit.Place:
        """Return the one statement that defines a name."""
        found = self._defining(name, _DEFINING)
        derivatives = [p for p in found if isinstance(p.statement, tree.Ode)]
        chosen = derivatives or found
        if len(chosen) > 1:
            raise ValueProblem(f"{self._name}: {len(chosen)} statements write '{name}'; remove it and add others.")
        return chosen[0]

    def _spliced(self, splices: Iterable[edit.Splice]) -> Editor[M]:
        return self._with(edit.spliced(self._text.sources, splices))

    def _with(self, sources: tuple[Source, ...]) -> Editor[M]:
        try:
            return Editor(self._kind, self._name, replace(self._text, sources=sources), self._build)
        except RanvierError as error:
            raise ValueProblem(f"This edit leaves a text that cannot be read.\n{error}") from error


def _renamed(values: tuple[tuple[str, Any], ...], old: str, new: str) -> tuple[tuple[str, Any], ...]:
    return tuple((new if name == old else name, value) for name, value in values)
