"""`judge_recommended.py FOLDER PREFIX K`: Recall@K of the lists in PREFIX.lists.i32 on the test of FOLDER, or of the scores that
the weights in PREFIX.weights.f32 give to what is not in its training (K then 20). Recall divides by all of a user's test items."""
import json
import os
import sys

import numpy as np

from data import read_heldout, read_interactions

BATCH = 256


def lists_of(train, prefix, users):
    """The 20 best items of the users by items x items weights: scores are sums over rows."""
    weights = np.memmap(f"{prefix}.weights.f32", dtype=np.float32, mode="r").reshape(train.shape[1], -1)
    scores = train[users] @ weights
    scores[train[users].nonzero()] = -np.inf
    return np.argpartition(scores, len(weights) - 20, axis=1)[:, -20:]


def judge(folder, prefix, k):
    train, test = read_interactions(folder, ones=True), read_heldout(folder)
    given = np.fromfile(f"{prefix}.lists.i32", dtype=np.int32).reshape(-1, k) if os.path.exists(f"{prefix}.lists.i32") else None
    judged, recall = np.flatnonzero(np.diff(test.indptr)), 0.0
    for begin in range(0, len(judged), BATCH):
        users = judged[begin:begin + BATCH]
        lists = lists_of(train, prefix, users) if given is None else given[users]
        rows, fresh = np.arange(len(users))[:, None], train[users].toarray() == 0
        hits = (test[users].toarray() > 0)[rows, lists] & fresh[rows, lists] & (lists >= 0)
        recall += (hits.sum(axis=1) / np.diff(test.indptr)[users]).sum()
    return {"recall": float(recall / len(judged))}


if __name__ == "__main__":
    print(json.dumps(judge(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
