"""Chooses settings on validation data, never on the test: `tune.py WORK DATA TASK SIDE name=value,value … [--threads N]` tries all
combinations for the row named TASK (or the only one that contains it), SIDE "peer" or a build of akin's ("native")."""
import argparse
import dataclasses
import itertools
import pathlib

import compare
import tasks


def number(word):
    try:
        return int(word)
    except ValueError:
        return float(word) if word[:1].isdigit() else word


def combinations(words):
    names, values = zip(*(word.split("=", 1) for word in words)) if words else ((), ())
    for chosen in itertools.product(*([number(value) for value in listed.split(",")] for listed in values)):
        yield dict(zip(names, chosen))


def task_named(text):
    found = [task for task in tasks.TASKS if task.name == text] or [task for task in tasks.TASKS if text in task.name]
    if len(found) != 1:
        raise SystemExit(f"no such task, or several: {text}")
    return found[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("work", "data"):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("task")
    parser.add_argument("side")
    parser.add_argument("settings", nargs="*")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    options.builds = compare.builds_below(options.work)
    task, results = task_named(options.task), []
    bench = compare.Bench(options, validate=True)
    for settings in combinations(options.settings):
        quality, _ = bench.judged(dataclasses.replace(task, ours=task.ours | settings, theirs=task.theirs | settings), options.side)
        results.append((task.loss(quality), settings))
        print(f"{tasks.METRICS[task.metric]} {quality[task.metric]:.5f} {settings}", flush=True)
    print("best:", min(results, key=lambda result: result[0])[1])


if __name__ == "__main__":
    main()
