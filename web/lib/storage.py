"""The files of a run, read strictly. `moonflow export` puts what follows the imports into flow.py."""
import ast
import ctypes
import json
import math
import os
import struct

import torch

# ---- Files -----------------------------------------------------------------------------------------------------------


class Refusal(ValueError):
    """Something cannot be done: what, the value it had, and what works."""


def unique(pairs):
    if len(dict(pairs)) < len(pairs):
        raise Refusal('a name stands twice')
    return dict(pairs)


def read_safetensors(path):
    """({name: float32 tensor}, metadata): header and size must agree to the byte, and every number be finite."""
    with open(path, 'rb') as file:
        content = file.read()
    try:
        end = start = 8 + struct.unpack_from('<Q', content)[0]
        header, tensors = json.loads(content[8:start], object_pairs_hook=unique), {}
        metadata = header.pop('__metadata__', {})
        for name, entry in sorted(header.items(), key=lambda item: item[1]['data_offsets']):
            first, last = entry.pop('data_offsets')
            count, shape = math.prod(entry['shape']), entry.pop('shape')
            if entry != {'dtype': 'F32'} or start + first != end or last - first != 4 * count:
                raise Refusal(f'{name}: got no float32 of {shape} that begin where the tensor before ends')
            end = start + last
            tensors[name] = torch.frombuffer(bytearray(content[end - 4 * count:end]), dtype=torch.float32).view(shape)
            if not tensors[name].isfinite().all():
                raise Refusal(f'{name}: got a number that is not finite')
        if end != len(content):
            raise Refusal(f'got {len(content)} bytes where the header describes {end}')
    except (struct.error, ValueError, TypeError, AttributeError, KeyError, RuntimeError) as error:
        raise Refusal(f'{path}: no sound safetensors file of float32: {error}') from error
    return tensors, metadata


def require_folder(path):
    """Before the work whose result goes there, not after it."""
    folder = os.path.dirname(path) or '.'
    if not os.path.isdir(folder):
        raise Refusal(f'--out: got {path}; allowed is a file in a folder that exists, and {folder} does not')


def write_whole(path, *parts):
    """Writes beside the target and renames: a reader finds the old file or the new one, never a part."""
    with open(f'{path}.part', 'wb') as file:
        file.writelines(parts)
    os.replace(f'{path}.part', path)


def raw_bytes(x):
    x = x.detach().cpu().contiguous()
    return ctypes.string_at(x.data_ptr(), 4 * x.numel())


def write_safetensors(path, tensors, metadata):
    header, end = {'__metadata__': metadata}, 0
    for name, x in tensors.items():
        header[name] = {'dtype': 'F32', 'shape': list(x.shape), 'data_offsets': [end, end + 4 * x.numel()]}
        end += 4 * x.numel()
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    write_whole(path, struct.pack('<Q', len(text)), text, *map(raw_bytes, tensors.values()))


def write_npy(path, x):
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {tuple(x.shape)}, }}"
    text = text.ljust((len(text) + 74) // 64 * 64 - 11) + '\n'  # the numbers begin at a multiple of 64
    write_whole(path, b'\x93NUMPY\x01\x00', struct.pack('<H', len(text)), text.encode(), raw_bytes(x))


def read_npy(path):
    """[N, D] of float32 or float64, in the order of C, every number finite."""
    with open(path, 'rb') as file:
        content = file.read()
    try:
        wide = content[6:7] != b'\x01'
        start = (12 if wide else 10) + struct.unpack_from('<I' if wide else '<H', content, 8)[0]
        header = ast.literal_eval(content[12 if wide else 10:start].decode('latin-1').strip())
        kind = {'<f4': torch.float32, '<f8': torch.float64}[header['descr']]
        x = torch.frombuffer(bytearray(content[start:]), dtype=kind).view(header['shape']).float()
        if content[:6] != b'\x93NUMPY' or header['fortran_order'] or x.dim() != 2 or not x.isfinite().all():
            raise Refusal('got another kind or order, or a number that is not finite')
    except (struct.error, SyntaxError, ValueError, TypeError, KeyError, RuntimeError) as error:
        raise Refusal(f'{path}: no sound .npy file of points [N, D]: {error}') from error
    return x


def read_start(run, path, t):
    """The points of a file: coordinates, or at t = 1 data, which a run in a latent space encodes."""
    x, dim = read_npy(path), run.config['dim']
    if run.latent and t == 1 and x.shape[1:] == run.latent['latent.mean'].shape:
        return run.encode(x)
    if x.shape[1:] != (dim,):
        wide = f" or [{len(run.latent['latent.mean'])}], data at t = 1" if run.latent else ''
        raise Refusal(f'{path}: got points of shape {list(x.shape[1:])} at t = {t:g}; allowed is [{dim}]{wide}')
    return x


def read_own(config, given, path):
    """What batches are drawn from besides seeds: {points} or, after a reflow, {x0, x1}, with labels of the classes.
    From the file that is `given`, else from `path`."""
    paired, dim = config['coupling'] in ('paired', 'distilled'), config['dim']
    if not paired and config['data'] != 'points':
        if given:
            raise Refusal(f"--points: got {given}; allowed is none: this run draws its batches from {config['data']}")
        return None
    path = given or path
    if not os.path.exists(path):
        if paired:
            raise Refusal(f"coupling: got {config['coupling']}, whose pairs are in no file; give some by --points: the "
                          'run it came from, exported too, writes them by flow.py sample --out pairs.safetensors')
        raise Refusal(f'{path}: there is no such file; name it by --points, or export the run with --data')
    own = read_safetensors(path)[0]
    names, n = ('x0', 'x1') if paired else ('points',), max(map(len, own.values()), default=0)
    shapes = {name: [n, dim] for name in names} | ({'labels': [n]} if config['classes'] else {})
    if n == 0 or {name: list(x.shape) for name, x in own.items()} != shapes:
        got = ', '.join(f'{name} {list(x.shape)}' for name, x in own.items()) or 'nothing'
        raise Refusal(f"{path}: got {got}; allowed is {', '.join(shapes)}, N of each, points of {dim} coordinates")
    if 'labels' in own and not set(own['labels'].tolist()) <= set(range(config['classes'])):
        raise Refusal(f"{path}: labels: got others than 0 to {config['classes'] - 1}")
    return own
