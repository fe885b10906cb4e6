"""SciPy's side of the bench: reads one JSON request a line, answers with one JSON line. Started by contender.js.

    {"do": "version"}                  -> {"version"}
    {"do": "assign", "x0", "x1"}       -> {"match", "ms", "solve_ms"}     points as flat lists of D = 2

`ms` covers the cost matrix and the solution, `solve_ms` the solution alone.
"""
import json
import sys
import time

import numpy as np
import scipy
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist


def assign(x0, x1):
    a, b = (np.array(x, dtype=np.float64).reshape(-1, 2) for x in (x0, x1))
    begin = time.perf_counter()
    cost = cdist(a, b, 'sqeuclidean')
    solve = time.perf_counter()
    _, match = linear_sum_assignment(cost)
    end = time.perf_counter()
    return {'match': match.tolist(), 'ms': (end - begin) * 1e3, 'solve_ms': (end - solve) * 1e3}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        kind = request.pop('do')
        answer = {'version': scipy.__version__} if kind == 'version' else {'assign': assign}[kind](**request)
        print(json.dumps(answer), flush=True)


if __name__ == '__main__':
    main()
