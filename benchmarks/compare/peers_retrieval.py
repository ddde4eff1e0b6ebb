"""The peers of retrieval: lists from factors that are given, FOLDER/made.*.f32. Each returns the seconds, a width for the judge and
arrays by the ending of their file. See peers.py. What is warmed up with is smaller."""
import time

import numpy as np

from data import read_interactions, read_made
from registry import peer, timed

SOME = 1000  # users to warm up with


def candidates_of(p, items):
    """Ids, or None for all."""
    return np.arange(0, items, p["every"], dtype=np.int32) if p.get("every", 1) > 1 else None


def seen_of(p, folder):
    return read_interactions(folder) if p.get("excludes") else None


def list_arrays(p, lists):
    return p["k"], {"lists.i32": lists, "query.i32": [p["factors"], p.get("excludes", 0), p.get("every", 1)]}


def implicit_model(p, folder):
    from implicit.cpu.als import AlternatingLeastSquares
    model = AlternatingLeastSquares(factors=p["factors"], num_threads=p["threads"])
    model.user_factors, model.item_factors = read_made(folder, p["factors"])
    return model


@peer("implicit")
def implicit_lists(p, folder):
    """recommend for all users in one call: it multiplies 100 of them at a time in `threads` threads, each with one of BLAS, which is
    faster than calls of 1,000 users, or two threads of BLAS."""
    model, seen = implicit_model(p, folder), seen_of(p, folder)
    users, wanted = np.arange(len(model.user_factors)), candidates_of(p, len(model.item_factors))

    def recommend(count):
        return model.recommend(users[:count], None if seen is None else seen[:count], N=p["k"], items=wanted,
                               filter_already_liked_items=seen is not None)

    recommend(SOME)
    (lists, _), seconds = timed(lambda: recommend(len(users)))
    return seconds, *list_arrays(p, lists)


@peer("implicit")
def implicit_one(p, folder):
    """recommend for one user after the other; the median of the seconds, and the 99th percentile."""
    model = implicit_model(p, folder)
    asked = len(model.user_factors)
    lists, seconds = np.zeros((asked, p["k"]), dtype=np.int32), np.zeros(asked)
    for user in (*range(5), *range(asked)):
        start = time.perf_counter()
        lists[user], _ = model.recommend(user, None, N=p["k"], filter_already_liked_items=False)
        seconds[user] = time.perf_counter() - start
    times = {"seconds": float(np.median(seconds)), "p99": float(np.quantile(seconds, 0.99))}
    return times, *list_arrays(p, lists)


def fresh(lists, seen, users, k):
    """The first k of each list that are not in the user's row of `seen`."""
    rows, columns = seen[users].nonzero()
    flags = np.zeros((len(users), seen.shape[1]), dtype=bool)
    flags[rows, columns] = True
    order = np.argsort(np.take_along_axis(flags, lists, axis=1), axis=1, kind="stable")[:, :k]
    return np.take_along_axis(lists, order, axis=1)


@peer("faiss-cpu")
def faiss_lists(p, folder):
    """IndexFlatIP. No search excludes by user: those with about as many seen items are asked for together, 4,096 at a time, for so
    many more than k, and the seen ones are taken out. Candidates are an index of their own, made by the clock, or with
    `selects` an IDSelectorBatch for an index of all."""
    import faiss
    faiss.omp_set_num_threads(p["threads"])
    users, items = read_made(folder, p["factors"])
    wanted, seen = candidates_of(p, len(items)), seen_of(p, folder)

    def index_of(rows):
        index = faiss.IndexFlatIP(p["factors"])
        index.add(rows)
        return index

    whole = index_of(items)

    def search(count):
        index, names, visible, selector = whole, None, seen, None
        if wanted is not None:
            visible = None if seen is None else seen[:, wanted]
            if p.get("selects"):
                selector = faiss.SearchParameters(sel=faiss.IDSelectorBatch(wanted.astype(np.int64)))
                names = np.full(len(items), -1)
                names[wanted] = np.arange(len(wanted))
            else:
                index = index_of(items[wanted])
        if seen is None:
            lists = index.search(users[:count], p["k"], params=selector)[1]
            return lists if wanted is None or selector else wanted[lists]
        more = np.diff(visible.indptr)
        order, lists = np.argsort(more[:count], kind="stable"), np.zeros((count, p["k"]), dtype=np.int32)
        for begin in range(0, count, 4096):
            batch = order[begin:begin + 4096]
            found = index.search(users[batch], p["k"] + int(more[batch].max()), params=selector)[1]
            kept = fresh(found if names is None else names[found], visible, batch, p["k"])
            lists[batch] = kept if wanted is None else wanted[kept]
        return lists

    search(SOME)
    lists, seconds = timed(lambda: search(len(users)))
    return seconds, *list_arrays(p, lists)
