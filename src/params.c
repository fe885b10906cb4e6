#include "params.h"

#include "dataset.h"
#include "timelaw.h"
#include "transport.h"

#define INTEGER FM_KIND_INTEGER
#define REAL FM_KIND_REAL
#define LOG FM_KIND_LOG
#define CHOICE FM_KIND_CHOICE
#define SWITCH FM_KIND_SWITCH

enum { FIXED, LIVE };

static const fm_param TABLE[FM_PARAM_COUNT] = {
    [FM_SEED] = {"seed", "network", "", "Seed of weights, batches and times: the same seed gives the same bits.", 0,
                 4294967295.0, 0, INTEGER, FIXED},
    [FM_DIM] = {"dim", "network", "", "Coordinates of a point.", 1, FM_MAX_DIM, 2, INTEGER, FIXED},
    [FM_HIDDEN] = {"hidden", "network", "", "Width of every hidden layer.", 1, FM_MAX_HIDDEN, 24, INTEGER, FIXED},
    [FM_LAYERS] = {"layers", "network", "", "Number of hidden layers.", 1, FM_MAX_LAYERS, 5, INTEGER, FIXED},
    [FM_FEATURES] = {"features", "network", "", "Sines and cosines of t that the network sees; an even number.", 2,
                     FM_MAX_FEATURES, 128, INTEGER, FIXED},
    [FM_TIME_SCALE] = {"time_scale", "network", "", "Factor on t before its sines and cosines.", 0.001, 1000, 1, LOG,
                       FIXED},
    [FM_CLASSES] =
        {"classes", "network", "",
         "Classes of the data that the network is told apart, so that each can be sampled; 0: none. Coupling ot pairs "
         "across classes, which skews where the samples of a class start; ot-conditional does not.",
         0, FM_MAX_CLASSES, 0, INTEGER, FIXED},
    [FM_DATA] = {"data", "data",
                 "moons|moons-iid|8gaussians|checkerboard|circles|spirals|moons-torchcfm|moons-iid-torchcfm|"
                 "8gaussians-torchcfm|points",
                 "What the model learns; the torchcfm sets are those of its examples.", 0, FM_DATA_POINTS,
                 FM_DATA_MOONS, CHOICE, FIXED},
    [FM_NOISE] =
        {"noise", "data", "",
         "Standard deviation of the noise on the shape, before it is scaled; the torchcfm sets have their own.", 0, 1,
         0.05, REAL, FIXED},
    [FM_SOURCE] =
        {"source", "data",
         "gaussian|moons-iid|8gaussians|checkerboard|circles|spirals|moons-iid-torchcfm|8gaussians-torchcfm|points",
         "Where the flow starts: Gaussian noise, a shape with the same noise on it, or points of your own.", 0,
         FM_SOURCE_POINTS, FM_SOURCE_GAUSSIAN, CHOICE, FIXED},
    [FM_PATH] = {"path", "data", "linear|vp-cosine|ve|vp-linear|polynomial|custom",
                 "How noise and data are mixed at time t; custom is a curve of your own.", 0, FM_PATH_CUSTOM,
                 FM_PATH_LINEAR, CHOICE, FIXED},
    [FM_SIGMA_MIN] = {"sigma_min", "data", "", "ve path: noise left at t = 1.", 1e-4, 1, 0.01, LOG, FIXED},
    [FM_SIGMA_MAX] = {"sigma_max", "data", "", "ve path: noise at t = 0.", 1, 1000, 50, LOG, FIXED},
    [FM_SIGMA_DATA] = {"sigma_data", "data", "",
                       "ve path and edm weight: standard deviation of the data; 0 measures it.", 0, 1e6, 0, REAL,
                       FIXED},
    [FM_PATH_POWER] = {"path_power", "data", "", "polynomial path: n of the data's share t^n; 1 is the linear path.", 1,
                       4, 2, REAL, FIXED},
    [FM_PREDICT] = {"predict", "data", "v|x1|noise|score",
                    "What the network's output stands for: velocity, data, noise, or the gradient of log p.", 0,
                    FM_PREDICT_SCORE, FM_PREDICT_V, CHOICE, FIXED},
    [FM_COUPLING] =
        {"coupling", "batch", "independent|ot|sinkhorn|ot-conditional|paired|distilled",
         "How noise and data points are paired: independent at random; ot at least squared distance within a batch; "
         "sinkhorn by chance, the likelier the nearer (sinkhorn_reg); ot-conditional as ot, but within a class of "
         "`classes`, so that each is met by all noise; paired, as reflow makes them of a trained model; distilled, the "
         "same pairs at t = 0 alone, for samples in one step.",
         0, FM_COUPLING_DISTILLED, FM_COUPLING_INDEPENDENT, CHOICE, LIVE},
    [FM_OT_BATCH] = {"ot_batch", "batch", "",
                     "ot, sinkhorn and ot-conditional: points of each side to pair, of which a batch takes the first; "
                     "0: the batch itself.",
                     0, FM_MAX_OT_BATCH, 0, INTEGER, FIXED},
    [FM_SINKHORN_REG] = {"sinkhorn_reg", "batch", "",
                         "sinkhorn: weight of the entropy, in units of squared distance: at 1 % of their mean it "
                         "pairs nearly as ot does, at ten times their mean nearly at random; at least 1e-5 of it.",
                         1e-3, 1e6, 0.5, LOG, LIVE},
    [FM_OT_CLASS_WEIGHT] = {"ot_class_weight", "batch", "",
                            "ot-conditional: cost of a pair across classes besides its squared distance, in mean "
                            "squared distances of the batch; from 10000 on no such pair is ever made.",
                            1e-3, 1e8, 1e4, LOG, LIVE},
    [FM_TARGET] = {"target", "batch", "pair|stable",
                   "Velocity a point is taught: that of its pair, or the mean over the data of the batch that may lead "
                   "there, in groups of 512 points "
                   "(the same under every coupling but independent, and from a source other than gaussian).",
                   0, FM_TARGET_STABLE, FM_TARGET_STABLE, CHOICE, LIVE},
    [FM_TIME] = {"time", "batch", "uniform|logit-normal|power|u-shaped", "Law of the training time t.", 0,
                 FM_TIME_U_SHAPED, FM_TIME_UNIFORM, CHOICE, LIVE},
    [FM_TIME_MEAN] = {"time_mean", "batch", "", "logit-normal: mean under the sigmoid.", -5, 5, 0, REAL, LIVE},
    [FM_TIME_STD] = {"time_std", "batch", "", "logit-normal: standard deviation under the sigmoid.", 0.05, 5, 1, REAL,
                     LIVE},
    [FM_TIME_EXPONENT] = {"time_exponent", "batch", "",
                          "power: k of the density k t^(k-1); above 1 it favours the data.", TIMELAW_LEAST_POWER, 10, 2,
                          LOG, LIVE},
    [FM_TIME_ENDS] = {"time_ends", "batch", "", "u-shaped: a of the density cosh(a (t - 1/2)).", 0.1, 20, 4, LOG, LIVE},
    [FM_STRATIFIED] = {"stratified", "batch", "", "Spread the times of a batch evenly over their law.", 0, 1, 1, SWITCH,
                       LIVE},
    [FM_LABEL_DROP] = {"label_drop", "batch", "",
                       "classes: share of a batch that is taught without its class, as guidance needs.", 0, 1, 0.1,
                       REAL, LIVE},
    [FM_BATCH] = {"batch", "batch", "", "Points in a batch.", 1, FM_MAX_BATCH, 256, INTEGER, FIXED},
    [FM_WEIGHT] = {"weight", "batch", "none|snr|min-snr|edm",
                   "Weight of the error by time; all but none are those published for the error of x1.", 0,
                   FM_WEIGHT_EDM, FM_WEIGHT_NONE, CHOICE, FIXED},
    [FM_WEIGHT_GAMMA] = {"weight_gamma", "batch", "", "min-snr: bound on the signal-to-noise ratio.", 0.01, 1000, 5,
                         LOG, LIVE},
    [FM_STEPS] = {"steps", "optimiser", "", "Length of a run; the cosine schedule ends there.", 1, 10000000, 1200,
                  INTEGER, LIVE},
    [FM_OPTIMISER] = {"optimiser", "optimiser", "adamw|muon",
                      "What moves the weights; muon takes the hidden matrices and leaves the rest to AdamW.", 0,
                      FM_OPTIMISER_MUON, FM_OPTIMISER_MUON, CHOICE, FIXED},
    [FM_LR] = {"lr", "optimiser", "", "AdamW: peak learning rate.", 1e-7, 10, 0.02, LOG, LIVE},
    [FM_SCHEDULE] = {"schedule", "optimiser", "constant|cosine", "How the learning rate moves.", 0, FM_SCHEDULE_COSINE,
                     FM_SCHEDULE_COSINE, CHOICE, LIVE},
    [FM_WARMUP] = {"warmup", "optimiser", "", "cosine: steps of linear warm-up.", 0, 100000, 50, INTEGER, LIVE},
    [FM_BETA1] = {"beta1", "optimiser", "", "AdamW: decay of the first moment.", 0, 0.9999, 0.9, REAL, LIVE},
    [FM_BETA2] = {"beta2", "optimiser", "", "AdamW: decay of the second moment.", 0, 0.999999, 0.95, REAL, LIVE},
    [FM_EPS] = {"eps", "optimiser", "", "AdamW: added to the root of the second moment.", 1e-12, 1, 1e-8, LOG, LIVE},
    [FM_MUON_LR] = {"muon_lr", "optimiser", "", "Muon: peak learning rate.", 1e-7, 10, 0.06, LOG, LIVE},
    [FM_MUON_MOMENTUM] = {"muon_momentum", "optimiser", "", "Muon: decay of the momentum.", 0, 0.99, 0.95, REAL, LIVE},
    [FM_WEIGHT_DECAY] = {"weight_decay", "optimiser", "", "Decoupled weight decay.", 0, 1, 0, REAL, LIVE},
    [FM_CLIP] = {"clip", "optimiser", "", "Largest global gradient norm; 0 turns clipping off.", 0, 1e6, 1, REAL, LIVE},
    [FM_EMA_DECAY] = {"ema_decay", "optimiser", "", "Decay of the moving average of the weights.", 0, 0.999999, 0.99,
                      REAL, LIVE},
    [FM_EMA_LATE_DECAY] = {"ema_late_decay", "optimiser", "",
                           "Decay of the average late in a run; 0 leaves it as it is.", 0, 0.999999, 0, REAL, LIVE},
    [FM_EMA_LATE_FROM] = {"ema_late_from", "optimiser", "", "Share of the run after which ema_late_decay takes over.",
                          0, 1, 0.75, REAL, LIVE},
    [FM_EMA2_DECAY] = {"ema2_decay", "optimiser", "", "Decay of a second average, ema2; 0 keeps none.", 0, 0.999999, 0,
                       REAL, FIXED},
    [FM_EMA3_DECAY] = {"ema3_decay", "optimiser", "", "Decay of a third average, ema3; 0 keeps none.", 0, 0.999999, 0,
                       REAL, FIXED},
    [FM_EMA_WARMUP] = {"ema_warmup", "optimiser", "", "Let the averages start quickly: (1 + k) / (10 + k) at step k.",
                       0, 1, 1, SWITCH, LIVE},
    [FM_SOLVER] = {"solver", "sampling", "euler|midpoint|heun|rk4|ab2|dopri5",
                   "Method that integrates the velocity field.", 0, FM_SOLVER_DOPRI5, FM_SOLVER_HEUN, CHOICE, LIVE},
    [FM_SOLVER_STEPS] = {"solver_steps", "sampling", "",
                         "Steps of the solver; of dopri5 the most that a point may try.", 1, 10000, 25, INTEGER, LIVE},
    [FM_TIME_GRID] = {"time_grid", "sampling", "uniform|quadratic",
                      "How the solver's steps are spread; quadratic is finer towards the data.", 0, FM_GRID_QUADRATIC,
                      FM_GRID_UNIFORM, CHOICE, LIVE},
    [FM_RTOL] = {"rtol", "sampling", "", "dopri5: error that a step may make, relative to the point.", 1e-6, 1, 1e-4,
                 LOG, LIVE},
    [FM_ATOL] = {"atol", "sampling", "", "dopri5: error that a step may make besides.", 1e-8, 1, 1e-4, LOG, LIVE},
    [FM_SDE] =
        {"sde", "sampling", "none|constant|sigma",
         "Noise g on the way, which leaves the law of the samples as it is: g = sde_strength, or times sigma(t).", 0,
         FM_SDE_SIGMA, FM_SDE_NONE, CHOICE, LIVE},
    [FM_SDE_STRENGTH] = {"sde_strength", "sampling", "", "sde: how strong the noise is.", 0, 100, 1, REAL, LIVE},
};

