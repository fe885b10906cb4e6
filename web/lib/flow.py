"""A flow-matching model that Moonflow trained, in PyTorch: sample it, or train it on, by as many processes as you have.

    python3 flow.py sample -n 2000 --out x.npy              # the points of `moonflow sample -n 2000`
    python3 flow.py train --steps 1000                      # 1,000 more steps, saved in place
    torchrun --nproc_per_node 2 flow.py train --steps 1000  # the same steps, shared by two processes

Needs PyTorch 1.13 or later alone. `moonflow` reads the weights.safetensors that this writes. (torchrun of PyTorch 1.13
fails on Python 3.11 with "no attribute 'get'"; there, as on Debian 12, it takes -r 2 -t 2 first.)

Time runs from noise (t = 0, x0) to data (t = 1, x1); B batch, D dimension of a point, H hidden width, T time features:
x_t = sigma(t) x0 + alpha(t) x1,  u_t = sigma'(t) x0 + alpha'(t) x1,  loss = mean over B and D of (v(t, x_t) - u_t)^2.

Batch k is a function of seed and k, from the counter-based stream that Moonflow draws it from: a run goes on with the
batches it would have had. Every process draws the whole batch and computes its share, so neither an interruption nor
the number of processes changes a run by more than rounding.
"""
import argparse
import copy
import ctypes
import json
import math
import os
import struct
import sys

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

# What this file understands of a configuration: rows with their choices, none for a number; `moonflow export` reads it.
KNOWN = {
    "seed": [], "dim": [], "hidden": [], "layers": [], "features": [], "time_scale": [], "classes": [],
    "data": ["moons", "moons-iid", "8gaussians", "checkerboard", "circles", "spirals", "moons-torchcfm",
             "moons-iid-torchcfm", "8gaussians-torchcfm", "points"], "noise": [],
    "path": ["linear", "vp-cosine", "ve", "vp-linear", "polynomial", "custom"],
    "sigma_min": [], "sigma_max": [], "sigma_data": [], "path_power": [], "predict": ["v", "x1", "noise", "score"],
    "coupling": ["independent", "ot", "paired"], "target": ["pair", "stable"],
    "time": ["uniform", "logit-normal", "power", "u-shaped"],
    "time_mean": [], "time_std": [], "time_exponent": [], "time_ends": [], "stratified": [],
    "label_drop": [], "batch": [],
    "weight": ["none", "snr", "min-snr", "edm"], "weight_gamma": [],
    "steps": [], "optimiser": ["adamw", "muon"], "lr": [], "schedule": ["constant", "cosine"], "warmup": [],
    "beta1": [], "beta2": [], "eps": [], "muon_lr": [], "muon_momentum": [], "weight_decay": [], "clip": [],
    "ema_decay": [], "ema_late_decay": [], "ema_late_from": [], "ema2_decay": [], "ema3_decay": [], "ema_warmup": [],
    "solver": ["euler", "midpoint", "heun", "rk4", "ab2"], "solver_steps": [], "time_grid": ["uniform", "quadratic"],
    "rtol": [], "atol": []
}
HERE = os.path.dirname(os.path.abspath(__file__))
WEIGHTS, POINTS = os.path.join(HERE, 'weights.safetensors'), os.path.join(HERE, 'points.safetensors')


# ---- Network ---------------------------------------------------------------------------------------------------------


