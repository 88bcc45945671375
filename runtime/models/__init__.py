"""Ready-made models: short functions of equation strings, with the names, parameters and defaults of ANNarchy."""

from __future__ import annotations

from .conductance import HH_cond_exp, IF_cond_alpha, IF_cond_exp
from .current import LIF, IF_curr_alpha, IF_curr_exp, Izhikevich
from .exponential import EIF_cond_alpha_isfa_ista, EIF_cond_exp_isfa_ista
from .generalized import GIF_curr_exp
from .plasticity import STDP, STP, STDP_online
from .rates import BCM, IBCM, Hebb, LeakyIntegrator, Oja
from .spike_timing import (
    ClopathSTDP,
    RewardSTDP,
    SynapticScaling,
    TripletSTDP,
    TsodyksMarkram,
    VogelsSTDP,
)

__all__ = [
    "BCM",
    "IBCM",
    "LIF",
    "STDP",
    "STP",
    "ClopathSTDP",
    "EIF_cond_alpha_isfa_ista",
    "EIF_cond_exp_isfa_ista",
    "GIF_curr_exp",
    "HH_cond_exp",
    "Hebb",
    "IF_cond_alpha",
    "IF_cond_exp",
    "IF_curr_alpha",
    "IF_curr_exp",
    "Izhikevich",
    "LeakyIntegrator",
    "Oja",
    "RewardSTDP",
    "STDP_online",
    "SynapticScaling",
    "TripletSTDP",
    "TsodyksMarkram",
    "VogelsSTDP",
]
