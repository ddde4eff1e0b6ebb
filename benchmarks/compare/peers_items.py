"""The peers of neighbourhoods, sparse products and linear item models; each returns the seconds, a width for the judge and
arrays by the ending of their file. See peers.py."""
import numpy as np

from data import SHARE, read_interactions, read_lightgcn, read_products, read_ratings
from registry import peer, timed, timed_twice


def sparse_arrays(matrix):
    """As akin's runners write it."""
    rows = matrix.tocsr()
    return {"offsets.i64": rows.indptr, "columns.i32": rows.indices, "values.f32": rows.data}


@peer("implicit")
def implicit_cosine(p, folder):
    """Its neighbours of an item are the item itself and K - 1 others."""
    from implicit.nearest_neighbours import CosineRecommender
    train = read_interactions(folder)

    def fit():
        model = CosineRecommender(K=p["neighbors"], num_threads=p["threads"])
        model.fit(train, show_progress=False)
        return model

    model, seconds = timed_twice(fit)
    return seconds, p["neighbors"] - 1, sparse_arrays(model.similarity)


@peer("implicit")
def implicit_recommend(p, folder):
    """recommend for all users in one call; it has one thread."""
    from implicit.nearest_neighbours import CosineRecommender
    train, _ = read_lightgcn(folder)
    model = CosineRecommender(K=p["neighbors"], num_threads=p["threads"])
    model.fit(train, show_progress=False)
    users = np.arange(train.shape[0])
    (items, _), seconds = timed_twice(lambda: model.recommend(users, train, N=p["k"]))
    return seconds, p["k"], {"lists.i32": items}


@peer("sparse_dot_topn")
def topn_product(p, folder):
    from sparse_dot_topn import sp_matmul_topn
    left, right = read_products(folder)
    kept, seconds = timed_twice(lambda: sp_matmul_topn(left, right, top_n=p["k"], n_threads=p["threads"]))
    return seconds, p["k"], sparse_arrays(kept)


@peer("scikit-surprise")
def surprise_knn(p, folder):
    """fit and test, once: it takes minutes, and has one thread. Its own containers are filled outside of the clock."""
    import contextlib
    import io

    import pandas
    from surprise import Dataset, KNNBaseline, Reader
    train, test = (read_ratings(folder, name).tocoo() for name in ("train", "test"))
    frame = pandas.DataFrame({"user": train.row, "item": train.col, "rating": train.data})
    trainset = Dataset.load_from_df(frame, Reader(rating_scale=(1, 5))).build_full_trainset()
    wanted = list(zip(test.row.tolist(), test.col.tolist(), test.data.tolist()))
    model = KNNBaseline(k=p["neighbors"], sim_options={"name": "pearson_baseline", "user_based": False}, verbose=False)
    with contextlib.redirect_stdout(io.StringIO()):
        predicted, seconds = timed(lambda: model.fit(trainset).test(wanted))
    return seconds, 1, {"predictions.f32": [prediction.est for prediction in predicted]}


@peer("irspack")
def irspack_ease(p, folder):
    from irspack import DenseSLIMRecommender
    train = read_interactions(folder, ones=True)
    model, seconds = timed_twice(lambda: DenseSLIMRecommender(train, reg=p["regularization"]).learn())
    return seconds, 0, {"weights.f32": model.W}


@peer("scipy")
def lapack_ease(p, folder):
    """The closed form as NumPy users write it, but with the Cholesky routines instead of a general inverse."""
    from scipy.linalg.lapack import spotrf, spotri
    train = read_interactions(folder, ones=True)

    def fit(x):
        gram = (x.T @ x).toarray()
        diagonal = np.einsum("ii->i", gram)
        diagonal += p["regularization"]
        factor, failed = spotrf(gram.T, overwrite_a=True)  # symmetric; LAPACK's order is the transpose's
        assert not failed
        upper, failed = spotri(factor, overwrite_c=True)
        assert not failed
        weights = upper.T  # the lower triangle is there
        for begin in range(0, len(weights), 1000):
            end = begin + 1000
            weights[begin:end, end:] = weights[end:, begin:end].T
            block = weights[begin:end, begin:end]
            block[...] = np.tril(block) + np.tril(block, -1).T
        weights /= -weights.diagonal().copy()
        np.fill_diagonal(weights, 0)
        return weights

    fit(train[:, :500])
    weights, seconds = timed(lambda: fit(train))
    return seconds, 0, {"weights.f32": weights}


def slim_penalties(p, users):
    """What both libraries call alpha and l1_ratio, their losses being divided by the number of users."""
    both = p["l1"] + p["l2"]
    return {"alpha": both / users, "l1_ratio": p["l1"] / both}


def slim_arrays(p, weights):
    return {"weights.f32": weights, "penalties.f32": [p["l1"], p["l2"]]}


@peer("irspack")
def irspack_slim(p, folder):
    """Once, after a fit to a few items."""
    from irspack import SLIMRecommender
    train = read_interactions(folder, ones=True)

    def fit(x):
        return SLIMRecommender(x, **slim_penalties(p, x.shape[0]), n_threads=p["threads"]).learn()

    fit(train[:, :100])
    model, seconds = timed(lambda: fit(train))
    return seconds, SHARE, slim_arrays(p, model.W.toarray())


def elastic_net(x, penalties, item):
    """Weights of all items for one, its own left out by a column of zeros, as SLIM on scikit-learn is written."""
    from sklearn.linear_model import ElasticNet
    target = x[:, item].toarray().ravel()
    others = x.copy()
    others.data[others.indptr[item]:others.indptr[item + 1]] = 0
    return ElasticNet(**penalties, positive=True, fit_intercept=False).fit(others, target).coef_


@peer("scikit-learn")
def sklearn_slim(p, folder):
    """Every SHARE-th item in two processes; the seconds are multiplied to those of all items."""
    from joblib import Parallel, delayed
    x = read_interactions(folder, ones=True).tocsc()
    penalties = slim_penalties(p, x.shape[0])
    items = range(0, x.shape[1], SHARE)
    with Parallel(n_jobs=p["threads"]) as workers:
        workers(delayed(elastic_net)(x, penalties, item) for item in items[:p["threads"]])
        columns, seconds = timed(lambda: workers(delayed(elastic_net)(x, penalties, item) for item in items))
    weights = np.zeros((x.shape[1], x.shape[1]), dtype=np.float32)
    weights[:, items] = np.transpose(columns)
    return seconds * x.shape[1] / len(items), SHARE, slim_arrays(p, weights)
