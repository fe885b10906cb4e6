/* pathset.h — the paths that every test of paths goes through. */
#ifndef PATHSET_H
#define PATHSET_H

#include "path.h"

/* Neither alpha + sigma nor alpha^2 + sigma^2 is constant, and noise begins at a scale of its own. */
static const real PATHSET_ALPHA[] = {0, (real)0.1, (real)0.35, (real)0.7, 1};
static const real PATHSET_SIGMA[] = {2, (real)1.5, (real)0.9, (real)0.4, 0};

static const path PATHSET[] = {
    {.kind = FM_PATH_LINEAR},
    {.kind = FM_PATH_VP_COSINE},
    {.kind = FM_PATH_VE, .sigma_min = 0.01, .sigma_max = 50, .sigma_data = 2},
    {.kind = FM_PATH_VE, .sigma_min = 0.3, .sigma_max = 4, .sigma_data = 0.5},
    {.kind = FM_PATH_VP_LINEAR},
    {.kind = FM_PATH_POLYNOMIAL, .power = 1},
    {.kind = FM_PATH_POLYNOMIAL, .power = 1.5},
    {.kind = FM_PATH_POLYNOMIAL, .power = 2},
    {.kind = FM_PATH_POLYNOMIAL, .power = 4},
    {.kind = FM_PATH_CUSTOM, .alpha = PATHSET_ALPHA, .sigma = PATHSET_SIGMA, .count = 5},
};
enum { PATHSET_COUNT = sizeof PATHSET / sizeof *PATHSET };

#endif
