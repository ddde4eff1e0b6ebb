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


SHARE = 50  # of SLIM's items every so many are solved and judged, where all would take hours


def read_interactions(folder, ones=False):
    """What there is to learn from, in float: train.mtx with its values or train.txt with ones."""
    if not os.path.exists(f"{folder}/train.mtx"):
        return read_lightgcn(folder)[0]
    train = read_ratings(folder, "train")
    if ones:
        train.data[:] = 1
    return train


def read_heldout(folder):
    """The test that belongs to it, with ones."""
    if not os.path.exists(f"{folder}/test.mtx"):
        return read_lightgcn(folder)[1]
    test = read_ratings(folder, "test")
    test.data[:] = 1
    return test


def read_products(folder):
    """Two matrices whose product is asked for."""
    return tuple(scipy.io.mmread(f"{folder}/{name}.mtx").tocsr().astype(np.float32) for name in ("left", "right"))


def read_made(folder, factors):
    """Rows of users and of items, which were made before."""
    return tuple(np.fromfile(f"{folder}/made.{side}.f32", dtype=np.float32).reshape(-1, factors) for side in ("users", "items"))


def read_sparse(prefix, shape):
    """The matrix that a side has written."""
    offsets, columns, values = (np.fromfile(f"{prefix}.{name}", dtype=kind) for name, kind in
                                (("offsets.i64", np.int64), ("columns.i32", np.int32), ("values.f32", np.float32)))
    assert len(offsets) == shape[0] + 1, "rows of another number than the data"
    return sp.csr_matrix((values, columns, offsets), shape=shape)


def read_made_lists(folder):
    """Lists of items, one a row, and what each user wants: the offsets and the items, ascending."""
    lists, wanted = (np.fromfile(f"{folder}/made.{name}.i32", dtype=np.int32) for name in ("lists", "relevant"))
    offsets = np.fromfile(f"{folder}/made.offsets.i64", dtype=np.int64)
    return lists.reshape(len(offsets) - 1, -1), offsets, wanted
