"""What a model of the library is: names, defaults and units of its parameters, its equations, its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np

from ..definitions.types import Neuron
from ..groups.distributions import is_distribution
from ..problems import UnknownName, ValueProblem
from .units import in_unit

__all__ = ["BY_SIGN", "Model", "NeuronModel", "Quantities", "checked", "quantities"]

#: Name -> (default, unit).
Quantities = Mapping[str, tuple[float, str]]
#: Inputs of a model that tells excitation from inhibition by the sign of the weight.
BY_SIGN = ("spike_ex", "spike_in")


def quantities(text: str) -> Quantities:
    """Read ``"C_m=250 pF, tau_m=10 ms, n=1"``."""
    found: dict[str, tuple[float, str]] = {}
    for entry in text.split(","):
        name, _, value = entry.partition("=")
        amount, _, unit = value.strip().partition(" ")
        found[name.strip()] = (float(amount), unit.strip() or "1")
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Anything that `Simulator.create` makes nodes of.

    Parameters
    ----------
    name : str
    parameters : mapping
        Name -> (default, unit).
    reference : str
        Where the model was published, and the implementation that it was compared with.
    """

    name: str
    parameters: Quantities = field(default_factory=dict)
    reference: str = ""

    def __repr__(self) -> str:
        return f"<model {self.name}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NeuronModel(Model):
    """A neuron or an astrocyte, as equation strings with NEST's names.

    The statements of a step advance the state with the input that was there before it; what arrives in the step is
    added afterwards, and the current ``I_stim`` is kept for the next one. So input of step k acts in step k + 1.

    Parameters
    ----------
    states : mapping
        Variables whose initial value can be given; they can be recorded.
    equations : str
    weight : str
        Unit of the weights of its connections.
    inputs : tuple of str
        Names of the inputs of spikes, ``g_<name>``: two are told apart by the sign of the weight.
    spike, reset : str
    refractory : str
        Name of the parameter, or ``""``.
    recordables : mapping
        Other variables that can be recorded, and their units.
    current : bool
        It has the input ``stim`` of currents.
    sic : bool
        It has the input ``sic`` of slow inward currents.
    gap : bool
        It has the input ``gap`` of gap junctions, a current of this step.
    graded : str
        Variable that a graded connection sends.
    vector : str
        The parameter that has one value for each receptor port.
    port : str
        Equations of each port, with ``{k}`` for its number.
    arrival : str
        What each port does with its input, likewise.
    receptors : mapping
        Other receptor types, and the inputs they name.
    """

    states: Quantities = field(default_factory=dict)
    equations: str = ""
    weight: str = "pA"
    inputs: tuple[str, ...] = BY_SIGN
    spike: str = "V_m >= V_th"
    reset: str = "V_m = V_reset"
    refractory: str = "t_ref"
    recordables: Mapping[str, str] = field(default_factory=dict)
    current: bool = True
    sic: bool = False
    gap: bool = False
    graded: str = ""
    vector: str = ""
    port: str = ""
    arrival: str = ""
    receptors: Mapping[int, str] = field(default_factory=dict)

    def with_ports(self, values: Mapping[str, Any]) -> NeuronModel:
        """Return the model with as many receptor ports as the vector parameter has values."""
        if not self.vector:
            return self
        unit = self.parameters[self.vector][1]
        given = values.get(self.vector, self.parameters[self.vector][0])
        each = np.atleast_1d(in_unit(given, unit, f"create: {self.name}: {self.vector}"))
        ports = range(1, each.size + 1)
        own = {k: v for k, v in self.parameters.items() if k != self.vector}
        own |= {f"{self.vector}_{k}": (float(v), unit) for k, v in zip(ports, each, strict=True)}
        total = " + ".join(f"I_syn_{k}" for k in ports)
        lines = "\n".join(text.format(k=k) for text in (self.port, self.arrival) for k in ports)
        return replace(
            self,
            parameters=own,
            inputs=tuple(f"spike_{k}" for k in ports),
            equations=self.equations.format(total=total, ports=lines),
            recordables={**self.recordables, **{f"I_syn_{k}": "pA" for k in ports}},
            vector="",
        )

    def units(self) -> dict[str, str]:
        """Return everything that can be recorded, with its unit."""
        return {**{k: unit for k, (_, unit) in self.states.items()}, **self.recordables}

    @property
    def neuron(self) -> Neuron:
        """The model as the compiler takes it."""
        return _neuron(
            self.name, tuple((k, v) for k, (v, _) in self.parameters.items()), self.equations, self.spike, self.reset,
            self.refractory, (*self.inputs, *(("stim",) if self.current else ()), *(("sic",) if self.sic else ()),
             *(("gap",) if self.gap else ())),
        )  # fmt: skip


@cache
def _neuron(
    name: str, parameters: tuple[tuple[str, float], ...], equations: str, spike: str, reset: str, refractory: str,
    inputs: tuple[str, ...],
) -> Neuron:  # fmt: skip
    """Build a model once; networks share it. Refractory for steps(t_ref) steps after that of the spike."""
    made = Neuron(
        "\n".join(f"{key} = {value!r}" for key, value in parameters),
        equations,
        spike or None,
        reset or None,
        f"{refractory} + dt" if refractory else None,
        name=name,
    )
    assert set(inputs) <= set(made.targets) or not made.targets, (inputs, made.targets)
    return made


def checked(given: Mapping[str, Any], known: Quantities, what: str, more: Iterable[str] = ()) -> dict[str, Any]:
    """Return given parameters as numbers in their units; unknown names are refused.

    Raises
    ------
    UnknownName
        E502: names the call, and the nearest name.
    ValueProblem
        E501: no number, or of another dimension.
    """
    for name in given:
        if name not in known and name not in more:
            raise UnknownName(f"parameter of {what}", name, sorted({*known, *more}))
    return {
        name: value if is_distribution(value) else in_unit(value, known[name][1], f"{what}: {name}")
        for name, value in given.items()
        if name in known
    }


def sized(value: Any, size: int, what: str) -> Any:
    """Return a value for `size` elements: a number, a distribution, or an array of that length."""
    if is_distribution(value) or np.ndim(value) == 0:
        return value
    if np.shape(value) != (size,):
        raise ValueProblem(f"{what} has shape {np.shape(value)}; give one value, or {size}.")
    return value
