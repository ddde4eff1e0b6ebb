"""What is compared. A later part adds a row here, its function to peers.py, and, if it needs one, a runner *.cpp."""
from dataclasses import dataclass, field


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
    metric: str = "recall"  # of what the judge prints: more is better
    tolerance: float = 0.001  # akin's may be lower than the peer's by this much
    settings: dict = field(default_factory=dict)  # the same for both sides

    def arguments(self, side):
        return self.settings | (self.ours if side == "ours" else self.theirs)


def ials(name, factors, solver, peer, theirs, target, iterations=15):
    settings = {"factors": factors, "iterations": iterations, "alpha": ALPHA, "regularization": REGULARIZATION}
    return Task(name, "gowalla", "akin_ials", {"solver": solver}, peer, theirs, target, settings=settings)


ALPHA, REGULARIZATION = 40, 50  # akin at k = 64, 8 iterations: Recall@20 0.149 to 0.150 from alpha 30 to 100

TASKS = [
    ials("iALS k=64, implicit CG 3", 64, "automatic", "implicit_als", {"solver": "cg"}, 8),
    ials("iALS k=128, implicit CG 3", 128, "automatic", "implicit_als", {"solver": "cg"}, 4.5),
    ials("iALS k=256, implicit CG 3", 256, "automatic", "implicit_als", {"solver": "cg"}, 3.5),
    ials("iALS exact k=128, implicit Cholesky", 128, "exact", "implicit_als", {"solver": "cholesky"}, 8, iterations=5),
    ials("iALS k=128, irspack CG 3", 128, "automatic", "irspack_ials", {"solver": "CG"}, 2),
    ials("iALS k=128, irspack iALS++", 128, "automatic", "irspack_ials", {"solver": "IALSPP"}, 2),
    ials("iALS k=128, cmfrec CG", 128, "automatic", "cmfrec_ials", {"solver": "cg"}, 2),
]
