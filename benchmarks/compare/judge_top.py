"""`judge_top.py FOLDER PREFIX K`: the lists of K in PREFIX.lists.i32 beside the K best by the factors FOLDER/made.*.f32 in double, for
some users: `kept`, what the scores of the lists add up to as a share of what the best ones do, and `equal`, the share of the items
that are in both. PREFIX.query.i32 says how many factors there are, whether what the users have in the training is excluded,
and that each so many-th item is a candidate."""
import json
import sys

import numpy as np

from data import read_interactions, read_made


def judge(folder, prefix, k):
    factors, excludes, every = np.fromfile(f"{prefix}.query.i32", dtype=np.int32)
    users, items = (side.astype(np.float64) for side in read_made(folder, factors))
    lists = np.fromfile(f"{prefix}.lists.i32", dtype=np.int32).reshape(len(users), k)
    seen = read_interactions(folder) if excludes else None
    judged = np.arange(0, len(users), max(1, len(users) * len(items) // 2**25))
    at_once = max(1, 2**24 // len(items))
    sums, equal, total = np.zeros(2), 0, 0
    for begin in range(0, len(judged), at_once):
        batch = judged[begin:begin + at_once]
        scores = np.full((len(batch), len(items)), -np.inf)
        scores[:, ::every] = users[batch] @ items[::every].T
        if seen is not None:
            scores[seen[batch].nonzero()] = -np.inf
        best, given = np.argpartition(scores, -k, axis=1)[:, -k:], lists[batch]
        for row, (mine, theirs) in enumerate(zip(best, given)):
            mine, theirs = mine[np.isfinite(scores[row, mine])], theirs[theirs >= 0]
            assert len(np.unique(theirs)) == len(theirs) == len(mine), f"a list of another length for user {batch[row]}"
            assert np.isfinite(scores[row, theirs]).all(), f"an item that must not come to user {batch[row]}"
            sums += scores[row, theirs].sum(), scores[row, mine].sum()
            equal += len(np.intersect1d(mine, theirs))
            total += len(mine)
    return {"kept": sums[0] / sums[1], "equal": equal / total}


if __name__ == "__main__":
    print(json.dumps(judge(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
