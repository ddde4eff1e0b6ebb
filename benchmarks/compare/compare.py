"""Runs the tasks of tasks.py side by side and writes comparison.md, comparison.svg and comparison.json; started by `run`. Standard
library only: what needs numpy runs in processes of its own."""
import argparse
import dataclasses
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile

import load
import report
import split
import tasks

HERE = pathlib.Path(__file__).parent
BLAS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
ENVIRONMENT = {name: "1" for name in BLAS}  # of akin, and of peers that make their own threads


def builds_below(work):
    return {build: work / build / "benchmarks" / "compare" for build in ("default", "native")}


class Bench:
    def __init__(self, options, validate=False):
        """validate: on the data to choose settings with instead of the test."""
        self.options, self.validate, self.last = options, validate, None

    def blas_threads(self, task, side):
        return self.options.threads if task.blas and side == "peer" else 1

    def environment(self, task, side):
        blas = str(self.blas_threads(task, side))
        return {name: blas for name in BLAS} | {"OMP_NUM_THREADS": str(self.options.threads)}

    def folder(self, task):
        folder = split.prepared(task.split, pathlib.Path(self.options.data, task.data), self.options.work, self.validate)
        if not task.made:
            return folder
        program, arguments = task.made
        words = [f"{name}={value}" for name, value in (arguments | {"data": folder}).items()]
        name = "-".join([folder.name, program, *map(str, arguments.values())])
        return split.with_made(folder, self.options.work, name, [str(self.options.builds["default"] / f"compare_{program}"), *words])

    def command(self, task, side, save="", reach=None):
        """side: "peer", or the name of a build of akin's runners; reach: the quality to train to."""
        shared = {"data": str(self.folder(task)), "threads": self.options.threads, "save": save}
        if side == "peer":
            parameters = json.dumps(task.arguments("theirs") | shared | {"blas_threads": self.blas_threads(task, side)})
            python = f"{sys.prefix}-{task.environment}/bin/python" if task.environment else sys.executable
            return [python, "-B", str(HERE / "peers.py"), task.peer, parameters]
        reached = {} if reach is None else {"reach": reach}
        words = [f"{name}={value}" for name, value in (task.arguments("ours") | reached | shared).items()]
        return [str(self.options.builds[side] / f"compare_{task.program}"), *words]

    def shown(self, command):
        """A command without the folders of this machine."""
        line = shlex.join(word for word in command if word != "save=")
        for folder, name in ((self.options.work, "build/compare"), (HERE.parent.parent, "."), (self.options.data, "$AKIN_DATA")):
            line = line.replace(f"{folder}/", f"{name}/")
        return line

    def judged(self, task, side, reach=None):
        """What the judge says of what a side learns, and the run in which it did."""
        with tempfile.TemporaryDirectory(dir=self.options.work) as folder:
            prefix = f"{folder}/{side}"
            run = load.run(self.command(task, side, prefix, reach), self.environment(task, side))
            result = json.loads(run.output)
            command = [sys.executable, "-B", str(HERE / task.judge), str(self.folder(task)), prefix, str(result["factors"])]
            quality = json.loads(load.run(command, ENVIRONMENT).output)
        own = result.get(task.metric)
        if own is not None and abs(own - quality[task.metric]) > 1e-4:
            raise RuntimeError(f"akin's own {task.metric} is {own}, the judge's {quality[task.metric]}")
        return quality, run

    def ran(self, task):
        """Quality first, then rounds in which every side has its turn: quality, commands and runs, by side."""
        work = dataclasses.replace(task, name="", target=0, clock="")
        if self.last is None or self.last[0] != work:
            self.last = (work, *self.run(task))
        return self.last[1:]

    def run(self, task):
        judged = {"peer": self.judged(task, "peer")}
        reach = {side: judged["peer"][0][task.metric] if task.reach else None for side in self.options.builds}
        sides = ["peer", *self.options.builds]
        judged |= {side: self.judged(task, side, reach[side]) for side in self.options.builds}
        quality = {side: judged[side][0] for side in sides}
        commands = {side: self.command(task, side, reach=reach.get(side)) for side in sides}
        runs = {side: [judged[side][1]] if task.once else [] for side in sides}
        for _ in range(0 if task.once else self.options.repeats):
            for side in sides:
                runs[side].append(load.run(commands[side], self.environment(task, side), self.options.tries))
        return quality, commands, runs

    def measure(self, task):
        """A row of the report."""
        quality, commands, runs = self.ran(task)
        row = {"name": task.name, "target": task.target, "unit": task.unit, "metric": task.metric,
               "metric_name": tasks.METRICS[task.metric], "tolerance": task.tolerance, "quality": quality,
               "commands": {side: self.shown(command) for side, command in commands.items()}}
        row["seconds"] = {side: [json.loads(run.output)[task.clock] for run in done] for side, done in runs.items()}
        row["median"] = {side: statistics.median(times) for side, times in row["seconds"].items()}
        row["ratio"] = {side: row["median"]["peer"] / row["median"][side] for side in self.options.builds}
        row["disturbed"] = sum(run.disturbed for done in runs.values() for run in done)
        row["runs"] = sum(map(len, runs.values()))
        worst = task.loss(quality["peer"]) + task.tolerance
        row["equal_quality"] = all(task.loss(quality[side]) <= worst for side in self.options.builds)
        return row


