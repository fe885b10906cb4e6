#include "adaptive.h"

void adaptive_layout(adaptive *a, const field *f, field_pass *pass, const guide *g, arena *memory) {
  a->field = f;
  a->pass = pass;
  a->guide = g;
  dopri5_layout(&a->solver, f->shape.dim, memory);
  a->course = arena_take(memory, FM_ROWS, sizeof(fm_course));
  a->k = arena_take(memory, (uint64_t)FM_ROWS * (uint64_t)f->shape.dim, sizeof(real));
  a->labels = arena_take(memory, f->shape.classes > 0 ? FM_ROWS : 0, sizeof(int32_t));
  a->twice = arena_take(memory, f->shape.classes > 0 ? FM_ROWS : 0, sizeof(int));
}

/* Points first .. first + FM_ROWS - 1 of a call. */
typedef struct {
  const adaptive *a;
  int first;
} block;

guide adaptive_guide(const adaptive *a, int first, const real *t, int rows) {
  guide own = *a->guide;
  for (int i = 0; i < rows && own.labels; i++) {
    const double scale = guide_scale(&own, (double)t[i]);
    const int point = a->solver.row[i];
    a->labels[i] = own.labels[first + point];
    a->twice[point] += scale != 0 && scale != 1;
  }
  if (own.labels) own.labels = a->labels;
  return own;
}

static void evaluate(void *context, const real *t, const real *x, real *v, int rows) {
  const block *b = context;
  const guide own = adaptive_guide(b->a, b->first, t, rows);
  field_velocity(b->a->field, b->a->pass, &own, t, x, v, rows);
}

static void multiply(real *x, double factor, int count) {
  for (int i = 0; i < count; i++) x[i] *= (real)factor;
}

void adaptive_begin(const adaptive *a, fm_course from, real *x, int n, fm_course *course) {
  for (int i = 0; i < n; i++) course[i] = from;
  if (from.t == 0) multiply(x, path_source_scale(&a->field->path), n * a->field->shape.dim);
}

void adaptive_count(const adaptive *a, int rows) {
  for (int i = 0; i < rows && a->guide->labels; i++) a->twice[i] = 0;
}

static void run_rows(const adaptive *a, int first, int tries, real *x, real *k, fm_course *course, int rows,
                     fm_try *log, const dopri5_dense *dense) {
  const int dim = a->field->shape.dim;
  int there[FM_ROWS];
  for (int i = 0; i < rows; i++) there[i] = course[i].state == FM_COURSE_ARRIVED;
  adaptive_count(a, rows);
  dopri5_run(&a->solver, evaluate, &(block){a, first}, tries, x, k, course, rows, log, dense);
  for (int i = 0; i < rows && a->guide->labels; i++) course[i].evaluations += a->twice[i];
  for (int i = 0; i < rows; i++)
    if (!there[i] && course[i].state == FM_COURSE_ARRIVED && course[i].t_end == 0)
      multiply(x + i * dim, 1 / path_source_scale(&a->field->path), dim);
}

void adaptive_run(const adaptive *a, int tries, real *x, real *k, fm_course *course, int n, fm_try *log,
                  const dopri5_dense *dense) {
  const size_t dim = (size_t)a->field->shape.dim;
  for (int first = 0; first < n; first += FM_ROWS) {
    const size_t at = (size_t)first * dim;
    dopri5_dense part = *dense;
    if (part.path) part.path += at;
    run_rows(a, first, tries, x + at, k + at, course + first, fm_min(FM_ROWS, n - first),
             log ? log + (size_t)first * (size_t)tries : NULL, &part);
  }
}

int adaptive_flow(const adaptive *a, fm_course from, real *x, int n) {
  const int dim = a->field->shape.dim;
  int status = FM_OK;
  for (int first = 0; first < n; first += FM_ROWS, x += FM_ROWS * dim) {
    const int rows = fm_min(FM_ROWS, n - first);
    adaptive_begin(a, from, x, rows, a->course);
    run_rows(a, first, from.most, x, a->k, a->course, rows, NULL, &(dopri5_dense){0});
    for (int i = 0; i < rows; i++)
      if (a->course[i].state != FM_COURSE_ARRIVED) status = FM_E_STEPS;
  }
  return status;
}
