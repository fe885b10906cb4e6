#include "condition.h"

#include "conversion.h"
#include "scalar.h"

/* EDM. sigma' = -r sigma. */
static condition ve_condition(const path *p, double t) {
  const double sigma = path_at(p, t).sigma, sd = p->sigma_data, r = scalar_log(p->sigma_max / p->sigma_min);
  const double total = sigma * sigma + sd * sd, root = fm_sqrt(total);
  return (condition){.in = 1 / root, .skip = -r * sigma * sigma / total, .out = r * sigma * sd / root, .weight = 1};
}

/* Whether |out| = delta / divisor exceeds CONDITION_MOST, or nothing moves, so that v says nothing of F. */
static int is_singular(const path *p, int quantity, double t) {
  const path_point at = path_at(p, t);
  const double delta = at.d_alpha * at.sigma - at.d_sigma * at.alpha, most = CONDITION_MOST;
  if (delta <= 0) return 1;
  switch (quantity) {
    case FM_PREDICT_X1: return delta > most * at.sigma;
    case FM_PREDICT_NOISE: return delta > most * at.alpha;
    default: return delta * at.sigma > most * at.alpha || most * at.sigma < 1;
  }
}

prediction condition_prepare(const path *p, int quantity) {
  prediction f = {quantity, 0, 1};
  const double step = 1.0 / 256;
  if (p->kind == FM_PATH_VE || quantity == FM_PREDICT_V || !path_is_complete(p)) return f;
  while (f.least < 0.5 && is_singular(p, quantity, f.least)) f.least += step;
  while (f.most > 0.5 && is_singular(p, quantity, f.most)) f.most -= step;
  return f;
}

condition condition_at(const path *p, const prediction *f, double t) {
  if (p->kind == FM_PATH_VE) return ve_condition(p, t);
  if (f->quantity == FM_PREDICT_V) return (condition){.in = 1, .skip = 0, .out = 1, .weight = 1};
  const path_point at = path_at(p, t < f->least ? f->least : t > f->most ? f->most : t);
  const conversion c = conversion_between(at, f->quantity, FM_PREDICT_V);
  const double weight = f->quantity == FM_PREDICT_SCORE ? at.sigma * at.sigma : 1;
  return (condition){.in = 1, .skip = c.skip, .out = c.out, .weight = weight};
}