typedef struct {
  int index;
  double value;
} departure;

/* Where the `seed` preset departs from the table: section 8 of the seed document, defaults of its functions included. */
static const departure SEED_PRESET[] = {
    {FM_HIDDEN, 128},
    {FM_LAYERS, 2},
    {FM_BATCH, 512},
    {FM_TARGET, FM_TARGET_PAIR},
    {FM_TIME, FM_TIME_LOGIT_NORMAL},
    {FM_STRATIFIED, 0},
    {FM_STEPS, 2000},
    {FM_OPTIMISER, FM_OPTIMISER_ADAMW},
    {FM_LR, 3e-4},
    {FM_BETA2, 0.999},
    {FM_SCHEDULE, FM_SCHEDULE_CONSTANT},
    {FM_WARMUP, 0},
    {FM_EMA_DECAY, 0.9999},
    {FM_EMA_WARMUP, 0},
    {FM_SOLVER, FM_SOLVER_EULER},
    {FM_SOLVER_STEPS, 50},
};

/* Images of 8 x 8 pixels by class. The default rates, which are for layers of 24, throw single samples far out here. */
static const departure DIGITS_PRESET[] = {
    {FM_DIM, 64},     {FM_HIDDEN, 128},          {FM_LAYERS, 3},        {FM_FEATURES, 32},
    {FM_CLASSES, 10}, {FM_DATA, FM_DATA_POINTS}, {FM_BATCH, 128},       {FM_STEPS, 1500},
    {FM_LR, 0.01},    {FM_MUON_LR, 0.02},        {FM_EMA_DECAY, 0.995},
};

