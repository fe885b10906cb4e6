"""The batches of a run: what flow.py trains on. `moonflow export` puts what follows the imports into flow.py."""
import math

import torch

# ---- Batches -------------------------------------------------------------------------------------------------------

SOURCE, DATA, TIME, NOISE, LABEL = 2, 3, 4, 5, 10  # what a draw is for
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
    """[n, D] of the run's data set: a unit shape plus noise, scaled; or the user's points, with replacement."""
    kind = config['data']
    if kind == 'points':
        return own['points'][philox(n, **stream) * len(own['points']) >> 32]
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
    noise = 0.1**0.25 / 5 if kind == '8gaussians-torchcfm' else config['noise']
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
    return t.clamp(2.0**-24, 1 - 2.0**-24).float()


def assignment(cost):
    """Columns of least total cost [n, n], one a row, by shortest augmenting paths (Kuhn 1955; Jonker & Volgenant 1987).

    scipy.optimize.linear_sum_assignment(cost)[1] is the same and, where there is SciPy, a hundred times quicker.
    """
    n = len(cost)
    column_price = cost.min(dim=0).values
    row_price, cheapest = (cost - column_price).min(dim=1)
    owner = [-1] * n
    for row, column in enumerate(cheapest.tolist()):
        owner[column] = row if owner[column] < 0 else owner[column]
    for start in sorted(set(range(n)) - set(owner)):
        least, before = cost.new_full((n,), math.inf), torch.full((n,), -1)
        done, rows, columns, row, column = torch.zeros(n, dtype=torch.bool), [start], [], start, -1
        while row >= 0:  # Dijkstra over reduced costs, until a column is reached that no row owns
            reached = cost[row] - row_price[row] - column_price
            better = (reached < least) & ~done
            least, before = torch.where(better, reached, least), before.masked_fill(better, column)
            column = int(least.masked_fill(done, math.inf).argmin())
            shortest = least[column].clone()
            row_price[rows] += shortest
            column_price[columns] -= shortest
            least = least - shortest
            done[column], row = True, owner[column]
            rows, columns = rows + [row], columns + [column]
        while column >= 0:  # back along the path, each column goes to the row that reached it
            previous = int(before[column])
            owner[column], column = owner[previous] if previous >= 0 else start, previous
    return torch.tensor(owner).argsort()


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


def draw_batch(config, path, step, round=0, own=None):
    """t [B], x0 [B, D], x1 [B, D] of a step, paired by the coupling, and labels [B] or None; `own`: the user's data."""
    n, where = config['batch'], {'seed': config['seed'], 'step': step, 'round': round}
    t = draw_times(config, n, purpose=TIME, **where)
    x0 = normal((n, config['dim']), purpose=SOURCE, **where)
    x1 = draw_data(config, n, own, purpose=DATA, **where)
    labels = classes = draw_classes(config, n, own, purpose=DATA, **where) if config['classes'] else None
    if config['coupling'] == 'ot':
        match = assignment(torch.cdist(x0.double(), x1.double()) ** 2)
        x1, labels = x1[match], None if classes is None else classes[match]
    if labels is not None:  # some rows are taught without their class, as guidance needs
        dropped = uniform(philox(n, purpose=LABEL, **where)).double() < config['label_drop']
        labels = labels.masked_fill(dropped, config['classes'])
    if config['coupling'] == 'independent' and config['target'] == 'stable':
        x0, x1 = average_pairs(path, t, x0, x1, labels, classes)
    return t, x0, x1, labels
