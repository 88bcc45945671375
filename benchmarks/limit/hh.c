/* Traub-Miles cells by exponential Euler, dt 0.1 ms: coupled by 2 % of all pairs (COBAHH), or alone with a current.
   Arguments: neurons, steps, seed, coupled (0 or 1). Units ms, mV, nS / 200 pF. */
#include "limit.h"

#define DT R(0.1)
static const real VT = -63, EL = -60, EK = -90, ENA = 50, EE = 0, EI = -80;

static inline __attribute__((always_inline)) void update(real *restrict v_, real *restrict m_, real *restrict h_,
                                                         real *restrict n_, real *restrict ge_, real *restrict gi_,
                                                         real *restrict last, mask *restrict spike, int size, real t,
                                                         real current, real decay_e, real decay_i, int coupled) {
    for (int i = 0; i < size; i++) {
        real v = v_[i], m = m_[i], h = h_[i], n = n_[i], ge = coupled ? ge_[i] : 0, gi = coupled ? gi_[i] : 0;
        real na = R(100) * m * m * m * h, kd = R(30) * n * n * n * n;
        real total = R(0.05) + ge + gi + na + kd;
        real rest = (R(0.05) * EL + ge * EE + gi * EI + na * ENA + kd * EK + current) / total;
        real new = rest + (v - rest) * EXP(-DT * total);
        real u = v - VT;
        real am = R(0.32) * (13 - u) / (EXP((13 - u) * R(0.25)) - 1), bm = R(0.28) * (u - 40) / (EXP((u - 40) * R(0.2)) - 1);
        real ah = R(0.128) * EXP((17 - u) * R(1. / 18)), bh = R(4) / (1 + EXP((40 - u) * R(0.2)));
        real an = R(0.032) * (15 - u) / (EXP((15 - u) * R(0.2)) - 1), bn = R(0.5) * EXP((10 - u) * R(1. / 40));
        real mi = am / (am + bm), hi = ah / (ah + bh), ni = an / (an + bn);
        m_[i] = mi + (m - mi) * EXP(-DT * (am + bm));
        h_[i] = hi + (h - hi) * EXP(-DT * (ah + bh));
        n_[i] = ni + (n - ni) * EXP(-DT * (an + bn));
        v_[i] = new;
        if (coupled) {
            ge_[i] = ge * decay_e;
            gi_[i] = gi * decay_i;
        }
        mask s = (new > R(-20)) & ((t - last[i]) > R(29.5));
        spike[i] = s;
        last[i] = s ? t : last[i];
    }
}

static void update_coupled(real *restrict v, real *restrict m, real *restrict h, real *restrict n, real *restrict ge,
                           real *restrict gi, real *restrict last, mask *restrict spike, int size, real t,
                           real decay_e, real decay_i) {
    update(v, m, h, n, ge, gi, last, spike, size, t, 0, decay_e, decay_i, 1);
}

static void update_alone(real *restrict v, real *restrict m, real *restrict h, real *restrict n, real *restrict last,
                         mask *restrict spike, int size, real t, real current) {
    update(v, m, h, n, 0, 0, last, spike, size, t, current, 0, 0, 0);
}

int main(int argc, char **argv) {
    if (argc < 5) return 2;
    int n = atoi(argv[1]), excitatory = n / 5 * 4, coupled = atoi(argv[4]), size = (n + 63) / 64 * 64;
    long steps = atol(argv[2]), spikes = 0;
    random_state = strtoull(argv[3], 0, 10);
    real *v = array(size * sizeof(real)), *m = array(size * sizeof(real)), *h = array(size * sizeof(real));
    real *gates_n = array(size * sizeof(real)), *ge = array(size * sizeof(real)), *gi = array(size * sizeof(real));
    real *last = array(size * sizeof(real));
    mask *spike = array(size * sizeof(mask));
    int32_t *list = array(4 * (size_t)size);
    for (int i = 0; i < size; i++) {
        v[i] = -65 + 5 * normal();
        ge[i] = (1.5 * normal() + 4) * 0.05;
        gi[i] = (12 * normal() + 20) * 0.05;
        last[i] = -1e6;
    }
    uint32_t *start = 0;
    uint16_t *target = 0;
    size_t synapses = coupled ? connect(n, 0.02, &start, &target) : 0;
    real decay_e = exp(-0.1 / 5), decay_i = exp(-0.1 / 10);
    double begin = now();
    for (long t = 0; t < steps; t++) {
        if (!coupled) {
            update_alone(v, m, h, gates_n, last, spike, size, t, R(2.5));
            spikes += scan(spike, n, list);
            continue;
        }
        update_coupled(v, m, h, gates_n, ge, gi, last, spike, size, t, decay_e, decay_i);
        int count = scan(spike, n, list);
        for (int s = 0; s < count; s++) {
            int pre = list[s];
            real *restrict g = pre < excitatory ? ge : gi, w = pre < excitatory ? R(0.03) : R(0.335);
            for (uint32_t q = start[pre]; q < start[pre + 1]; q++) g[target[q]] += w;
        }
        spikes += count;
    }
    report(synapses, now() - begin, spikes);
}
