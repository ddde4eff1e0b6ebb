"""The peer of evaluation: metrics of lists that are given, FOLDER/made.*. Returns the seconds, a width for the judge and arrays
by the ending of their file. See peers.py."""
import numpy as np

from data import read_made_lists
from registry import peer, timed_twice

METRICS = ("ndcg", "recall", "map")


@peer("ranx")
def ranx_lists(p, folder):
    """evaluate on what its Qrels and Run become before it computes anything, typed lists of (id, value) in double, filled
    outside of the clock, since they take it longer than the metrics. The lists are sorted: it does not sort them by the clock."""
    from numba.typed import List
    from ranx import evaluate
    lists, offsets, wanted = read_made_lists(folder)
    run = np.stack([lists, np.broadcast_to(-np.arange(lists.shape[1]), lists.shape)], axis=2, dtype=np.float64)
    qrels = np.stack([wanted, np.ones(len(wanted))], axis=1, dtype=np.float64)
    typed_run, typed_qrels = List(run), List(np.split(qrels, offsets[1:-1]))
    names = [f"{metric}@{p['k']}" for metric in METRICS]
    means, seconds = timed_twice(lambda: evaluate(typed_qrels, typed_run, names, threads=p["threads"]))
    return seconds, p["k"], {"means.f64": [means[name] for name in names]}
