"""Runs a command and says how busy the machine was with anything else meanwhile."""
import os
import resource
import subprocess
import time
from dataclasses import dataclass

QUIET = 0.04  # of the machine's time may go to others, or a run counts as disturbed


@dataclass
class Run:
    output: str
    others: float  # share of the machine's time that others took; 0 where the system does not tell
    tries: int = 1

    @property
    def disturbed(self):
        return self.others > QUIET


def busy_seconds():
    """Of all cores, with what a hypervisor gave to other machines; None where there is no /proc/stat."""
    try:
        with open("/proc/stat") as lines:
            ticks = list(map(int, lines.readline().split()[1:9]))
    except (OSError, ValueError):
        return None
    user, nice, system, _idle, _wait, interrupts, soft_interrupts, stolen = ticks
    return (user + nice + system + interrupts + soft_interrupts + stolen) / os.sysconf("SC_CLK_TCK")


def own_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_once(command, environment):
    busy, own, start = busy_seconds(), own_seconds(), time.monotonic()
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)
    wall = time.monotonic() - start
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines()
        raise RuntimeError(words[-1] if words else f"exit status {done.returncode}")
    others = 0.0 if busy is None else (busy_seconds() - busy) - (own_seconds() - own)
    return Run(done.stdout, max(0.0, others / (wall * (os.cpu_count() or 1))))


def run(command, environment, tries=1, pause=3):
    """The first undisturbed run of at most `tries`, else the least disturbed."""
    best = None
    for count in range(1, tries + 1):
        this = run_once(command, environment)
        if best is None or this.others < best.others:
            best = this
        best.tries = count
        if not best.disturbed:
            break
        if count < tries:
            time.sleep(pause)
    return best
