/* Current-based integrate-and-fire cells with exact propagators, dt 0.1 ms, coupled by 2 % of all pairs.
   Arguments: neurons, steps, seed. */
#include "limit.h"

static void update(real *restrict v, real *restrict ge, real *restrict gi, real *restrict last, mask *restrict spike,
                   int size, real t, const real *restrict p) {
    real leak = p[0], from_e = p[1], from_i = p[2], rest = p[3], decay_e = p[4], decay_i = p[5];
    for (int i = 0; i < size; i++) {
        real e = ge[i], c = gi[i], x = v[i];
        mask active = (t - last[i]) > R(49.5);
        real y = leak * x + from_e * e + from_i * c + rest;
        y = active ? y : x;
        mask s = (y > R(-50)) & active;
        ge[i] = e * decay_e;
        gi[i] = c * decay_i;
        v[i] = s ? R(-60) : y;
        last[i] = s ? t : last[i];
        spike[i] = s;
    }
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    int n = atoi(argv[1]), excitatory = n / 5 * 4, size = (n + 63) / 64 * 64;
    long steps = atol(argv[2]), spikes = 0;
    random_state = strtoull(argv[3], 0, 10);
    real *v = array(size * sizeof(real)), *ge = array(size * sizeof(real)), *gi = array(size * sizeof(real));
    real *last = array(size * sizeof(real));
    mask *spike = array(size * sizeof(mask));
    int32_t *list = array(4 * (size_t)size);
    for (int i = 0; i < size; i++) {
        v[i] = -60 + 10 * uniform();
        last[i] = -1e6;
    }
    uint32_t *start;
    uint16_t *target;
    size_t synapses = connect(n, 0.02, &start, &target);
    double dt = 0.1, tm = 20, te = 5, ti = 10, leak = exp(-dt / tm);
    real p[6] = {leak, te / (te - tm) * (exp(-dt / te) - leak), ti / (ti - tm) * (exp(-dt / ti) - leak),
                 -49 * (1 - leak), exp(-dt / te), exp(-dt / ti)};
    double begin = now();
    for (long t = 0; t < steps; t++) {
        update(v, ge, gi, last, spike, size, t, p);
        int count = scan(spike, n, list);
        for (int s = 0; s < count; s++) {
            int pre = list[s];
            real *restrict g = pre < excitatory ? ge : gi, w = pre < excitatory ? R(1.62) : R(-9);
            for (uint32_t q = start[pre]; q < start[pre + 1]; q++) g[target[q]] += w;
        }
        spikes += count;
    }
    report(synapses, now() - begin, spikes);
}
