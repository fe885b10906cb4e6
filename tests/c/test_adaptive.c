/* dopri5 through fm.h: on trained fields of every path, in pieces, with its path, and what is refused. */
#include "made.h"

enum { N = 300, MOST = 200 };

typedef struct {
  real x[2 * N], k[2 * N];
  fm_course course[N];
} travel;

static int under_way(const travel *p, int n) {
  int count = 0;
  for (int i = 0; i < n; i++) count += p->course[i].state < FM_COURSE_ARRIVED;
  return count;
}

static travel *begun(fm_model *m, double rtol, double from, double to) {
  travel *p = guarded(sizeof *p);
  fm_noise(m, 8, 0, N, p->x);
  check(fm_course_begin(m, rtol, 1e-5, MOST, from, to, p->x, N, p->course) == FM_OK, "begin");
  return p;
}

static int run(fm_model *m, travel *p, int tries) {
  return fm_course_run(m, FM_EMA, tries, p->x, p->k, p->course, N, NULL, NULL, 0, NULL);
}

static void check_agreement(void) {
  promise("dopri5 ends where 400 steps of rk4 end, for every path, in both directions, and in any pieces");
  double mean = 0, worst = 0;
  for (int path = FM_PATH_LINEAR; path <= FM_PATH_POLYNOMIAL; path++)
    for (int back = 0; back < 2; back++) {
      made m = make((const setting[]){{FM_PATH, path}, {FM_RTOL, 1e-5}, {FM_ATOL, 1e-5}, END});
      fm_train(m.model, 100, NULL);
      travel *pieces = begun(m.model, 1e-5, back, !back);
      real *whole = guarded(sizeof pieces->x), *rk4 = guarded(sizeof pieces->x);
      fm_noise(m.model, 8, 0, N, whole);
      memcpy(rk4, whole, sizeof pieces->x);
      check(fm_sample(m.model, FM_EMA, FM_SOLVER_DOPRI5, MOST, back, !back, whole, N) == FM_OK, "path %d", path);
      check(fm_sample(m.model, FM_EMA, FM_SOLVER_RK4, 400, back, !back, rk4, N) == FM_OK, "path %d", path);
      for (int call = 0; under_way(pieces, N) > 0 && call < MOST; call++)
        check(run(m.model, pieces, 1 + call % 4) == FM_OK, "path %d, call %d", path, call);
      check(memcmp(pieces->x, whole, sizeof pieces->x) == 0, "path %d, back %d: pieces differ", path, back);
      double off = 0;
      for (int i = 0; i < 2 * N; i++) off = fmax(off, fabs(whole[i] - rk4[i]) / (1 + fabs(rk4[i])));
      check(off < 1e-3, "path %d, back %d: %g off", path, back, off);
      for (int i = 0; i < N; i++) mean += pieces->course[i].evaluations / (10.0 * N);
      worst = fmax(worst, off);
      free(pieces), free(whole), free(rk4), free(m.model);
    }
  note("%.1f evaluations, %.1g off", mean, worst);
}

static void check_company(void) {
  promise("a point has the same bits, counts and path alone and in company");
  enum { TIMES = 7 };
  made m = make((const setting[]){END});
  fm_train(m.model, 100, NULL);
  static const double times[TIMES] = {0, 0.1, 0.25, 0.5, 0.75, 0.99, 1};
  travel *all = begun(m.model, 1e-4, 0, 1);
  real *path = guarded(TIMES * sizeof all->x);
  fm_try *log = guarded(N * MOST * sizeof *log);
  check(fm_course_run(m.model, FM_EMA, MOST, all->x, all->k, all->course, N, log, times, TIMES, path) == FM_OK, "all");
  for (int i = 0; i < N; i += 23) {
    real x[2], k[2], own[2 * TIMES];
    fm_course course;
    fm_noise(m.model, 8, (uint32_t)i, 1, x);
    check(memcmp(x, path + 2 * i, sizeof x) == 0, "point %d does not begin at its noise", i);
    check(fm_course_begin(m.model, 1e-4, 1e-5, MOST, 0, 1, x, 1, &course) == FM_OK, "begin");
    for (int call = 0; course.state < FM_COURSE_ARRIVED && call < MOST; call++)
      check(fm_course_run(m.model, FM_EMA, 2, x, k, &course, 1, NULL, times, TIMES, own) == FM_OK, "alone");
    check(memcmp(x, all->x + 2 * i, sizeof x) == 0, "point %d", i);
    check(memcmp(&course, &all->course[i], sizeof course) == 0, "course of point %d", i);
    for (int k_ = 0; k_ < TIMES; k_++)
      check(memcmp(own + 2 * k_, path + 2 * (k_ * N + i), sizeof x) == 0, "time %d of point %d", k_, i);
    check(memcmp(own + 2 * (TIMES - 1), x, sizeof x) == 0, "the path of point %d ends elsewhere", i);
    check(log[i * MOST].t == 0 && log[i * MOST].h > 0, "log of point %d", i);
  }
  free(all), free(path), free(log), free(m.model);
}

