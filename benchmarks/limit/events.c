/* Delivery of events alone: each step a random part of the neurons sends along its row. The time of the rest (drawing the
   spikes) is not counted. Arguments: form, presynaptic neurons, postsynaptic neurons, synapses of a row, steps, seed. */
#include "limit.h"

enum { ONE16, EACH16, ONE32, EACH32, DELAY16, DELAY_EACH16, NEXT_ONE, NEXT_EACH, LIFTED, EXPANDED, NEXT_LIFTED };
#define DELAYS 15
#define CHANCE 0.05

static int form, pre, post, row, n_pre, n_post;
static size_t synapses;
static uint16_t *t16, *source;
static uint32_t *t32, *column, *position;
static real *w, *out, *trace_pre, *trace_post, *own_pre, *own_post;
static mask *seen_pre, *seen_post;
static uint32_t *cut; /* where each delay begins in a row */
static int *sent, *fired, *past[DELAYS + 1], n_past[DELAYS + 1];

static inline real clip(real x) {
    x = x < 0 ? 0 : x;
    return x > 1 ? 1 : x;
}

static void start(size_t r) {
    prefetch(t16 + r * row, 2 * (size_t)row);
}

#define STATIC(NAME, TARGET, WEIGHT)                                                                                   \
    static void NAME(void) {                                                                                           \
        for (int s = 0; s < n_pre; s++) {                                                                              \
            const size_t first = (size_t)sent[s] * row, next = (size_t)sent[s + 1 < n_pre ? s + 1 : s] * row;          \
            prefetch(TARGET + next, sizeof *TARGET * (size_t)row);                                                     \
            const real one = R(0.01);                                                                                  \
            (void)one;                                                                                                 \
            for (size_t q = first; q < first + row; q++) out[TARGET[q]] += WEIGHT;                                     \
        }                                                                                                              \
    }
STATIC(one16, t16, one)
STATIC(each16, t16, w[q])
STATIC(one32, t32, one)
STATIC(each32, t32, w[q])

/* Rows sorted by delay; each step collects what was sent 1 to 15 steps ago into one accumulator. */
#define DELAYED(NAME, WEIGHT)                                                                                          \
    static void NAME(void) {                                                                                           \
        const real one = R(0.01);                                                                                      \
        (void)one;                                                                                                     \
        for (int d = 1; d <= DELAYS; d++)                                                                              \
            for (int s = 0; s < n_past[d]; s++) {                                                                      \
                const uint32_t *c = cut + (size_t)past[d][s] * (DELAYS + 1);                                           \
                if (s + 4 < n_past[d]) prefetch(t16 + cut[(size_t)past[d][s + 4] * (DELAYS + 1) + d - 1], 192);        \
                for (uint32_t q = c[d - 1]; q < c[d]; q++) out[t16[q]] += WEIGHT;                                      \
            }                                                                                                          \
    }
DELAYED(delayed, one)
DELAYED(delayed_each, w[q])

static void next_one(void) {
    for (int s = 0; s < n_pre; s++)
        for (int j = 0; j < post; j++) out[j] += R(0.01);
}
static void next_each(void) {
    for (int s = 0; s < n_pre; s++) {
        const real *restrict weight = w + (size_t)sent[s] * post;
        real *restrict to = out;
        for (int j = 0; j < post; j++) to[j] += weight[j];
    }
}

static void decay(real *restrict x, int n) {
    for (int i = 0; i < n; i++) x[i] *= R(0.995);
}
static void lifted(void) {
    decay(trace_pre, pre);
    decay(trace_post, post);
    for (int s = 0; s < n_pre; s++) {
        const size_t first = (size_t)sent[s] * row;
        if (s + 1 < n_pre) start(sent[s + 1]);
        trace_pre[sent[s]] += R(0.01);
        for (size_t q = first; q < first + row; q++) {
            out[t16[q]] += w[q];
            w[q] = clip(w[q] - trace_post[t16[q]]);
        }
    }
    for (int s = 0; s < n_post; s++) {
        trace_post[fired[s]] += R(0.0105);
        for (uint32_t k = column[fired[s]]; k < column[fired[s] + 1]; k++)
            w[position[k]] = clip(w[position[k]] + trace_pre[source[k]]);
    }
}
static void expanded(long now) {
    for (int s = 0; s < n_pre; s++) {
        const size_t first = (size_t)sent[s] * row;
        if (s + 1 < n_pre) start(sent[s + 1]);
        for (size_t q = first; q < first + row; q++) {
            out[t16[q]] += w[q];
            w[q] = clip(w[q] - own_post[q] * EXP(R(-0.005) * (now - seen_post[q])));
            own_pre[q] = own_pre[q] * EXP(R(-0.005) * (now - seen_pre[q])) + R(0.01);
            seen_pre[q] = now;
        }
    }
    for (int s = 0; s < n_post; s++)
        for (uint32_t k = column[fired[s]]; k < column[fired[s] + 1]; k++) {
            const uint32_t q = position[k];
            w[q] = clip(w[q] + own_pre[q] * EXP(R(-0.005) * (now - seen_pre[q])));
            own_post[q] = own_post[q] * EXP(R(-0.005) * (now - seen_post[q])) + R(0.0105);
            seen_post[q] = now;
        }
}
static void next_lifted(void) { /* stored by presynaptic neuron; all to all */
    decay(trace_pre, pre);
    decay(trace_post, post);
    for (int s = 0; s < n_pre; s++) {
        real *restrict weight = w + (size_t)sent[s] * post, *restrict to = out;
        const real *restrict trace = trace_post;
        trace_pre[sent[s]] += R(0.01);
        for (int j = 0; j < post; j++) {
            to[j] += weight[j];
            weight[j] = clip(weight[j] - trace[j]);
        }
    }
    for (int s = 0; s < n_post; s++) {
        trace_post[fired[s]] += R(0.0105);
        for (int i = 0; i < pre; i++) {
            real *x = w + (size_t)i * post + fired[s];
            *x = clip(*x + trace_pre[i]);
        }
    }
}

