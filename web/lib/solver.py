"""What carries points along a field, for flow.py. `moonflow export` puts what follows the imports into it."""
import math

import torch

from storage import Refusal

# ---- Solvers ---------------------------------------------------------------------------------------------------------


RANGES = {
    'solver_steps': (1, 10000), 'rtol': (1e-6, 1), 'atol': (1e-8, 1), 'sde_strength': (0, 100),
    't_start': (0, 1), 't_end': (0, 1), 'guidance': (0, 100), 'seed': (0, 2**32 - 1),
}


def lack_of_score(config):
    """Why the points of a run have no score; None where they do."""
    for row, only, needs in (('coupling', 'independent', 'for pairs drawn independently'),
                             ('source', 'gaussian', 'from Gaussian noise')):
        if config[row] != only:
            return f'a score exists only {needs}, and {row} is {config[row]}'


def check_travel(config, own, guidance=1, t_start=0, t_end=1, seed=1):
    """Refuses what does not go together on the way; `own` is what is asked for besides the configuration."""
    unknown = own.keys() - {'solver', 'solver_steps', 'time_grid', 'rtol', 'atol', 'sde', 'sde_strength'}
    if unknown:
        raise Refusal(f"{min(unknown)}: got {own[min(unknown)]}; there is no such option of a sample")
    wanted = {**config, **own, 'guidance': guidance, 't_start': t_start, 't_end': t_end, 'seed': seed}
    for name, (least, most) in RANGES.items():
        if not least <= wanted[name] <= most:
            raise Refusal(f'{name}: got {wanted[name]}; allowed is a number from {least} to {most}')
    solver, steps, sde, grid = (wanted[name] for name in ('solver', 'solver_steps', 'sde', 'time_grid'))
    if not isinstance(grid, str) and ('solver_steps' in own or (t_start, t_end) != (0, 1)):
        raise Refusal('time_grid: got times beside steps, t_start or t_end; allowed are the times alone')
    times = grid_times(grid, steps, t_start, t_end)
    way = [0 <= end <= 1 and (end - t) * (times[1] - times[0]) > 0 for t, end in zip(times, times[1:])]
    if not 2 <= len(times) <= 10001 or not 0 <= times[0] <= 1 or not all(way):
        raise Refusal(f'times: got {str(times)[:60]}; allowed are 2 to 10001 from 0 to 1 that go one way')
    if config['coupling'] == 'distilled' and (solver, times) != ('euler', [0, 1]):
        got = f'{solver} along {len(times) - 1} steps from {times[0]:g} to {times[-1]:g}'
        raise Refusal(f'solver: got {got}; allowed is euler, 1 step from 0 to 1: the run is a distilled one-step model')
    adaptive = solver == 'dopri5'
    for name in {'rtol', 'atol'} & own.keys() if not adaptive else {'time_grid'} & own.keys():
        raise Refusal(f'{name}: got {own[name]}; allowed is none with solver {solver}; it is of '
                      + ('those whose steps are given' if adaptive else 'dopri5'))
    if sde == 'none':
        if 'sde_strength' in own:
            raise Refusal(f"sde_strength: got {own['sde_strength']}; allowed is none while sde is none")
        return
    if solver in ('ab2', 'dopri5'):
        raise Refusal(f'solver: got {solver}; allowed beside sde are euler, midpoint, heun and rk4, since noise breaks '
                      'what it remembers')
    if lack_of_score(config):
        raise Refusal(f'sde: got {sde}; allowed is none: {lack_of_score(config)}')
    if guidance not in (0, 1):
        raise Refusal(f'guidance: got {guidance}; allowed beside sde is 0 or 1: a guided field is that of no path')


def grid_times(grid, steps, start=0, end=1):
    """steps + 1 times from start to end: evenly, or finer towards the data (quadratic); or the caller's own."""
    if not isinstance(grid, str):
        return [float(t) for t in grid]
    if grid == 'uniform':
        times = [start + (end - start) * i / steps for i in range(steps)]
    else:
        a, b = math.sqrt(1 - start), math.sqrt(1 - end)
        times = [1 - (a + (b - a) * i / steps) ** 2 for i in range(steps)]
    return [start, *times[1:], end]


def solve(field, x, solver, times, disturb=None):
    """Carries x [N, D] along dx/dt = field(t, x) from each of the times to the next. `disturb` moves x before step i,
    and says at which time it is then."""
    before = None  # of ab2: the step before and its velocity
    for i, (t, end) in enumerate(zip(times, times[1:])):
        if disturb is not None:
            t, x = disturb(i, x)
        h, k1 = end - t, field(t, x)
        if solver == 'euler':
            x = x + h * k1
        elif solver == 'midpoint':
            x = x + h * field(t + h / 2, x + h / 2 * k1)
        elif solver == 'heun' or (solver == 'ab2' and before is None):
            x = x + h / 2 * (k1 + field(end, x + h * k1))
        elif solver == 'ab2':
            ratio = h / before[0]
            x = x + h * (1 + ratio / 2) * k1 - h * ratio / 2 * before[1]
        else:  # rk4
            k2 = field(t + h / 2, x + h / 2 * k1)
            k3 = field(t + h / 2, x + h / 2 * k2)
            x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + field(end, x + h * k3))
        before = h, k1
    return x


