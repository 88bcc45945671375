"""Pieces of equations that several models of the library share."""

from __future__ import annotations

from typing import Final

#: The current of generators: what arrives in a step acts in the next one.
STIM: Final = "I_stim = g_stim"

#: Exponential currents, solved together with the potential.
PSC_EXP: Final = """
dI_syn_ex/dt = -I_syn_ex/tau_syn_ex : exact
dI_syn_in/dt = -I_syn_in/tau_syn_in : exact
"""
PSC_EXP_INPUT: Final = "I_syn_ex += g_spike_ex\nI_syn_in += g_spike_in\n" + STIM

#: Alpha-shaped currents with a peak of one at tau_syn.
PSC_ALPHA: Final = """
dI_syn_ex/dt = dI_syn_ex - I_syn_ex/tau_syn_ex : {method}
ddI_syn_ex/dt = -dI_syn_ex/tau_syn_ex : {method}
dI_syn_in/dt = dI_syn_in - I_syn_in/tau_syn_in : {method}
ddI_syn_in/dt = -dI_syn_in/tau_syn_in : {method}
"""
PSC_ALPHA_INPUT: Final = "dI_syn_ex += e/tau_syn_ex*g_spike_ex\ndI_syn_in += e/tau_syn_in*g_spike_in\n" + STIM

#: Conductances; those of inhibition are positive, and their weights negative.
COND_EXP: Final = """
dg_ex/dt = -g_ex/tau_syn_ex : rkf45
dg_in/dt = -g_in/tau_syn_in : rkf45
"""
COND_EXP_INPUT: Final = "g_ex += g_spike_ex\ng_in -= g_spike_in\n" + STIM
COND_ALPHA: Final = """
dg_ex/dt = dg_ex - g_ex/tau_syn_ex : rkf45
ddg_ex/dt = -dg_ex/tau_syn_ex : rkf45
dg_in/dt = dg_in - g_in/tau_syn_in : rkf45
ddg_in/dt = -dg_in/tau_syn_in : rkf45
"""
COND_ALPHA_INPUT: Final = "dg_ex += e/tau_syn_ex*g_spike_ex\ndg_in -= e/tau_syn_in*g_spike_in\n" + STIM