static int draw(int *list, int n) {
    int count = 0;
    for (int i = 0; i < n; i++)
        if (uniform() < CHANCE) list[count++] = i;
    return count;
}

static void connect_rows(void) { /* distinct targets, ascending; with delays, sorted by delay first */
    uint8_t *taken = array(post);
    const int delays = form == DELAY16 || form == DELAY_EACH16 ? DELAYS : 1;
    for (int i = 0; i < pre; i++) {
        memset(taken, 0, post);
        for (int n = 0; n < row;) {
            int j = (bits() >> 32) * post >> 32;
            if (!taken[j]) n++, taken[j] = 1 + bits() % delays;
        }
        size_t q = (size_t)i * row;
        for (int d = 1; d <= delays; d++) {
            cut[i * (DELAYS + 1) + d - 1] = q;
            for (int j = 0; j < post; j++)
                if (taken[j] == d) t16[q] = t32[q] = j, q++;
        }
        cut[i * (DELAYS + 1) + delays] = q;
    }
    for (size_t q = 0; q < synapses; q++) column[t32[q] + 1]++;
    for (int j = 0; j < post; j++) column[j + 1] += column[j];
    uint32_t *at = array(4 * (size_t)post);
    memcpy(at, column, 4 * (size_t)post);
    for (size_t q = 0; q < synapses; q++) {
        source[at[t32[q]]] = q / row;
        position[at[t32[q]]++] = q;
    }
}

int main(int argc, char **argv) {
    if (argc < 7) return 2;
    form = atoi(argv[1]), pre = atoi(argv[2]), post = atoi(argv[3]), row = atoi(argv[4]);
    long steps = atol(argv[5]);
    random_state = strtoull(argv[6], 0, 10);
    synapses = (size_t)pre * row;
    t16 = array(2 * synapses), t32 = array(4 * synapses), source = array(2 * synapses), position = array(4 * synapses);
    column = array(4 * (size_t)(post + 1)), cut = array(4 * (size_t)pre * (DELAYS + 1));
    w = array(sizeof(real) * synapses), out = array(sizeof(real) * post);
    trace_pre = array(sizeof(real) * pre), trace_post = array(sizeof(real) * post);
    if (form == EXPANDED) {
        own_pre = array(sizeof(real) * synapses), own_post = array(sizeof(real) * synapses);
        seen_pre = array(sizeof(mask) * synapses), seen_post = array(sizeof(mask) * synapses);
    }
    sent = array(4 * (size_t)pre), fired = array(4 * (size_t)post);
    for (int d = 0; d <= DELAYS; d++) past[d] = array(4 * (size_t)pre);
    connect_rows();
    for (size_t q = 0; q < synapses; q++) w[q] = uniform();
    double seconds = 0, events = 0;
    for (long t = 0; t < steps; t++) {
        n_pre = draw(sent, pre), n_post = form >= LIFTED ? draw(fired, post) : 0;
        int *oldest = past[DELAYS];
        for (int d = DELAYS; d > 0; d--) past[d] = past[d - 1], n_past[d] = n_past[d - 1];
        past[0] = oldest, past[1] = memcpy(past[1], sent, 4 * (size_t)n_pre), n_past[1] = n_pre;
        double begin = now();
        switch (form) {
        case ONE16: one16(); break;
        case EACH16: each16(); break;
        case ONE32: one32(); break;
        case EACH32: each32(); break;
        case DELAY16: delayed(); break;
        case DELAY_EACH16: delayed_each(); break;
        case NEXT_ONE: next_one(); break;
        case NEXT_EACH: next_each(); break;
        case LIFTED: lifted(); break;
        case EXPANDED: expanded(t); break;
        case NEXT_LIFTED: next_lifted(); break;
        }
        seconds += now() - begin;
        if (form == DELAY16 || form == DELAY_EACH16)
            for (int d = 1; d <= DELAYS; d++) events += (double)n_past[d] * row / DELAYS;
        else events += (double)n_pre * row + (double)n_post * synapses / post;
        if (t % 50 == 49) memset(out, 0, sizeof(real) * post);
    }
    report(synapses, seconds, (long)events);
}
