"""A flow-matching model that Moonflow trained, in PyTorch: sample it, or train it on, by as many processes as you have.

    python3 flow.py sample -n 2000 --out x.npy              # the points of `moonflow sample -n 2000`
    python3 flow.py train --steps 1000                      # 1,000 more steps, saved in place
    torchrun --nproc_per_node 2 flow.py train --steps 1000  # the same steps, shared by two processes

Needs PyTorch 1.13 or later alone. `moonflow` reads the weights.safetensors that this writes. (torchrun of PyTorch 1.13
fails on Python 3.11 with "no attribute 'get'"; there, as on Debian 12, it takes -r 2 -t 2 first.)

Time runs from noise (t = 0, x0) to data (t = 1, x1); B batch, D dimension of a point, H hidden width, T time features:
x_t = sigma(t) x0 + alpha(t) x1,  u_t = sigma'(t) x0 + alpha'(t) x1,  loss = mean over B and D of (v(t, x_t) - u_t)^2.

Batch k is a function of seed and k, from the counter-based stream that Moonflow draws it from: a run goes on with the
batches it would have had (under ot, of pairings that cost the same another may be taken). Every process draws the whole
batch and computes its share, so neither an interruption nor the number of processes changes a run by more than rounding.
"""
import argparse
import ast
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
    "source": ["gaussian", "moons-iid", "8gaussians", "checkerboard", "circles", "spirals", "moons-iid-torchcfm",
               "8gaussians-torchcfm", "points"],
    "path": ["linear", "vp-cosine", "ve", "vp-linear", "polynomial", "custom"],
    "sigma_min": [], "sigma_max": [], "sigma_data": [], "path_power": [], "predict": ["v", "x1", "noise", "score"],
    "coupling": ["independent", "ot", "sinkhorn", "ot-conditional", "paired", "distilled"],
    "ot_batch": [], "sinkhorn_reg": [], "ot_class_weight": [], "target": ["pair", "stable"],
    "time": ["uniform", "logit-normal", "power", "u-shaped"],
    "time_mean": [], "time_std": [], "time_exponent": [], "time_ends": [], "stratified": [],
    "label_drop": [], "batch": [],
    "weight": ["none", "snr", "min-snr", "edm"], "weight_gamma": [],
    "steps": [], "optimiser": ["adamw", "muon"], "lr": [], "schedule": ["constant", "cosine"], "warmup": [],
    "beta1": [], "beta2": [], "eps": [], "muon_lr": [], "muon_momentum": [], "weight_decay": [], "clip": [],
    "ema_decay": [], "ema_late_decay": [], "ema_late_from": [], "ema2_decay": [], "ema3_decay": [], "ema_warmup": [],
    "solver": ["euler", "midpoint", "heun", "rk4", "ab2", "dopri5"], "solver_steps": [],
    "time_grid": ["uniform", "quadratic"], "rtol": [], "atol": [],
    "sde": ["none", "constant", "sigma"], "sde_strength": []
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
from path import Path
from batches import DIFFUSION, NOISE, draw_batch, draw_source, normal
from optimiser import move
from solver import check_travel, churn, dopri5, grid_times, lack_of_score, solve
from storage import Refusal, read_own, read_safetensors, read_start, require_folder, unique
from storage import write_npy, write_safetensors

# ---- Run -------------------------------------------------------------------------------------------------------------

