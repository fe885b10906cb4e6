/* The entropic plan: against a plain one in double, at both its limits, and where the sweeps do not arrive. */
#include "sinkhorn.h"

#include "coupling.h"

#include "made.h"

enum { N = 60, DIM = 2 };
static real x0[DIM * N], x1[DIM * N];
static double cost[N][N], plain[N][N];

static void measure_costs(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++)
      cost[i][j] = pow((double)x0[2 * i] - x1[2 * j], 2) + pow((double)x0[2 * i + 1] - x1[2 * j + 1], 2);
}

static void draw_points(uint32_t seed) {
  rng_normal((rng_stream){.seed = seed, .purpose = RNG_MEASURE}, 0, DIM * N, x0);
  rng_normal((rng_stream){.seed = seed, .purpose = RNG_NOISE}, 0, DIM * N, x1);
  for (int i = 0; i < N; i++) x1[2 * i] = 2 * x1[2 * i] + 1;
  measure_costs();
}

/* The plan times N by alternate scaling, long enough to have arrived. */
static void solve_plainly(double reg) {
  double f[N] = {0}, g[N] = {0};
  for (int turn = 0; turn < 4000; turn++)
    for (int side = 0; side < 2; side++)
      for (int i = 0; i < N; i++) {
        double most = -INFINITY, sum = 0;
        for (int j = 0; j < N; j++) most = fmax(most, side ? f[j] - cost[j][i] / reg : g[j] - cost[i][j] / reg);
        for (int j = 0; j < N; j++) sum += exp((side ? f[j] - cost[j][i] / reg : g[j] - cost[i][j] / reg) - most);
        (side ? g : f)[i] = -most - log(sum);
      }
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) plain[i][j] = exp(f[i] + g[j] - cost[i][j] / reg);
}

static sinkhorn *solve(double reg, void **block, int *sweeps) {
  static sinkhorn s;
  arena a = {0};
  sinkhorn_layout(&s, N, DIM, &a);
  *block = guarded(a.used);
  a = (arena){.base = *block};
  sinkhorn_layout(&s, N, DIM, &a);
  *sweeps = sinkhorn_solve(&s, x0, x1, N, reg);
  return &s;
}

static void check_plan(void) {
  promise("the plan and its marginals are those of a plain Sinkhorn in double, and partners follow P(j | i)");
  static const double REGS[] = {0.1, 0.5, 3};
  double worst = 0;
  int most = 0;
  for (int k = 0; k < 3; k++) {
    draw_points((uint32_t)k);
    solve_plainly(REGS[k]);
    void *block;
    int sweeps;
    const sinkhorn *s = solve(REGS[k], &block, &sweeps);
    most = sweeps > most ? sweeps : most;
    double row[N] = {0}, off = 0; /* a partner is drawn, so that rows sum to 1 */
    for (int i = 0; i < N; i++)
      for (int j = 0; j < N; j++)
        row[i] += exp((double)s->rows.log_weight[i] + (double)s->columns.log_weight[j] - cost[i][j] / REGS[k]);
    for (int j = 0; j < N; j++) {
      double column = 0;
      for (int i = 0; i < N; i++) {
        const double p =
            exp((double)s->rows.log_weight[i] + (double)s->columns.log_weight[j] - cost[i][j] / REGS[k]) / row[i];
        column += p;
        check(fabs(p - plain[i][j]) < 0.02, "reg %g: (%d, %d) is %g, not %g", REGS[k], i, j, p, plain[i][j]);
      }
      off += fabs(column - 1) / N;
    }
    check(off < 1e-3, "reg %g: columns are off by %g", REGS[k], off);
    worst = fmax(worst, off);
    enum { DRAWS = 2000 };
    static int count[N][N];
    memset(count, 0, sizeof count);
    int32_t match[N];
    for (uint32_t step = 0; step < DRAWS; step++) {
      const rng_stream stream = {.seed = 3, .purpose = RNG_BATCH_PARTNER, .step = step};
      sinkhorn_draw(s, x0, N, REGS[k], stream, N, match);
      for (int i = 0; i < N; i++) count[i][match[i]]++;
    }
    for (int i = 0; i < N; i++)
      for (int j = 0; j < N; j++) {
        const double p = plain[i][j], error = sqrt(p * (1 - p) / DRAWS);
        check(fabs(count[i][j] / (double)DRAWS - p) < 5.5 * error + 0.02, "reg %g: (%d, %d) met %d times of %g",
              REGS[k], i, j, count[i][j], p * DRAWS);
      }
    free(block);
  }
  note("columns off by %.1e in the mean, after %d sweeps at most", worst, most);
}

static double cost_of(const int32_t *match) {
  double sum = 0;
  for (int i = 0; i < N; i++) sum += cost[i][match[i]] / N;
  return sum;
}

