"""`judge_products.py FOLDER PREFIX K`: which share of the K largest of each row of a product is kept, and how far the values are from
those of a computation in double, on every 32nd row. FOLDER has left.mtx and right.mtx, or interactions whose items' cosines are
meant, each item's with itself left out."""
import json
import os
import sys

import numpy as np
import scipy.sparse as sp

from data import read_interactions, read_products, read_sparse

STEP, BATCH = 32, 256


def factors(folder):
    """Two matrices in double, and whether the diagonal of their product is left out."""
    if os.path.exists(f"{folder}/left.mtx"):
        return *(side.astype(np.float64) for side in read_products(folder)), False
    train = read_interactions(folder).astype(np.float64)
    norms = np.sqrt(np.asarray(train.multiply(train).sum(axis=0)).ravel())
    scaled = (train @ sp.diags(1 / np.where(norms > 0, norms, 1))).tocsr()
    return scaled.T.tocsr(), scaled, True


def judge(folder, prefix, k):
    left, right, without_diagonal = factors(folder)
    kept = read_sparse(prefix, (left.shape[0], right.shape[1])).astype(np.float64)
    rows, best, got, furthest = np.arange(0, left.shape[0], STEP), 0.0, 0.0, 0.0
    for begin in range(0, len(rows), BATCH):
        batch = rows[begin:begin + BATCH]
        exact, theirs = (left[batch] @ right).toarray(), kept[batch].tocoo()
        furthest = max(furthest, float(np.abs(exact[theirs.row, theirs.col] - theirs.data).max(initial=0)))
        found = np.zeros_like(exact)
        found[theirs.row, theirs.col] = theirs.data
        if without_diagonal:
            for matrix in (exact, found):
                matrix[np.arange(len(batch)), batch] = 0
        best, got = (sums + np.partition(matrix, -k, axis=1)[:, -k:].sum() for sums, matrix in ((best, exact), (got, found)))
    assert furthest < 1e-4, f"a value is {furthest} away from the exact one"
    return {"kept": got / best, "furthest": furthest}


if __name__ == "__main__":
    print(json.dumps(judge(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
