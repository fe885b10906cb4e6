/* params.h — the parameter table and the presets: the one place where a name, range or default is written. */
#ifndef PARAMS_H
#define PARAMS_H

#include "base.h"

/* FM_OK when `value` may stand in row `index` by itself: finite, within range, whole where it must be. */
int params_check_value(int index, double value);

/* FM_OK when the rows fit together too; else the index of an offending row in *bad. */
int params_check(const double *params, int *bad);

/* Whether the marginal score is a function of x0 and so of v: only where x0 is Gaussian and drawn independently of x1. So is the exact field of oracle.h. */
int params_has_score(const double *p);

#endif
