"""Fast-spiking neurons of the striatum after Hodgkin and Huxley. Spikes are upward crossings of a potential.

The equations are those that CompNeuroPy runs; where they differ from the papers, it is said.
"""

from __future__ import annotations

from ..definitions.types import Neuron

CROSSING = "(v > v_t) and (prev_v <= v_t)"
#: Conductances of spikes: excitation never hyperpolarises, inhibition never depolarises.
SYNAPSES = """
    dg_ampa/dt = -g_ampa/tau_ampa
    dg_gaba/dt = -g_gaba/tau_gaba
"""
SYNAPSE_PARAMETERS = """
    tau_ampa = 10.0 : population
    tau_gaba = 10.0 : population
    E_ampa = 0.0 : population
    E_gaba = -90.0 : population
"""
SYNAPTIC_CURRENT = " - neg(g_ampa*(v - E_ampa)) - pos(g_gaba*(v - E_gaba))"

BISCHOP_PARAMETERS = """
    C_m = 30.0 : population          # pF
    gg_L = 2.5 : population          # nS
    E_L = -68.0 : population         # mV
    gg_Na = 700.0 : population       # nS
    E_Na = 74.0 : population         # mV
    gg_Kv1 = 2.0 : population        # nS
    gg_Kv3 = 300.0 : population      # nS
    gg_SK = 2.0 : population         # nS
    E_K = -90.0 : population         # mV
    K_SK = 0.5 : population          # uM
    F = 96485.332 : population       # A s/mol
    A = 3000.0 : population          # um^2
    d = 0.2 : population             # um
    gamma = 1.0 : population         # 1/ms
    Ca_rest = 0.07 : population      # uM
    k_on_ca = 0.1 : population       # 1/(uM ms)
    k_off_ca = 0.001 : population    # 1/ms
    k_on_mg = 0.0008 : population    # 1/(uM ms)
    k_off_mg = 0.025 : population    # 1/ms
    Mg = 500.0 : population          # uM
    PV_T = 63.5 : population         # uM
    gg_Ca = 30.0 : population        # nS
    E_Ca = 80.0 : population         # mV
    v_t = 30.0 : population          # mV
    I_app = 0.0                      # pA
"""
BISCHOP_EQUATIONS = """
    prev_v = v
    I_L = gg_L*(v - E_L)
    alpha_h = 0.0035*exp(-v/24.186)
    beta_h = 0.017*(-51.25 - v)/(exp((-51.25 - v)/5.2) - 1)
    h_inf = alpha_h/(alpha_h + beta_h)
    tau_h = 1/(alpha_h + beta_h)
    dh/dt = (h_inf - h)/tau_h
    alpha_m = 40*(75.5 - v)/(exp((75.5 - v)/13.5) - 1)
    beta_m = 1.2262*exp(-v/42.248)
    m_inf = alpha_m/(alpha_m + beta_m)
    m = m_inf
    I_Na = gg_Na*m**3*h*(v - E_Na)
    alpha_n1 = 0.014*(-44 - v)/(exp((-44 - v)/2.3) - 1)
    beta_n1 = 0.0043*exp((44 + v)/34)
    n1_inf = alpha_n1/(alpha_n1 + beta_n1)
    tau_n1 = 1/(alpha_n1 + beta_n1)
    dn1/dt = (n1_inf - n1)/tau_n1
    I_Kv1 = gg_Kv1*n1**4*(v - E_K)
    alpha_n3 = (95 - v)/(exp((95 - v)/11.8) - 1)
    beta_n3 = 0.025*exp(-v/22.222)
    n3_inf = alpha_n3/(alpha_n3 + beta_n3)
    tau_n3 = 1/(alpha_n3 + beta_n3)
    dn3/dt = (n3_inf - n3)/tau_n3
    I_Kv3 = gg_Kv3*n3**2*(v - E_K)
    PV = PV_T - PV_Ca - PV_Mg
    dPV_Mg/dt = k_on_mg*Mg*PV - k_off_mg*PV_Mg
    dPV_Ca_dt = k_on_ca*Ca*PV - k_off_ca*PV_Ca
    dPV_Ca/dt = dPV_Ca_dt
    dCa/dt = I_Ca/(2*F*A*d) - gamma*(Ca - Ca_rest) - dPV_Ca_dt
    k_inf = Ca/(K_SK + Ca)
    tau_k = 1/(K_SK + Ca)
    dk/dt = (k_inf - k)/tau_k
    I_SK = gg_SK*k**2*(v - E_K)
    a_inf = 1/(1 + exp((-6 - v)/7.775))
    a = a_inf
    I_Ca = gg_Ca*a**2*(v - E_Ca)
"""
BISCHOP_MEMBRANE = "C_m*dv/dt = -I_L - I_Na - I_Kv1 - I_Kv3 - I_SK - I_Ca + I_app{} : init = -68.0"

