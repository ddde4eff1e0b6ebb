"""The one judge of all ratings: `judge_ratings.py FOLDER PREFIX FACTORS` prints the RMSE on FOLDER/test.mtx of the ratings
mean + user's bias + item's bias + user's factors times item's, from PREFIX.*.f32; a file of biases or mean that is not there is 0."""
import json
import sys

import numpy as np

from data import read_biases, read_ratings


def judge(folder, prefix, factors):
    test = read_ratings(folder, "test").tocoo()
    users, items = (np.fromfile(f"{prefix}.{side}.f32", dtype=np.float32).reshape(-1, factors) for side in ("users", "items"))
    assert test.shape == (len(users), len(items)), "factors of another shape than the data"
    mean = read_biases(f"{prefix}.mean.f32", 1)[0]
    user_biases = read_biases(f"{prefix}.user_biases.f32", len(users))
    item_biases = read_biases(f"{prefix}.item_biases.f32", len(items))
    predicted = mean + user_biases[test.row] + item_biases[test.col] + np.einsum("ij,ij->i", users[test.row], items[test.col])
    return {"rmse": float(np.sqrt(np.mean((predicted.astype(np.float64) - test.data) ** 2)))}


if __name__ == "__main__":
    print(json.dumps(judge(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
