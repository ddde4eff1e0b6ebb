"""The harness without other libraries, numpy or network: akin on both sides, data of a few users, an obvious judge.
`self_test.py PATH/compare_akin_ials`."""
import array
import argparse
import json
import math
import pathlib
import random
import sys
import tempfile
import xml.etree.ElementTree

import compare
import load
import report
import tasks


def write_data(folder):
    draw = random.Random(7)
    lines = {"train": [], "test": []}
    for user in range(40):
        taste = [item for item in range(30) if item % 3 == user % 3]
        items = draw.sample(taste, 6) + draw.sample(range(30), 2)
        items = list(dict.fromkeys(items))
        lines["train"].append([user, *items[2:], 29] if user == 0 else [user, *items[2:]])
        lines["test"].append([user, *items[:2]])
    for name, rows in lines.items():
        (folder / f"{name}.txt").write_text("".join(" ".join(map(str, row)) + "\n" for row in rows))


def read_lists(path):
    rows = (list(map(int, line.split())) for line in path.read_text().splitlines())
    return {user: set(items) for user, *items in rows}


def judge(folder, prefix, factors):
    """As judge.py, with loops."""
    train, test = (read_lists(pathlib.Path(folder, f"{name}.txt")) for name in ("train", "test"))

    def rows(side):
        numbers = array.array("f", pathlib.Path(f"{prefix}.{side}.f32").read_bytes())
        return [numbers[i:i + factors] for i in range(0, len(numbers), factors)]

    users, items, total = rows("users"), rows("items"), 0.0
    for user, relevant in test.items():
        scores = {item: math.fsum(a * b for a, b in zip(users[user], items[item])) for item in range(len(items))}
        ranked = sorted((item for item in scores if item not in train[user]), key=lambda item: (-scores[item], item))
        total += len(relevant & set(ranked[:20])) / len(relevant)
    return {"recall": total / len(test)}


class SelfBench(compare.Bench):
    def command(self, task, side, save=""):
        return super().command(task, "default" if side == "peer" else side, save)


def check_comparison(runner, folder):
    data = folder / "data" / "tiny"
    data.mkdir(parents=True)
    write_data(data)
    builds = {side: runner.parent for side in ("default", "native")}
    options = argparse.Namespace(data=folder / "data", work=folder, threads=2, repeats=3, tries=1, builds=builds)
    settings = {"factors": 4, "iterations": 3, "alpha": 5, "regularization": 1}
    here = str(pathlib.Path(__file__).resolve())
    chosen = [tasks.Task("akin & itself", "tiny", "akin_ials", {"solver": "exact"}, "itself", {}, 0.001, judge=here, settings=settings),
              tasks.Task("nobody", "tiny", "akin_ials", {}, "nobody", {}, 2, judge=here, settings=settings),
              tasks.Task("misspelt", "tiny", "akin_ials", {"sover": 1}, "itself", {}, 2, judge=here, settings=settings)]
    rows = list(compare.measured_rows(SelfBench(options), chosen, {"nobody": "nobody could not be installed"}))
    assert len(rows[0]["seconds"]["peer"]) == 3 and rows[0]["equal_quality"], rows[0]
    assert rows[0]["quality"]["peer"] == rows[0]["quality"]["native"] and rows[0]["quality"]["peer"]["recall"] > 0.5, rows[0]
    assert rows[1]["missing"] == "nobody could not be installed" and "sover" in rows[2]["missing"], rows[1:]

    report.write(folder, rows, report.machine(options, {"akin": "beside itself"}, compare.ENVIRONMENT))
    table = (folder / "comparison.md").read_text()
    assert "| nobody | – |" in table and "reached" in table and str(folder) not in table, table
    bars = xml.etree.ElementTree.parse(folder / "comparison.svg").getroot()
    assert sum("fill" in bar.attrib and bar.get("fill").startswith("#") for bar in bars) == 2
    assert len(json.loads((folder / "comparison.json").read_text())["rows"]) == 3


def check_verdicts():
    row = {"equal_quality": True, "ratio": {"default": 2.0, "native": 3.0}, "target": 2}
    assert report.verdict(row) == "reached"
    assert report.verdict(row | {"target": 2.5}) == "not reached"
    assert report.verdict(row | {"ratio": {"default": 0.9, "native": 3.0}}) == "slower"
    assert report.verdict(row | {"equal_quality": False}).startswith("lower quality")


def check_repeats():
    """A disturbed run is repeated, and the least disturbed one is kept."""
    shares, once = iter([0.5, 0.2, 0.3, 0.5, 0.0, 0.9]), load.run_once
    load.run_once = lambda *_: load.Run("", next(shares))
    try:
        kept, quiet = load.run([], {}, tries=3, pause=0), load.run([], {}, tries=3, pause=0)
    finally:
        load.run_once = once
    assert (kept.others, kept.tries, kept.disturbed) == (0.2, 3, True), kept
    assert (quiet.others, quiet.tries, quiet.disturbed) == (0.0, 2, False), quiet
    assert load.run([sys.executable, "-c", "print(1)"], {}).output == "1\n"


def main(runner):
    check_verdicts()
    check_repeats()
    with tempfile.TemporaryDirectory() as folder:
        check_comparison(pathlib.Path(runner).resolve(), pathlib.Path(folder))


if __name__ == "__main__":
    if len(sys.argv) == 4:  # called by the harness as the judge
        print(json.dumps(judge(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
    else:
        main(sys.argv[1])
