"""Networks built with NEST's names: the vocabulary of brainpy.state's simulator, over `Network`."""

from __future__ import annotations

from . import spatial
from .catalogue import models, synapse_models
from .connections import Connection, SynapseCollection
from .devices import (
    ac_generator,
    dc_generator,
    host_current_drive,
    host_spike_drive,
    inhomogeneous_poisson_generator,
    multimeter,
    noise_generator,
    poisson_generator,
    spike_generator,
    spike_recorder,
    step_current_generator,
    voltmeter,
    volume_transmitter,
    weight_recorder,
)
from .models_clopath import aeif_psc_delta_clopath, hh_psc_alpha_clopath
from .models_conductance import (
    aeif_cond_alpha,
    aeif_cond_alpha_astro,
    aeif_cond_exp,
    astrocyte_lr_1994,
    hh_cond_exp_traub,
    hh_psc_alpha,
    hh_psc_alpha_gap,
    iaf_cond_alpha,
    iaf_cond_exp,
    izhikevich,
)
from .models_current import (
    iaf_psc_alpha,
    iaf_psc_delta,
    iaf_psc_exp,
    iaf_psc_exp_multisynapse,
    mat2_psc_exp,
    parrot_neuron,
)
from .nodes import NodeView
from .results import SimulationResult
from .rules import (
    all_to_all,
    explicit_edges,
    fixed_indegree,
    fixed_outdegree,
    fixed_total_number,
    one_to_one,
    pairwise_bernoulli,
    pairwise_poisson,
    symmetric_bernoulli,
    third_factor_bernoulli_with_pool,
)
from .simulator import Simulator
from .space import spatial_pairwise_bernoulli
from .synapses import (
    clopath_synapse,
    gap_junction,
    quantal_stp_synapse,
    sic_connection,
    static_synapse,
    stdp_dopamine_synapse,
    stdp_synapse,
    stdp_triplet_synapse,
    tsodyks2_synapse,
    tsodyks_synapse,
    vogels_sprekeler_synapse,
)
from .units import units

host_drive = host_spike_drive

__all__ = [
    "Connection",
    "NodeView",
    "SimulationResult",
    "Simulator",
    "SynapseCollection",
    "ac_generator",
    "aeif_cond_alpha",
    "aeif_cond_alpha_astro",
    "aeif_cond_exp",
    "aeif_psc_delta_clopath",
    "all_to_all",
    "astrocyte_lr_1994",
    "clopath_synapse",
    "dc_generator",
    "explicit_edges",
    "fixed_indegree",
    "fixed_outdegree",
    "fixed_total_number",
    "gap_junction",
    "hh_cond_exp_traub",
    "hh_psc_alpha",
    "hh_psc_alpha_clopath",
    "hh_psc_alpha_gap",
    "host_current_drive",
    "host_drive",
    "host_spike_drive",
    "iaf_cond_alpha",
    "iaf_cond_exp",
    "iaf_psc_alpha",
    "iaf_psc_delta",
    "iaf_psc_exp",
    "iaf_psc_exp_multisynapse",
    "inhomogeneous_poisson_generator",
    "izhikevich",
    "mat2_psc_exp",
    "models",
    "multimeter",
    "noise_generator",
    "one_to_one",
    "pairwise_bernoulli",
    "pairwise_poisson",
    "parrot_neuron",
    "poisson_generator",
    "quantal_stp_synapse",
    "sic_connection",
    "spatial",
    "spatial_pairwise_bernoulli",
    "spike_generator",
    "spike_recorder",
    "static_synapse",
    "stdp_dopamine_synapse",
    "stdp_synapse",
    "stdp_triplet_synapse",
    "step_current_generator",
    "symmetric_bernoulli",
    "synapse_models",
    "third_factor_bernoulli_with_pool",
    "tsodyks2_synapse",
    "tsodyks_synapse",
    "units",
    "vogels_sprekeler_synapse",
    "voltmeter",
    "volume_transmitter",
    "weight_recorder",
]
