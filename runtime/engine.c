#include <string.h>
#include <time.h>
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
static void emit_source(en_population *p, int width, int64_t k)
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

en_list en_list_of(const en_population *p, int event)
{
    if (event)
        return p->event[event - 1].list;
    return (en_list){p->npad, p->slots, p->history, p->counts};
}

/* The neurons whose mask is set, in ascending order. */
static void list_event(const en_population *p, en_event *x, int64_t k)
{
    int64_t slot = k % x->list.slots, n = 0;
    int32_t *rank = x->list.history + slot * x->list.npad;
    const void *mask = p->binding->a[x->mask_entry];
    if (p->binding->width == 8)
        for (int64_t i = 0; i < p->n; i++) {
            rank[n] = (int32_t)i;
            n += ((const int64_t *)mask)[i] != 0;
        }
    else
        for (int64_t i = 0; i < p->n; i++) {
            rank[n] = (int32_t)i;
            n += ((const int32_t *)mask)[i] != 0;
        }
    x->list.counts[slot] = n;
}

void en_before(en_binding *b, int64_t k)
{
    b->args.step = k;
    for (int i = 0; i < b->n_before; i++)
        b->before[i](&b->args, 0, b->npad);
}

static void silence(en_population *p, int64_t k)
{
    const en_binding *b = p->binding;
    if (p->history)
        p->counts[k % p->slots] = 0;
    for (int i = 0; i < p->n_events; i++)
        p->event[i].list.counts[k % p->event[i].list.slots] = 0;
    for (int i = 0; i < b->n_entries; i++)
        if (b->entry[i].role == EN_INPUT)
            memset(b->a[i], 0, (size_t)(p->npad * b->width));
}

static void update(en_population *p, int64_t k)
{
    en_binding *b = p->binding;
    int64_t none = 0, slot = p->history ? k % p->slots : 0;
    if (!p->enabled) {
        silence(p, k);
        return;
    }
    b->args.step = k;
    b->args.spikes = p->history ? p->history + slot * p->npad : p->spare;
    b->args.n_spikes = p->history ? &p->counts[slot] : &none;
    *b->args.n_spikes = 0;
    en_before(b, k);
    p->update[b->uniform](&b->args, 0, p->npad);
    if (p->history)
        mark_last(p, b->width, slot, k);
    for (int i = 0; i < p->n_events; i++)
        list_event(p, &p->event[i], k);
}

/* Code for the neurons that had an event in this step. */
static void at_event(const en_population *p, int event, en_binding *b, rv_kernel *code, int64_t k)
{
    const en_list l = en_list_of(p, event);
    int64_t slot = k % l.slots;
    if (!l.counts[slot])
        return;
    b->args.step = k;
    b->args.spikes = l.history + slot * l.npad;
    code(&b->args, 0, l.counts[slot]);
}

static void reset(en_population *p, int64_t k)
{
    if (p->reset && p->history)
        at_event(p, 0, p->binding, p->reset, k);
    for (int i = 0; i < p->n_events; i++)
        if (p->event[i].code)
            at_event(p, i + 1, p->binding, p->event[i].code, k);
}

static int run_code(en_engine *e, en_code *c, int64_t k)
{
    const en_population *p = &e->population[c->population];
    if (!p->enabled)
        return 0;
    en_before(c->binding, k);
    if (c->event >= 0)
        at_event(p, c->event, c->binding, c->kernel, k);
    else if (c->kernel)
        c->kernel(&c->binding->args, 0, p->npad);
    return c->writes_params ? en_begin_population(e, c->population) : 0;
}

/* Attached code: at events, or (`regular`) what is due in this step. */
static int run_codes(en_engine *e, int regular, int64_t k)
{
    for (int i = 0; i < e->n_codes; i++) {
        en_code *c = &e->code[i];
        int due = c->event >= 0 || (k >= c->offset && (k - c->offset) % c->period == 0);
        if ((c->event < 0) == regular && due && run_code(e, c, k))
            return -1;
    }
    return 0;
}

