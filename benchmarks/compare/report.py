"""The table, the chart and the numbers behind them. Standard library only."""
import html
import json
import os
import pathlib
import platform
import subprocess


def first_line(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0].strip()
    except (OSError, IndexError):
        return "unknown"


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor())


def machine(options, versions, environment):
    caps = " ".join(f"{name}={value}" for name, value in environment.items())
    here = str(pathlib.Path(__file__).parent)
    return {
        "processor": f"{processor()}, {os.cpu_count()} cores", "system": f"{platform.system()} {platform.machine()}",
        "akin": first_line("git", "-C", here, "describe", "--always", "--dirty", "--exclude=*"),
        "compiler": first_line("c++", "--version"), "flags": "CMake's Release, and Release with -march=native",
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "threads": f"{options.threads} on every side; {caps} where BLAS is not what makes a peer's threads",
        "repeats": f"median of {options.repeats}, the sides taking turns; {load_at_end()}; disturbed: "
                   "others took more than 4 % of the machine in every try",
    }


def load_at_end():
    try:
        return "load average at the end %.2f %.2f %.2f" % os.getloadavg()
    except OSError:
        return "load average unknown"


def milliseconds(row, side):
    times = row["seconds"][side]
    return f"{1000 * row['median'][side]:.1f} ({1000 * min(times):.1f} – {1000 * max(times):.1f})"


def verdict(row):
    if not row["equal_quality"]:
        return "lower quality: not comparable"
    slowest = min(row["ratio"].values())
    if slowest >= row["target"]:
        return "reached"
    return "not reached" if slowest >= 1 else "slower"


def summary(row):
    if "missing" in row:
        return row["missing"]
    ratios = ", ".join(f"{side} {ratio:.2f}x" for side, ratio in row["ratio"].items())
    return f"{ratios} as fast (target {row['target']}x): {verdict(row)}; disturbed runs {row['disturbed']} of {row['runs']}"


def table_line(row):
    if "missing" in row:
        return f"| {row['name']} | – | – | – | – | – | – | {row['target']} | {row['missing']} |"
    quality = row["metric_name"] + " " + " / ".join(f"{row['quality'][side][row['metric']]:.4f}" for side in ("peer", "default", "native"))
    mark = f"; {row['disturbed']} of {row['runs']} runs disturbed" if row["disturbed"] else ""
    times = " | ".join(milliseconds(row, side) for side in ("peer", "default", "native"))
    ratios = f"{row['ratio']['default']:.2f} / {row['ratio']['native']:.2f}"
    return f"| {row['name']} | {quality} | {row['unit']} | {times} | {ratios} | {row['target']} | {verdict(row)}{mark} |"


def markdown(rows, about):
    lines = [
        "# akin beside other libraries", "",
        "Milliseconds, median (fastest – slowest): a whole fit, divided by its iterations or epochs where the time is of one, with the",
        "transpose and without loss or progress bar, after a fit of one iteration to warm up. The quality of all sides is computed by the",
        "same code.", "",
        "| task | quality: peer / akin / akin native | milliseconds of | peer | akin, default flags | akin, -march=native "
        "| times as fast: default / native | target | |", "|---|---|---|---|---|---|---|---|---|",
        *map(table_line, rows), "", "![times as fast](comparison.svg)", "",
        *(f"- {name}: {value}" for name, value in about.items()), "", "## Commands", ""]
    for row in rows:
        lines += [f"{row['name']}:", "```", *row.get("commands", {"": row.get("missing", "")}).values(), "```", ""]
    return "\n".join(lines)


BAR, LEFT, WIDTH = 16, 270, 420
COLOURS = {"default": "#4878a8", "native": "#83b4d8"}


def text(x, y, words, anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(words)}</text>'


def svg(rows):
    """Bars of how many times as fast akin is; a dark tick is the target, the line is 1."""
    rows = [row for row in rows if "ratio" in row]
    scale = WIDTH / max([1.0, *(max(row["target"], *row["ratio"].values()) for row in rows)])
    height = 40 + len(rows) * (2 * BAR + 14)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 200}" height="{height}" '
             'font-family="sans-serif" font-size="12">', '<rect width="100%" height="100%" fill="white"/>',
             text(LEFT, 18, "times as fast as the peer; a black tick is the target")]
    y = 30
    for row in rows:
        parts.append(text(LEFT - 8, y + BAR + 4, row["name"], "end"))
        for side, ratio in row["ratio"].items():
            label = f"{ratio:.2f} {side}" + ("" if row["equal_quality"] else ", lower quality")
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{ratio * scale:.1f}" height="{BAR - 2}" fill="{COLOURS[side]}"/>')
            parts.append(text(LEFT + max(ratio, row["target"]) * scale + 6, y + BAR - 5, label))
            y += BAR
        tick = LEFT + row["target"] * scale
        parts.append(f'<rect x="{tick - 1:.1f}" y="{y - 2 * BAR - 2}" width="2" height="{2 * BAR + 2}" fill="black"/>')
        y += 14
    one = LEFT + scale
    parts.append(f'<line x1="{one:.1f}" x2="{one:.1f}" y1="26" y2="{height - 8}" stroke="#888" stroke-dasharray="3 3"/>')
    return "\n".join([*parts, "</svg>", ""])


def write(folder, rows, about):
    (folder / "comparison.md").write_text(markdown(rows, about))
    (folder / "comparison.svg").write_text(svg(rows))
    (folder / "comparison.json").write_text(json.dumps({"about": about, "rows": rows}, indent=1) + "\n")
