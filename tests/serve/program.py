"""example_serve as a process: started, asked, and ended, with a bound on every wait."""
import json
import pathlib
import shutil
import signal
import subprocess
import urllib.request

SKIPPED = 77  # ctest's SKIP_RETURN_CODE


class Service:
    def __init__(self, *arguments):
        self.process = subprocess.Popen([str(a) for a in arguments] + ["--port", "0"], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.lines = []
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith("serving "):
                self.address = line.split()[1].rstrip("/")
                return
        raise SystemExit("the service did not start: " + self.process.stderr.read())

    def get(self, path):
        with urllib.request.urlopen(self.address + path, timeout=20) as answer:
            return json.load(answer)

    def post(self, path, value):
        request = urllib.request.Request(self.address + path, json.dumps(value).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def send(self, number):
        self.process.send_signal(number)

    def wait(self):
        """Its exit status, and what it wrote to stderr."""
        _, problems = self.process.communicate(timeout=60)
        return self.process.returncode, problems

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.send(signal.SIGKILL)
            self.process.wait(timeout=60)
        self.process.stdout.close()
        self.process.stderr.close()


def write_shop(folder, sample=None):
    """A folder that example_serve trains on: a copy of the sample, or a small shop of its own."""
    folder = pathlib.Path(folder)
    if sample:
        for name in ("purchases.csv", "items.csv"):
            shutil.copy(pathlib.Path(sample) / name, folder / name)
        return folder
    lines = [f"u{u},i{(u * 7 + j * j) % 40}" for u in range(60) for j in range(8)]
    (folder / "purchases.csv").write_text("\n".join(["customer_id,stock_code", *lines, ""]))
    (folder / "items.csv").write_text("\n".join(["stock_code,description", *[f"i{i},item {i}" for i in range(40)], ""]))
    return folder


def check(ok, sentence):
    if not ok:
        raise SystemExit("FAILED: " + sentence)
