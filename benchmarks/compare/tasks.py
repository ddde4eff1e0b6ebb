"""What is compared. A later part adds a row here, its function to peers.py, and, if it needs one, a runner *.cpp."""
from dataclasses import dataclass, field
from typing import Callable

import split

METRICS = {"recall": "Recall@20", "rmse": "RMSE", "kept": "share of the exact best", "objective": "share of the objective without weights",
           "difference": "largest difference of a mean"}
LESS_IS_BETTER = ("rmse", "objective", "difference")

@dataclass(frozen=True)
class Task:
    name: str  # of the row, unique
    data: str  # folder below the data folder
    program: str  # akin's runner: compare_<program>
    ours: dict  # its arguments
    peer: str  # function of peers.py
    theirs: dict  # its parameters
    target: float  # how many times as fast akin should be
    judge: str = "judge.py"
    metric: str = "recall"  # of what the judge prints, one of METRICS
    tolerance: float = 0.001  # akin's may be worse than the peer's by this much
    settings: dict = field(default_factory=dict)  # the same for both sides
    unit: str = "iteration"  # what the seconds are of
    split: Callable = split.lists  # makes what is read out of the data
    blas: bool = False  # the peer's threads are those of BLAS
    environment: str = ""  # the package whose virtual environment the peer runs in, where it has its own
    once: bool = False  # takes minutes: the run that is judged is the one that is timed
    made: tuple = ()  # a runner of akin's and its arguments: makes what all sides read beside the data
    clock: str = "seconds"  # of the times that both sides print; rows that differ in it alone share their runs
    reach: bool = False  # akin's side gets the peer's quality as the argument `reach`, and trains until it has it

    def arguments(self, side):
        return self.settings | (self.ours if side == "ours" else self.theirs)

    def loss(self, quality):
        """Less is better."""
        return quality[self.metric] if self.metric in LESS_IS_BETTER else -quality[self.metric]


def ials(name, factors, solver, peer, theirs, target, iterations=15):
    """akin's tolerance is one with the Recall@20 of the default on the validation data, where 3e-2 has less by 0.001."""
    settings = {"factors": factors, "iterations": iterations, "alpha": ALPHA, "regularization": REGULARIZATION}
    return Task(name, "gowalla", "akin_ials", {"solver": solver, "solver_tolerance": 1e-2}, peer, theirs, target, settings=settings)


def explicit_als(name, solver, peer_solver):
    """ML-1M, a random tenth of the ratings as the test. 0.07 in proportion to a row's ratings is best for both sides on the validation
    data, of 0.03 to 0.1 and, the same for all rows, 5 to 40; akin's RMSE there is the same at a tolerance of 1e-2 as at 1e-3."""
    return Task(name, "ml-1m", "akin_explicit_als",
                {"solver": solver, "regularization": 0.07, "solver_tolerance": 1e-2},
                "cmfrec_ratings", {"solver": peer_solver, "regularization": 0.07, "scale_lam": 1}, 3,
                judge="judge_ratings.py", metric="rmse", split=split.ratings, settings={"factors": 50, "iterations": 15})


# On the validation data libmf is best at a learning rate of 0.05 (RMSE 0.845), of 0.03, 0.04, 0.05 and 0.1; its default is 0.1. akin
# after 20 epochs: 0.8435 at 0.04 and a decay of 0.87; 0.844 to 0.849 at 0.025 to 0.04 with other decays and regularisations.
SGD = Task(
    "SGD k=64, libmf", "ml-1m", "akin_sgd",
    {"iterations": 60, "learning_rate": 0.04, "learning_rate_decay": 0.87, "regularization": 0.04},
    "libmf_ratings", {"iterations": 20, "learning_rate": 0.05, "regularization": 0.05}, 1.3,
    judge="judge_ratings.py", metric="rmse", tolerance=1e-5, split=split.ratings, settings={"factors": 64},
    unit="training to libmf's RMSE", reach=True)

