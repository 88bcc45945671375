/* A step of the neurons, whole or in parts: each part lists its own spikes, at the place of its first neuron. */
#include <string.h>
#include "engine.h"

static void mark_last(const en_population *p, int width, int64_t slot, int64_t k)
{
    const int32_t *rank = p->history + slot * p->npad;
    if (width == 8)
        for (int64_t s = 0; s < p->counts[slot]; s++)
            ((int64_t *)p->last)[rank[s]] = k;
    else
        for (int64_t s = 0; s < p->counts[slot]; s++)
            ((int32_t *)p->last)[rank[s]] = (int32_t)k;
}

/* The position lies behind all spikes before the next step, also after a jump of the clock to a later step. */
void en_emit_source(en_population *p, int width, int64_t k)
{
    int64_t slot = k % p->slots, n = 0, i = *p->source_position;
    while (i < p->source_length && p->source_steps[i] < k)
        i++;
    for (; i < p->source_length && p->source_steps[i] == k; i++)
        if (p->enabled)
            p->history[slot * p->npad + n++] = p->source_ranks[i];
    *p->source_position = i;
    p->counts[slot] = n;
    mark_last(p, width, slot, k);
}

/* The neurons of [begin, end) whose mask is set, in ascending order; returns how many. */
static int64_t list_event(const en_population *p, const en_event *x, int64_t k, int64_t begin, int64_t end)
{
    int64_t n = 0;
    int32_t *rank = x->list.history + k % x->list.slots * x->list.npad + begin;
    const void *mask = p->binding->a[x->mask_entry];
    end = end < p->n ? end : p->n;
    if (p->binding->width == 8)
        for (int64_t i = begin; i < end; i++) {
            rank[n] = (int32_t)i;
            n += ((const int64_t *)mask)[i] != 0;
        }
    else
        for (int64_t i = begin; i < end; i++) {
            rank[n] = (int32_t)i;
            n += ((const int32_t *)mask)[i] != 0;
        }
    return n;
}

/* The inputs of neurons that are disabled. */
static void silence(const en_population *p, int64_t begin, int64_t end)
{
    const en_binding *b = p->binding;
    for (int i = 0; i < b->n_entries; i++)
        if (b->entry[i].role == EN_INPUT)
            memset((char *)b->a[i] + begin * b->width, 0, (size_t)((end - begin) * b->width));
}

/* The inputs of neurons, as they are before they are taken. */
static void keep_received(const en_population *p, int all, int64_t begin, int64_t end)
{
    for (int i = 0; i < p->n_received; i++) {
        const en_received *r = &p->received[i];
        const size_t width = (size_t)p->binding->width, from = (size_t)begin * width;
        if (all || r->always)
            memcpy((char *)r->copy + from, (const char *)r->source + from, (size_t)(end - begin) * width);
    }
}

/* The values of the step that are the same for all neurons. */
void en_before_update(en_engine *e, int64_t k)
{
    for (int i = 0; i < e->n_populations; i++)
        if (e->population[i].binding && e->population[i].enabled)
            en_before(e->population[i].binding, k);
}

void en_update(const en_engine *e, en_population *p, int64_t k, int part, int parts)
{
    const en_binding *b = p->binding;
    const int64_t begin = en_cut(p->npad, part, parts), end = en_cut(p->npad, part + 1, parts);
    rv_args args = b->args;
    p->found[part] = 0;
    for (int i = 0; i < p->n_events; i++)
        p->event[i].found[part] = 0;
    if (begin == end)
        return;
    keep_received(p, e->looked_at, begin, end);
    if (!p->enabled) {
        silence(p, begin, end);
        return;
    }
    args.spikes = (p->history ? p->history + k % p->slots * p->npad : p->spare) + begin;
    args.n_spikes = &p->found[part];
    p->update[b->uniform](&args, begin, end);
    for (int i = 0; i < p->n_events; i++)
        p->event[i].found[part] = list_event(p, &p->event[i], k, begin, end);
}

/* Moves the lists of the parts together. */
static void gather(const en_list *l, const int64_t *found, int parts, int64_t k)
{
    int64_t slot = k % l->slots, n = found[0];
    int32_t *list = l->history + slot * l->npad;
    for (int part = 1; part < parts; part++) {
        memmove(list + n, list + en_cut(l->npad, part, parts), (size_t)found[part] * sizeof *list);
        n += found[part];
    }
    l->counts[slot] = n;
}

void en_after_update(en_engine *e, int parts, int64_t k)
{
    for (int i = 0; i < e->n_populations; i++) {
        const en_population *p = &e->population[i];
        if (!p->binding)
            continue;
        const en_list spikes = en_list_of(p, 0);
        if (p->history) {
            gather(&spikes, p->found, parts, k);
            mark_last(p, p->binding->width, k % p->slots, k);
        }
        for (int j = 0; j < p->n_events; j++)
            gather(&p->event[j].list, p->event[j].found, parts, k);
    }
}
