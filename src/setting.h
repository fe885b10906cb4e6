/* setting.h — the rows of the parameter table and what their choices stand for; a part of fm.h.
 *
 * A row is an index into params[FM_PARAM_COUNT]; src/params.c has names, ranges, defaults and a sentence on each. They may be
 * renumbered from version to version: files and messages carry names.
 */
#ifndef SETTING_H
#define SETTING_H

enum {
  /* what the network is; fixed for the life of a model */
  FM_SEED,       /* 32-bit seed of weights, batches and times */
  FM_DIM,        /* D */
  FM_HIDDEN,     /* H */
  FM_LAYERS,     /* L */
  FM_FEATURES,   /* T, even */
  FM_TIME_SCALE, /* t is multiplied by it before the time features; 1 is the published network */
  FM_CLASSES,    /* K: the network is also told a label 0 .. K-1, or K, the null class; 0: it knows no labels */
  /* what it learns */
  FM_DATA,       /* one of FM_DATA_* */
  FM_NOISE,      /* std of the noise on the unit shape, before the data set is scaled */
  FM_SOURCE,     /* one of FM_SOURCE_*: what x0 is drawn from (source.h) */
  FM_PATH,       /* one of FM_PATH_* */
  FM_SIGMA_MIN,  /* ve path: sigma(1) */
  FM_SIGMA_MAX,  /* ve path: sigma(0) */
  FM_SIGMA_DATA, /* ve path and edm weight: std of the data; 0 measures it, and then reads as measured */
  FM_PATH_POWER, /* polynomial path: n of alpha = t^n */
  FM_PREDICT,    /* one of FM_PREDICT_*: what the network's output stands for */
  /* how a batch is drawn */
  FM_COUPLING,        /* one of FM_COUPLING_* */
  FM_OT_BATCH,        /* points of each side that a transport is over; 0: the batch itself */
  FM_SINKHORN_REG,    /* sinkhorn: weight of the entropy, in units of squared distance */
  FM_OT_CLASS_WEIGHT, /* ot-conditional: what a pair of two classes costs besides, likewise */
  FM_TARGET,          /* one of FM_TARGET_*: which u_t a point of a batch is regressed on */
  FM_TIME,            /* one of FM_TIME_* */
  FM_TIME_MEAN,       /* logit-normal: mean m of the normal under the sigmoid */
  FM_TIME_STD,        /* logit-normal: its standard deviation s */
  FM_TIME_EXPONENT,   /* power: exponent k of P(t <= x) = x^k */
  FM_TIME_ENDS,       /* u-shaped: a of the density cosh(a (t - 1/2)) */
  FM_STRATIFIED,      /* 1: one t from each of B equal slices of probability; same law, less noise */
  FM_LABEL_DROP,      /* K > 0: probability that a point of a batch is taught as the null class */
  FM_BATCH,           /* B */
  FM_WEIGHT,          /* one of FM_WEIGHT_*: weight of the error by time */
  FM_WEIGHT_GAMMA,    /* min-snr: largest weight of the error of x1 */
  /* how the weights move */
  FM_STEPS,     /* length of a run; the cosine schedule ends there */
  FM_OPTIMISER, /* one of FM_OPTIMISER_* */
  FM_LR,        /* peak learning rate of AdamW */
  FM_SCHEDULE,  /* one of FM_SCHEDULE_* */
  FM_WARMUP,    /* cosine: steps of linear warm-up from 0 */
  FM_BETA1,
  FM_BETA2,
  FM_EPS,
  FM_MUON_LR, /* peak learning rate of Muon; it follows the schedule as lr does */
  FM_MUON_MOMENTUM,
  FM_WEIGHT_DECAY, /* decoupled */
  FM_CLIP,         /* largest global gradient norm; 0 turns clipping off */
  FM_EMA_DECAY,
  FM_EMA_LATE_DECAY, /* ema_decay of the end of a run; 0: it stays */
  FM_EMA_LATE_FROM,  /* share of `steps` after which that is so */
  FM_EMA2_DECAY,     /* of a second average beside the first; 0: there is none. So is ema3 */
  FM_EMA3_DECAY,
  FM_EMA_WARMUP, /* 1: every decay_k is at most (1 + k) / (10 + k) */
  /* how a sample is drawn; defaults for the callers of fm_sample */
  FM_SOLVER, /* one of FM_SOLVER_* */
  FM_SOLVER_STEPS,
  FM_TIME_GRID,    /* one of FM_GRID_*: where the steps of a solver begin and end */
  FM_RTOL,         /* dopri5: error a step may make, relative to |x| */
  FM_ATOL,         /* dopri5: what is added to that */
  FM_SDE,          /* one of FM_SDE_*: g(t) of a stochastic sample */
  FM_SDE_STRENGTH, /* g = strength, or strength times sigma(t) */
  FM_PARAM_COUNT
};