# Recall@20 on the validation data after 30 epochs: implicit 0.023 at its default learning rate of 0.01 and 0.078 at 0.03; after
# 50 epochs at 0.05, 0.069. akin 0.122.
BPR = Task(
    "BPR k=64, implicit", "gowalla", "akin_bpr", {"learning_rate": 0.05, "regularization": 0.01},
    "implicit_bpr", {"learning_rate": 0.03, "regularization": 0.01}, 3,
    tolerance=0, settings={"factors": 64, "iterations": 30}, unit="epoch")

# On the validation data, 15 iterations, Recall@20 of implicit / akin: k = 64, alpha 40 and lambda 20, 0.1554 / 0.1561, and with lambda
# 100 0.1540 / 0.1530; k = 128 0.1812 / 0.1814 and 0.1783 / 0.1782. An alpha of 80 has 0.002 more at k = 64 and less NDCG@20.
ALPHA, REGULARIZATION = 40, 20


def item_cosine(data, split_of=split.lists):
    """implicit keeps an item among its own neighbours, so that akin keeps one more; judged are the 99 others."""
    return Task(f"item cosine K=100, {data}", data, "akin_item_knn", {}, "implicit_cosine", {}, 5, judge="judge_products.py",
                metric="kept", tolerance=1e-5, settings={"neighbors": 100}, unit="fit", split=split_of)


def top_n(n):
    return Task(f"top-n of a sparse product n={n}, sparse_dot_topn", "", "akin_top_products", {}, "topn_product", {}, 1.5,
                judge="judge_products.py", metric="kept", tolerance=1e-5, settings={"k": n},
                unit="product of 20,000 and 20,000 made documents, 190,000 terms", split=split.documents)


def ease(name, peer, data, regularization, split_of, once=False):
    return Task(name, data, "akin_ease", {"whole_warm_up": int(not once)}, peer, {}, 1, judge="judge_recommended.py",
                settings={"regularization": regularization}, unit="fit, once" if once else "fit", split=split_of, blas=True, once=once)


def slim(name, peer, unit):
    return Task(name, "ml-1m", "akin_slim", {}, peer, {}, 3, judge="judge_slim.py", metric="objective", tolerance=1e-4,
                settings={"l1": 5, "l2": 50}, unit=unit, split=split.ratings, once=True)


# Surprise's best for ratings by its README; akin's are chosen as benchmarks/quality does.
RATING_KNN = Task(
    "kNN ratings ML-1M, Surprise KNNBaseline", "ml-1m", "akin_rating_knn",
    {"neighbors": 1000, "significance": 20, "amplification": 2}, "surprise_knn", {"neighbors": 40}, 50,
    judge="judge_predictions.py", metric="rmse", tolerance=0, unit="fit and test of one fold of 5, once", split=split.fold,
    environment="scikit-surprise", once=True)


def lists(name, target, peer, factors=64, theirs=None, ours=None, **asked):
    """20 items for all users of gowalla, both sides with the factors that akin's implicit ALS has learnt."""
    made = ("akin_ials", {"factors": factors, "iterations": 15, "alpha": ALPHA, "regularization": REGULARIZATION, "threads": 2})
    return Task(f"top-20 {name}", "gowalla", "akin_top_lists", ours or {}, peer, theirs or {}, target, judge="judge_top.py",
                metric="kept", tolerance=1e-6, settings={"factors": factors, "k": 20} | asked, unit="all users",
                blas=peer == "faiss_lists", made=made)


def one_user(kind, clock, target, **ours):
    """20 of a million items for one user after the other, drawn factors; akin takes one thread for a user."""
    made = ("akin_gaussian", {"factors": 64, "users": 200, "items": 10**6})
    return Task(f"one user {kind} {'p50' if clock == 'seconds' else clock}, implicit", "", "akin_one_user", ours, "implicit_one", {}, target,
                judge="judge_top.py", metric="kept", tolerance=1e-6, settings={"factors": 64, "k": 20},
                unit="user, of 1,000,000 made items", made=made, clock=clock)