class TimeFeatures(nn.Module):
    """t [B] -> [sin(t f_i), cos(t f_i)] [B, T], f_i = time_scale 10000^(-i / (T/2))."""

    def __init__(self, features, time_scale):
        super().__init__()
        exponent = torch.arange(features // 2, dtype=torch.float64) / (features // 2)
        self.register_buffer('frequency', (time_scale * 10000.0**-exponent).float(), persistent=False)

    def forward(self, t):
        angle = t.unsqueeze(1) * self.frequency
        return torch.cat([angle.sin(), angle.cos()], dim=1)


class VectorFieldMLP(nn.Module):
    """F(x, t) = net(concat(x, e)), e = W2 silu(W1 s(t) + b1) + b2; with K classes e + table[label], row K for none."""

    def __init__(self, dim, hidden, layers, features, time_scale, classes):
        super().__init__()
        time = [TimeFeatures(features, time_scale), nn.Linear(features, hidden), nn.SiLU(), nn.Linear(hidden, hidden)]
        stack = [nn.Linear(dim + hidden, hidden), nn.SiLU()]
        for _ in range(layers - 1):
            stack += [nn.Linear(hidden, hidden), nn.SiLU()]
        self.t_embed, self.net = nn.Sequential(*time), nn.Sequential(*stack, nn.Linear(hidden, dim))
        self.label_embed = nn.Embedding(classes + 1, hidden) if classes else None

    def forward(self, t, x, labels=None):
        e = self.t_embed(t)
        if self.label_embed is not None:
            none = torch.full(t.shape, self.label_embed.num_embeddings - 1, device=t.device)
            e = e + self.label_embed(none if labels is None else labels)
        return self.net(torch.cat([x, e], dim=1))


# In an exported file the text of these stands here.
from path import Path, solve
from batches import NOISE, draw_batch, normal
from storage import Refusal, read_safetensors, unique, write_npy, write_safetensors

# ---- Run -------------------------------------------------------------------------------------------------------------

# What stands before a tensor's name; a run has ema2 and ema3 only where their decay is not 0.
SLOTS = {'raw': '', 'ema': 'ema.', 'moment': 'adam.m.', 'variance': 'adam.v.', 'ema2': 'ema2.', 'ema3': 'ema3.'}


class Run:
    """A network with its configuration, averages, moments and step: what a file holds."""

    def __init__(self, path=WEIGHTS, device='cpu'):
        tensors, self.metadata = read_safetensors(path)
        if self.metadata.get('format') != 'moonflow 1':
            raise Refusal(f"{path}: format: got {self.metadata.get('format')}; allowed is moonflow 1")
        self.config = config = json.loads(self.metadata['config'], object_pairs_hook=unique)
        for row, choices in KNOWN.items():
            if row not in config or (choices and config[row] not in choices):
                raise Refusal(f"{path}: {row}: got {config.get(row)}; allowed is {', '.join(choices) or 'a number'}")
        self.step, self.round, self.device = int(self.metadata['step']), int(self.metadata['round']), device
        self.curves = {name: tensors.pop(name) for name in ('path.alpha', 'path.sigma') if name in tensors}
        if (config['path'] == 'custom') != (len(self.curves) == 2):
            raise Refusal(f'{path}: got {len(self.curves)} curves of a path; allowed are both for custom, else none')
        # What decodes the points of a run of images in a latent space: carried along, the network does not need it.
        self.latent = {name: tensors.pop(name) for name in ('latent.mean', 'latent.components') if name in tensors}
        self.path = Path(config, list(self.curves.values()) or None)
        rows = 'dim', 'hidden', 'layers', 'features', 'time_scale', 'classes'
        self.net = VectorFieldMLP(*(config[row] for row in rows))
        shapes = {name: x.shape for name, x in self.net.state_dict().items()}
        prefixes = {slot: prefix for slot, prefix in SLOTS.items() if config.get(f'{slot}_decay', 1) > 0}
        wanted = {prefix + name: shape for prefix in prefixes.values() for name, shape in shapes.items()}
        if {name: x.shape for name, x in tensors.items()} != wanted:
            raise Refusal(f'{path}: got other tensors than the network of its configuration has')
        self.slots = {slot: {name: tensors[p + name].to(device) for name in shapes} for slot, p in prefixes.items()}
        self.net.to(device).load_state_dict(self.slots['raw'])
        self.slots['raw'] = self.net.state_dict()  # the living weights, not copies of them

    def field(self, weights='ema', label=None, guidance=1):
        """v(t, x) for t, a number or [N], and x [N, D]: of every class, or of one by guidance (Ho & Salimans 2022)."""
        if weights not in self.slots:
            raise Refusal(f'weights: got {weights}, and {weights}_decay of this run is 0; allowed is ema or raw')
        net = copy.deepcopy(self.net)
        net.load_state_dict(self.slots[weights])
        classes = self.config['classes']
        if label is not None and not 0 <= label < classes:
            raise Refusal(f'label: got {label}; allowed is {f"0 to {classes - 1}" if classes else "none in this run"}')

        def guided(t, x):
            if label is None:
                return net(t, x)
            own = net(t, x, torch.full(t.shape, label, device=t.device))
            return own if guidance == 1 else torch.lerp(net(t, x), own, guidance)
        return lambda t, x: self.path.velocity(guided, torch.as_tensor(t, device=x.device).expand(len(x)), x)

    @torch.no_grad()
    def sample(self, n, seed=1, solver=None, steps=None, weights='ema', x0=None, label=None, guidance=1):
        """n points [n, D] carried from x0, N(0, I): given, or those that Moonflow draws from `seed`."""
        x0 = normal((n, self.config['dim']), seed=seed, purpose=NOISE) if x0 is None else x0
        x0, solver = self.path.source_scale * x0.to(self.device), solver or self.config['solver']
        steps = steps or self.config['solver_steps']
        return solve(self.field(weights, label, guidance), x0, solver, steps, self.config['time_grid'])

    def save(self, path):
        tensors = {SLOTS[slot] + name: x for slot, part in self.slots.items() for name, x in part.items()}
        tensors.update(self.curves | self.latent)
        write_safetensors(path, tensors, {**self.metadata, 'config': json.dumps(self.config), 'step': str(self.step)})


# ---- Training --------------------------------------------------------------------------------------------------------


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


class Trainer:
    """The steps of a run. Where there are several processes, each computes the gradient of its share of the batch."""

    def __init__(self, run, own=None):
        self.run, self.own, together = run, own, dist.is_initialized()
        self.rank, self.processes = (dist.get_rank(), dist.get_world_size()) if together else (0, 1)
        self.net = DistributedDataParallel(run.net) if together else run.net
        # Kept, since a process whose gloo thread frees the last tensor it summed may wait for itself at its end.
        self.total = torch.zeros((), device=run.device)
        if run.config['batch'] < self.processes:
            raise Refusal(f"batch: got {run.config['batch']}; allowed is at least one point for each process")

    def gradient(self, t, x0, x1, labels=None):
        """The loss of the whole batch, whose gradient is left in p.grad of every process."""
        share = slice(len(t) * self.rank // self.processes, len(t) * (self.rank + 1) // self.processes)
        parts = [x[share].to(self.run.device) for x in (t, x0, x1, labels) if x is not None]
        self.run.net.zero_grad()
        loss = self.run.path.squared_error(self.net, *parts) / x1.numel()
        (self.processes * loss).backward()  # of this DistributedDataParallel takes the mean, which is the sum of shares
        self.total.copy_(loss.detach())
        if self.processes > 1:
            dist.all_reduce(self.total)
        return float(self.total)

    def step(self):
        run = self.run
        loss = self.gradient(*draw_batch(run.config, run.path, run.step, run.round, self.own))
        if not math.isfinite(loss):
            raise Refusal(f'step {run.step}: the loss is {loss}; the file is as last saved; try a smaller --lr')
        move(run)
        return loss


def train(args):
    """Takes the steps and saves, every so many and at the end."""
    cuda, place = torch.cuda.is_available(), int(os.environ.get('LOCAL_RANK', 0))
    if 'RANK' in os.environ:  # set by torchrun
        dist.init_process_group('nccl' if cuda else 'gloo')
    run = Run(args.run, f'cuda:{place}' if cuda else 'cpu')
    config, own = run.config, None
    if config['coupling'] == 'paired':
        raise Refusal('coupling: got paired, and the pairs of a reflow are in no file; train the run it began from')
    if config['data'] == 'points':
        if not os.path.exists(args.points):
            raise Refusal(f'{args.points}: there is no such file; name it by --points, or export the run with --data')
        own = read_safetensors(args.points)[0]
    last = run.step + args.steps
    config.update({row: value for row in ('batch', 'lr', 'muon_lr') if (value := getattr(args, row)) is not None})
    config['steps'] = max(config['steps'], last)  # where the cosine ends
    trainer = Trainer(run, own)
    while run.step < last:
        loss = trainer.step()
        if trainer.rank == 0 and (run.step % args.every == 0 or run.step == last):
            run.save(args.out or args.run)
            print(f'step {run.step} of {last}, loss {loss:.5f}, saved', flush=True)
    if dist.is_initialized():
        dist.destroy_process_group()


def sample(args):
    run = Run(args.run, 'cuda' if torch.cuda.is_available() else 'cpu')
    travel = args.solver, args.steps, args.weights
    write_npy(args.out, run.sample(args.n, args.seed, *travel, label=args.label, guidance=args.guidance))


def positive(kind):
    def read(text):
        if not 0 < kind(text) < math.inf:
            raise argparse.ArgumentTypeError(f'got {text}; allowed is a number above 0')
        return kind(text)
    return read


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True, metavar='sample|train')
    for verb in (sample, train):
        verbs.add_parser(verb.__name__).set_defaults(verb=verb)
    for options in verbs.choices.values():
        options.add_argument('--run', default=WEIGHTS, help='the file to start from')
    options = verbs.choices['sample'].add_argument
    options('-n', type=positive(int), default=2000, help='points; 2000 when not given')
    options('--seed', type=int, default=1, help='of the start points; 1 when not given')
    options('--solver', choices=KNOWN['solver'], help="the run's own when not given")
    options('--steps', type=positive(int), help="steps of the solver; the run's own when not given")
    options('--weights', choices=['ema', 'raw', 'ema2', 'ema3'], default='ema')
    options('--label', type=int, help='class to take, of a run with classes; all when not given')
    options('--guidance', type=float, default=1, help='strength of --label; 1 when not given')
    options('--out', required=True, help='the .npy file to write')
    options = verbs.choices['train'].add_argument
    options('--steps', type=positive(int), required=True, help='to take; the cosine ends no earlier than they do')
    options('--batch', type=positive(int), help='points in a batch, over all processes')
    options('--lr', type=positive(float), help='peak rate of AdamW')
    options('--muon-lr', type=positive(float), help='peak rate of Muon')
    options('--points', default=POINTS, help='tensors `points` [N, D] and, with classes, `labels` [N]')
    options('--every', type=positive(int), default=1000, help='steps between saves; 1000 when not given')
    options('--out', help='save here and leave the file of --run as it is')
    args = parser.parse_args()
    try:
        args.verb(args)
    except (Refusal, OSError) as error:
        sys.exit(f'flow.py: {error}')


if __name__ == '__main__':
    main()
