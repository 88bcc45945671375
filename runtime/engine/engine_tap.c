/* Values of synapses at events: copied before or after the code of a pathway, in the order in which it runs. */
#include <string.h>
#include "engine.h"

static int64_t other_rank(const en_pathway *p, int64_t q)
{
    return p->wide ? ((const uint32_t *)p->args.target)[q] : ((const uint16_t *)p->args.target)[q];
}

/* Computes what is not stored, as of the clock of the event. */
static void compute(const en_projection *computed, int64_t synapse, int64_t pre, int64_t k)
{
    const en_sweep *s = &computed->step[0];
    int64_t seg[3] = {synapse, synapse + 1, pre};
    rv_args args = s->args;
    args.step = k;
    args.seg = seg;
    s->kernel[computed->binding->uniform](&args, 0, 1);
}

static int look(en_tap *t, const en_pathway *p, const en_share *h, int64_t k)
{
    const int64_t before = t->n;
    if (en_grow((void **)&t->ends, &t->cap_ends, 2 * (t->n + h->synapses), sizeof *t->ends) ||
        en_grow((void **)&t->values, &t->cap_values, (t->n + h->synapses) * t->width, 1) ||
        en_grow((void **)&t->runs, &t->cap_runs, 2 * t->n_runs + 2, sizeof *t->runs))
        return -1;
    for (int64_t s = 0; s < h->n_seg; s++)
        for (int64_t q = h->seg[3 * s]; q < h->seg[3 * s + 1]; q++) {
            const int64_t synapse = p->args.order ? p->args.order[q] : q;
            if (t->select && !t->select[synapse])
                continue;
            const int64_t own = h->seg[3 * s + 2], other = other_rank(p, q);
            const int64_t pre = p->post ? other : own, post = p->post ? own : other;
            const int64_t at = t->place == EN_AT_SYNAPSE ? synapse : t->place == EN_AT_POST ? post : 0;
            if (t->computed)
                compute(t->computed, synapse, pre, k);
            t->ends[2 * t->n] = (int32_t)pre;
            t->ends[2 * t->n + 1] = (int32_t)post;
            if (t->width == 8)
                memcpy(t->values + 8 * t->n, t->data + 8 * at, 8);
            else
                memcpy(t->values + 4 * t->n, t->data + 4 * at, 4);
            t->n++;
        }
    if (t->n == before)
        return 0;
    if (!t->n_runs || t->runs[2 * t->n_runs - 2] != k) {
        t->runs[2 * t->n_runs] = k;
        t->runs[2 * t->n_runs + 1] = 0;
        t->n_runs++;
    }
    t->runs[2 * t->n_runs - 1] += t->n - before;
    return 0;
}

int en_look(const en_pathway *p, const en_share *h, int64_t k, int before)
{
    for (int i = 0; i < p->n_taps; i++)
        if (p->tap[i]->before == before && look(p->tap[i], p, h, k))
            return -1;
    return 0;
}

void en_drain_tap(en_tap *t, int64_t *steps, int32_t *ends, void *values)
{
    int64_t n = 0;
    if (!t->n)
        return;
    for (int64_t i = 0; i < t->n_runs; i++)
        for (int64_t j = 0; j < t->runs[2 * i + 1]; j++)
            steps[n++] = t->runs[2 * i];
    memcpy(ends, t->ends, (size_t)(2 * t->n) * sizeof *ends);
    memcpy(values, t->values, (size_t)(t->n * t->width));
    t->n = t->n_runs = 0;
}
