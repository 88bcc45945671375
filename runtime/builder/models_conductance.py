"""Neurons with conductances as input, adaptive and Hodgkin-Huxley ones: advanced with step control inside each step."""

from __future__ import annotations

from .library import NeuronModel, quantities
from .parts import COND_ALPHA, COND_ALPHA_INPUT, COND_EXP, COND_EXP_INPUT, PSC_ALPHA, PSC_ALPHA_INPUT, STIM

_SYNAPSES = ", E_ex=0 mV, E_in=-85 mV, tau_syn_ex=0.2 ms, tau_syn_in=2 ms"
#: NEST integrates these with GSL's rkf45 and a tolerance of 1e-3, which shows in spikes; `atol` sets another one.
_STEPS = ", rtol=0, atol=1e-3"
_IAF = "E_L=-70 mV, C_m=250 pF, g_L=16.6667 nS, t_ref=2 ms, V_th=-55 mV, V_reset=-60 mV, I_e=0 pA" + _SYNAPSES + _STEPS
_IAF_MEMBRANE = """
substep = substep : init=0.0
V = ite(not_refractory, min(V_m, V_th), V_reset) : inline
I_total = -g_L*(V - E_L) - g_ex*(V - E_ex) - g_in*(V - E_in) + I_e + I_stim : inline
dV_m/dt = ite(not_refractory, I_total/C_m, 0.0) : rkf45
"""
_AEIF = (
    "E_L=-70.6 mV, C_m=281 pF, g_L=30 nS, t_ref=0 ms, V_th=-50.4 mV, V_peak=0 mV, V_reset=-60 mV, Delta_T=2 mV, "
    "a=4 nS, b=80.5 pA, tau_w=144 ms, I_e=0 pA, gsl_error_tol=1e-6" + _SYNAPSES
)
#: A spike is found, and the potential reset, between the steps that rkf45 takes inside one of the network: without a
#: refractory period the neuron goes on from there. As in NEST errors are compared with the slopes.
_AEIF_MEMBRANE = """
substep = substep : init=0.0
atol = gsl_error_tol : inline
rtol = 0.0 : inline
rtol_slope = gsl_error_tol : inline
fired = 0.0
V_top = ite(Delta_T > 0.0, V_peak, V_th) : inline
held = not not_refractory or (fired > 0.5 and timestep(t_ref, dt) > 0.5) : inline
peak = not held and V_m >= V_top : inline
substep_V_m = ite(held or peak, V_reset, V_m) : inline
substep_w = ite(peak, w + b, w) : inline
substep_fired = ite(peak, 1.0, fired) : inline
V = ite(held, V_reset, min(V_m, V_top)) : inline
I_spike = ite(Delta_T > 0.0, g_L*Delta_T*exp((V - V_th)/Delta_T), 0.0) : inline
I_total = -g_L*(V - E_L) + I_spike - g_ex*(V - E_ex) - g_in*(V - E_in) - w + I_e + I_stim{more} : inline
dV_m/dt = ite(held, 0.0, I_total/C_m) : rkf45
dw/dt = (a*(V - E_L) - w)/tau_w : rkf45
"""
_AEIF_STATES = "V_m=-70.6 mV, w=0 pA, g_ex=0 nS, g_in=0 nS"
_BRETTE = "Brette and Gerstner 2005, J. Neurophysiol. 94, 3637; NEST 3.10"

