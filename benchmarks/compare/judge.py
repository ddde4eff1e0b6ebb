"""The one judge of all: `judge.py FOLDER PREFIX FACTORS` prints Recall@20 and NDCG@20 of the factors in PREFIX.*.f32 on
FOLDER/test.txt, what is in train.txt left out; PREFIX.item_biases.f32, where there is one, is added to the scores. Recall divides by
all of a user's test items; users without any don't count."""
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from data import read_biases, read_lightgcn

K = 20


def judge(folder, prefix, factors):
    train, test = read_lightgcn(folder)
    users = np.fromfile(f"{prefix}.users.f32", dtype=np.float32).reshape(-1, factors)
    items = np.fromfile(f"{prefix}.items.f32", dtype=np.float32).reshape(-1, factors)
    biases = read_biases(f"{prefix}.item_biases.f32", len(items))
    assert len(users) == train.shape[0] and len(items) == train.shape[1], "factors of another shape than the data"
    k = min(K, len(items))
    discounts = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.concatenate([[0], np.cumsum(discounts)])
    counts = np.diff(test.indptr)
    judged = np.flatnonzero(counts)

    def sums(start):
        batch = judged[start:start + 256]
        rows = np.arange(len(batch))[:, None]
        scores = users[batch] @ items.T + biases
        scores[train[batch].nonzero()] = -np.inf
        top = np.argpartition(scores, len(items) - k, axis=1)[:, -k:]
        top = top[rows, np.argsort(-scores[rows, top], axis=1, kind="stable")]
        hits = test[batch].toarray()[rows, top] * np.isfinite(scores[rows, top])
        return ((hits.sum(axis=1) / counts[batch]).sum(),
                ((hits @ discounts) / ideal[np.minimum(counts[batch], k)]).sum())

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        recall, ndcg = np.sum(list(pool.map(sums, range(0, len(judged), 256))), axis=0) / len(judged)
    return {"recall": float(recall), "ndcg": float(ndcg)}


if __name__ == "__main__":
    print(json.dumps(judge(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