# Ids below a prime; 1 to 20 items are wanted, half of them listed.
EVALUATION = Task(
    "evaluate 1,000,000 lists, ranx", "", "akin_evaluate_lists", {}, "ranx_lists", {}, 5, judge="judge_metrics.py",
    metric="difference", tolerance=1e-12, settings={"k": 20}, unit="NDCG@20, recall@20 and MAP@20 of lists of 100",
    made=("akin_drawn_lists", {"users": 10**6, "items": 100003, "length": 100}))

TASKS = [
    ials("iALS k=64, implicit CG 3", 64, "automatic", "implicit_als", {"solver": "cg"}, 8),
    ials("iALS k=128, implicit CG 3", 128, "automatic", "implicit_als", {"solver": "cg"}, 4.5),
    ials("iALS k=256, implicit CG 3", 256, "automatic", "implicit_als", {"solver": "cg"}, 3.5),
    ials("iALS exact k=128, implicit Cholesky", 128, "exact", "implicit_als", {"solver": "cholesky"}, 8, iterations=5),
    ials("iALS k=128, irspack CG 3", 128, "automatic", "irspack_ials", {"solver": "CG"}, 2),
    ials("iALS k=128, irspack iALS++", 128, "automatic", "irspack_ials", {"solver": "IALSPP"}, 2),
    ials("iALS k=128, cmfrec CG", 128, "automatic", "cmfrec_ials", {"solver": "cg"}, 2),
    explicit_als("explicit ALS k=50, cmfrec CG", "automatic", "cg"),
    explicit_als("explicit ALS exact k=50, cmfrec Cholesky", "exact", "cholesky"),
    SGD,
    BPR,
    item_cosine("gowalla"),
    item_cosine("yelp2018"),
    item_cosine("ml-1m", split.ratings),
    Task("recommend 20 from neighbours, implicit", "gowalla", "akin_recommend_knn", {}, "implicit_recommend", {}, 5,
         judge="judge_recommended.py", settings={"neighbors": 100, "k": 20}, unit="all users"),
    top_n(10),
    top_n(100),
    RATING_KNN,
    ease("EASE ML-1M, irspack", "irspack_ease", "ml-1m", 300, split.ratings),
    ease("EASE ML-1M, SciPy's LAPACK", "lapack_ease", "ml-1m", 300, split.ratings),
    ease("EASE 20,000 items, SciPy's LAPACK", "lapack_ease", "gowalla", 80, split.popular, once=True),
    slim("SLIM ML-1M, irspack", "irspack_slim", "fit, once"),
    slim("SLIM ML-1M, scikit-learn", "sklearn_slim", "fit, once; scikit-learn's from every 50th item"),
    lists("float k=64, implicit", 2.2, "implicit_lists", excludes=1),
    lists("float k=128, implicit", 1.9, "implicit_lists", factors=128, excludes=1),
    lists("int8 k=64, implicit", 5, "implicit_lists", ours={"index": "int8"}, excludes=1),
    lists("nothing excluded, faiss", 1.2, "faiss_lists"),
    lists("int8 nothing excluded, faiss", 3, "faiss_lists", ours={"index": "int8"}),
    lists("of a tenth of the items, implicit", 3, "implicit_lists", excludes=1, every=10),
    lists("of a tenth of the items, faiss with an index of them", 3, "faiss_lists", excludes=1, every=10),
    lists("of a tenth of the items, faiss with a selector", 3, "faiss_lists", theirs={"selects": 1}, excludes=1, every=10),
    one_user("float", "seconds", 1.2),
    one_user("float", "p99", 1.2),
    one_user("int8", "seconds", 3.5, index="int8"),
    one_user("int8", "p99", 3.5, index="int8"),
    EVALUATION,
]
