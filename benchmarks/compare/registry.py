"""Which function is which peer, and the clock that all of them share."""
import glob
import importlib.metadata
import sys
import time

PEERS = {}  # name: (function, package)


def peer(package):
    def register(function):
        PEERS[function.__name__] = (function, package)
        return function
    return register


def installed_version(name):
    """In this virtual environment, or in the one that the peer has to itself."""
    package = PEERS[name][1]
    places = [*sys.path, *glob.glob(f"{sys.prefix}-{package}/lib/python*/site-packages")]
    found = next(iter(importlib.metadata.distributions(name=package, path=places)), None)
    return found and found.version


def timed(work):
    """What the work returns, and its seconds."""
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def timed_fit(new_model, fit, iterations):
    """The seconds an iteration of a whole fit takes, as in akin's runners: after a fit of one iteration to warm up,
    including the transpose, without progress bar or loss."""
    fit(new_model(1))
    model = new_model(iterations)
    _, seconds = timed(lambda: fit(model))
    return model, seconds / iterations


def timed_twice(work):
    """The same for work without iterations: all of it once to warm up, then by the clock."""
    work()
    return timed(work)
