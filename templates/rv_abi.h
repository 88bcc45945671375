/* The one interface between compiled models and the engine. A change here raises RV_ABI. */
#ifndef RV_ABI_H
#define RV_ABI_H
#include <stdint.h>
#define RV_ABI 3

typedef struct rv_args {
    void *const *a;       /* arrays, in the order of the layout                                              */
    const int64_t *mask;  /* per array: -1 = one value per element; 0 = one block of 64 equal values         */
    int64_t n;            /* logical number of elements; arrays are padded to a multiple of 64               */
    int64_t step;         /* the current step k; t = k * dt                                                  */
    double dt;            /* ms                                                                              */
    const uint64_t *key;  /* Philox key of each draw, by occurrence                                          */
    int32_t *spikes;      /* update: written, ascending ranks; reset: read                                   */
    int64_t *n_spikes;    /* update: number of spikes written                                                */
    const int64_t *seg;   /* event code: triples (first, last + 1, rank of the spiking neuron)               */
    const void *target;   /* pre code: rank of the other side of each synapse, uint16 or uint32, by position */
    const int64_t *order; /* post code: storage index of each synapse, by position; pre code: NULL           */
    int64_t wide, stride; /* rows without indices: whether `target` is uint32; distance of neighbours in storage     */
    int64_t first, length; /* rows of the same neighbours: the first one, and how many; length 0: rows differ        */
} rv_args;

/* Every entry point of a kernel file: elements [begin, end) (update, prepare: multiples of 64), spikes
   [begin, end) of the list (reset), or segments [begin, end) (event code). */
typedef void rv_kernel(const rv_args *args, int64_t begin, int64_t end);
#endif
