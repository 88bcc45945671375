/* Brunel 2000, model A: jumps of v, fixed in-degree 10 %, one delay of 1.5 ms, Poisson drive, dt 0.1 ms.
   Arguments: neurons, steps, seed. */
#include "limit.h"

#define DELAY 15
#define SLOTS 16
#define LEVELS 14

/* The drive by inversion: one hashed 32-bit number per neuron and step against the cumulative distribution. */
static void drive(uint8_t *restrict out, int size, uint32_t key, const uint32_t *restrict level) {
    for (int i = 0; i < size; i++) {
        uint32_t x = i * 0x85EBCA6Bu + key, c = 0;
        x = (x ^ x >> 16) * 0x7feb352du;
        x = (x ^ x >> 15) * 0x846ca68bu;
        x ^= x >> 16;
        for (int k = 0; k < LEVELS; k++) c += x >= level[k];
        out[i] = c;
    }
}

static void update(real *restrict v, real *restrict input, const uint8_t *restrict external, real *restrict last,
                   mask *restrict spike, int size, real t, real decay) {
    for (int i = 0; i < size; i++) {
        mask active = (t - last[i]) > R(19.5);
        real x = v[i];
        x = (active ? x * decay : x) + input[i] + R(0.1) * external[i];
        mask s = (x > R(20)) & active;
        input[i] = 0;
        v[i] = s ? R(10) : x;
        last[i] = s ? t : last[i];
        spike[i] = s;
    }
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    int n = atoi(argv[1]), excitatory = n / 5 * 4, size = (n + 63) / 64 * 64;
    int from_e = excitatory / 10, from_i = (n - excitatory) / 10;
    long steps = atol(argv[2]), spikes = 0;
    random_state = strtoull(argv[3], 0, 10);
    size_t synapses = (size_t)n * (from_e + from_i);
    uint16_t *source = array(2 * synapses), *target = array(2 * synapses);
    uint32_t *start = array(4 * ((size_t)n + 2));
    size_t k = 0;
    for (int i = 0; i < n; i++) { /* with replacement */
        for (int j = 0; j < from_e; j++) source[k++] = (bits() >> 32) * excitatory >> 32;
        for (int j = 0; j < from_i; j++) source[k++] = excitatory + ((bits() >> 32) * (n - excitatory) >> 32);
    }
    for (size_t q = 0; q < synapses; q++) start[source[q] + 2]++;
    for (int i = 0; i < n; i++) start[i + 2] += start[i + 1];
    k = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < from_e + from_i; j++) target[start[source[k++] + 1]++] = i;
    real *v = array(size * sizeof(real)), *last = array(size * sizeof(real)), *ring[SLOTS];
    for (int s = 0; s < SLOTS; s++) ring[s] = array(size * sizeof(real));
    mask *spike = array(size * sizeof(mask));
    int32_t *list = array(4 * (size_t)size);
    uint8_t *external = array(size);
    for (int i = 0; i < size; i++) {
        v[i] = 20 * uniform();
        last[i] = -1e6;
    }
    uint32_t level[LEVELS];
    double mean = 2 * 20. / (0.1 * 20) * 0.1, p = exp(-mean), cumulative = p;
    for (int j = 0; j < LEVELS; j++, p *= mean / j, cumulative += p)
        level[j] = cumulative < 1 ? (uint32_t)(cumulative * 4294967295.) : UINT32_MAX;
    real decay = exp(-0.1 / 20);
    double begin = now();
    for (long t = 0; t < steps; t++) {
        drive(external, size, (uint32_t)t * 0x9E3779B9u, level);
        update(v, ring[t % SLOTS], external, last, spike, size, t, decay);
        int count = scan(spike, n, list);
        real *restrict out = ring[(t + DELAY) % SLOTS];
        for (int s = 0; s < count; s++) {
            int pre = list[s];
            if (s + 1 < count) prefetch(target + start[list[s + 1]], 2 * (start[list[s + 1] + 1] - start[list[s + 1]]));
            real w = pre < excitatory ? R(0.1) : R(-0.5);
            for (uint32_t q = start[pre]; q < start[pre + 1]; q++) out[target[q]] += w;
        }
        spikes += count;
    }
    report(synapses, now() - begin, spikes);
}
