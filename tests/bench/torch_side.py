"""PyTorch's side of the bench: reads one JSON request a line, answers with one JSON line. Started by contender.js,
which says what the requests are.

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

    def differentiate_batch(self, batch):
        loss, _, _ = loss_of(self.model, self.path, *batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        return loss

    def take_step(self, batch):
        loss = self.differentiate_batch(batch)
        torch.nn.utils.clip_grad_norm_(self.parameters, SEED['clip'])
        self.optimiser.step()
        torch._foreach_mul_(self.average, SEED['ema_decay'])
        torch._foreach_add_(self.average, [p.detach() for p in self.parameters], alpha=1 - SEED['ema_decay'])
        return loss

    def run(self, steps, loss_of_batch):
        batches = [batch_of(SEED, self.step + i) for i in range(steps)]
        begin = time.perf_counter()
        losses = [loss_of_batch(batch) for batch in batches]
        ms = (time.perf_counter() - begin) * 1e3
        return {'losses': [loss.item() for loss in losses], 'ms': ms}

    def train(self, steps):
        answer = self.run(steps, self.take_step)
        self.step += steps
        return answer

    def differentiate(self, steps):
        return self.run(steps, self.differentiate_batch)

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
            answer = {'version': f'{torch.__version__} (Python {platform.python_version()})'}
        else:
            answer = {'train': run.train, 'differentiate': run.differentiate, 'sample': run.sample}[kind](**request)
        print(json.dumps(answer), flush=True)


if __name__ == '__main__':
    main()
