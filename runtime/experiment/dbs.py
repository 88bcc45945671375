"""`DBSstimulator`: deep brain stimulation of a population and of the axons that begin, end or pass there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..definitions.types import Neuron, Synapse
from ..groups.population import Population
from ..live import network_of
from ..problems import RuntimeProblem, ValueProblem
from ..rng import chosen_seed
from ..synapses.group import End
from ..synapses.projection import Projection
from .compartments import compartments
from .dbs_models import stimulated, transmitting
from .model import CompNeuroModel
from .rebuild import rebuild

#: What every stimulated population and projection has; 0 without stimulation.
SWITCHES = ("dbs_depolarization", "dbs_on", "prob_axon_spike", "axon_rate_amp", "antidromic", "antidromic_prob")
Rates = float | Mapping[Any, float]


class DBSstimulator:
    """Stimulates a population. Made before the network is compiled; `on` and `off` switch it at any time.

    Parameters
    ----------
    stimulated_population : Population
    population_proportion : float
        Part of its neurons that are affected, chosen at random.
    excluded_populations_list : list of Population
        Not affected, and their axons emit nothing.
    dbs_depolarization : float
        Strength of the effect on the somata.
    orthodromic, antidromic : bool
        Axonal spikes run on to the synapses, and back to the soma (spiking neurons only).
    efferents, afferents, passing_fibres : bool
        Which axons are affected: those that leave, those that end, those of `passing_fibres_list`.
    passing_fibres_list : list of Projection
    passing_fibres_strength : float or list of float
        From 0 to 1, for each passing projection.
    sum_branches : bool
        Of a population with several passing projections the strengths add up, for spikes that run back.
    dbs_pulse_frequency_Hz, dbs_pulse_width_us : float
    axon_spikes_per_pulse : float
        Mean number of axonal spikes in a pulse.
    axon_rate_amp : float or dict
        Rate on the axons of rate-coded populations; a dict has populations (and ``"default"``) as keys.
    seed : int, optional
        For the choice of neurons; by default that of the network.
    auto_implement : bool
        Give the models of all other populations and their projections what stimulation needs. Without it, they must
        have it. The populations and projections are made anew: see `update_pointers`.
    model : CompNeuroModel, optional
        Only its populations and projections take part. It must not be compiled.

    Attributes
    ----------
    stimulated_population : Population
        The one that is in the network now.
    dbs_on_array : ndarray
        1 for affected neurons, in the geometry of the population.

    Examples
    --------
    >>> import ranvier as rv
    >>> from ranvier.experiment import DBSstimulator
    >>> net = rv.Network(dt=0.1, seed=1)
    >>> pop = net.create(10, rv.models.Izhikevich(), name="pop")
    >>> dbs = DBSstimulator(pop, population_proportion=0.5, dbs_depolarization=30.0, auto_implement=True)
    >>> (pop,) = dbs.update_pointers([pop])
    >>> net.simulate(100.0)
    >>> dbs.on()
    >>> net.simulate(100.0)
    >>> dbs.off()
    """

    def __init__(
        self,
        stimulated_population: Population,
        population_proportion: float = 1.0,
        excluded_populations_list: Sequence[Population] = (),
        dbs_depolarization: float = 0.0,
        orthodromic: bool = False,
        antidromic: bool = False,
        efferents: bool = False,
        afferents: bool = False,
        passing_fibres: bool = False,
        passing_fibres_list: Sequence[Projection] = (),
        passing_fibres_strength: float | Sequence[float] = 1.0,
        sum_branches: bool = True,
        dbs_pulse_frequency_Hz: float = 130.0,
        dbs_pulse_width_us: float = 300.0,
        axon_spikes_per_pulse: float = 1.0,
        axon_rate_amp: Rates = 1.0,
        seed: int | None = None,
        auto_implement: bool = False,
        model: CompNeuroModel | None = None,
    ) -> None:
        if not 0.0 <= population_proportion <= 1.0:
            raise ValueProblem(f"population_proportion must be from 0 to 1, not {population_proportion}.")
        if dbs_pulse_frequency_Hz <= 0 or not 0 < dbs_pulse_width_us < 1e6 / dbs_pulse_frequency_Hz:
            raise ValueProblem(
                f"A pulse of {dbs_pulse_width_us:g} us does not fit into the period of {dbs_pulse_frequency_Hz:g} Hz."
            )
        self.net = network_of(stimulated_population, "DBSstimulator")
        self.model = model
        self._stimulated = stimulated_population.name
        self._excluded = {p.name for p in excluded_populations_list}
        self._passing = [p.name for p in passing_fibres_list]
        self._rates = _by_name(axon_rate_amp)
        self._names = None if model is None else {*model.populations, *model.projections}
        self.seed = self.net.seed if seed is None else chosen_seed(seed)
        self._settings: dict[str, Any] = {
            "population_proportion": population_proportion, "dbs_depolarization": dbs_depolarization,
            "orthodromic": orthodromic, "antidromic": antidromic, "efferents": efferents, "afferents": afferents,
            "passing_fibres": passing_fibres, "passing_fibres_strength": passing_fibres_strength,
            "sum_branches": sum_branches, "axon_spikes_per_pulse": axon_spikes_per_pulse,
            "axon_rate_amp": self._rates, "seed": self.seed,
        }  # fmt: skip
        self._width = dbs_pulse_width_us
        self._made: dict[Neuron, Neuron] = {}
        if auto_implement:
            rebuild(self.net, self._neuron, self._synapse)
        pulse = {"dbs_pulse_frequency_Hz": dbs_pulse_frequency_Hz, "dbs_pulse_width_us": dbs_pulse_width_us}
        for population in self._populations():
            population.set({name: value for name, value in pulse.items() if name in population.attributes})
        if "dbs_on" not in self.stimulated_population.attributes:
            raise RuntimeProblem(
                f"population '{self._stimulated}' has no parameter 'dbs_on': its model knows no stimulation.",
                "auto_implement=True makes models that do",
            )
        self.dbs_on_array = self._affected(population_proportion, self.seed)
        self.off()

    # -- what there is -------------------------------------------------------------------------------

    @property
    def stimulated_population(self) -> Population:
        """The stimulated population."""
        return self.net.get_population(self._stimulated)

    def _populations(self) -> list[Population]:
        return [p for p in self.net.get_populations() if self._names is None or p.name in self._names]

    def _projections(self) -> list[Projection]:
        """Return the projections that can transmit axonal spikes."""
        everything = [p for p in self.net.get_projections() if self._names is None or p.name in self._names]
        return [p for p in everything if "p_axon_spike_trans" in p.attributes]

    def _neuron(self, population: Population) -> Neuron | None:
        known = self._names is None or population.name in self._names
        neuron = population.neuron_type
        if population.name in self._excluded or not known or neuron is None or "dbs_on" in neuron.attributes:
            return None
        if neuron not in self._made:
            self._made[neuron] = stimulated(neuron)
        return self._made[neuron]

    def _synapse(self, projection: Projection, pre: End, post: End) -> Synapse | None:
        known = self._names is None or projection.name in self._names
        able = all(isinstance(end, Population) and "dbs_on" in end.attributes for end in (pre, post))
        if not known or not able or "p_axon_spike_trans" in projection.synapse_type.parameters:
            return None
        return transmitting(projection.synapse_type, pre.spiking)

    def update_pointers(self, pointer_list: Sequence[Any]) -> list[Any]:
        """Return the populations and projections that are in the network now, for old ones of the same names."""
        known = compartments(self.net)
        for pointer in pointer_list:
            if getattr(pointer, "name", None) not in known:
                raise ValueProblem(f"{pointer!r} is neither a population nor a projection of the network.")
        return [known[pointer.name] for pointer in pointer_list]

    # -- switching -----------------------------------------------------------------------------------

    def on(
        self,
        population_proportion: float | None = None,
        dbs_depolarization: float | None = None,
        orthodromic: bool | None = None,
        antidromic: bool | None = None,
        efferents: bool | None = None,
        afferents: bool | None = None,
        passing_fibres: bool | None = None,
        passing_fibres_strength: float | Sequence[float] | None = None,
        sum_branches: bool | None = None,
        axon_spikes_per_pulse: float | None = None,
        axon_rate_amp: Rates | None = None,
        seed: int | None = None,
    ) -> None:
        """Switch the stimulation on. What is not given is as it was at the beginning."""
        rates = None if axon_rate_amp is None else _by_name(axon_rate_amp)
        given = {
            "population_proportion": population_proportion, "dbs_depolarization": dbs_depolarization,
            "orthodromic": orthodromic, "antidromic": antidromic, "efferents": efferents, "afferents": afferents,
            "passing_fibres": passing_fibres, "passing_fibres_strength": passing_fibres_strength,
            "sum_branches": sum_branches, "axon_spikes_per_pulse": axon_spikes_per_pulse, "axon_rate_amp": rates,
            "seed": seed,
        }  # fmt: skip
        use = self._settings | {name: value for name, value in given.items() if value is not None}
        strengths = self._strengths(use["passing_fibres_strength"])
        back = self._run_back(use, strengths) if use["antidromic"] else {}
        self.off()
        self.dbs_on_array = self._affected(use["population_proportion"], use["seed"])
        for population in self._populations():
            if "dbs_on" in population.attributes and population.name not in self._excluded:
                own = population.name == self._stimulated
                population.set({"dbs_on": self.dbs_on_array if own else 1.0,
                                "dbs_depolarization": use["dbs_depolarization"] if own else 0.0})  # fmt: skip
        emitting = set(back)
        if use["orthodromic"]:
            for projection, strength in self._run_on(use, strengths).items():
                self.net.get_projection(projection).set({"p_axon_spike_trans": strength})
                emitting.add(self.net.get_projection(projection).pre.population.name)
        probability = float(np.clip(use["axon_spikes_per_pulse"] * 1000.0 * self.net.dt / self._width, 0.0, 1.0))
        for name in emitting:
            rate = use["axon_rate_amp"].get(name, use["axon_rate_amp"].get("default", 1.0))
            self._set(name, {"prob_axon_spike": probability, "axon_rate_amp": rate})
        for name, share in back.items():
            self._set(name, {"antidromic": 1.0, "antidromic_prob": share})

    def off(self) -> None:
        """Switch the stimulation off."""
        for population in self._populations():
            self._set(population.name, dict.fromkeys(SWITCHES, 0.0))
        for projection in self._projections():
            projection.set({"p_axon_spike_trans": 0.0})

    def _set(self, name: str, values: Mapping[str, Any]) -> None:
        """Set what a population has of some attributes."""
        population = self.net.get_population(name)
        population.set({a: v for a, v in values.items() if a in population.attributes})

    def _affected(self, proportion: float, seed: int) -> NDArray[np.float64]:
        """Return 1 for affected neurons; their number, if not whole, is rounded up or down at random."""
        random = np.random.default_rng(seed)
        size = self.stimulated_population.size
        count = int(np.floor(proportion * size + random.random()))
        chosen = np.zeros(size)
        chosen[random.permutation(size)[: min(count, size)]] = 1.0
        return chosen.reshape(self.stimulated_population.geometry)

    def _strengths(self, given: float | Sequence[float]) -> list[float]:
        strengths = [float(given)] * len(self._passing) if np.ndim(given) == 0 else [float(g) for g in given]  # type: ignore[arg-type, union-attr]
        if len(strengths) != len(self._passing) or any(not 0.0 <= s <= 1.0 for s in strengths):
            raise ValueProblem(
                f"passing_fibres_strength is {given}: give numbers from 0 to 1 for each of {len(self._passing)} "
                "projections."
            )
        return strengths

    def _run_on(self, use: Mapping[str, Any], strengths: Sequence[float]) -> dict[str, float]:
        """Return with which probability the affected projections transmit axonal spikes."""
        found: dict[str, float] = {}
        for projection in self._projections():
            ends = projection.pre.population.name, projection.post.population.name
            leaving = use["efferents"] and ends[0] == self._stimulated
            if leaving or (use["afferents"] and ends[1] == self._stimulated):
                found[projection.name] = 1.0
        able = {p.name for p in self._projections()}
        if use["passing_fibres"]:
            found |= {name: s for name, s in zip(self._passing, strengths, strict=True) if name in able}
        return found

    def _run_back(self, use: Mapping[str, Any], strengths: Sequence[float]) -> dict[str, float]:
        """Return with which probability axonal spikes of the affected populations run back."""
        found: dict[str, float] = {}
        if use["efferents"]:
            found[self._stimulated] = 1.0
        sources = {p.name: p.pre.population.name for p in self._projections()}
        if use["afferents"]:
            share = float(self._affected(use["population_proportion"], use["seed"]).mean())
            for projection in self._projections():
                if projection.post.population.name == self._stimulated:
                    found[sources[projection.name]] = share
        if use["passing_fibres"]:
            branches: dict[str, list[float]] = {}
            for name, strength in zip(self._passing, strengths, strict=True):
                if name in sources:
                    branches.setdefault(sources[name], []).append(strength)
            for name, each in branches.items():
                if not use["sum_branches"] and len(set(each)) > 1:
                    raise ValueProblem(
                        f"The passing projections of '{name}' have different strengths {each}; without sum_branches "
                        "they are one axon and must have one."
                    )
                found[name] = sum(each) if use["sum_branches"] else each[0]
                if found[name] > 1.0:
                    raise ValueProblem(
                        f"The strengths of the passing projections of '{name}' add up to {found[name]:g}, above 1."
                    )
        return found


def _by_name(rates: Rates) -> dict[str, float]:
    """Return rates by the name of the population, and the default."""
    if not isinstance(rates, Mapping):
        return {"default": float(rates)}
    return {"default": 1.0} | {key if isinstance(key, str) else key.name: float(v) for key, v in rates.items()}