TRAVEL = 'solver', 'solver_steps', 'time_grid', 'rtol', 'atol', 'sde', 'sde_strength'
GUIDE = 'label', 'guidance', 'guidance_interval'
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
            held = config.get(row)
            if held not in choices if choices else not isinstance(held, (int, float)):
                raise Refusal(f"{path}: {row}: got {held}; allowed is {', '.join(choices) or 'a number'}")
        self.step, self.round, self.device = int(self.metadata['step']), int(self.metadata['round']), device
        self.curves = {name: tensors.pop(name) for name in ('path.alpha', 'path.sigma') if name in tensors}
        if (config['path'] == 'custom') != (len(self.curves) == 2):
            raise Refusal(f'{path}: got {len(self.curves)} curves of a path; allowed are both for custom, else none')
        self.source, d = tensors.pop('source.points', None), config['dim']  # [N, D], where x0 is drawn from one's own
        got = None if self.source is None else list(self.source.shape)
        if (config['source'] == 'points') != bool(got) or got and (len(got) != 2 or got[0] < 1 or got[1] != d):
            raise Refusal(f"{path}: source.points: got {got}; allowed is [N, {d}] for source points, else none")
        # What leads from coordinates of a latent space, which the network knows alone, to data [N, W] and back.
        self.latent = {name: tensors.pop(name) for name in ('latent.mean', 'latent.components') if name in tensors}
        wide = max(map(len, self.latent.values())) if self.latent else 0
        if [list(x.shape) for x in self.latent.values()] not in ([], [[wide], [d, wide]]):
            got = ', '.join(f'{name} {list(x.shape)}' for name, x in self.latent.items())
            raise Refusal(f'{path}: got {got}; allowed are latent.mean [W] and latent.components [{d}, W], or none')
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

    def field(self, weights='ema', label=None, guidance=1, guidance_interval=(0, 1)):
        """v(t, x) for t, a number or [N], and x [N, D]: of every class; or of `label`, one or [N], by guidance (Ho &
        Salimans 2022) at times of the interval and by 1 elsewhere (Kynkaanniemi et al. 2024)."""
        if weights not in self.slots:
            raise Refusal(f'weights: got {weights}, and {weights}_decay of this run is 0; allowed is ema or raw')
        net, classes = copy.deepcopy(self.net), self.config['classes']
        net.load_state_dict(self.slots[weights])
        labels = None if label is None else torch.as_tensor(label, device=self.device)
        if labels is not None and not (classes and 0 <= labels.min() <= labels.max() < classes):
            raise Refusal(f'label: got {label}; allowed is {f"0 to {classes - 1}" if classes else "none in this run"}')
        if labels is None and (guidance != 1 or tuple(guidance_interval) != (0, 1)):
            raise Refusal(f'guidance: got {guidance} without a label; allowed is with a label of a run with classes')
        low, high = torch.tensor(guidance_interval, dtype=torch.float32, device=self.device)
        if not 0 <= low <= high <= 1:
            raise Refusal(f'guidance_interval: got {guidance_interval}; allowed are two times from 0 to 1 in order')

        def guided(t, x):
            if labels is None:
                return net(t, x)
            own, inside = net(t, x, labels.expand(len(x))), (t >= low) & (t <= high)
            if guidance == 1 or not bool(inside.any()):
                return own
            return torch.where(inside.unsqueeze(1), torch.lerp(net(t, x), own, guidance), own)

        def velocity(t, x):
            t = torch.as_tensor(t, dtype=torch.float32, device=x.device)
            return self.path.velocity(guided, t.expand(len(x)), x)
        return velocity

    def convert(self, given, wanted, t, x, value):
        """What is known at points x_t [N, D] at times t [N], each of v, x1, noise and score, said in another way."""
        for kind in (given, wanted):
            if kind not in KNOWN['predict']:
                raise Refusal(f"quantity: got {kind}; allowed is {', '.join(KNOWN['predict'])}")
            if kind == 'score' and lack_of_score(self.config):
                raise Refusal(f'quantity: got score; allowed is v, x1 or noise: {lack_of_score(self.config)}')
        skip, out = (each.unsqueeze(1) for each in self.path.conversion(t.double(), given, wanted))
        return (skip * x.double() + out * value.double()).float()

    def decode(self, z):
        """Data [N, W] of coordinates z [N, D] in the latent space of the run: mean + z components."""
        mean, components = (x.double() for x in self.latent.values())
        return (mean + z.cpu().double() @ components).float()

    def encode(self, x):
        """Coordinates [N, D] of data x [N, W], the rows of components being orthonormal: (x - mean) components^T."""
        mean, components = (x.double() for x in self.latent.values())
        return ((x.cpu().double() - mean) @ components.T).float()

    def noise(self, n, seed):
        """x0 [n, D], of unit scale at t = 0: what Moonflow starts at from this seed."""
        return draw_source(self.config, n, self.source, seed=seed, purpose=NOISE)

    @torch.no_grad()
    def sample(self, n=2000, seed=1, x0=None, weights='ema', t_start=0, t_end=1, **options):
        """n points [n, D] carried from x0, of unit scale at t = 0: given, or those that Moonflow draws from `seed`.

        options: solver, solver_steps, time_grid (its name, or times of your own), rtol, atol, sde and sde_strength
        where they are not the run's own; label, guidance and guidance_interval as `field` takes them.
        """
        for row in ('solver', 'sde', 'time_grid'):
            if isinstance(held := options.get(row, KNOWN[row][0]), str) and held not in KNOWN[row]:
                raise Refusal(f"{row}: got {held}; allowed is {', '.join(KNOWN[row])}")
        guide = {name: options.pop(name) for name in GUIDE if name in options}
        check_travel(self.config, options, guide.get('guidance', 1), t_start, t_end, seed)
        c, field = {**self.config, **options}, self.field(weights, **guide)
        x = self.noise(n, seed) if x0 is None else x0
        times = grid_times(c['time_grid'], c['solver_steps'], t_start, t_end)
        x = (self.path.source_scale if times[0] == 0 else 1) * x.to(self.device)
        if c['solver'] == 'dopri5':
            x = dopri5(field, x, t_start, t_end, c['rtol'], c['atol'], c['solver_steps'])
        else:
            x = solve(field, x, c['solver'], times, self.disturbance(c, times, seed))
        return x / self.path.source_scale if times[-1] == 0 else x

    def disturbance(self, c, times, seed):
        """The noise before each step that `solve` asks for; None for none."""
        if c['sde'] == 'none':
            return None
        t = torch.tensor(times, dtype=torch.float64)
        g = c['sde_strength'] * (self.path.at(t)[1] if c['sde'] == 'sigma' else torch.ones_like(t))
        return churn(self.path, times, g, lambda shape, i: normal(shape, seed=seed, purpose=DIFFUSION, step=i))

    def save(self, path):
        tensors = {SLOTS[slot] + name: x for slot, part in self.slots.items() for name, x in part.items()}
        tensors.update(self.curves | self.latent | ({} if self.source is None else {'source.points': self.source}))
        write_safetensors(path, tensors, {**self.metadata, 'config': json.dumps(self.config), 'step': str(self.step)})