static void check_limits(void) {
  promise("small reg gives the cost of the exact assignment, large reg that of independent pairs");
  draw_points(9);
  int32_t match[N];
  void *scratch = guarded(coupling_scratch_size(N, DIM)), *block;
  coupling_assign(x0, x1, N, DIM, scratch, match);
  const double least = cost_of(match);
  double mean = 0;
  for (int i = 0; i < N * N; i++) mean += cost[i / N][i % N] / (N * N);
  static const double REGS[] = {0.02, 1e5};
  for (int k = 0; k < 2; k++) {
    int sweeps;
    const sinkhorn *s = solve(REGS[k], &block, &sweeps);
    double sum = 0;
    for (uint32_t step = 0; step < 200; step++) {
      sinkhorn_draw(s, x0, N, REGS[k], (rng_stream){.purpose = RNG_BATCH_PARTNER, .step = step}, N, match);
      sum += cost_of(match) / 200;
    }
    const double expected = k ? mean : least;
    check(fabs(sum / expected - 1) < 0.02, "reg %g: cost %g, not %g", REGS[k], sum, expected);
    free(block);
  }
  check(least < 0.5 * mean, "%g and %g say nothing", least, mean);
  note("least cost %.3f, of independent pairs %.3f", least, mean);
  free(scratch);
}

/* How far the columns of the plan are off in the mean, in double. */
static double off_columns(const sinkhorn *s, double reg) {
  static double column[N];
  double off = 0;
  memset(column, 0, sizeof column);
  for (int i = 0; i < N; i++) {
    double p[N], sum = 0, most = -INFINITY;
    for (int j = 0; j < N; j++) most = fmax(most, p[j] = (double)s->columns.log_weight[j] - cost[i][j] / reg);
    for (int j = 0; j < N; j++) sum += p[j] = exp(p[j] - most);
    for (int j = 0; j < N; j++) column[j] += p[j] / sum;
  }
  for (int j = 0; j < N; j++) off += fabs(column[j] - 1) / N;
  return off;
}

static void check_small(void) {
  promise("however small reg is, down to what is refused, the columns are off by less than 1 %, near data and far");
  static const double SHIFTS[] = {0, 10, 100};
  double worst = 0;
  for (int k = 0; k < 6; k++) {
    draw_points((uint32_t)(k + 20));
    for (int j = 0; j < N; j++) x1[2 * j] += (real)SHIFTS[k % 3];
    measure_costs();
    const double least = sinkhorn_least(x0, x1, N, DIM);
    for (double reg = least; reg < 1e5 * least; reg *= 3) {
      void *block;
      int sweeps;
      const double off = off_columns(solve(reg, &block, &sweeps), reg);
      worst = fmax(worst, off);
      check(off < 0.01, "shift %g, reg %g: columns are off by %g", SHIFTS[k % 3], reg, off);
      free(block);
    }
  }
  note("columns off by %.1e at most", worst);
}

/* Two clusters on either side, ten apart: 30 and 30 points against 31 and 29. */
static void draw_clusters(void) {
  draw_points(5);
  for (int i = 0; i < N; i++) {
    x1[2 * i] = (x1[2 * i] - 1) / 2;
    x0[2 * i] += i < 30 ? 0 : 10, x1[2 * i] += i < 31 ? 0 : 10;
  }
  measure_costs();
}

static void check_clusters(void) {
  promise(
      "between clusters of other sizes, where sweeps do not arrive, each column is met once in the mean all the same");
  enum { DRAWS = 4000 };
  draw_clusters();
  void *scratch = guarded(coupling_scratch_size(N, DIM)), *block;
  int32_t match[N];
  coupling_assign(x0, x1, N, DIM, scratch, match);
  const double least = cost_of(match), scale = coupling_mean_cost(x0, x1, N, DIM);
  static const double REGS[] = {1.01e-5, 1e-4, 1e-3, 1e-2, 3e-2};
  double unrounded = 0, worst = 0;
  for (int k = 0; k < 5; k++) {
    const double reg = REGS[k] * scale;
    int sweeps;
    const sinkhorn *s = solve(reg, &block, &sweeps);
    check(sweeps == SINKHORN_SWEEPS && s->rounded, "reg %g arrives in %d sweeps and says nothing", reg, sweeps);
    unrounded = fmax(unrounded, off_columns(s, reg));
    double left = 0, sum = 0, met[N] = {0};
    for (uint32_t step = 0; step < DRAWS; step++) {
      sinkhorn_draw(s, x0, N, reg, (rng_stream){.seed = 4, .purpose = RNG_BATCH_PARTNER, .step = step}, N, match);
      for (int i = 0; i < N; i++) left += (match[i] < 31) / (double)DRAWS, met[match[i]] += 1.0 / DRAWS;
      sum += cost_of(match) / DRAWS;
    }
    worst = fmax(worst, fabs(left - 31));
    check(fabs(left - 31) < 5 / sqrt(DRAWS), "reg %g: the cluster of 31 is met %g times", reg, left);
    for (int j = 0; j < N; j++)
      check(fabs(met[j] - 1) < 5 / sqrt(DRAWS), "reg %g: column %d is met %g times", reg, j, met[j]);
    if (k < 3) check(sum < 2 * least, "reg %g: cost %g, least %g", reg, sum, least);
    free(block);
  }
  check(unrounded > 0.02, "columns off by %g say nothing", unrounded);
  note("columns off by %.1e before they are rounded; the cluster of 31 by %.3f points at most", unrounded, worst);
  free(scratch);
}

int main(void) {
  check_plan();
  check_limits();
  check_small();
  check_clusters();
  return report(4);
}
