/* What runs in parts. A part owns a range of the neurons of every population and all that is written to them, so no two
   parts write one place, and none reads what another writes (sharing.py makes sure): the bits are those of one part. */
#include <stdatomic.h>
#include "engine.h"

typedef struct section {
    en_engine *e;
    en_group *group;
    int back, same_step, update, parts;
    int64_t k;
    en_sweep *sweep;
    const en_binding *binding;
    atomic_int failed;
} section;

/* Executes a task in parts, or as part 0 of 1. */
static void execute(section *s, en_task *task, int in_parts)
{
    s->parts = in_parts ? s->e->parts : 1;
    if (in_parts)
        en_parallel(s->e->pool, task, s);
    else
        task(s, 0);
}

static int worth(const en_engine *e, en_gauge *g, double work)
{
    return e->pool && (e->always || en_worth(g, work));
}

static void measured(const en_engine *e, en_gauge *g, double work)
{
    if (e->pool && !e->always)
        en_measured(g, work);
}

static void fail_if(section *s, int failed)
{
    if (failed)
        atomic_store_explicit(&s->failed, 1, memory_order_relaxed);
}

/* -- projections ----------------------------------------------------------------------------------------- */

static void group_part(void *context, int part)
{
    section *s = context;
    en_engine *e = s->e;
    for (int i = s->group->first; i < s->group->end; i++) {
        en_projection *p = &e->projection[i];
        if (!p->enabled)
            continue;
        if (p->same_step == s->same_step && s->group->split == EN_BY_SYNAPSE && s->parts > 1)
            fail_if(s, en_deliver_synapses(e, p, s->back, s->k, part, s->parts));
        else if (p->same_step == s->same_step)
            fail_if(s, en_deliver(e, p, s->back, s->k, part, s->parts));
        if (!s->back && !s->same_step)
            en_receive(p, part, s->parts);
    }
    for (int i = 0; s->update && i < e->n_populations; i++)
        if (e->population[i].binding)
            en_update(e, &e->population[i], s->k, part, s->parts);
}

/* Code over synapses may write what a neuron model takes as fixed. */
static int ends_changed(en_engine *e, const en_projection *p)
{
    if (p->changes_pre && en_begin_population(e, p->pre))
        return -1;
    return p->changes_post ? en_begin_population(e, p->post) : 0;
}

static double group_work(const section *s)
{
    double work = 0;
    for (int i = s->group->first; i < s->group->end; i++) {
        const en_projection *p = &s->e->projection[i];
        if (p->enabled && p->same_step == s->same_step)
            work += en_expected(s->e, p, s->back, s->k);
    }
    return work;
}

/* Makes what the parts of a group need. */
static int prepare_parts(section *s)
{
    for (int i = s->group->first; i < s->group->end; i++) {
        en_projection *p = &s->e->projection[i];
        if (!p->enabled || p->same_step != s->same_step)
            continue;
        if (s->group->split == EN_BY_POST && !s->back && en_cut_rows(s->e, p))
            return -1;
        if ((s->group->split == EN_BY_SYNAPSE || p->lifted) && en_begin_parts(s->e, p, s->back, s->k))
            return -1;
    }
    return 0;
}

static void complete_parts(const section *s)
{
    for (int i = s->group->first; i < s->group->end; i++) {
        const en_projection *p = &s->e->projection[i];
        if (p->enabled && p->same_step == s->same_step && p->lifted)
            en_end_parts(s->e, p, s->back, s->k);
    }
}

static int run(section *s, en_gauge *g, double work)
{
    int in_parts = worth(s->e, g, work);
    if (in_parts && prepare_parts(s))
        return -1;
    execute(s, group_part, in_parts);
    if (in_parts)
        complete_parts(s);
    measured(s->e, g, work);
    return atomic_load_explicit(&s->failed, memory_order_relaxed) ? -1 : 0;
}

static int run_group(section *s)
{
    if (s->group->split != EN_WHOLE)
        return run(s, &s->group->gauge, s->e->pool ? group_work(s) : 0);
    const en_projection *p = &s->e->projection[s->group->first];
    execute(s, group_part, 0);
    return s->failed ? -1 : p->enabled ? ends_changed(s->e, p) : 0;
}

static int run_phase(en_engine *e, en_phase *phase, int back, int same_step, int64_t k)
{
    for (int i = 0; i < phase->n_groups; i++) {
        section s = {.e = e, .group = &phase->group[i], .back = back, .same_step = same_step, .k = k};
        if (run_group(&s))
            return -1;
    }
    return 0;
}

int en_forward(en_engine *e, int same_step, int64_t k)
{
    return run_phase(e, &e->forward[same_step], 0, same_step, k);
}

int en_back(en_engine *e, int same_step, int64_t k)
{
    return run_phase(e, &e->back[same_step], 1, same_step, k);
}

/* -- populations ----------------------------------------------------------------------------------------- */

static double neurons(const en_engine *e)
{
    double n = 0;
    for (int i = 0; i < e->n_populations; i++)
        if (e->population[i].binding)
            n += (double)e->population[i].npad;
    return n;
}

static int update(en_engine *e, en_group *arriving, int64_t k)
{
    section s = {.e = e, .group = arriving, .update = 1, .k = k};
    en_before_update(e, k);
    int failed = run(&s, &e->update, e->pool ? neurons(e) + group_work(&s) : 0);
    en_after_update(e, s.parts, k);
    return failed;
}

void en_update_all(en_engine *e, int64_t k)
{
    en_group none = {.first = 0, .end = 0};
    update(e, &none, k);
}

int en_arrive_and_update(en_engine *e, int64_t k)
{
    return update(e, e->forward[0].group, k);
}

/* -- sweeps over synapses -------------------------------------------------------------------------------- */

static void sweep_part(void *context, int part)
{
    const section *s = context;
    en_sweep_part(s->binding, s->sweep, s->k, part, s->parts);
}

void en_sweep_all(en_engine *e, en_sweep *x, const en_binding *b, int64_t k)
{
    section s = {.e = e, .sweep = x, .binding = b, .k = k};
    int in_parts = x->cuts && worth(e, &x->gauge, x->work);
    execute(&s, sweep_part, in_parts);
    if (x->cuts)
        measured(e, &x->gauge, x->work);
}

static void terms_part(void *context, int part)
{
    const section *s = context;
    for (int i = 0; i < s->e->n_projections; i++) {
        const en_projection *p = &s->e->projection[i];
        for (int t = 0; t < p->n_terms && p->enabled; t++)
            en_sweep_part(p->binding, &p->term[t].sweep, s->k, part, s->parts);
    }
}

/* All terms see the values of the start of the slot and write to scratch. */
void en_sweep_terms(en_engine *e, int64_t k)
{
    section s = {.e = e, .k = k};
    double work = 0;
    for (int i = 0; e->pool && i < e->n_projections; i++)
        for (int t = 0; t < e->projection[i].n_terms && e->projection[i].enabled; t++)
            work += e->projection[i].term[t].sweep.work;
    int in_parts = work > 0 && worth(e, &e->terms, work);
    execute(&s, terms_part, in_parts);
    if (work > 0)
        measured(e, &e->terms, work);
}
