/* pathset.h — the paths that every test of paths goes through. */
#ifndef PATHSET_H
#define PATHSET_H

#include "path.h"

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
};
enum { PATHSET_COUNT = sizeof PATHSET / sizeof *PATHSET };

#endif
