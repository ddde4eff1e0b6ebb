"""`judge_predictions.py FOLDER PREFIX 1`: the RMSE of PREFIX.predictions.f32, one for each line of FOLDER/test.mtx by rows, cut to
the 1 to 5 of the ratings."""
import json
import sys

import numpy as np

from data import read_ratings


def judge(folder, prefix):
    test = read_ratings(folder, "test").tocoo()
    predicted = np.clip(np.fromfile(f"{prefix}.predictions.f32", dtype=np.float32).astype(np.float64), 1, 5)
    assert len(predicted) == test.nnz, "predictions of another number than the test"
    return {"rmse": float(np.sqrt(np.mean((predicted - test.data) ** 2)))}


if __name__ == "__main__":
    print(json.dumps(judge(sys.argv[1], sys.argv[2])))