iaf_cond_exp = NeuronModel(
    "iaf_cond_exp",
    quantities(_IAF),
    "Meffin, Burkitt and Grayden 2004, J. Comput. Neurosci. 16, 159; NEST 3.10",
    states=quantities("V_m=-70 mV, g_ex=0 nS, g_in=0 nS"),
    equations=_IAF_MEMBRANE + COND_EXP + COND_EXP_INPUT,
    weight="nS",
)
iaf_cond_alpha = NeuronModel(
    "iaf_cond_alpha",
    quantities(_IAF),
    "Kuhn, Aertsen and Rotter 2004, J. Neurosci. 24, 2345; NEST 3.10",
    states=quantities("V_m=-70 mV, g_ex=0 nS, g_in=0 nS"),
    equations=_IAF_MEMBRANE + COND_ALPHA + COND_ALPHA_INPUT,
    weight="nS",
)
aeif_cond_exp = NeuronModel(
    "aeif_cond_exp",
    quantities(_AEIF),
    _BRETTE,
    states=quantities(_AEIF_STATES),
    equations=_AEIF_MEMBRANE.format(more="") + COND_EXP + COND_EXP_INPUT,
    weight="nS",
    spike="fired > 0.5",
    reset="",
)
aeif_cond_alpha = NeuronModel(
    "aeif_cond_alpha",
    quantities(_AEIF),
    _BRETTE,
    states=quantities(_AEIF_STATES),
    equations=_AEIF_MEMBRANE.format(more="") + COND_ALPHA + COND_ALPHA_INPUT,
    weight="nS",
    spike="fired > 0.5",
    reset="",
)
aeif_cond_alpha_astro = NeuronModel(
    "aeif_cond_alpha_astro",
    quantities(_AEIF),
    _BRETTE + " (Jiang et al. 2024 for the slow inward current)",
    states=quantities(_AEIF_STATES),
    equations=_AEIF_MEMBRANE.format(more=" + I_SIC") + COND_ALPHA + COND_ALPHA_INPUT + "\nI_SIC = g_sic",
    weight="nS",
    spike="fired > 0.5",
    reset="",
    recordables={"I_SIC": "pA"},
    sic=True,
)
izhikevich = NeuronModel(
    "izhikevich",
    quantities("a=0.02, b=0.2, c=-65 mV, d=8 mV, V_th=30 mV, V_min=-inf mV, I_e=0 pA"),
    "Izhikevich 2003, IEEE Trans. Neural Networks 14, 1569; NEST 3.10 (consistent_integration)",
    states=quantities("V_m=-65 mV, U_m=-13 mV"),
    equations="""
    dV_m/dt = 0.04*V_m*V_m + 5.0*V_m + 140.0 - U_m + I_e + I_stim : explicit
    dU_m/dt = a*(b*V_m - U_m) : explicit
    V_m += g_spike
    V_m += max(V_min - V_m, 0.0)
    """
    + STIM,
    weight="mV",
    inputs=("spike",),
    reset="V_m = c\nU_m += d",
    refractory="",
)
_HH = quantities(
    "E_L=-54.402 mV, C_m=100 pF, g_Na=12000 nS, g_K=3600 nS, g_L=30 nS, E_Na=50 mV, E_K=-77 mV, t_ref=2 ms, "
    "tau_syn_ex=0.2 ms, tau_syn_in=2 ms, I_e=0 pA" + _STEPS
)
_HH_STATES = quantities(
    "V_m=-65 mV, Act_m=0.05293248525724958, Inact_h=0.5961207535084603, Act_n=0.3176769140606974, "
    "I_syn_ex=0 pA, I_syn_in=0 pA"
)
_HH_MEMBRANE = """
V_before = V_m
substep = substep : init=0.0
alpha_n = 0.1/exprel(-(V_m + 55.0)/10.0) : inline
beta_n = 0.125*exp(-(V_m + 65.0)/80.0) : inline
alpha_m = 1.0/exprel(-(V_m + 40.0)/10.0) : inline
beta_m = 4.0*exp(-(V_m + 65.0)/18.0) : inline
alpha_h = 0.07*exp(-(V_m + 65.0)/20.0) : inline
beta_h = 1.0/(1.0 + exp(-(V_m + 35.0)/10.0)) : inline
dV_m/dt = (-g_Na*Act_m*Act_m*Act_m*Inact_h*(V_m - E_Na) - g_K*Act_n*Act_n*Act_n*Act_n*(V_m - E_K)
    - g_L*(V_m - E_L) + I_e + I_stim + I_syn_ex + I_syn_in)/C_m : rkf45
dAct_n/dt = alpha_n*(1.0 - Act_n) - beta_n*Act_n : rkf45
dAct_m/dt = alpha_m*(1.0 - Act_m) - beta_m*Act_m : rkf45
dInact_h/dt = alpha_h*(1.0 - Inact_h) - beta_h*Inact_h : rkf45
"""
_HH_SPIKE = "V_m >= 0.0 and V_before > V_m and not_refractory"
_HH_INPUT = PSC_ALPHA.format(method="rkf45") + PSC_ALPHA_INPUT