CORBIT_PARAMETERS = """
    v_t = 0.0                 # mV
    C_m = 1.0                 # uF/cm^2
    v_L = -70.0               # mV
    gg_L = 0.25               # mS/cm^2
    E_Na = 50.0               # mV
    gg_Na = 112.5             # mS/cm^2
    th_m_Na = -24.0           # mV
    k_m_Na = 11.5             # mV
    th_h_Na = -58.3           # mV
    k_h_Na = -6.7             # mV
    phi_h_Na = -60.0          # mV
    sigma_0_h_Na = -12.0      # mV
    tau_0_h_Na = 0.5          # ms
    tau_1_h_Na = 13.5         # ms
    E_Kv3 = -90.0             # mV
    gg_Kv3 = 225.0            # mS/cm^2
    th_n_Kv3 = -12.4          # mV
    k_n_Kv3 = 6.8             # mV
    tau_0_n_Kv3 = 0.087       # ms
    tau_1_n_Kv3 = 11.313      # ms
    phi_a_n_Kv3 = -14.6       # mV
    phi_b_n_Kv3 = 1.3         # mV
    sigma_0_a_n_Kv3 = -8.6    # mV
    sigma_0_b_n_Kv3 = 18.7    # mV
    E_Kv1 = -90.0             # mV
    gg_Kv1 = 0.39             # mS/cm^2
    th_m_Kv1 = -50.0          # mV
    k_m_Kv1 = 20.0            # mV
    tau_m_Kv1 = 2.0           # ms
    th_h_Kv1 = -70.0          # mV
    k_h_Kv1 = -6.0            # mV
    tau_h_Kv1 = 150.0         # ms
    I_app = 0.0 : population  # uA/cm^2
"""
CORBIT_EQUATIONS = """
    prev_v = v
    I_L = gg_L*(v - v_L)
    m_Na = 1.0/(1.0 + exp((th_m_Na - v)/k_m_Na))
    tau_h_Na = tau_0_h_Na + (tau_1_h_Na + tau_0_h_Na)/(1.0 + exp((phi_h_Na - v)/sigma_0_h_Na))
    dh_Na/dt = (1.0/(1.0 + exp((th_h_Na - v)/k_h_Na)) - h_Na)/tau_h_Na : init = 0.8521993432343666
    I_Na = (v - E_Na)*gg_Na*m_Na**3*h_Na
    n_Kv3_inf = 1.0/(1.0 + exp((th_n_Kv3 - v)/k_n_Kv3))
    tau_a_Kv3 = tau_0_n_Kv3 + (tau_0_n_Kv3 + tau_1_n_Kv3)/(1.0 + exp((phi_a_n_Kv3 - v)/sigma_0_a_n_Kv3))
    tau_b_Kv3 = tau_0_n_Kv3 + (tau_0_n_Kv3 + tau_1_n_Kv3)/(1.0 + exp((phi_b_n_Kv3 - v)/sigma_0_b_n_Kv3))
    tau_n_Kv3_inf = tau_a_Kv3*tau_b_Kv3
    dn_Kv3/dt = (n_Kv3_inf - n_Kv3)/tau_n_Kv3_inf : init = 0.00020832726857419512
    I_Kv3 = (v - E_Kv3)*gg_Kv3*n_Kv3**2
    dm_Kv1/dt = (1.0/(1.0 + exp((th_m_Kv1 - v)/k_m_Kv1)) - m_Kv1)/tau_m_Kv1 : init = 0.2685669882630486
    dh_Kv1/dt = (1.0/(1.0 + exp((th_h_Kv1 - v)/k_h_Kv1)) - h_Kv1)/tau_h_Kv1 : init = 0.5015877164262258
    I_Kv1 = (v - E_Kv1)*gg_Kv1*m_Kv1**3*h_Kv1
"""
CORBIT_CURRENTS = "-I_L - I_Na - I_Kv3 - I_Kv1 + I_app"
CORBIT_INIT = ": init = -70.03810532250634"


