#include <string.h>
#include "engine.h"

en_list en_list_of(const en_population *p, int event)
{
    if (event)
        return p->event[event - 1].list;
    return (en_list){p->npad, p->slots, p->history, p->counts};
}

void en_before(en_binding *b, int64_t k)
{
    b->args.step = k;
    for (int i = 0; i < b->n_before; i++)
        b->before[i](&b->args, 0, b->npad);
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
    if (!p->enabled && c->event != EN_READ_OUT)
        return 0;
    en_before(c->binding, k);
    if (c->event >= 0)
        at_event(p, c->event, c->binding, c->kernel, k);
    else if (c->kernel)
        c->kernel(&c->binding->args, 0, p->npad);
    return c->writes_params ? en_begin_population(e, c->population) : 0;
}

/* Attached code: at events (`kind` 0), or what is due in this step. */
static int run_codes(en_engine *e, int kind, int64_t k)
{
    for (int i = 0; i < e->n_codes; i++) {
        en_code *c = &e->code[i];
        int due = c->event >= 0 || (k >= c->offset && (k - c->offset) % c->period == 0);
        if ((c->event < 0 ? c->event : 0) == kind && due && run_code(e, c, kind == EN_READ_OUT ? k + 1 : k))
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

/* `last`: nothing follows it before control goes back to Python. */
static en_status step(en_engine *e, int last)
{
    int64_t k = *e->step;
    int scan = e->nan_every && (k + 1) % e->nan_every == 0;
    e->looked_at = last || scan || e->n_conditions;
    follow_links(e);
    if (run_codes(e, EN_REGULAR, k))
        return EN_NO_MEMORY;
    for (int i = 0; i < e->n_populations; i++)
        if (e->population[i].source_steps)
            en_emit_source(&e->population[i], e->width, k);
    en_continuous(e, k);
    if (e->fused) {
        if (en_arrive_and_update(e, k))
            return EN_NO_MEMORY;
    } else {
        if (en_forward(e, 0, k))
            return EN_NO_MEMORY;
        follow_links(e);
        en_update_all(e, k);
    }
    en_synaptic_steps(e, EN_BEFORE_EVENTS, k);
    if (en_forward(e, 1, k) || en_back(e, 1, k))
        return EN_NO_MEMORY;
    for (int i = 0; i < e->n_populations; i++)
        if (e->population[i].binding && e->population[i].enabled)
            reset(&e->population[i], k);
    en_count_rates(e, k);
    if (run_codes(e, 0, k))
        return EN_NO_MEMORY;
    follow_links(e);
    if (en_back(e, 0, k))
        return EN_NO_MEMORY;
    en_synaptic_steps(e, EN_AFTER_EVENTS, k);
    follow_links(e);
    if (run_codes(e, EN_READ_OUT, k))
        return EN_NO_MEMORY;
    en_synaptic_steps(e, EN_RECORDED, k);
    if (en_record(e, k))
        return EN_NO_MEMORY;
    int bad = scan && en_scan(e);
    int stop = !bad && en_stop(e, k);
    *e->step = k + 1;
    return bad ? EN_NAN : stop ? EN_STOPPED : EN_DONE;
}

int64_t en_run(en_engine *e, int64_t n_steps, int64_t budget)
{
    int64_t done = 0, stride = 1, before = en_nanoseconds(), deadline = before + budget;
    int late = 0;
    e->status = EN_DONE;
    if (e->pool)
        en_enter_pool(e->pool);
    while (done < n_steps) {
        int64_t end = done + stride < n_steps ? done + stride : n_steps;
        while (done < end) {
            e->status = step(e, late || done + 1 == n_steps);
            done += e->status != EN_NO_MEMORY;
            if (e->status != EN_DONE)
                return done;
        }
        int64_t now = en_nanoseconds();
        if (late)
            break;
        late = now >= deadline; /* one more step, which knows that it is the last one */
        if (late)
            stride = 1;
        else if (now - before < budget / 100) /* the clock is read every 0.2 to 0.4 ms, or every step if that is longer */
            stride *= 2;
        else if (now - before > budget / 50 && stride > 1)
            stride /= 2;
        before = now;
    }
    return done;
}
