/* Firing rates in a sliding window: one bit per neuron and step tells who spiked. */
#include "engine.h"

static void set_rate(const en_rate *r, int width, int64_t i)
{
    double rate = (double)r->counts[i] * r->scale;
    if (width == 8)
        ((double *)r->rate)[i] = rate;
    else
        ((float *)r->rate)[i] = (float)rate;
}

static void leave(const en_rate *r, uint64_t *row, int width)
{
    for (int64_t w = 0; w < r->words; w++)
        for (; row[w]; row[w] &= row[w] - 1) {
            int64_t i = 64 * w + __builtin_ctzll(row[w]);
            r->counts[i]--;
            set_rate(r, width, i);
        }
}

/* After the spikes of the step are known: those of a window ago leave, the new ones enter. */
void en_count_rates(en_engine *e, int64_t k)
{
    for (int n = 0; n < e->n_rates; n++) {
        const en_rate *r = &e->rate[n];
        const en_population *p = &e->population[r->population];
        uint64_t *row = r->bits + (k % r->slots) * r->words;
        int64_t slot = k % p->slots;
        const int32_t *rank = p->history + slot * p->npad;
        leave(r, row, e->width);
        for (int64_t s = 0; s < p->counts[slot]; s++) {
            int64_t i = rank[s];
            row[i / 64] |= (uint64_t)1 << (i % 64);
            r->counts[i]++;
            set_rate(r, e->width, i);
        }
    }
}
