"""Paths, their loss and their velocity, for flow.py. `moonflow export` puts what follows the imports into it."""
import math

import torch

# ---- Path, loss and velocity -----------------------------------------------------------------------------------------


class Path:
    """x_t = sigma x0 + alpha x1, and the network's place in the velocity: v(t, x) = skip x + out F(in x, t).

    F is v itself, or what `predict` says: E[x1 | x_t], E[x0 | x_t] or the score. The maps from these to v are singular
    at the ends of time, so they are held where an error of F would enter v more than 10 times.
    """

    def __init__(self, config, samples=None):
        """samples: (alpha, sigma) of a custom path on an even grid over [0, 1]."""
        self.config, self.kind, self.predict = config, config['path'], config['predict']
        self.samples = samples and [y.double() for y in samples]
        self.log_ratio = math.log(config['sigma_max'] / config['sigma_min'])
        # A sample starts at this times N(0, I).
        self.source_scale = {'ve': config['sigma_max'], 'custom': samples and float(samples[1][0])}.get(self.kind, 1)
        self.least, self.most = 0, 1
        if self.kind != 've' and self.predict != 'v':
            while self.least < 0.25 and self.is_singular(self.least):
                self.least += 1 / 256
            while self.most > 0.75 and self.is_singular(self.most):
                self.most -= 1 / 256

    def at(self, t):
        """alpha, sigma, alpha', sigma' in double."""
        one, rate = torch.ones_like(t), math.pi / 2
        if self.kind == 'linear':
            return t, 1 - t, one, -one
        if self.kind == 'vp-cosine':
            sine, cosine = torch.sin(rate * t), torch.cos(rate * t)
            return sine, cosine, rate * cosine, -rate * sine
        if self.kind == 've':
            sigma = self.config['sigma_min'] * torch.exp((1 - t) * self.log_ratio)
            return one, sigma, 0 * one, -self.log_ratio * sigma
        if self.kind == 'polynomial':
            n = self.config['path_power']
            return t**n, 1 - t**n, n * t ** (n - 1), -n * t ** (n - 1)
        if self.kind == 'custom':
            (alpha, d_alpha), (sigma, d_sigma) = (curve(y.to(t.device), t) for y in self.samples)
            return alpha, sigma, d_alpha, d_sigma
        kept = torch.exp(-(1 - t) * (0.1 + 19.9 * (1 - t) / 2))  # vp-linear, whose sigma' is infinite at t = 1
        s = (1 - t).clamp(min=1e-5)
        held, half_beta = torch.exp(-s * (0.1 + 19.9 * s / 2)), (0.1 + 19.9 * s) / 2
        return kept.sqrt(), (1 - kept).sqrt(), half_beta * held.sqrt(), -half_beta * held / (1 - held).sqrt()

    def is_singular(self, t):
        alpha, sigma, d_alpha, d_sigma = map(float, self.at(torch.tensor(t, dtype=torch.float64)))
        delta = d_alpha * sigma - d_sigma * alpha
        if delta <= 0 or (self.predict == 'score' and 10 * sigma < 1):
            return True
        gain = delta * sigma if self.predict == 'score' else delta
        return gain > 10 * (sigma if self.predict == 'x1' else alpha)

    def condition(self, t):
        """in, skip, out, and the weight of the squared error of F, in double."""
        one, zero = torch.ones_like(t), torch.zeros_like(t)
        if self.kind == 've':  # which spans four decades and only trains preconditioned (Karras et al. 2022, table 1)
            sigma, data = self.at(t)[1], self.config['sigma_data']
            root = torch.sqrt(sigma**2 + data**2)
            return 1 / root, -self.log_ratio * (sigma / root) ** 2, self.log_ratio * sigma * data / root, one
        if self.predict == 'v':
            return one, zero, one, one
        t = t.clamp(self.least, self.most)
        return one, *self.conversion(t, self.predict, 'v'), self.at(t)[1] ** 2 if self.predict == 'score' else one

    def conversion(self, t, given, wanted):
        """skip, out in double: wanted = skip x_t + out given, for v, x1, noise (x0) and score (-x0 / sigma)."""
        alpha, sigma, d_alpha, d_sigma = self.at(t)
        one, zero = torch.ones_like(t), torch.zeros_like(t)
        shares = {'v': (d_sigma, d_alpha), 'x1': (zero, one)}  # of x0 and of x1; of -x0 for the other two
        have, want = (shares.get(kind, (-one, zero)) for kind in (given, wanted))

        def cross(a, b):
            return a[0] * b[1] - a[1] * b[0]
        skip, out = zero, one
        if have is not want and not {given, wanted} <= {'noise', 'score'}:
            divisor = cross((sigma, alpha), have).clamp(min=1e-7)  # where x_t does not tell, finite and no more
            skip, out = cross(want, have) / divisor, cross((sigma, alpha), want) / divisor
        if given == wanted:
            return skip, out
        out = out * {'noise': -1, 'score': sigma}.get(given, 1)
        unit = {'noise': -1, 'score': 1 / sigma.clamp(min=1e-7)}.get(wanted, 1)
        return unit * skip, unit * out

    def weight(self, t):
        """Factor of the squared error of F; published for the error of x1 (Ho 2020, Hang 2023, Karras 2022)."""
        kind, data = self.config['weight'], self.config['sigma_data'] ** 2
        alpha, sigma, d_alpha, d_sigma = self.at(t)
        _, _, out, own = self.condition(t)
        if kind == 'none':
            return own
        factor = {
            'snr': lambda: alpha**2,
            'min-snr': lambda: torch.minimum(alpha**2, self.config['weight_gamma'] * sigma**2),
            'edm': lambda: (sigma**2 + alpha**2 * data) / data,
        }[kind]() * (out / (d_alpha * sigma - d_sigma * alpha)) ** 2
        return torch.nan_to_num(factor, nan=0.0).clamp(max=1e4)

    def velocity(self, net, t, x):
        scale_in, skip, out = columns(self.condition(t.double())[:3])
        return skip * x + out * net(t, scale_in * x)

    def squared_error(self, net, t, x0, x1, *labels):
        """Weighted sum of (F - (u - skip x_t) / out)^2, which is (v - u)^2 where F is v."""
        double = t.double()
        alpha, sigma, d_alpha, d_sigma = columns(self.at(double))
        scale_in, skip, out, _ = columns(self.condition(double))
        x, u = sigma * x0 + alpha * x1, d_sigma * x0 + d_alpha * x1
        error = net(t, scale_in * x, *labels) - (u - skip * x) / out
        return (columns([self.weight(double)])[0] * error**2).sum()


def curve(y, t):
    """Value and slope at t of the monotone cubics through y on an even grid (Fritsch & Carlson 1980; Hyman 1983)."""
    pieces, rise = len(y) - 1, y.diff()
    if pieces == 1:
        slope = rise.expand(2)
    else:
        before, after = torch.cat([rise[:1], rise]), torch.cat([rise, rise[-1:]])
        ends = (3 * rise[:1] - rise[1:2]) / 2, (3 * rise[-1:] - rise[-2:-1]) / 2
        slope = torch.cat([ends[0], (rise[1:] + rise[:-1]) / 2, ends[1]])
        most = 3 * torch.minimum(before.abs(), after.abs())
        slope = torch.where((before * after > 0) & (slope * before > 0), slope.clamp(-most, most), 0 * slope)
    i = (t * pieces).long().clamp(max=pieces - 1)
    s, first, last = t * pieces - i, slope[i], slope[i + 1]
    square, cube = 3 * rise[i] - 2 * first - last, first + last - 2 * rise[i]
    return y[i] + s * (first + s * (square + s * cube)), pieces * (first + s * (2 * square + s * 3 * cube))


def columns(values):
    """[B] in double to [B, 1]."""
    return [value.float().unsqueeze(1) for value in values]
