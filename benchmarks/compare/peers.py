"""A peer's side of the comparison: `peers.py NAME '{"factors": 64, …}'` trains once and prints the same JSON as akin's
runners. Parameters are akin's; each function says how its library spells them."""
import contextlib
import ctypes
import io
import json
import sys

import peers_evaluation
import peers_items
import peers_retrieval
from data import read_lightgcn, read_ratings
from registry import PEERS, installed_version, peer, timed_fit

__all__ = ["PEERS", "installed_version", "peers_evaluation", "peers_items", "peers_retrieval"]  # compare.py asks for the first two
TYPES = {"f32": "<f4", "f64": "<f8", "i32": "<i4", "i64": "<i8"}


@peer("implicit")
def implicit_als(p, folder):
    """Confidence is alpha * r instead of 1 + alpha * r, the same on 0/1 data with an alpha one larger."""
    from implicit.cpu.als import AlternatingLeastSquares
    train, _ = read_lightgcn(folder)
    model, seconds = timed_fit(
        lambda iterations: AlternatingLeastSquares(
            factors=p["factors"], regularization=p["regularization"], alpha=p["alpha"] + 1, iterations=iterations,
            use_cg=p["solver"] == "cg", num_threads=p["threads"], random_state=0),
        lambda model: model.fit(train, show_progress=False), p["iterations"])
    return seconds, model.user_factors, model.item_factors


@peer("irspack")
def irspack_ials(p, folder):
    """Loss ORIGINAL has confidence alpha0 + r, and with nu = 0 the same constant of regularisation."""
    from irspack import IALSRecommender
    train, _ = read_lightgcn(folder)
    weighted = (train * p["alpha"]).tocsr()

    def fit(model):
        model.start_learning()
        for _ in range(model.train_epochs):
            model.run_epoch()

    model, seconds = timed_fit(
        lambda iterations: IALSRecommender(
            weighted, n_components=p["factors"], alpha0=1.0, reg=p["regularization"], nu=0.0, loss_type="ORIGINAL",
            solver_type=p["solver"], n_threads=p["threads"], train_epochs=iterations), fit, p["iterations"])
    core = model.trainer.core_trainer
    return seconds, core.user, core.item


@peer("cmfrec")
def cmfrec_ials(p, folder):
    """CMF_implicit: confidence 1 + alpha * r; `lambda_` holds both sides alike."""
    from cmfrec import CMF_implicit
    train, _ = read_lightgcn(folder)
    triplets = train.tocoo()
    model, seconds = timed_fit(
        lambda iterations: CMF_implicit(
            k=p["factors"], lambda_=p["regularization"], alpha=p["alpha"], niter=iterations, use_cg=p["solver"] == "cg",
            use_float=True, nthreads=p["threads"], verbose=False, precompute_for_predictions=False, random_state=1),
        lambda model: model.fit(triplets), p["iterations"])
    return seconds, model.A_, model.B_


@peer("cmfrec")
def cmfrec_ratings(p, folder):
    """CMF without side information; with scale_lam the regularisation of a row grows with its ratings, biases included."""
    from cmfrec import CMF
    train = read_ratings(folder, "train").tocoo()
    model, seconds = timed_fit(
        lambda iterations: CMF(
            k=p["factors"], lambda_=p["regularization"], scale_lam=bool(p["scale_lam"]), niter=iterations,
            use_cg=p["solver"] == "cg", method="als", user_bias=True, item_bias=True, center=True, use_float=True,
            nthreads=p["threads"], verbose=False, precompute_for_predictions=False, random_state=1),
        lambda model: model.fit(train), p["iterations"])
    return seconds, model.A_, model.B_, {"user_biases": model.user_bias_, "item_biases": model.item_bias_, "mean": model.glob_mean_}


@peer("implicit")
def implicit_bpr(p, folder):
    """The last column of the item factors is the bias, that of the user factors 1."""
    from implicit.cpu.bpr import BayesianPersonalizedRanking
    train, _ = read_lightgcn(folder)
    model, seconds = timed_fit(
        lambda iterations: BayesianPersonalizedRanking(
            factors=p["factors"], learning_rate=p["learning_rate"], regularization=p["regularization"],
            iterations=iterations, num_threads=p["threads"], random_state=1),
        lambda model: model.fit(train, show_progress=False), p["iterations"])
    return seconds, model.user_factors, model.item_factors


@peer("libmf")
def libmf_ratings(p, folder):
    """Its trainer, called as its Python side does, but with the ratings already in its own form; seconds of a training. It
    has no biases; a user or an item without ratings (NaN) is rated with the mean."""
    import numpy as np
    with contextlib.redirect_stdout(io.StringIO()):  # it prints where it was found
        from libmf import mf

    class Problem(ctypes.Structure):
        _fields_ = [("m", ctypes.c_int), ("n", ctypes.c_int), ("nnz", ctypes.c_longlong), ("cells", ctypes.c_void_p)]

    train = read_ratings(folder, "train").tocoo()
    cells = np.empty(train.nnz, dtype=[("user", np.int32), ("item", np.int32), ("rating", np.float32)])
    cells["user"], cells["item"], cells["rating"] = train.row, train.col, train.data
    problem = Problem(*train.shape, train.nnz, cells.ctypes.data)
    mf.mf.mf_train.restype = ctypes.POINTER(mf.MFModel)
    mf.mf.mf_train.argtypes = (ctypes.POINTER(Problem), mf.MFParam)

    def fit(engine):
        engine.model = mf.mf.mf_train(ctypes.byref(problem), engine._options).contents

    engine, seconds = timed_fit(
        lambda iterations: mf.MF(
            k=p["factors"], nr_threads=p["threads"], nr_bins=20, nr_iters=iterations, lambda_p2=p["regularization"],
            lambda_q2=p["regularization"], lambda_p1=0.0, lambda_q1=0.0, eta=p["learning_rate"], quiet=True), fit, p["iterations"])
    extras, factors = {}, {"user": engine.p_factors(), "item": engine.q_factors()}
    for side, rows in factors.items():
        unseen = np.isnan(rows).any(axis=1)
        rows[unseen] = 0
        extras[f"{side}_biases"] = np.where(unseen, engine.model.b, 0)
    return seconds * p["iterations"], factors["user"], factors["item"], extras


def arrays_of(users, items, biases=None):
    """Factors for the judges, by the ending of their file."""
    arrays = {"users": users, "items": items, **(biases or {})}
    return int(users.shape[1]), {f"{name}.f32": numbers for name, numbers in arrays.items()}


def main(name, parameters):
    p = json.loads(parameters)
    from threadpoolctl import threadpool_limits
    import numpy as np
    with threadpool_limits(limits=p["blas_threads"], user_api="blas"):
        seconds, *learnt = PEERS[name][0](p, p["data"])
    width, arrays = learnt if isinstance(learnt[0], int) else arrays_of(*learnt)
    if p.get("save"):
        for ending, numbers in arrays.items():
            np.ascontiguousarray(numbers, dtype=TYPES[ending.rsplit(".", 1)[1]]).tofile(f"{p['save']}.{ending}")
    times = seconds if isinstance(seconds, dict) else {"seconds": seconds}
    print(json.dumps(times | {"factors": width}))


if __name__ == "__main__":
    main(*sys.argv[1:])
