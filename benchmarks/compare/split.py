"""Splits of the public data, drawn from a seed and written below the work folder: what both sides read. Standard library only."""
import pathlib
import random

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


def ratings(source, folder, validate):
    """A random tenth of all ratings is the test; to choose settings, a tenth of the rest is."""
    cells, shape = read_ratings(source)
    train, test = parted(cells, TEST, SEED)
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


def prepared(how, source, work, validate=False):
    """The folder to read: made where it is not there yet."""
    if how is lists and not validate:
        return source
    folder = pathlib.Path(work) / "splits" / f"{source.name}{'-validation' if validate else ''}"
    if not (folder / "whole").exists():
        folder.mkdir(parents=True, exist_ok=True)
        how(source, folder, validate)
        (folder / "whole").touch()
    return folder
