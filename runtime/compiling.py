"""Compiled models of a network's objects: compiled together, once per object."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ranvier.compiler import (
    Compiled,
    CompileOptions,
    KernelIR,
    Model,
    RanvierWarning,
)

from .groups.population import Population
from .loading import compile_and_load
from .problems import ValueProblem
from .synapses.projection import Projection

if TYPE_CHECKING:
    from ._bridge import Library


@dataclass(frozen=True, slots=True)
class CompiledModel:
    """A model with the IR an engine needs (with statements for the interpreter) and its library, loaded."""

    model: Model
    kernel: KernelIR
    library: Library | None


@dataclass(frozen=True, slots=True)
class StopKernel:
    """The stop condition of a population: `every` neuron must fulfil it, or any."""

    population: Population
    compiled: CompiledModel
    every: bool


class CompiledModels:
    """Compiles the models of populations and projections, all new ones in parallel.

    Parameters
    ----------
    options : CompileOptions
    interpreted : bool
        Use the reference interpreter instead of compiled kernels.
    """

    def __init__(self, options: CompileOptions, interpreted: bool) -> None:
        self._options = options
        self._interpreted = interpreted
        self._known: dict[int, tuple[Model, Compiled, Library | None]] = {}
        self._ready: dict[int, CompiledModel] = {}
        self._warned = False

    def prepare(
        self, populations: Sequence[Population], projections: Sequence[Projection], more: Sequence[Model] = ()
    ) -> None:
        """Compile what is not compiled yet."""
        models = [p._model for p in populations if p._model is not None] + [p._model for p in projections]
        models += more
        models += [code.model for p in populations for code in p._codes]
        new = list({id(m): m for m in models if id(m) not in self._known}.values())
        if self._interpreted:
            return
        for model, (compiled, library) in zip(new, compile_and_load(new, self._options) if new else [], strict=True):
            self._known[id(model)] = (model, compiled, library)

    @property
    def interpreted(self) -> bool:
        """Whether the reference interpreter runs the network: asked for, or a library is missing."""
        if self._interpreted:
            return True
        missing = [m for m, _, library in self._known.values() if library is None]
        if missing and not self._warned:
            self._warned = True
            pure = sorted({f.name for m in missing for f in m.functions if f.c is None})
            names = ", ".join(sorted({m.name for m in missing}))
            why = (
                f"The function '{pure[0]}' in {names} was registered without a C body"
                if pure
                else f"No C compiler was found for {names}"
            )
            advice = f"Give register_function('{pure[0]}', ..., c=...)" if pure else "`ranvier doctor` explains"
            message = f"{why}: the network runs on the slow reference interpreter. {advice}."
            warnings.warn(message, RanvierWarning, stacklevel=5)
        return bool(missing)

    def of(self, model: Model) -> CompiledModel:
        """Return the compiled form of a model."""
        interpreted = self.interpreted
        ready = self._ready.get(id(model))
        if ready is None or (ready.library is None) != interpreted:
            if interpreted:
                from ranvier.compiler import lower_model

                ready = CompiledModel(model, lower_model(model, self._options), None)
            else:
                _, compiled, library = self._known[id(model)]
                ready = CompiledModel(model, compiled.kernel, library)
            self._ready[id(model)] = ready
        return ready

    def kernel_hash(self, model: Model | None) -> str:
        """Return the hash of the C text of a compiled model, "" of others."""
        compiled = self._known.get(id(model))
        return "" if compiled is None else hashlib.blake2b(compiled[1].c_text.encode(), digest_size=10).hexdigest()

    def stop(self, population: Population, text: str) -> StopKernel:
        """Return the stop condition ``"v > 0 : any"`` of a population."""
        if population._model is None:
            raise ValueProblem(f"population '{population.name}' has no variables for a stop condition.")
        condition, _, quantifier = text.rpartition(":") if ":" in text else (text, "", "any")
        word = quantifier.strip()
        if word not in ("any", "all"):
            raise ValueProblem(
                f"population '{population.name}': a stop condition ends with ': any' or ': all', not ': {word}'."
            )
        neuron = population.neuron_type
        assert neuron is not None
        made = neuron.condition_model(condition.strip())
        population._take_in(made)
        ((compiled, library),) = compile_and_load([made], self._options)
        if library is None and not self.interpreted:
            raise ValueProblem(
                f"population '{population.name}': a stop condition calls functions of the language, or registered ones "
                f"that have a C body; got {text!r}."
            )
        kernel = compiled.full_ir() if self.interpreted else compiled.kernel
        ready = CompiledModel(compiled.model, kernel, None if self.interpreted else library)
        return StopKernel(population, ready, word == "all")
