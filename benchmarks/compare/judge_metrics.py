"""`judge_metrics.py FOLDER PREFIX K`: how far the means in PREFIX.means.f64, of NDCG, recall and average precision at K, are from
those that NumPy computes of the lists FOLDER/made.*."""
import json
import sys

import numpy as np

from data import read_made_lists

USERS_AT_ONCE = 20000


def sums(lists, offsets, wanted, k):
    """Of the three metrics over these users. A user and an item are one number, to be looked up among the wanted ones."""
    users, most = len(lists), max(int(lists.max()), int(wanted.max(initial=0))) + 1
    counts = np.diff(offsets)
    pairs = np.repeat(np.arange(users), counts) * most + wanted
    hits = np.isin(np.arange(users)[:, None] * most + lists[:, :k], pairs).astype(np.float64)
    ranks = np.arange(1, hits.shape[1] + 1)
    discounts = 1 / np.log2(np.arange(1, k + 1) + 1)
    ideal = np.concatenate([[0], np.cumsum(discounts)])[np.minimum(counts, k)]
    precisions = np.cumsum(hits, axis=1) / ranks
    found = counts > 0
    each = (hits @ discounts[:len(ranks)] / np.where(found, ideal, 1), hits.sum(axis=1) / np.maximum(counts, 1),
            (hits * precisions).sum(axis=1) / np.maximum(counts, 1))
    return np.array([*(metric[found].sum() for metric in each), found.sum()])


def judge(folder, prefix, k):
    lists, offsets, wanted = read_made_lists(folder)
    total = np.zeros(4)
    for begin in range(0, len(lists), USERS_AT_ONCE):
        end = min(begin + USERS_AT_ONCE, len(lists))
        total += sums(lists[begin:end], offsets[begin:end + 1] - offsets[begin], wanted[offsets[begin]:offsets[end]], k)
    exact, means = total[:3] / total[3], np.fromfile(f"{prefix}.means.f64", dtype=np.float64)
    return {"difference": float(np.abs(means - exact).max()), "ndcg": exact[0], "recall": exact[1], "map": exact[2]}


if __name__ == "__main__":
    print(json.dumps(judge(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
