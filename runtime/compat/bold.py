"""`BoldMonitor`: the BOLD signal of some populations, computed by one neuron of the same network.

The neuron has an input for each population and each input of its model. It divides the sums by the sizes, compares them
with what it saw in a time of rest, and adds them up; so all of it is state of the network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Source

from ..definitions.types import Neuron, Synapse
from ..live import network_of
from ..models.balloon import BoldModel, balloon_RN
from ..problems import UnknownName, ValueProblem
from .network import model_of

#: Means of a population without a time of rest.
_PLAIN = "{0}_part = {0}_scale*{0}_mean"
#: The mean in a time of rest, until step `until`; afterwards the relative deviation from it.
_RELATIVE = """
    {0}_steps = ite(t < {0}_until, {0}_steps + 1.0, {0}_steps)
    {0}_total = ite(t < {0}_until, {0}_total + {0}_mean, {0}_total)
    {0}_rest = {0}_total/max({0}_steps, 1.0)
    {0}_part = ite(t < {0}_until, 0.0, {0}_scale*(({0}_mean - {0}_rest)/(abs({0}_rest) + 1e-7)))
"""


@dataclass(frozen=True, slots=True)
class _Region:
    """A recorded population, its weight, its time of rest (ms), and the ranks of each signal, if there are several."""

    population: Any
    scale: float
    rest: float
    slices: Sequence[NDArray[np.int64]] = ()

    def connect(self, projection: Any) -> None:
        """Let each signal have the sum over its neurons."""
        if not self.slices:
            projection.all_to_all(weights=1.0)
            return
        signals = np.repeat(np.arange(len(self.slices)), [ranks.size for ranks in self.slices])
        projection.explicit_edges(np.concatenate(self.slices), signals, weights=1.0)


class _Part(NamedTuple):
    """What one region gives to one input of the model."""

    input: str
    name: str
    region: _Region


class BoldMonitor:
    """A monitor of the BOLD signal of populations. Nothing is computed before `start`.

    Parameters
    ----------
    populations : population or list of populations
    bold_model : BoldModel, optional
        `balloon_RN` by default.
    mapping : dict
        Input of the model -> variable of the populations; ``r`` of spiking ones needs `compute_firing_rate`.
    scale_factor : number or list, optional
        Weight of each population; by default its share of all neurons.
    normalize_input : number or list, optional
        Time of rest after `start`, in ms, for each population: the input is 0 then, and afterwards the relative
        deviation from its mean in that time. 0: the mean itself.
    recorded_variables : str or list of str, optional
        Besides the output of the model.
    start : bool
        Begin now.

    Raises
    ------
    ValueProblem
        There are no populations, or not as many numbers as populations.
    UnknownName
        An input that the model does not have, a variable that a population or the model does not have.
    """

    def __init__(
        self,
        populations: Any = None,
        bold_model: Any = None,
        mapping: Mapping[str, str] | None = None,
        scale_factor: Any = None,
        normalize_input: Any = None,
        recorded_variables: str | Sequence[str] | None = None,
        start: bool = False,
        net_id: int = 0,
    ) -> None:
        recorded = list(populations) if isinstance(populations, (list, tuple)) else [populations]
        if not recorded or recorded[0] is None:
            raise ValueProblem("BoldMonitor needs a population, or a list of populations.")
        sizes = [population.size for population in recorded]
        scales = _each(scale_factor, "scale_factor", [size / sum(sizes) for size in sizes])
        rests = _each(normalize_input, "normalize_input", [0.0] * len(sizes))
        regions = [_Region(*region) for region in zip(recorded, scales, rests, strict=True)]
        self._build(regions, bold_model, mapping, recorded_variables, start)

    @classmethod
    def from_slices(
        cls,
        population: Any,
        slices: Sequence[Sequence[int]],
        bold_model: Any = None,
        mapping: Mapping[str, str] | None = None,
        normalize_input: float = 0,
        recorded_variables: str | Sequence[str] | None = None,
        start: bool = False,
        net_id: int = 0,
    ) -> BoldMonitor:
        """Return a monitor of several signals, each of some neurons of one population.

        Parameters
        ----------
        population : population
        slices : list of lists of int
            Ranks of the neurons of each signal.
        bold_model, mapping, normalize_input, recorded_variables, start
            As of the class.
        """
        groups = [np.asarray(ranks, np.int64) for ranks in slices]
        if not groups or any(ranks.ndim != 1 or not ranks.size for ranks in groups):
            raise ValueProblem("BoldMonitor: slices must be lists of ranks, none of them empty.")
        made = cls.__new__(cls)
        region = _Region(population, 1.0, float(normalize_input or 0), groups)
        made._build([region], bold_model, mapping, recorded_variables, start)
        return made

    def _build(
        self,
        regions: list[_Region],
        bold_model: Any,
        mapping: Mapping[str, str] | None,
        recorded_variables: str | Sequence[str] | None,
        start: bool,
    ) -> None:
        model: BoldModel = model_of(bold_model if bold_model is not None else balloon_RN, BoldModel)
        if not isinstance(model, BoldModel):
            raise ValueProblem(f"BoldMonitor: bold_model must be a BoldModel, not {type(model).__name__}.")
        inputs = {"I_CBF": "r"} if mapping is None else dict(mapping)
        for name in inputs:
            if name not in model.inputs:
                raise UnknownName(f"input of {model.name}", name, model.inputs)
        wanted = [recorded_variables] if isinstance(recorded_variables, str) else list(recorded_variables or ())
        net = network_of(regions[0].population.population, "BoldMonitor")
        parts = [_Part(name, f"{name}_{k}", region) for name in inputs for k, region in enumerate(regions)]
        self._rests = {part.name: part.region.rest for part in parts if part.region.rest > 0}
        self._net = net
        signals = max(len(region.slices) for region in regions) or 1
        self._population = net.create(signals, _with_inputs(model, parts))
        for part in parts:
            synapse = Synapse(psp=f"w*pre.{inputs[part.input]}", name=f"sum of {inputs[part.input]}")
            part.region.connect(net.connect(part.region.population, self._population, part.name, synapse))
            sizes = [ranks.size for ranks in part.region.slices] or part.region.population.size
            self._population.set({f"{part.name}_size": np.asarray(sizes, np.float64)})
        chosen = sorted({*wanted, *model.output})
        self._monitor = net.monitor(self._population, chosen, start=False)
        self._population.disable()
        self.name = self._monitor.name
        if start:
            self.start()

    def start(self) -> None:
        """Begin to compute and to record, with a time of rest if one was asked for."""
        self._population.enable()
        self._monitor.start()
        for part, rest in self._rests.items():
            steps = self._net._context.rounding(float(rest), "BoldMonitor", "normalize_input")
            until = (self._net.current_step + steps - 0.5) * self._net.dt
            self._population.set({f"{part}_until": until, f"{part}_steps": 0.0, f"{part}_total": 0.0})

    def stop(self) -> None:
        """End computing and recording; what was recorded stays."""
        self._monitor.pause()
        self._population.disable()

    def get(self, variable: Any = None) -> Any:
        """Return what was recorded, as `Monitor.get`: an array (samples, 1), or a dict of them."""
        return self._monitor.get(variable)

    def __getattr__(self, name: str) -> Any:
        """Read a parameter or variable of the model."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._population, name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Write a parameter or variable of the model."""
        if name.startswith("_") or name == "name":
            object.__setattr__(self, name, value)
        else:
            setattr(self._population, name, value)


