"""PyTorch's side of the bench: reads one JSON request a line, answers with one JSON line. Started by rival.js.

    {"do": "version"}                          -> {"torch", "python", "threads"}
    {"do": "train", "steps": n}                -> {"losses": [n], "ms"}     continues the run
    {"do": "sample", "count": n, "steps": k}   -> {"points": [...], "ms"}   Euler, from batch-like start points

One thread. The faster of PyTorch's ways is used: fused lists of tensors for AdamW and EMA, no data loader, batches made
before the clock starts.
"""
import json
import platform
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'fixtures'))

from draw import spread  # noqa: E402
from field import loss_of, make_field, make_path, solve  # noqa: E402
from given import SEED, batch_of, set_weights  # noqa: E402


class Run:
    def __init__(self):
        self.model, self.path, self.step = make_field(SEED), make_path(SEED), 0
        set_weights(self.model)
        self.parameters = list(self.model.parameters())
        self.average = [p.detach().clone() for p in self.parameters]
        self.optimiser = torch.optim.AdamW(self.parameters, lr=SEED['lr'], weight_decay=0.0, foreach=True)

    def take_step(self, batch):
        loss, _, _ = loss_of(self.model, self.path, *batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, SEED['clip'])
        self.optimiser.step()
        torch._foreach_mul_(self.average, SEED['ema_decay'])
        torch._foreach_add_(self.average, [p.detach() for p in self.parameters], alpha=1 - SEED['ema_decay'])
        return loss

    def train(self, steps):
        batches = [batch_of(SEED, self.step + i) for i in range(steps)]
        self.step += steps
        begin = time.perf_counter()
        losses = [self.take_step(batch) for batch in batches]
        ms = (time.perf_counter() - begin) * 1e3
        return {'losses': [loss.item() for loss in losses], 'ms': ms}

    def sample(self, count, steps):
        start = torch.from_numpy(spread(9000, (count, 2), -2, 2))
        begin = time.perf_counter()
        points = solve(self.model, self.path, start, 'euler', steps)
        ms = (time.perf_counter() - begin) * 1e3
        return {'points': points.flatten().tolist(), 'ms': ms}


def main():
    torch.set_num_threads(1)
    run = Run()
    for line in sys.stdin:
        request = json.loads(line)
        kind = request.pop('do')
        if kind == 'version':
            answer = {'torch': torch.__version__, 'python': platform.python_version(),
                      'threads': torch.get_num_threads()}
        else:
            answer = {'train': run.train, 'sample': run.sample}[kind](**request)
        print(json.dumps(answer), flush=True)


if __name__ == '__main__':
    main()
