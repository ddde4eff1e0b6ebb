#!/usr/bin/env python3
"""tfidf_vectorizer beside scikit-learn's TfidfVectorizer: the same numbers, and how long both take.

usage: compare_tfidf.py PROGRAM DATA [DOCUMENTS]
PROGRAM is compare_akin_tfidf; DATA holds online-retail/items.csv and chinese-reviews/reviews.csv. With a third argument,
a number of documents, made of the descriptions, both are timed on them. Needs numpy, scipy and scikit-learn.

The tokens are made alike: scikit-learn is given akin's rules as a callable, written down again with unicodedata.
"""
import csv
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import unicodedata

import numpy
import scipy.sparse
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer

TOLERANCE = 1e-6


def kind(character):
    category = unicodedata.category(character)[0]
    if category == "M":
        return "mark"
    if unicodedata.category(character) == "Cf" and character != "\u200b":
        return "format"
    if category not in "LN":
        return None
    code, name = ord(character), unicodedata.name(character, "")
    if name.startswith(("CJK UNIFIED", "CJK COMPAT")) or code in (0x3005, 0x3006, 0x3007, 0x303B):
        return "pairs"
    if name.startswith("HIRAGANA"):
        return "hiragana"
    if code == 0x30FC:
        return "prolonged"
    return "katakana" if name.startswith(("KATAKANA", "HALFWIDTH KATAKANA")) else "word"


def fold(character):
    for folded in (character.casefold(), character.lower()):
        if len(folded) == 1:
            return folded
    return character


def tokens(text):
    runs, last = [], None
    for character in text:
        found = kind(character)
        if found == "format":
            continue
        if found == "mark":
            if last is not None:
                runs[-1][1][-1] += character
            continue
        if found == "prolonged":
            found = "hiragana" if last == "hiragana" else "katakana"
        if found is not None:
            if found != last:
                runs.append((found, []))
            runs[-1][1].append(fold(character))
        last = found
    result = []
    for found, letters in runs:
        if found in ("pairs", "hiragana") and len(letters) > 1:
            result += [a + b for a, b in zip(letters, letters[1:])]
        else:
            result.append("".join(letters))
    return result


def column(path, name):
    with open(path, encoding="utf-8", newline="") as file:
        return [" ".join(row[name].split()) for row in csv.DictReader(file)]


def write(path, documents):
    path.write_text("".join(text + "\n" for text in documents), encoding="utf-8")


def largest_difference(program, documents, folder, longest, sublinear, minimum):
    write(folder / "documents", documents)
    prefix = folder / "akin"
    subprocess.run([program, folder / "documents", "2", prefix, str(longest), str(int(sublinear)), str(minimum)],
                   check=True, stdout=subprocess.DEVNULL)
    terms = (folder / "akin.terms").read_text(encoding="utf-8").split("\n")[:-1]
    arrays = [numpy.fromfile(f"{prefix}.{name}", kind) for name, kind in
              (("values", "float32"), ("columns", "int32"), ("offsets", "int32"))]
    ours = scipy.sparse.csr_matrix(tuple(arrays), shape=(len(documents), len(terms)))
    peer = TfidfVectorizer(tokenizer=tokens, token_pattern=None, lowercase=False, ngram_range=(1, longest),
                           sublinear_tf=sublinear, min_df=minimum)
    theirs = peer.fit_transform(documents)
    # Code points and bytes of UTF-8 have the same order.
    if terms != peer.get_feature_names_out().tolist():
        sys.exit("the terms differ")
    if ours.nnz != theirs.nnz:
        sys.exit(f"the matrices have {ours.nnz} and {theirs.nnz} elements")
    return abs(ours.astype("float64") - theirs).max(), len(terms), ours.nnz


def compare(program, data, folder):
    sources = {"online-retail": column(data / "online-retail/items.csv", "description"),
               "chinese-reviews": column(data / "chinese-reviews/reviews.csv", "review")}
    for name, documents in sources.items():
        for longest, sublinear, minimum in ((1, False, 1), (2, True, 2)):
            difference, terms, elements = largest_difference(program, documents, folder, longest, sublinear, minimum)
            print(f"{name}: {len(documents)} documents, {terms} terms of up to {longest} tokens, {elements} elements, "
                  f"largest difference {difference:.2e}")
            if not difference <= TOLERANCE:
                sys.exit(f"the difference must be at most {TOLERANCE}")


def many(descriptions, size):
    """Descriptions and parts of two of them, with a fixed seed."""
    draw = random.Random(1)
    result = []
    for _ in range(size):
        first, second = draw.choice(descriptions).split(), draw.choice(descriptions).split()
        result.append(" ".join(first[: draw.randint(1, 6)] + second[: draw.randint(0, 3)]))
    return result


def time_both(program, data, folder, size):
    documents = many([text for text in column(data / "online-retail/items.csv", "description") if text], size)
    write(folder / "documents", documents)
    for longest in (1, 2):
        start, clock = time.perf_counter(), time.process_time()
        TfidfVectorizer(ngram_range=(1, longest)).fit_transform(documents)
        theirs, their_clock = time.perf_counter() - start, time.process_time() - clock
        for threads in (1, 2):
            told = subprocess.run([program, folder / "documents", str(threads), folder / "akin", str(longest)], check=True,
                                  capture_output=True, text=True).stdout
            ours = json.loads(told)
            print(f"{size} documents, up to {longest} tokens a term: scikit-learn {sklearn.__version__} {theirs:.2f} s "
                  f"({their_clock:.2f} s of processor time), akin with {threads} threads {ours['seconds']:.2f} s "
                  f"({ours['processor_seconds']:.2f} s), {theirs / ours['seconds']:.1f} times as fast")


if len(sys.argv) not in (3, 4):
    sys.exit(__doc__)
with tempfile.TemporaryDirectory() as scratch:
    compare(sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(scratch))
    if len(sys.argv) == 4:
        time_both(sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(scratch), int(sys.argv[3]))
