"""Splits of the public data, drawn from a seed and written below the work folder: what both sides read. Standard library only."""
import bisect
import collections
import itertools
import math
import pathlib
import random
import shutil
import subprocess

SEED, TEST, VALIDATION = 20, 0.1, 0.1


def drawn(count, share, seed):
    """Which of `count` things are in the share: a flag for each."""
    draw = random.Random(seed)
    order = sorted((draw.random(), position) for position in range(count))
    chosen = [False] * count
    for _, position in order[:round(share * count)]:
        chosen[position] = True
    return chosen


def parted(things, share, seed):
    flags = drawn(len(things), share, seed)
    return [thing for thing, flag in zip(things, flags) if not flag], [thing for thing, flag in zip(things, flags) if flag]


def read_ratings(source):
    """(row, column, rating) from 1 on, numbered in the order of the ids, and the shape."""
    with open(source / "ratings.csv") as lines:
        next(lines)
        cells = [(int(user), int(item), rating) for user, item, rating, *_ in (line.rstrip("\n").split(",") for line in lines)]
    rows, columns = ({name: i for i, name in enumerate(sorted({cell[axis] for cell in cells}), 1)} for axis in (0, 1))
    return [(rows[user], columns[item], rating) for user, item, rating in cells], (len(rows), len(columns))


def write_matrix(path, cells, shape):
    with open(path, "w") as file:
        file.write(f"%%MatrixMarket matrix coordinate real general\n{shape[0]} {shape[1]} {len(cells)}\n")
        file.writelines(f"{row} {column} {rating}\n" for row, column, rating in sorted(cells))


def ratings(source, folder, validate, share=TEST):
    """A random tenth of all ratings is the test; to choose settings, a tenth of the rest is."""
    cells, shape = read_ratings(source)
    train, test = parted(cells, share, SEED)
    if validate:
        train, test = parted(train, VALIDATION, SEED + 1)
    write_matrix(folder / "train.mtx", train, shape)
    write_matrix(folder / "test.mtx", test, shape)


def lists(source, folder, _validate):
    """The published split is read as it is; to choose settings, a tenth of each user's training is the test."""
    rows = [line.split() for line in (source / "train.txt").read_text().splitlines()]
    sides = [(user, parted(items, VALIDATION, f"{SEED} {user}")) for user, *items in rows]
    for number, name in enumerate(("train", "test")):
        (folder / f"{name}.txt").write_text(
            "".join(" ".join([user, *both[number]]) + "\n" for user, both in sides if both[number]))


def fold(source, folder, validate):
    """The same with a fifth, the first of five folds."""
    ratings(source, folder, validate, 0.2)


POPULAR = 20000


def popular(source, folder, _validate):
    """The lists of the published split with the most popular items of its training alone, numbered anew."""
    sides = {name: [list(map(int, line.split())) for line in (source / f"{name}.txt").read_text().splitlines()]
             for name in ("train", "test")}
    counts = collections.Counter(item for _, *items in sides["train"] for item in items)
    numbers = {item: number for number, item in enumerate(sorted(counts, key=lambda item: (-counts[item], item))[:POPULAR])}
    for name, rows in sides.items():
        kept = [[user, *(numbers[item] for item in items if item in numbers)] for user, *items in rows]
        (folder / f"{name}.txt").write_text("".join(" ".join(map(str, row)) + "\n" for row in kept if len(row) > 1))


DOCUMENTS, TERMS, STOP_WORDS = 20000, 190000, 50


def documents(_source, folder, _validate):
    """Two made sets of documents of 20 to 30 words, which follow Zipf's law without its most frequent words: tf-idf, rows of
    length 1, and the transpose of the second set."""
    draw = random.Random(SEED)
    likely = list(itertools.accumulate(1 / (STOP_WORDS + rank) for rank in range(1, TERMS + 1)))
    sets = [[collections.Counter(bisect.bisect(likely, draw.random() * likely[-1]) for _ in range(draw.randint(20, 30)))
             for _ in range(DOCUMENTS)] for _ in range(2)]
    having = collections.Counter(term for texts in sets for document in texts for term in document)
    for side, (name, texts) in enumerate(zip(("left", "right"), sets)):
        cells = []
        for row, document in enumerate(texts, 1):
            weights = {term: count * math.log(2 * DOCUMENTS / having[term]) for term, count in document.items()}
            norm = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
            cells += [(row, term + 1, f"{weight / norm:.7f}") for term, weight in weights.items()]
        if side == 0:
            write_matrix(folder / f"{name}.mtx", cells, (DOCUMENTS, TERMS))
        else:
            write_matrix(folder / f"{name}.mtx", [(column, row, weight) for row, column, weight in cells], (TERMS, DOCUMENTS))


def prepared(how, source, work, validate=False):
    """The folder to read: made where it is not there yet."""
    if how is lists and not validate:
        return source
    kind = "" if how in (lists, ratings) else f"-{how.__name__}"
    folder = pathlib.Path(work) / "splits" / f"{source.name}{kind}{'-validation' if validate else ''}"
    if not (folder / "whole").exists():
        folder.mkdir(parents=True, exist_ok=True)
        how(source, folder, validate)
        (folder / "whole").touch()
    return folder


def with_made(data, work, name, command):
    """A folder with the lists of another, and what a command writes to save=PREFIX: made where it is not there yet."""
    folder = pathlib.Path(work) / "splits" / name
    if not (folder / "whole").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for lists in data.glob("t*.txt"):
            shutil.copy(lists, folder)
        done = subprocess.run([*command, f"save={folder / 'made'}"], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        (folder / "whole").touch()
    return folder