def measured_rows(bench, chosen, absent):
    for task in chosen:
        if task.peer in absent:
            yield {"name": task.name, "target": task.target, "missing": absent[task.peer]}
            continue
        print(f"{task.name} …", flush=True)
        try:
            row = bench.measure(task)
        except RuntimeError as error:  # a side that fails has its row in the table
            row = {"name": task.name, "target": task.target, "missing": str(error)}
        print("  " + report.summary(row), flush=True)
        yield row


def peer_state():
    """Versions of what is installed, and which functions of peers.py cannot run."""
    script = ("import json, peers, platform\nfrom importlib.metadata import version\n"
              "found = {name: peers.installed_version(name) for name in peers.PEERS}\n"
              "print(json.dumps({'found': found, 'packages': {n: p[1] for n, p in peers.PEERS.items()},"
              "'base': {'Python': platform.python_version(), 'numpy': version('numpy'), 'scipy': version('scipy')}}))")
    done = subprocess.run([sys.executable, "-B", "-c", script], cwd=HERE, capture_output=True, text=True, check=True)
    state = json.loads(done.stdout)
    absent = {name: f"{state['packages'][name]} could not be installed"
              for name, version in state["found"].items() if version is None}
    versions = state["base"] | {state["packages"][name]: version or "could not be installed"
                                for name, version in state["found"].items()}
    return versions, absent


def parse(words):
    parser = argparse.ArgumentParser(prog="benchmarks/compare/run", description=__doc__)
    parser.add_argument("output", type=pathlib.Path, help="folder for the table and the chart")
    parser.add_argument("data", nargs="?", default=os.environ.get("AKIN_DATA"), help="folder of public data (AKIN_DATA)")
    parser.add_argument("--only", default="", help="tasks whose name contains this")
    parser.add_argument("--iterations", type=int, help="fewer iterations, to try the harness")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tries", type=int, default=4, help="runs of one measurement while something else keeps the machine busy")
    parser.add_argument("--work", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    return parser.parse_args(words)


def main(words):
    options = parse(words)
    options.builds = builds_below(options.work)
    chosen = [task for task in tasks.TASKS if options.only in task.name and (pathlib.Path(options.data) / task.data).is_dir()]
    if not chosen:
        print(f"skipped: no task has data in {options.data}")
        return
    if options.iterations:
        for task in chosen:
            for settings in (task.settings, task.ours, task.theirs):
                if "iterations" in settings:
                    settings["iterations"] = options.iterations
    versions, absent = peer_state()
    rows = []
    options.output.mkdir(parents=True, exist_ok=True)
    for row in measured_rows(Bench(options), chosen, absent):
        rows.append(row)  # written after every row, so that a long run that is stopped leaves what it has
        report.write(options.output, rows, report.machine(options, versions, ENVIRONMENT))


if __name__ == "__main__":
    main(sys.argv[1:])
