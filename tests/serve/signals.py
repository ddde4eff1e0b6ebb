"""usage: signals.py EXAMPLE_SERVE
A service that is killed twenty times while events come loses none that it acknowledged; SIGHUP reads the model again, and
refuses a damaged one; SIGTERM and SIGINT end it well; wrong use is a sentence."""
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

from program import Service, check, write_shop

program = sys.argv[1]


def post_until_it_dies(service, user, acknowledged):
    for number in range(100_000):
        item = f"{user}, \"event\"\n{number}"
        try:
            service.post("/event", {"user": user, "item": item})
        except OSError:
            return
        acknowledged.append((user, item))


def killed_twenty_times(folder):
    acknowledged, kills = [], 20
    delays = random.Random(7)
    model, events = folder / "shop.model", folder / "events.csv"
    for kill in range(kills):
        with Service(program, model, "--events", events) as service:
            check(service.get("/health")["events"] >= len(acknowledged), f"events are missing at start {kill}")
            writers = [threading.Thread(target=post_until_it_dies, args=(service, f"k{kill}-{w}", acknowledged))
                       for w in range(4)]
            for writer in writers:
                writer.start()
            time.sleep(delays.uniform(0.05, 0.3))  # the moment of the kill is what is tried
            service.send(signal.SIGKILL)
            for writer in writers:
                writer.join(timeout=60)
    with Service(program, model, "--events", events) as service:
        by_user = {}
        for user, item in acknowledged:
            by_user.setdefault(user, set()).add(item)
        for user, items in by_user.items():
            found = {row["item"] for row in service.get(f"/history?user={user}&k=1000")["items"]}
            check(items <= found, f"{len(items - found)} acknowledged events of {user} are lost")
    check(len(acknowledged) > kills, "hardly any event was acknowledged")
    print(f"{kills} kills, {len(acknowledged)} acknowledged events, all found")


def read_again(folder):
    model = folder / "shop.model"
    with Service(program, model, "--events", folder / "e2.csv") as service:
        service.send(signal.SIGHUP)
        check("was read again" in service.process.stderr.readline(), "SIGHUP must read the model again")
        check(service.get("/health")["version"] == 2, "SIGHUP must publish the model")
        whole = model.read_bytes()
        damaged, next_model = folder / "damaged", folder / "next"
        damaged.write_bytes(whole[:2000] + bytes([whole[2000] ^ 255]) + whole[2001:])
        next_model.write_bytes(whole)
        damaged.rename(model)
        service.send(signal.SIGHUP)
        line = service.process.stderr.readline()
        check("the old model stays" in line and "corrupted" in line, f"a damaged file must be reported, got {line}")
        check(service.get("/health")["version"] == 2, "a damaged file must not be published")
        check(service.get("/recommend?user=u1")["items"], "the old model must answer")
        next_model.rename(model)
        service.send(signal.SIGTERM)
        status, _ = service.wait()
        check(status == 0, f"SIGTERM must end with 0, got {status}")
    print("reloaded, refused a damaged model, ended")


def ends_under_load(folder):
    with Service(program, folder / "shop.model", "--events", folder / "e3.csv") as service:
        acknowledged = []
        writer = threading.Thread(target=post_until_it_dies, args=(service, "w", acknowledged))
        writer.start()
        while len(acknowledged) < 5 and writer.is_alive():
            time.sleep(0.001)
        service.send(signal.SIGINT)
        status, problems = service.wait()
        writer.join(timeout=60)
        check(status == 0 and problems == "", f"SIGINT must end with 0 and in silence, got {status}: {problems}")
    with Service(program, folder / "shop.model", "--events", folder / "e3.csv") as service:
        check(service.get("/health")["events"] >= len(acknowledged) >= 5, "events are lost by a graceful end")
    print("ended under load")


def wrong_use_is_a_sentence(folder):
    model, events = folder / "shop.model", folder / "e4.csv"
    (folder / "empty").write_text("")
    for arguments, status, sentence in [
        ([], 2, "usage:"),
        (["--nothing"], 2, "usage:"),
        ([folder / "no such file", "--events", events], 1, "cannot be opened"),
        ([folder / "empty", "--events", events], 1, "empty"),
        ([folder / "purchases.csv", "--events", events], 1, "is not a model file"),
        ([model], 2, "events must name a file"),
        ([model, "--events", folder / "items.csv"], 1, "user,item,value,time"),
        ([model, "--events", events, "--port", "99999"], 2, "port must be"),
        ([model, "--events", events, "--port", "x"], 2, "--port must be a number"),
        ([model, "--events", events, "--host", "192.0.2.1"], 1, "must be free"),
        ([model, "--events", events, "--items", folder / "nothing.csv"], 1, "nothing.csv"),
    ]:
        ended = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=60)
        check(ended.returncode == status and sentence in ended.stderr and "example_serve: " in ended.stderr,
              f"{arguments} must end with {status} and say {sentence!r}, got {ended.returncode}: {ended.stderr}")
    asked = subprocess.run([program, "--help"], capture_output=True, text=True, timeout=60)
    check(asked.returncode == 0 and asked.stdout.startswith("usage:"), "--help must print the usage")
    print("wrong use is a sentence")


with tempfile.TemporaryDirectory() as name:
    place = write_shop(pathlib.Path(name))
    with Service(program, place) as first:
        check(any("trained on 480 lines" in line for line in first.lines), "a folder must be trained on")
        first.post("/event", {"user": "u1", "item": "new item"})
    with Service(program, place) as second:
        check(any("trained on 481 lines" in line for line in second.lines), "events must be learnt by the next training")
    (place / "events.csv").unlink()
    wrong_use_is_a_sentence(place)
    read_again(place)
    ends_under_load(place)
    killed_twenty_times(place)