hh_psc_alpha = NeuronModel(
    "hh_psc_alpha",
    _HH,
    "Hodgkin and Huxley 1952, J. Physiol. 117, 500; NEST 3.10",
    states=_HH_STATES,
    equations=_HH_MEMBRANE + _HH_INPUT,
    spike=_HH_SPIKE,
    reset="",
)
hh_psc_alpha_gap = NeuronModel(
    "hh_psc_alpha_gap",
    quantities(
        "E_L=-70 mV, C_m=40 pF, g_Na=4500 nS, g_Kv1=9 nS, g_Kv3=9000 nS, g_L=10 nS, E_Na=74 mV, E_K=-90 mV, "
        "t_ref=2 ms, tau_syn_ex=0.2 ms, tau_syn_in=2 ms, I_e=0 pA" + _STEPS
    ),
    "Mancilla, Lewis, Pinto, Rinzel and Connors 2007, J. Neurosci. 27, 2058; NEST 3.10",
    states=quantities(
        "V_m=-69.60401191631222 mV, Act_m=0.019198766985083732, Inact_h=0.868462041294399, "
        "Inact_p=0.0002511318227150632, Act_n=0.0005741576228359767, "
        "I_syn_ex=0 pA, I_syn_in=0 pA"
    ),
    equations="""
    V_before = V_m
substep = substep : init=0.0
    alpha_m = 540.0/exprel(-(V_m - 75.5)/13.5) : inline
    beta_m = 1.2262*exp(-V_m/42.248) : inline
    alpha_h = 0.0035*exp(-V_m/24.186) : inline
    beta_h = 0.0884/exprel(-(51.25 + V_m)/5.2) : inline
    alpha_p = 11.8/exprel(-(V_m - 95.0)/11.8) : inline
    beta_p = 0.025*exp(-V_m/22.222) : inline
    alpha_n = 0.0322/exprel(-(V_m + 44.0)/2.3) : inline
    beta_n = 0.0043*exp(-(V_m + 44.0)/34.0) : inline
    I_K = (g_Kv1*Act_n*Act_n*Act_n*Act_n + g_Kv3*Inact_p*Inact_p)*(V_m - E_K) : inline
    dV_m/dt = (-g_Na*Act_m*Act_m*Act_m*Inact_h*(V_m - E_Na) - I_K - g_L*(V_m - E_L)
        + I_e + I_stim + I_syn_ex + I_syn_in + g_gap)/C_m : rkf45
    dAct_m/dt = alpha_m*(1.0 - Act_m) - beta_m*Act_m : rkf45
    dInact_h/dt = alpha_h*(1.0 - Inact_h) - beta_h*Inact_h : rkf45
    dInact_p/dt = alpha_p*(1.0 - Inact_p) - beta_p*Inact_p : rkf45
    dAct_n/dt = alpha_n*(1.0 - Act_n) - beta_n*Act_n : rkf45
    """
    + _HH_INPUT,
    spike=_HH_SPIKE,
    reset="",
    gap=True,
)
hh_cond_exp_traub = NeuronModel(
    "hh_cond_exp_traub",
    quantities(
        "E_L=-60 mV, C_m=200 pF, g_Na=20000 nS, g_K=6000 nS, g_L=10 nS, E_Na=50 mV, E_K=-90 mV, V_T=-63 mV, "
        "t_ref=2 ms, E_ex=0 mV, E_in=-80 mV, tau_syn_ex=5 ms, tau_syn_in=10 ms, I_e=0 pA" + _STEPS
    ),
    "Traub and Miles 1991; Brette et al. 2007, J. Comput. Neurosci. 23, 349; NEST 3.10",
    states=quantities(
        "V_m=-60 mV, Act_m=9.895563096746586e-09, Inact_h=0.999999999106396, Act_n=2.551577051602551e-07, "
        "g_ex=0 nS, g_in=0 nS"
    ),
    equations="""
    V_before = V_m
substep = substep : init=0.0
    V = V_m - V_T : inline
    alpha_n = 0.16/exprel((15.0 - V)/5.0) : inline
    beta_n = 0.5*exp((10.0 - V)/40.0) : inline
    alpha_m = 1.28/exprel((13.0 - V)/4.0) : inline
    beta_m = 1.4/exprel((V - 40.0)/5.0) : inline
    alpha_h = 0.128*exp((17.0 - V)/18.0) : inline
    beta_h = 4.0/(1.0 + exp((40.0 - V)/5.0)) : inline
    dV_m/dt = (-g_Na*Act_m*Act_m*Act_m*Inact_h*(V_m - E_Na) - g_K*Act_n*Act_n*Act_n*Act_n*(V_m - E_K)
        - g_L*(V_m - E_L) - g_ex*(V_m - E_ex) - g_in*(V_m - E_in) + I_e + I_stim)/C_m : rkf45
    dAct_m/dt = alpha_m - (alpha_m + beta_m)*Act_m : rkf45
    dInact_h/dt = alpha_h - (alpha_h + beta_h)*Inact_h : rkf45
    dAct_n/dt = alpha_n - (alpha_n + beta_n)*Act_n : rkf45
    """
    + COND_EXP
    + COND_EXP_INPUT,
    weight="nS",
    spike="V_m >= V_T + 30.0 and V_before > V_m and not_refractory",
    reset="",
)
astrocyte_lr_1994 = NeuronModel(
    "astrocyte_lr_1994",
    quantities(
        "Ca_tot=2 uM, IP3_0=0.16 uM, Kd_IP3_1=0.13 uM, Kd_IP3_2=0.9434 uM, Kd_act=0.08234 uM, Kd_inh=1.049 uM, "
        "Km_SERCA=0.1 uM, SIC_scale=1, SIC_th=0.19669 uM, delta_IP3=0.0002 uM, k_IP3R=0.0002, rate_IP3R=0.006, "
        "rate_L=0.00011, rate_SERCA=0.0009, ratio_ER_cyt=0.185, tau_IP3=7142 ms"
    ),
    "Li and Rinzel 1994, J. Theor. Biol. 166, 461; Nadkarni and Jung 2003, Phys. Rev. Lett. 91, 268101; NEST 3.10",
    states=quantities("IP3=0.16 uM, Ca_astro=0.073 uM, h_IP3R=0.793"),
    equations="""
    Ca = clip(Ca_astro, 0.0, Ca_tot) : inline
    store = (Ca_tot - Ca)/ratio_ER_cyt - Ca : inline
    open = pos(IP3)/(pos(IP3) + Kd_IP3_1)*Ca/(Ca + Kd_act)*clip(h_IP3R, 0.0, 1.0) : inline
    dIP3/dt = (IP3_0 - IP3)/tau_IP3 : dopri5
    dCa_astro/dt = ratio_ER_cyt*rate_IP3R*open*open*open*store + ratio_ER_cyt*rate_L*store
        - rate_SERCA*Ca*Ca/(Km_SERCA*Km_SERCA + Ca*Ca) + I_stim : dopri5
    dh_IP3R/dt = k_IP3R*Kd_inh*(pos(IP3) + Kd_IP3_1)/(pos(IP3) + Kd_IP3_2)*(1.0 - h_IP3R) - k_IP3R*Ca*h_IP3R : dopri5
    IP3 += delta_IP3*g_spike
    excess = 1000.0*(Ca_astro - SIC_th)
    SIC = ite(excess > 1.0, SIC_scale*log(max(excess, 1.0)), 0.0)
    """
    + STIM,
    weight="1",
    inputs=("spike",),
    spike="False",
    reset="",
    refractory="",
    recordables={"SIC": "pA"},
    graded="SIC",
)