enum {
  FM_DATA_MOONS,
  FM_DATA_MOONS_IID,
  FM_DATA_8GAUSSIANS,
  FM_DATA_CHECKERBOARD,
  FM_DATA_CIRCLES,
  FM_DATA_SPIRALS,
  FM_DATA_MOONS_TORCHCFM,
  FM_DATA_MOONS_IID_TORCHCFM,
  FM_DATA_8GAUSSIANS_TORCHCFM,
  FM_DATA_POINTS
};
enum {
  FM_SOURCE_GAUSSIAN,
  FM_SOURCE_MOONS_IID,
  FM_SOURCE_8GAUSSIANS,
  FM_SOURCE_CHECKERBOARD,
  FM_SOURCE_CIRCLES,
  FM_SOURCE_SPIRALS,
  FM_SOURCE_MOONS_IID_TORCHCFM,
  FM_SOURCE_8GAUSSIANS_TORCHCFM,
  FM_SOURCE_POINTS
};
enum {
  FM_PATH_LINEAR,
  FM_PATH_VP_COSINE,
  FM_PATH_VE,
  FM_PATH_VP_LINEAR,
  FM_PATH_POLYNOMIAL,
  FM_PATH_CUSTOM
}; /* path.h */
/* What may be known at a point of a path: the velocity, the data point x1, the noise x0, or grad log p (conversion.h). */
enum { FM_PREDICT_V, FM_PREDICT_X1, FM_PREDICT_NOISE, FM_PREDICT_SCORE };
/* ot, sinkhorn and ot-conditional pair the points of a batch by transport (transport.h). paired and distilled are those of reflow:
 * see fm_reflow_begin. */
enum {
  FM_COUPLING_INDEPENDENT,
  FM_COUPLING_OT,
  FM_COUPLING_SINKHORN,
  FM_COUPLING_OT_CONDITIONAL,
  FM_COUPLING_PAIRED,
  FM_COUPLING_DISTILLED
};
/* pair: u of the point's own pair. stable: its mean over every x1 of its group of the batch that may have led to x_t (the Stable
 * Target Field of Xu et al. 2023), of the same expectation and less variance. A group is MINIBATCH_GROUP = 512 points of a batch in
 * order: a batch of up to 512 is one, of a larger one each point sees the data of its own group alone. A coupling other than independent, and
 * a source other than gaussian, leaves no choice but the own pair, so both are then the same. */
enum { FM_TARGET_PAIR, FM_TARGET_STABLE };
enum { FM_TIME_UNIFORM, FM_TIME_LOGIT_NORMAL, FM_TIME_POWER, FM_TIME_U_SHAPED };
enum { FM_WEIGHT_NONE, FM_WEIGHT_SNR, FM_WEIGHT_MIN_SNR, FM_WEIGHT_EDM }; /* weight.h has the formulas */
enum {
  FM_OPTIMISER_ADAMW,
  FM_OPTIMISER_MUON
}; /* muon: Muon for the hidden matrices net.2, net.4, .., AdamW for the rest */
enum { FM_SCHEDULE_CONSTANT, FM_SCHEDULE_COSINE };
enum { FM_SOLVER_EULER, FM_SOLVER_MIDPOINT, FM_SOLVER_HEUN, FM_SOLVER_RK4, FM_SOLVER_AB2, FM_SOLVER_DOPRI5 };
enum { FM_GRID_UNIFORM, FM_GRID_QUADRATIC };
enum { FM_SDE_NONE, FM_SDE_CONSTANT, FM_SDE_SIGMA };

#endif