static void check_budget(void) {
  promise("a point that needs more steps than it may try stops on its way, and fm_sample says so");
  made m = make((const setting[]){{FM_RTOL, 1e-6}, {FM_ATOL, 1e-8}, END});
  fm_train(m.model, 100, NULL);
  real x[20];
  fm_noise(m.model, 8, 0, 10, x);
  check(fm_sample(m.model, FM_EMA, FM_SOLVER_DOPRI5, 3, 0, 1, x, 10) == FM_E_STEPS, "three steps suffice");
  check(fm_nfe(FM_SOLVER_DOPRI5, 3) == 20 && fm_nfe(FM_SOLVER_DOPRI5, 0) == 0, "%d", fm_nfe(FM_SOLVER_DOPRI5, 3));
  fm_course course[10];
  real k[20];
  fm_noise(m.model, 8, 0, 10, x);
  check(fm_course_begin(m.model, 1e-6, 1e-8, 3, 0, 1, x, 10, course) == FM_OK, "begin");
  check(fm_course_run(m.model, FM_EMA, 50, x, k, course, 10, NULL, NULL, 0, NULL) == FM_OK, "run");
  for (int i = 0; i < 10; i++) {
    check(course[i].state == FM_COURSE_STOPPED && course[i].evaluations == 20, "state %d", course[i].state);
    check(course[i].t >= 0 && course[i].t < 1, "at %g", course[i].t);
  }
  free(m.model);
}

#define REFUSE(...) check((__VA_ARGS__) == FM_E_ARG, #__VA_ARGS__)

static void check_refusals(void) {
  promise("tolerances, budgets and courses that make no sense are refused, and nothing moves");
  made m = make((const setting[]){END});
  travel *p = begun(m.model, 1e-4, 0, 1), *before = guarded(sizeof *p);
  check(run(m.model, p, 2) == FM_OK, "two steps");
  memcpy(before, p, sizeof *p);
  fm_course fresh[N];
  for (int i = 0; i < 4; i++) {
    const double wrong = (const double[]){0, -1e-3, NAN, 2}[i];
    REFUSE(fm_course_begin(m.model, wrong, 1e-4, MOST, 0, 1, p->x, N, fresh));
    REFUSE(fm_course_begin(m.model, 1e-4, wrong, MOST, 0, 1, p->x, N, fresh));
    REFUSE(fm_course_begin(m.model, 1e-4, 1e-4, (const int[]){0, -1, 10001, INT32_MAX}[i], 0, 1, p->x, N, fresh));
  }
  REFUSE(fm_course_begin(m.model, 1e-4, 1e-4, MOST, 0.5, 0.5, p->x, N, fresh));
  REFUSE(fm_course_begin(m.model, 1e-4, 1e-4, MOST, 0, 1.5, p->x, N, fresh));
  REFUSE(run(m.model, p, 0));
  const fm_course sound = p->course[3];
  for (int i = 0; i < 11; i++) {
    fm_course *c = &p->course[3];
    switch (i) {
      case 0: c->t = NAN; break;
      case 1: c->t_end = 2; break;
      case 2: c->h = -c->h; break;
      case 3: c->h = INFINITY; break;
      case 4: c->rtol = 0; break;
      case 5: c->atol = -1; break;
      case 6: c->state = 5; break;
      case 7: c->accepted = MOST + 1; break;
      case 8: c->rejected = -1; break;
      case 9: c->error = NAN; break;
      default: c->evaluations = -1;
    }
    REFUSE(run(m.model, p, 1));
    *c = sound;
  }
  static const double turning[3] = {0.2, 0.4, 0.3};
  real path[6 * N];
  REFUSE(fm_course_run(m.model, FM_EMA, 1, p->x, p->k, p->course, N, NULL, turning, 3, path));
  REFUSE(fm_course_run(m.model, FM_EMA, 1, p->x, p->k, p->course, N, NULL, turning, 0, path));
  REFUSE(fm_sample_grid(m.model, FM_EMA, FM_SOLVER_DOPRI5, turning, 2, p->x, N, NULL));
  check(memcmp(p, before, sizeof *p) == 0, "a refused call has moved something");
  check(run(m.model, p, 1) == FM_OK, "a sound course is refused");
  free(p), free(before), free(m.model);
}

int main(void) {
  check_agreement();
  check_company();
  check_budget();
  check_refusals();
  return report(4);
}