# Dormand & Prince 1980: times and weights of the seven evaluations of a step, and order 5 less order 4.
NODES = [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1]
STAGES = [
    [], [1 / 5], [3 / 40, 9 / 40], [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
    [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
]
ERROR = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40]


def mixed(weights, ks):
    """sum of w k in double, [N, D]."""
    return sum(w * k.double() for w, k in zip(weights, ks) if w != 0)


def first_length(field, x, k, start, end, rtol, atol):
    """[N]: how far the first step of each point may go (Hairer, Norsett & Wanner, section II.4)."""
    def square(value):
        return ((value.double() / (atol + rtol * x.double().abs())) ** 2).sum(dim=1)
    way, span, speed = math.copysign(1, end - start), abs(end - start), square(k)
    guess = 0.01 * torch.sqrt(square(x) / speed)
    guess = guess.masked_fill((square(x) <= 1e-10) | (speed <= 1e-10), 1e-6).clamp(max=span)
    ahead = field(start + way * guess, (x + (way * guess)[:, None] * k).float())
    fastest = torch.maximum(square(ahead - k) / guess**2, speed).sqrt()
    h = torch.where(fastest <= 1e-15, (1e-3 * guess).clamp(min=1e-6), (0.01 / fastest) ** 0.2)
    return way * torch.nan_to_num(torch.minimum(h, 100 * guess), nan=span).clamp(max=span)


def dopri5(field, x, start, end, rtol, atol, most):
    """Carries x [N, D] by steps that choose their length, to order 5, and a time of its own for each point (Hairer,
    Norsett & Wanner, sections II.4 and II.5). A point that has arrived stays where it is while the others go on."""
    t = x.new_full((len(x),), start, dtype=torch.float64)
    k1, last, held = field(t, x), torch.zeros_like(t), torch.zeros_like(t, dtype=torch.bool)
    h = first_length(field, x, k1, start, end, rtol, atol)
    for _ in range(most):
        stop = torch.where((end - t).abs() <= 1.0001 * h.abs(), torch.full_like(t, end), t + h)
        h, ks = stop - t, [k1]
        for node, weights in zip(NODES[1:], STAGES[1:]):
            y = (x.double() + h[:, None] * mixed(weights, ks)).float()
            ks.append(field(stop if node == 1 else t + node * h, y))
        scale = atol + rtol * torch.maximum(x.double().abs(), y.double().abs())
        error = torch.sqrt(((h[:, None] * mixed(ERROR, ks) / scale) ** 2).mean(dim=1))
        taken = error <= 1  # false for NaN
        growth = 0.9 * error.clamp(min=1e-20) ** -0.17
        longer = (growth * last.clamp(min=1e-4) ** 0.04).clamp(0.2, 10)
        longer = torch.where(held, longer.clamp(max=1), longer)  # no growth after a rejected step
        there = t == end
        x, k1 = (torch.where(taken[:, None], new, old) for new, old in ((y, x), (ks[-1], k1)))
        h = h * torch.where(taken, longer, torch.nan_to_num(growth, nan=0).clamp(min=0.2))
        t, last, held = torch.where(taken, stop, t), torch.where(taken, error, last), ~(taken | there)
        if bool((t == end).all()):
            return x
        lost = (t != end) & (h.abs() < 1e-12)
        if bool(lost.any()):
            raise Refusal(f'{stopped(lost, t)}, where the field is not finite; train with a smaller lr')
    where = f'{stopped(t != end, t)}, having tried them all'
    raise Refusal(f'steps: got {most}; allowed are more, or a larger rtol or atol: {where}')


def stopped(points, t):
    point = int(points.nonzero()[0])
    return f'point {point} stopped at t = {float(t[point]):.4g}'


def churn(path, times, g, normal):
    """The noise before each step of a stochastic sample, dx = [v + g^2/2 score] dt + g dW, for `solve`.

    x goes back from t to s, where g^2 |h| more noise is in: (sigma_s / alpha_s)^2 = (sigma_t^2 + g^2 |h|) / alpha_t^2;
    the step leads from there along v (Karras et al. 2022, algorithm 2, for every path). `normal(shape, step)` draws.
    """
    t, g = torch.tensor(times, dtype=torch.float64), torch.as_tensor(g, dtype=torch.float64)[:-1]
    h, t = t.diff().abs(), t[:-1]
    alpha, sigma = path.at(t)[:2]
    low, high = torch.zeros_like(t), t
    for _ in range(60):  # sigma / alpha falls, so halvings find s
        middle = low + (high - low) / 2
        a, s = path.at(middle)[:2]
        noisier = s**2 * alpha**2 > a**2 * (sigma**2 + g**2 * h)
        low, high = torch.where(noisier, middle, low), torch.where(noisier, high, middle)
    back = torch.where((g == 0) | (alpha == 0), t, high)
    a, s = path.at(back)[:2]
    scale = a / alpha
    std = (s**2 - scale**2 * sigma**2).clamp(min=0).sqrt()

    def disturb(i, x):
        if not back[i] < t[i]:
            return float(t[i]), x
        z = normal(x.shape, i).to(x.device)
        return float(back[i]), (float(scale[i]) * x.double() + float(std[i]) * z.double()).float()
    return disturb
