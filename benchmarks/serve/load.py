"""usage: load.py EXAMPLE_SERVE SAMPLE SECONDS ROUNDS CONNECTIONS    see load, which builds and calls it"""
import http.client
import json
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

program, sample = sys.argv[1:3]
seconds, rounds, connections = map(int, sys.argv[3:6])
here = pathlib.Path(__file__).parent
USERS, EVENTS_A_SECOND = 4334, 10


def start(folder, *options):
    """The service on a folder with the sample, and its port."""
    for name in ("purchases.csv", "items.csv"):
        shutil.copy(pathlib.Path(sample) / name, folder)
    service = subprocess.Popen([program, folder, "--port", "0", "--measuring", *options], stdout=subprocess.PIPE, text=True)
    for line in service.stdout:
        if found := re.search(r"serving http://127.0.0.1:(\d+)/", line):
            return service, int(found[1])
    raise SystemExit("the service did not start")


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    return connection.getresponse().read()


def post_events(port, stopped, count):
    """Events of users of the sample, ten a second, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    items = [row["item"] for row in json.loads(get(port, "/items?k=500"))["items"]]
    begin, tries = time.monotonic(), 0
    while not stopped.wait(max(0.0, begin + tries / EVENTS_A_SECOND - time.monotonic())):
        tries += 1
        body = json.dumps({"user": str(12346 + count[0] * 37 % USERS), "item": items[count[0] * 101 % len(items)]})
        connection.request("POST", "/event", body, {"Content-Type": "application/json"})
        if connection.getresponse().read().startswith(b'{"stored":true'):
            count[0] += 1


def measure(port, path, seed, rest):
    """Requests a second, median and 99 % of the microseconds of an answer."""
    run = subprocess.run(["wrk", "-t", "2" if connections > 1 else "1", "-c", str(connections), "-d", f"{seconds}s",
                          "--timeout", "20s", "-s", here / "users.lua", f"http://127.0.0.1:{port}", "--", path, str(USERS),
                          str(seed), rest], capture_output=True, text=True, check=True)
    rate, half, most, errors = map(float, re.search(r"RESULT (\S+) (\S+) (\S+) (\S+)", run.stdout).groups())
    if errors:
        raise SystemExit(f"{errors:.0f} requests failed:\n{run.stdout}")
    return rate, half, most


def hits(port):
    text = get(port, "/metrics").decode()
    return [int(re.search(rf"^cache_{kind}_total (\d+)$", text, re.M)[1]) for kind in ("hits", "misses")]


def compare(name, *options):
    with tempfile.TemporaryDirectory() as folder:
        service, port = start(folder, *options)
        try:
            sizes = [len(get(port, f"/recommend?user={12346 + i}&k=10")) for i in range(0, USERS, 40)]
            constant = f"&bytes={round(statistics.mean(sizes))}&k=10"
            stopped, count = threading.Event(), [0]
            writer = threading.Thread(target=post_events, args=(port, stopped, count))
            writer.start()
            asked, fixed = [], []
            begin, started = hits(port), time.monotonic()
            for number in range(rounds):
                fixed.append(measure(port, "/constant", number, constant))
                asked.append(measure(port, "/recommend", number, "&k=10"))
            end, took = hits(port), time.monotonic() - started
            stopped.set()
            writer.join()
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(timeout=60)
    print_rows(name, asked, fixed, begin, end, count[0] / took)


def print_rows(name, asked, fixed, begin, end, events):
    def median(rows, column):
        return statistics.median(row[column] for row in rows)

    # Ratios of turns that follow each other, so that a slow minute of the machine is in both.
    ratios = [statistics.median(a[c] / f[c] for a, f in zip(asked, fixed)) for c in range(3)]
    found, missed = end[0] - begin[0], end[1] - begin[1]
    share = f"{found / (found + missed):.4f}" if found + missed else "-"
    for what, rows in (("/constant", fixed), ("/recommend", asked)):
        print(f"{name:<10} {what:<11} {median(rows, 0):>10.0f} {median(rows, 1):>9.0f} {median(rows, 2):>9.0f}")
    print(f"{name:<10} {'ratio':<11} {ratios[0]:>10.2f} {ratios[1]:>9.2f} {ratios[2]:>9.2f}"
          f"   answers from the cache: {share}, events a second: {events:.1f}\n")


print(f"{connections} connections, {rounds} rounds of {seconds} s each; target: a rate of 0.70, a p99 of at most 2.00\n")
print(f"{'mode':<10} {'route':<11} {'answers/s':>10} {'median us':>9} {'p99 us':>9}")
compare("cached")
compare("uncached", "--cached-answers", "0")
