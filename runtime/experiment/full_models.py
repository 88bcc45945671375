"""Whole models: one population of a published neuron each."""

from __future__ import annotations

from ..definitions.types import Neuron
from ..models.striatum import HHneuronBischop, HHneuronBischopSyn, HHneuronCorbit, HHneuronCorbitSyn
from ..network import Network
from .model import CompNeuroModel


class _OnePopulation(CompNeuroModel):
    """One population of one neuron model."""

    def __init__(
        self, neuron: Neuron, pop_name: str, pop_size: int, name: str, description: str, do_create: bool,
        do_compile: bool, compile_folder_name: str, net: Network | None,
    ) -> None:  # fmt: skip
        def create(net: Network) -> None:
            net.create(pop_size, neuron, name=pop_name)

        super().__init__(create, None, name, description, do_create, do_compile, compile_folder_name, net)


class HHmodelBischop(_OnePopulation):
    """One population, ``HH_Bischop`` (with synapses ``HH_Bischop_syn``), of `HHneuronBischop`.

    Parameters
    ----------
    pop_size : int
    conductance_based_synapses : bool
    name, do_create, do_compile, compile_folder_name, net
        As for `CompNeuroModel`.
    """

    def __init__(
        self, pop_size: int = 1, conductance_based_synapses: bool = False, name: str = "single_HH_Bischop",
        do_create: bool = True, do_compile: bool = True, compile_folder_name: str = "annarchy_single_HH_Bischop",
        net: Network | None = None,
    ) -> None:  # fmt: skip
        neuron = HHneuronBischopSyn() if conductance_based_synapses else HHneuronBischop()
        pop_name = "HH_Bischop_syn" if conductance_based_synapses else "HH_Bischop"
        description = "Fast-spiking neurons of the striatum (Bischop et al. 2012)."
        super().__init__(neuron, pop_name, pop_size, name, description, do_create, do_compile, compile_folder_name, net)


class HHmodelCorbit(_OnePopulation):
    """One population, ``HH_Corbit`` (with synapses ``HH_Corbit_syn``), of `HHneuronCorbit`. See `HHmodelBischop`."""

    def __init__(
        self, pop_size: int = 1, conductance_based_synapses: bool = False, name: str = "single_HH_Corbit",
        do_create: bool = True, do_compile: bool = True, compile_folder_name: str = "annarchy_single_HH_Corbit",
        net: Network | None = None,
    ) -> None:  # fmt: skip
        neuron = HHneuronCorbitSyn() if conductance_based_synapses else HHneuronCorbit()
        pop_name = "HH_Corbit_syn" if conductance_based_synapses else "HH_Corbit"
        description = "Fast-spiking neurons of the striatum (Corbit et al. 2016)."
        super().__init__(neuron, pop_name, pop_size, name, description, do_create, do_compile, compile_folder_name, net)