def NormProjection(
    pre: Any, post: Any, target: str, variable: str, synapse: Any = None, name: str | None = None, net_id: int = 0
) -> Any:
    """Return a projection of spikes that also adds to a variable of the postsynaptic neurons, for their BOLD signal.

    Each spike adds the weight to the target and ``1/n`` to the variable, n being the number of synapses that the neuron
    has in all projections.

    Parameters
    ----------
    pre, post : population or view
        Spiking, in one network.
    target : str
    variable : str
        Of the postsynaptic neurons.
    name : str, optional
    """
    if synapse is not None:
        raise ValueProblem("NormProjection takes no synapse: each spike adds the weight to the target.")
    model = Synapse(
        "nb_aff_synapse = 1.0 : postsynaptic",
        pre_spike=f"g_target += w\npost.{variable} += 1.0/nb_aff_synapse",
        name="NormProjection",
    )
    net: Any = network_of(post.population, "NormProjection")
    made = net.connect(pre, post, target, model, name)
    net._norms.append(made)
    return made


def count_synapses(net: Any) -> None:
    """Tell the projections of `NormProjection` how many synapses each postsynaptic neuron has in all projections."""
    for made in net._norms:
        population = made.post.population
        counts = np.zeros(population.size)
        for projection in net.get_projections(post=population):
            if projection.connected:
                counts += np.diff(projection.connectivity.by_post[0])
        made.set({"nb_aff_synapse": counts})


def _each(given: Any, what: str, usual: list[float]) -> list[float]:
    """Return one number for each population."""
    if given is None or (isinstance(given, (list, tuple)) and not given):
        return usual
    numbers = list(given) if isinstance(given, (list, tuple)) else [given] * len(usual)
    if len(numbers) != len(usual):
        raise ValueProblem(f"BoldMonitor: {what} has {len(numbers)} values for {len(usual)} populations.")
    return [float(number) for number in numbers]


def _with_inputs(model: BoldModel, parts: list[_Part]) -> Neuron:
    """Return the model with an input for each region in the place of one for all."""
    parameters, equations = [], []
    for part in parts:
        parameters += [f"{part.name}_size = 1.0", f"{part.name}_scale = {part.region.scale!r} : population"]
        equations.append(f"{part.name}_mean = sum({part.name})/{part.name}_size")
        if part.region.rest > 0:
            parameters.append(f"{part.name}_until = -1.0 : population")
        equations.append((_RELATIVE if part.region.rest > 0 else _PLAIN).format(part.name))
    sources = []
    for source in model.text.sources:
        text = source.text
        for name in dict.fromkeys(part.input for part in parts):
            terms = " + ".join(f"{part.name}_part" for part in parts if part.input == name)
            text = re.sub(rf"\bsum\(\s*{name}\s*\)", f"({terms})", text)
        if source.role == "equations":
            text = "\n".join([*equations, text])
        sources.append(replace(source, text=text))
    sources.insert(0, Source("parameters", "\n".join(parameters), "inputs"))
    return model._with_text(replace(model.text, sources=tuple(sources)), model.name)
