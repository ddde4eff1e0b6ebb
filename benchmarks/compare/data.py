"""Reads what the runners of akin read: numpy and scipy, inside the virtual environment."""
import os

import numpy as np
import scipy.io
import scipy.sparse as sp


def read_lists(path):
    users, items = [], []
    with open(path) as lines:
        for line in lines:
            user, *listed = map(int, line.split())
            users.extend([user] * len(listed))
            items.extend(listed)
    return np.array(users, dtype=np.int32), np.array(items, dtype=np.int32)


def read_lightgcn(folder):
    """train and test, users x items, with ones."""
    sides = [read_lists(f"{folder}/{name}.txt") for name in ("train", "test")]
    shape = tuple(1 + max(int(side[axis].max()) for side in sides) for axis in (0, 1))
    matrices = []
    for users, items in sides:
        matrix = sp.csr_matrix((np.ones(len(users), dtype=np.float32), (users, items)), shape=shape)
        matrix.data[:] = 1  # a pair that is listed twice counts once
        matrices.append(matrix)
    return matrices


def read_ratings(folder, name):
    """users x items, in float; "train" or "test"."""
    return scipy.io.mmread(f"{folder}/{name}.mtx").tocsr().astype(np.float32)


def read_biases(path, count):
    """Zeros where there is no such file."""
    return np.fromfile(path, dtype=np.float32) if os.path.exists(path) else np.zeros(count, dtype=np.float32)
