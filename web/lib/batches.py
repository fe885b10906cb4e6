"""The batches of a run: what flow.py trains on. `moonflow export` puts what follows the imports into flow.py."""
import math

import torch

# ---- Batches -------------------------------------------------------------------------------------------------------

SOURCE, DATA, TIME, NOISE, LABEL, DIFFUSION, PARTNER = 2, 3, 4, 5, 10, 11, 12  # what a draw is for
OT_MOST = 2048  # points of a batch that a coupling chooses among, at most
JITTER, ORDER = 1, 2  # lanes of the draw of data, beside lane 0 of its shape


def philox(count, seed, purpose, step=0, round=0, lane=0):
    """Philox4x32-10 (Salmon et al. 2011): words 0 .. count - 1 of a stream; word i is word i mod 4 of block i / 4."""
    mask, k0, k1 = 0xFFFFFFFF, seed, purpose
    c0 = torch.arange((count + 3) // 4)
    c1, c2, c3 = (torch.full_like(c0, value) for value in (step, round, lane))
    for _ in range(10):
        p0, p1 = c0 * 0xD2511F53, c2 * 0xCD9E8D57  # modulo 2^64; the sign that >> drags in is masked away
        c0, c1, c2, c3 = (p1 >> 32 & mask) ^ c1 ^ k0, p1 & mask, (p0 >> 32 & mask) ^ c3 ^ k1, p0 & mask
        k0, k1 = k0 + 0x9E3779B9 & mask, k1 + 0xBB67AE85 & mask
    return torch.stack([c0, c1, c2, c3], dim=1).flatten()[:count]


def uniform(words):
    return ((words >> 9).float() + 0.5) * 2.0**-23


def normal(shape, **stream):
    """Box-Muller: of eight words four give radii and four angles, and these four cosines, then four sines."""
    count = math.prod(shape)
    u = uniform(philox((count + 7) // 8 * 8, **stream)).view(-1, 8)
    radius, angle = torch.sqrt(-2 * u[:, :4].log()), u[:, 4:] * (2 * math.pi)
    return torch.cat([radius * angle.cos(), radius * angle.sin()], dim=1).flatten()[:count].view(shape)


def circle(angle):
    return torch.stack([angle.cos(), angle.sin()], dim=1)


def arcs(inner, angle):
    """The two moons: (cos a, sin a) and (1 - cos a, 1/2 - sin a)."""
    return torch.where(inner[:, None], torch.tensor([1, 0.5]) - circle(angle), circle(angle))


def shuffled(n, **stream):
    """0 .. n - 1 in the order of Fisher and Yates."""
    words, order = philox(n, lane=ORDER, **stream).tolist(), list(range(n))
    for i in range(n - 1, 0, -1):
        j = words[i] * (i + 1) >> 32
        order[i], order[j] = order[j], order[i]
    return torch.tensor(order)


def even_moons(n, **stream):
    """sklearn.datasets.make_moons: angles evenly spaced on each arc, then shuffled."""
    counts = n // 2, n - n // 2
    angle = torch.cat([torch.arange(k).double() * (math.pi / max(k - 1, 1)) for k in counts])
    return arcs(torch.arange(n) >= counts[0], angle)[shuffled(n, **stream)]


def draw_classes(config, n, own=None, **stream):
    """The class of each point that draw_data draws: its arc, centre or cell, or the label of the user's point."""
    kind = config['data']
    if kind == 'points':
        return own['labels'][philox(n, **stream) * len(own['labels']) >> 32].long()
    if kind in ('moons', 'moons-torchcfm'):
        return (shuffled(n, **stream) >= n // 2).long()
    return philox(4 * n, **stream)[::4] * config['classes'] >> 32


def draw_data(config, n, own=None, **stream):
    """x1 [n, D] of the run's data set: a shape, or the user's points, with replacement."""
    if config['data'] == 'points':
        return own['points'][philox(n, **stream) * len(own['points']) >> 32]
    return draw_shape(config['data'], config['noise'], n, **stream)


def draw_source(config, n, points=None, **stream):
    """x0 [n, D]: N(0, I), the user's points with replacement, or a shape with the noise of the data."""
    if config['source'] == 'gaussian':
        return normal((n, config['dim']), **stream)
    if config['source'] == 'points':
        return points[philox(n, **stream) * len(points) >> 32]
    return draw_shape(config['source'], config['noise'], n, **stream)


def draw_shape(kind, noise, n, **stream):
    """[n, 2] of a unit shape plus noise, scaled."""
    words = philox(4 * n, **stream).view(n, 4)
    u, w = uniform(words[:, 1]).double(), uniform(words[:, 2]).double()
    two, eight = words[:, 0] >> 31, words[:, 0] >> 29
    if kind == 'checkerboard':
        row = eight // 2
        return torch.stack([2 * (2 * (eight & 1) + (row & 1) + u) - 4, 2 * (row + w) - 4], dim=1).float()
    scale, shape = {
        'moons': lambda: (2, even_moons(n, **stream)),
        'moons-iid': lambda: (2, arcs(two == 1, math.pi * u)),
        '8gaussians': lambda: (4, circle(math.pi / 4 * eight)),
        'circles': lambda: (3, circle(2 * math.pi * u) * (1 + two[:, None]) / 2),
        'spirals': lambda: (4, circle(3 * math.pi * u.sqrt()) * (u.sqrt() * (1 - 2 * two))[:, None]),
        'moons-torchcfm': lambda: (3, even_moons(n, **stream)),
        'moons-iid-torchcfm': lambda: (3, arcs(two == 1, math.pi * u)),
        '8gaussians-torchcfm': lambda: (5, circle(math.pi / 4 * eight)),
    }[kind]()
    if kind in ('moons-torchcfm', 'moons-iid-torchcfm'):
        return scale * (shape.float() + 0.2 * uniform(philox(n, lane=JITTER, **stream))[:, None]) - 1
    noise = 0.1**0.25 / 5 if kind == '8gaussians-torchcfm' else noise
    return scale * (shape.float() + noise * normal((n, 2), lane=JITTER, **stream))


def draw_times(config, n, **stream):
    """t [n] inside (0, 1) by the law's quantiles; stratified takes one from each of n equal slices of probability."""
    law, stratified = config['time'], config['stratified']
    if law == 'logit-normal' and not stratified:
        z = normal((n,), **stream).double()
    else:
        t = uniform(philox(n, **stream)).double()
        t = (torch.arange(n) + t) / n if stratified else t
        z = math.sqrt(2) * torch.erfinv(2 * t - 1)
    if law == 'logit-normal':
        t = torch.sigmoid(config['time_mean'] + config['time_std'] * z)
    elif law == 'power':
        t = t ** (1 / config['time_exponent'])
    elif law == 'u-shaped':
        t = 0.5 + torch.asinh((2 * t - 1) * math.sinh(config['time_ends'] / 2)) / config['time_ends']
    lowest = 2.0**-126 if law in ('power', 'logit-normal') else 2.0**-24
    return t.clamp(lowest, 1 - 2.0**-24).float()


def potentials(cost, reg):
    """f, g [n] of the plan of least cost less `reg` times its entropy (Cuturi 2013): n P = exp(f_i + g_j - cost / reg).

    `reg` is approached from the scale of the costs by halves, a few sweeps each and more below 1 % of it, then held until
    the columns sum to 1; whether they do comes with f and g.
    """
    f, g, scale = cost.new_zeros(len(cost)), cost.new_zeros(len(cost)), cost.diagonal().mean()
    halves, off = 0, math.inf
    while halves < 17 and reg * 2**halves < scale:
        halves += 1
    for halving in range(halves, -1, -1):
        tolerance, most = (2e-3, 100) if reg * 2**halving < 0.01 * scale else (0.05, 20)
        held, (tolerance, most) = cost / (reg * 2**halving), (tolerance, most) if halving else (1e-3, 200)
        for _ in range(most - 1):
            f = -torch.logsumexp(g - held, dim=1)
            g, before = -torch.logsumexp(f[:, None] - held, dim=0), g
            off = float((torch.exp(before - g) - 1).abs().mean())
            if off < tolerance:
                break
        f, g = (2 * f, 2 * g) if halving else (f, g)
    return f, g, off < tolerance


def entropic_partners(cost, reg, u):
    """Columns for the first rows, row i drawn from P(j | i) of the entropic plan by u[0, i], with u [3, rows].

    Where the columns have not arrived the plan is rounded to one whose rows and columns are exact (Altschuler et al. 2017):
    u[1] keeps j where it has too much, and else u[2] draws it anew among those that lack something.
    """
    last, (_, g, arrived) = len(cost) - 1, potentials(cost, reg)
    plan = torch.softmax(g - cost / reg, dim=1)
    chance = plan[:u.shape[1]].cumsum(dim=1)
    match = torch.searchsorted(chance, u[0, :, None] * chance[:, -1:], right=True)[:, 0].clamp(max=last)
    if arrived:
        return match
    mass = plan.sum(dim=0)
    lack = (1 - mass).clamp(min=0).cumsum(dim=0)
    anew = torch.searchsorted(lack, u[2] * lack[-1], right=True).clamp(max=last)
    return torch.where(u[1] < 1 / mass[match], match, anew)


def assignment(cost):
    """Columns of least total cost [n, n], one a row, by shortest augmenting paths (Kuhn 1955; Jonker & Volgenant 1987).

    They are exact from any prices of the columns, and few and short from those of the entropic plan.
    scipy.optimize.linear_sum_assignment(cost)[1] is the same and, where there is SciPy, some five times quicker.
    Where points coincide several are least, and Moonflow may take another of them.
    """
    n, scale = len(cost), float(cost.diagonal().mean())
    if scale == 0:  # no cost is below 0
        return torch.arange(n)
    price = potentials(cost, scale / 32)[1] * (scale / 32)
    owner, free = [-1] * n, []
    for row, column in enumerate((cost - price).argmin(dim=1).tolist()):
        if owner[column] < 0:
            owner[column] = row
        else:
            free.append(row)
    for start in free:
        least, before = cost.new_full((n,), math.inf), torch.full((n,), -1)
        closed, columns, row, column, offset = cost.new_zeros(n), [], start, -1, 0.0
        while row >= 0:  # Dijkstra over reduced costs, until a column is reached that no row owns
            reached = cost[row] - price + (offset + closed)
            before.masked_fill_(reached < least, column)
            least = torch.minimum(least, reached)
            column = int((least + closed).argmin())
            closed[column], row, columns = math.inf, owner[column], [*columns, column]
            offset = float(least[column] - cost[row, column] + price[column])
        price[columns] += least[columns] - least[column]
        while column >= 0:  # back along the path, each column goes to the row that reached it
            previous = int(before[column])
            owner[column], column = owner[previous] if previous >= 0 else start, previous
    return torch.tensor(owner).argsort()


def partners(config, x0, x1, classes, **stream):
    """Row of x1 for each row of the batch's x0, of the `ot_batch` that were drawn, where the coupling chooses."""
    kind, n = config['coupling'], config['batch']
    cost = torch.cdist(x0.double(), x1.double()) ** 2
    if kind == 'sinkhorn':
        u = uniform(philox(3 * OT_MOST, purpose=PARTNER, **stream)).double().view(3, OT_MOST)[:, :n]
        return entropic_partners(cost, config['sinkhorn_reg'], u)
    if kind == 'ot-conditional':  # x0 has the class of the x1 it was drawn with (Cheng & Schwing 2025)
        weight, apart = config['ot_class_weight'], len(cost) * float(cost.max())  # more than all pairs together
        weight = weight * float(cost.diagonal().mean()) if weight < 1e4 else apart
        cost += weight * (classes[:, None] != classes)
    return assignment(cost)[:n]


def average_pairs(path, t, x0, x1, labels=None, classes=None, group=512):
    """The stable target (Xu et al. 2023): a pair becomes its mean given x_t and the data of its group of the batch,
    those of its class where it has kept its label."""
    alpha, sigma = path.at(t.double())[:2]
    ratio, mean = (alpha / sigma).float().unsqueeze(1), torch.empty_like(x1)
    for rows in (slice(i, i + group) for i in range(0, len(t), group)):
        gap = x0[rows, None] + ratio[rows, None] * (x1[rows, None] - x1[None, rows])  # (x_t - alpha y_j) / sigma
        fit = -(gap**2).sum(dim=2) / 2
        if labels is not None:
            kept = labels[rows, None] == classes[rows, None]
            fit = fit.masked_fill(kept & (classes[rows, None] != classes[None, rows]), -math.inf)
        mean[rows] = torch.softmax(fit, dim=1) @ x1[rows]
    return x0 + ratio * (x1 - mean), mean


def draw_pairs(n, own, **stream):
    """x0, x1 and, where they have them, the labels of n of the pairs of a reflow, with replacement."""
    index = philox(n, **stream) * len(own['x0']) >> 32
    return own['x0'][index], own['x1'][index], own['labels'][index].long() if 'labels' in own else None


def draw_batch(config, path, step, round=0, own=None, source=None):
    """t [B], x0 [B, D], x1 [B, D] of a step, paired by the coupling, and labels [B] or None; `own`: the user's data,
    or the pairs of a reflow; `source`: the user's points that x0 is drawn from."""
    n, where = config['batch'], {'seed': config['seed'], 'step': step, 'round': round}
    coupling, t = config['coupling'], draw_times(config, n, purpose=TIME, **where)
    if coupling in ('paired', 'distilled'):
        x0, x1, classes = draw_pairs(n, own, purpose=DATA, **where)
        t = 0 * t if coupling == 'distilled' else t  # where one step is learned, and nothing else
    else:
        drawn = n if coupling == 'independent' else max(n, config['ot_batch'])
        x0 = draw_source(config, drawn, source, purpose=SOURCE, **where)
        x1 = draw_data(config, drawn, own, purpose=DATA, **where)
        classes = draw_classes(config, drawn, own, purpose=DATA, **where) if config['classes'] else None
        if coupling != 'independent':
            match = partners(config, x0, x1, classes, **where)
            x0, x1, classes = x0[:n], x1[match], None if classes is None else classes[match]
    labels = classes
    if classes is not None:  # some rows are taught without their class, as guidance needs
        dropped = uniform(philox(n, purpose=LABEL, **where)).double() < config['label_drop']
        labels = classes.masked_fill(dropped, config['classes'])
    if (coupling, config['source'], config['target']) == ('independent', 'gaussian', 'stable'):
        x0, x1 = average_pairs(path, t, x0, x1, labels, classes)
    return t, x0, x1, labels
