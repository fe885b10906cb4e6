"""A step of a run along its gradients, for flow.py. `moonflow export` puts what follows the imports into it."""
import math

import torch
from torch import nn

# ---- Optimiser -------------------------------------------------------------------------------------------------------


def rate_at(config, peak, k):
    """Learning rate of step k: constant, or a linear warm-up and then half a cosine to 0 at `steps`."""
    warmup, steps = config['warmup'], config['steps']
    if config['schedule'] == 'constant':
        return peak
    if k >= steps:
        return 0
    return peak * ((k + 1) / warmup if k < warmup else (1 + math.cos(math.pi * (k - warmup) / (steps - warmup))) / 2)


def orthogonal(update):
    """Five quintic Newton-Schulz steps towards the nearest orthogonal matrix (Jordan et al. 2024)."""
    tall = update.shape[0] > update.shape[1]
    x = (update.T if tall else update) / (update.norm() + 1e-7)
    for _ in range(5):
        gram = x @ x.T
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x.T if tall else x


@torch.no_grad()
def move(run):
    """A step by the gradients in p.grad: clipped; Muon for the matrices between hidden layers, or AdamW; averaged."""
    c, k = run.config, run.step
    if c['clip'] > 0:
        nn.utils.clip_grad_norm_(run.net.parameters(), c['clip'])
    matrices = [f'net.{2 * i}.weight' for i in range(1, c['layers'])] if c['optimiser'] == 'muon' else []
    late = c['ema_late_decay'] > 0 and k >= c['ema_late_from'] * c['steps']
    decays = {'ema': c['ema_late_decay' if late else 'ema_decay'], 'ema2': c['ema2_decay'], 'ema3': c['ema3_decay']}
    ramp = (1 + k) / (10 + k) if c['ema_warmup'] else 1
    for name, p in run.net.named_parameters():
        g, m, v = p.grad, run.slots['moment'][name], run.slots['variance'][name]
        if name in matrices:
            rate = rate_at(c, c['muon_lr'], k)
            m.lerp_(g, 1 - c['muon_momentum'])
            direction = orthogonal(torch.lerp(g, m, c['muon_momentum'])) * max(1, p.shape[0] / p.shape[1]) ** 0.5
        else:
            rate = rate_at(c, c['lr'], k)
            m.lerp_(g, 1 - c['beta1'])
            v.lerp_(g * g, 1 - c['beta2'])
            root = (v / (1 - c['beta2'] ** (k + 1))).sqrt()
            direction = m / (1 - c['beta1'] ** (k + 1)) / (root + c['eps'])
        p.mul_(1 - rate * c['weight_decay']).sub_(rate * direction)
        for average in decays.keys() & run.slots.keys():
            run.slots[average][name].lerp_(p, 1 - min(decays[average], ramp))
    run.step += 1