static const struct {
  const char *name;
  const departure *departures;
  size_t count;
} PRESETS[] = {
    [FM_PRESET_DEFAULT] = {"default", NULL, 0},
    [FM_PRESET_SEED] = {"seed", SEED_PRESET, sizeof SEED_PRESET / sizeof *SEED_PRESET},
    [FM_PRESET_DIGITS] = {"digits", DIGITS_PRESET, sizeof DIGITS_PRESET / sizeof *DIGITS_PRESET},
};

int fm_param_count(void) { return FM_PARAM_COUNT; }

const fm_param *fm_param_info(int index) { return index >= 0 && index < FM_PARAM_COUNT ? &TABLE[index] : NULL; }

const char *fm_preset_name(int preset) {
  return preset >= FM_PRESET_DEFAULT && preset <= FM_PRESET_DIGITS ? PRESETS[preset].name : NULL;
}

int fm_preset(int preset, double *params) {
  FM_REQUIRE(fm_is_array(params, FM_PARAM_COUNT, sizeof(double)) && fm_preset_name(preset) != NULL, FM_E_ARG);
  for (int i = 0; i < FM_PARAM_COUNT; i++) params[i] = TABLE[i].standard;
  for (size_t i = 0; i < PRESETS[preset].count; i++)
    params[PRESETS[preset].departures[i].index] = PRESETS[preset].departures[i].value;
  return FM_OK;
}