/* Code over synapses may write what a neuron model takes as fixed. */
static int ends_changed(en_engine *e, const en_projection *p)
{
    if (p->changes_pre && en_begin_population(e, p->pre))
        return -1;
    return p->changes_post ? en_begin_population(e, p->post) : 0;
}

static int deliver(en_engine *e, int same_step, int64_t k)
{
    for (int i = 0; i < e->n_projections; i++) {
        en_projection *p = &e->projection[i];
        if (!p->enabled)
            continue;
        if (p->same_step == same_step && en_deliver_pre(e, p, k))
            return -1;
        if (!same_step)
            en_receive(e, p);
        if (ends_changed(e, p))
            return -1;
    }
    return 0;
}

static int deliver_back(en_engine *e, int same_step, int64_t k)
{
    for (int i = 0; i < e->n_projections; i++) {
        en_projection *p = &e->projection[i];
        if (!p->enabled || p->same_step != same_step || !p->n_post_paths)
            continue;
        if (en_deliver_post(e, p, k) || ends_changed(e, p))
            return -1;
    }
    return 0;
}

/* Linked variables take the values of what they are linked to. */
static void follow_links(en_engine *e)
{
    for (int i = 0; i < e->n_links; i++) {
        const en_link *l = &e->link[i];
        if (!l->index)
            memcpy(l->data, l->source, (size_t)(l->n * e->width));
        else if (e->width == 8)
            for (int64_t q = 0; q < l->n; q++)
                ((uint64_t *)l->data)[q] = ((const uint64_t *)l->source)[l->index[q]];
        else
            for (int64_t q = 0; q < l->n; q++)
                ((uint32_t *)l->data)[q] = ((const uint32_t *)l->source)[l->index[q]];
    }
}

static en_status step(en_engine *e)
{
    int64_t k = *e->step;
    follow_links(e);
    if (run_codes(e, 1, k))
        return EN_NO_MEMORY;
    for (int i = 0; i < e->n_populations; i++)
        if (e->population[i].source_steps)
            emit_source(&e->population[i], e->width, k);
    en_continuous(e, k);
    if (deliver(e, 0, k))
        return EN_NO_MEMORY;
    follow_links(e);
    for (int i = 0; i < e->n_populations; i++)
        if (e->population[i].binding)
            update(&e->population[i], k);
    if (deliver(e, 1, k) || deliver_back(e, 1, k))
        return EN_NO_MEMORY;
    for (int i = 0; i < e->n_populations; i++)
        if (e->population[i].binding && e->population[i].enabled)
            reset(&e->population[i], k);
    en_count_rates(e, k);
    if (run_codes(e, 0, k))
        return EN_NO_MEMORY;
    follow_links(e);
    if (deliver_back(e, 0, k))
        return EN_NO_MEMORY;
    en_synaptic_steps(e, k);
    follow_links(e);
    if (en_record(e, k))
        return EN_NO_MEMORY;
    int bad = e->nan_every && (k + 1) % e->nan_every == 0 && en_scan(e);
    int stop = !bad && en_stop(e, k);
    *e->step = k + 1;
    return bad ? EN_NAN : stop ? EN_STOPPED : EN_DONE;
}

static int64_t nanoseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t en_run(en_engine *e, int64_t n_steps, int64_t budget)
{
    int64_t done = 0, stride = 1, before = nanoseconds(), deadline = before + budget;
    e->status = EN_DONE;
    while (done < n_steps) {
        int64_t end = done + stride < n_steps ? done + stride : n_steps;
        while (done < end) {
            e->status = step(e);
            done += e->status != EN_NO_MEMORY;
            if (e->status != EN_DONE)
                return done;
        }
        int64_t now = nanoseconds();
        if (now >= deadline)
            break;
        if (now - before < budget / 100) /* the clock is read every 0.2 to 0.4 ms, or every step if that is longer */
            stride *= 2;
        else if (now - before > budget / 50 && stride > 1)
            stride /= 2;
        before = now;
    }
    return done;
}