# ---- Training --------------------------------------------------------------------------------------------------------


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
        loss = self.gradient(*draw_batch(run.config, run.path, run.step, run.round, self.own, run.source))
        if not math.isfinite(loss):
            raise Refusal(f'step {run.step}: the loss is {loss}; the file is as last saved; try a smaller --lr')
        move(run)
        return loss


def train(args):
    """Takes the steps and saves, every so many and at the end."""
    cuda, place = torch.cuda.is_available(), int(os.environ.get('LOCAL_RANK', 0))
    if 'RANK' in os.environ:  # set by torchrun
        dist.init_process_group('nccl' if cuda else 'gloo')
    require_folder(args.out or args.run)
    run = Run(args.run, f'cuda:{place}' if cuda else 'cpu')
    config, last = run.config, run.step + args.steps
    config.update({row: value for row in ('batch', 'lr', 'muon_lr') if (value := getattr(args, row)) is not None})
    config['steps'] = max(config['steps'], last)  # where the cosine ends
    if 0 < config['ot_batch'] < config['batch']:
        raise Refusal(f"batch: got {config['batch']}; allowed is at most ot_batch, which is {config['ot_batch']}")
    trainer = Trainer(run, read_own(config, args.points, POINTS))
    while run.step < last:
        loss = trainer.step()
        if trainer.rank == 0 and (run.step % args.every == 0 or run.step == last):
            run.save(args.out or args.run)
            print(f'step {run.step} of {last}, loss {loss:.5f}, saved', flush=True)
    if dist.is_initialized():
        dist.destroy_process_group()