int params_check_value(int index, double value) {
  const fm_param *row = fm_param_info(index);
  FM_REQUIRE(row != NULL, FM_E_ARG);
  FM_REQUIRE(value >= row->min && value <= row->max, FM_E_ARG); /* false for NaN */
  const int whole = row->kind == INTEGER || row->kind == CHOICE || row->kind == SWITCH;
  FM_REQUIRE(!whole || value == (double)(int64_t)value, FM_E_ARG);
  return FM_OK;
}

static int refuse(int index, int *bad) {
  if (bad) *bad = index;
  return FM_E_ARG;
}

int params_has_score(const double *p) {
  return p[FM_COUPLING] == FM_COUPLING_INDEPENDENT && p[FM_SOURCE] == FM_SOURCE_GAUSSIAN;
}

int params_check(const double *p, int *bad) {
  for (int i = 0; i < FM_PARAM_COUNT; i++)
    if (params_check_value(i, p[i]) != FM_OK) return refuse(i, bad);
  if ((int)p[FM_FEATURES] % 2 != 0) return refuse(FM_FEATURES, bad);
  if (p[FM_DATA] != FM_DATA_POINTS && p[FM_DIM] != 2) return refuse(FM_DIM, bad);
  const int flat = p[FM_SOURCE] != FM_SOURCE_GAUSSIAN && p[FM_SOURCE] != FM_SOURCE_POINTS;
  if (flat && p[FM_DIM] != 2) return refuse(FM_SOURCE, bad);
  if (p[FM_SOURCE] != FM_SOURCE_GAUSSIAN && p[FM_PATH] == FM_PATH_VE) return refuse(FM_SOURCE, bad);
  if (p[FM_PATH] == FM_PATH_VE && p[FM_PREDICT] != FM_PREDICT_V) return refuse(FM_PREDICT, bad);
  if (p[FM_PREDICT] == FM_PREDICT_SCORE && !params_has_score(p)) return refuse(FM_PREDICT, bad);
  if (p[FM_SDE] != FM_SDE_NONE && (!params_has_score(p) || p[FM_SOLVER] > FM_SOLVER_RK4)) return refuse(FM_SDE, bad);
  if (p[FM_SIGMA_MIN] >= p[FM_SIGMA_MAX]) return refuse(FM_SIGMA_MIN, bad);
  if (p[FM_WEIGHT_DECAY] * (p[FM_LR] > p[FM_MUON_LR] ? p[FM_LR] : p[FM_MUON_LR]) > 1)
    return refuse(FM_WEIGHT_DECAY, bad);
  if (p[FM_CLASSES] > 0 && p[FM_DATA] != FM_DATA_POINTS && p[FM_CLASSES] != dataset_parts((int)p[FM_DATA]))
    return refuse(FM_CLASSES, bad);
  if (transport_is((int)p[FM_COUPLING]) && p[FM_BATCH] > FM_MAX_OT_BATCH) return refuse(FM_BATCH, bad);
  if (p[FM_OT_BATCH] > 0 && p[FM_OT_BATCH] < p[FM_BATCH]) return refuse(FM_OT_BATCH, bad);
  if (p[FM_COUPLING] == FM_COUPLING_OT_CONDITIONAL && p[FM_CLASSES] == 0) return refuse(FM_COUPLING, bad);
  const int one_step = p[FM_PATH] == FM_PATH_LINEAR && p[FM_WEIGHT] == FM_WEIGHT_NONE;
  if (p[FM_COUPLING] == FM_COUPLING_DISTILLED && !one_step) return refuse(FM_COUPLING, bad);
  return FM_OK;
}

int fm_check(const double *params, int *bad) {
  FM_REQUIRE(fm_is_array(params, FM_PARAM_COUNT, sizeof(double)), FM_E_ARG);
  FM_REQUIRE(bad == NULL || fm_is_array(bad, 1, sizeof(int)), FM_E_ARG);
  return params_check(params, bad);
}
