"""`judge_slim.py FOLDER PREFIX SHARE`: the mean over every SHARE-th item of what SLIM minimises, 1/2 |x_j - X w|^2 + l2/2 |w|^2 +
l1 |w|_1 in double, as a share of its value for w = 0. The weights are in PREFIX.weights.f32, l1 and l2 in PREFIX.penalties.f32."""
import json
import sys

import numpy as np

from data import read_interactions


def judge(folder, prefix, share):
    x = read_interactions(folder, ones=True).astype(np.float64).tocsc()
    items = np.arange(0, x.shape[1], share)
    weights = np.fromfile(f"{prefix}.weights.f32", dtype=np.float32).reshape(x.shape[1], -1)[:, items].astype(np.float64)
    l1, l2 = np.fromfile(f"{prefix}.penalties.f32", dtype=np.float32).astype(np.float64)
    assert (weights[items, np.arange(len(items))] == 0).all() and (weights >= 0).all(), "weights of the item itself, or below 0"
    targets = x[:, items].toarray()
    losses = 0.5 * ((targets - x @ weights) ** 2).sum(axis=0) + 0.5 * l2 * (weights ** 2).sum(axis=0) + l1 * weights.sum(axis=0)
    return {"objective": float(losses.sum() / (0.5 * (targets ** 2).sum()))}


if __name__ == "__main__":
    print(json.dumps(judge(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