def _neuron(name: str, parameters: str, equations: str, paper: str) -> Neuron:
    description = f"Fast-spiking neuron of the striatum ({paper})."
    return Neuron(parameters, equations, spike=CROSSING, reset="", name=name, description=description)


def HHneuronBischop() -> Neuron:
    """Fast-spiking striatal neuron with calcium, parvalbumin and SK channels.

    References
    ----------
    Bischop, Orduz, Lambot, Schiffmann and Gall 2012, Front. Mol. Neurosci. 5, 78.
    """
    equations = BISCHOP_EQUATIONS + BISCHOP_MEMBRANE.format("")
    return _neuron("H_and_H_Bischop", BISCHOP_PARAMETERS, equations, "Bischop et al. 2012")


def HHneuronBischopSyn() -> Neuron:
    """`HHneuronBischop` with conductances for the targets ampa and gaba."""
    equations = SYNAPSES + BISCHOP_EQUATIONS + BISCHOP_MEMBRANE.format(SYNAPTIC_CURRENT)
    parameters = BISCHOP_PARAMETERS + SYNAPSE_PARAMETERS
    return _neuron("H_and_H_Bischop_syn", parameters, equations, "Bischop et al. 2012")


def HHneuronCorbit() -> Neuron:
    """Fast-spiking striatal neuron with Kv1 and Kv3 channels that fires late.

    The time constants have sums where the paper prints differences (as its program has them), and ``gg_Kv1`` is that of
    delayed firing (Golomb et al. 2007, PLoS Comput. Biol. 3, e156).

    References
    ----------
    Corbit, Whalen, Zitelli, Crilly, Rubin and Gittis 2016, J. Neurosci. 36, 5556.
    """
    equations = f"{CORBIT_EQUATIONS}\nC_m*dv/dt = {CORBIT_CURRENTS} {CORBIT_INIT}"
    return _neuron("H_and_H_Corbit", CORBIT_PARAMETERS, equations, "Corbit et al. 2016")


def HHneuronCorbitSyn() -> Neuron:
    """`HHneuronCorbit` with conductances for the targets ampa and gaba."""
    equations = f"{SYNAPSES}{CORBIT_EQUATIONS}\nC_m*dv/dt = {CORBIT_CURRENTS}{SYNAPTIC_CURRENT} {CORBIT_INIT}"
    parameters = SYNAPSE_PARAMETERS + CORBIT_PARAMETERS
    return _neuron("H_and_H_Corbit_syn", parameters, equations, "Corbit et al. 2016")


def HHneuronCorbitVoltageClamp() -> Neuron:
    """`HHneuronCorbit` whose potential is held; ``I_inf`` is the current that would change it."""
    equations = f"{CORBIT_EQUATIONS}\nC_m*dv/dt = 0 {CORBIT_INIT}\nI_inf = {CORBIT_CURRENTS}"
    return _neuron("H_and_H_Corbit_voltage_clamp", CORBIT_PARAMETERS, equations, "Corbit et al. 2016")