def sample(args):
    if not args.out.lower().endswith(('.npy', '.safetensors')):
        raise Refusal(f'--out: got {args.out}; allowed is a file name ending in .npy or .safetensors')
    require_folder(args.out)
    run = Run(args.run, 'cuda' if torch.cuda.is_available() else 'cpu')
    options = {row: value for row in TRAVEL + GUIDE if (value := getattr(args, row)) is not None}
    if args.start and args.n:
        raise Refusal(f'-n: got {args.n}; allowed is none beside --from, which gives the points')
    if args.latents and not run.latent:
        raise Refusal(f'--latents: got it; allowed is none: {args.run} is in no latent space')
    grid, classes = options.get('time_grid'), run.config['classes']
    begin, end = (args.t_start, args.t_end) if grid is None or isinstance(grid, str) else (grid[0], grid[-1])
    x0 = read_start(run, args.start, begin) if args.start else run.noise(args.n or 2000, args.seed)
    if args.label == 'all':
        if not classes:
            raise Refusal('label: got all; allowed is none in this run, which has no classes')
        options['label'] = torch.arange(len(x0)) * classes // len(x0)
    x = run.sample(seed=args.seed, x0=x0, weights=args.weights, t_start=args.t_start, t_end=args.t_end, **options)
    if not args.out.endswith('.safetensors'):
        return write_npy(args.out, run.decode(x) if run.latent and end == 1 and not args.latents else x)
    if (args.t_start, args.t_end, options.get('sde', run.config['sde'])) != (0, 1, 'none') or args.start:
        raise Refusal(f'--out: got {args.out}; allowed is .npy: pairs go from noise at t = 0 to t = 1, and without sde')
    labels = {'labels': torch.as_tensor(options['label']).expand(len(x)).float()} if 'label' in options else {}
    return write_safetensors(args.out, {'x0': x0, 'x1': x, **labels}, {})


def positive(kind):
    def read(text):
        if not 0 < kind(text) < math.inf:
            raise argparse.ArgumentTypeError(f'got {text}; allowed is a number above 0')
        return kind(text)
    return read


def times(text):
    """Numbers with commas between."""
    return [float(each) for each in text.split(',')]


def grid(text):
    return text if text in KNOWN['time_grid'] else times(text)


def label(text):
    return text if text == 'all' else int(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True, metavar='sample|train')
    for verb in (sample, train):
        verbs.add_parser(verb.__name__).set_defaults(verb=verb)
    for options in verbs.choices.values():
        options.add_argument('--run', default=WEIGHTS, help='the file to start from')
    options = verbs.choices['sample'].add_argument
    options('-n', type=positive(int), help='points; 2000 when not given')
    options('--seed', type=int, default=1, help='of the start points and of the noise on the way; 1 when not given')
    options('--from', dest='start', help='a .npy file of points [N, D] to start at instead')
    options('--t-start', type=float, default=0, help='time at which they start; 0 when not given')
    options('--t-end', type=float, default=1, help='time at which they end; 1 when not given')
    options('--solver', choices=KNOWN['solver'], help="this and what follows: the run's own when not given")
    options('--steps', dest='solver_steps', type=positive(int), help='of the solver; of dopri5 the most it may try')
    options('--time-grid', type=grid,
            help=f"{' or '.join(KNOWN['time_grid'])}, or times of your own with commas between, instead of --steps")
    options('--rtol', type=float, help='dopri5: error that a step may make, relative to the point')
    options('--atol', type=float, help='dopri5: error that a step may make besides')
    options('--sde', choices=KNOWN['sde'], help='noise g on the way: --sde-strength, or that times sigma(t)')
    options('--sde-strength', type=float, help='how strong the noise is')
    options('--weights', choices=['ema', 'raw', 'ema2', 'ema3'], default='ema')
    options('--label', type=label,
            help='class to take, of a run with classes, or all for as many of each; their mixture when not given')
    options('--guidance', type=float, help='strength of --label; 1 when not given')
    options('--guidance-interval', type=times, help='LO,HI: times between which it counts; 0,1 when not given')
    options('--latents', action='store_true',
            help='write coordinates in the latent space of a run, which is undone otherwise where points end at t = 1')
    options('--out', required=True, help='the .npy file to write; pairs.safetensors: pairs for a reflow, to train on')
    options = verbs.choices['train'].add_argument
    options('--steps', type=positive(int), required=True, help='to take; the cosine ends no earlier than they do')
    options('--batch', type=positive(int), help='points in a batch, over all processes')
    options('--lr', type=positive(float), help='peak rate of AdamW')
    options('--muon-lr', type=positive(float), help='peak rate of Muon')
    options('--points', help='tensors `points`, or of a reflow `x0` and `x1`, and of classes `labels`')
    options('--every', type=positive(int), default=1000, help='steps between saves; 1000 when not given')
    options('--out', help='save here and leave the file of --run as it is')
    args = parser.parse_args()
    try:
        args.verb(args)
    except (Refusal, OSError) as error:
        sys.exit(f'flow.py: {error}')


if __name__ == '__main__':
    main()
