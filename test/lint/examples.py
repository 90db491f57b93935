# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples TOP GENERATOR LIBEXECDIR - what we show to users works: each file of contrib/examples, each definition in
README.md and in containers.d(5) gives units without an error or warning, which systemd-analyze verifies."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import lint

TRUE = shutil.which("true")
# What units need that is not of Bayplan: systemd-analyze wants to load it.
OTHERS = ["docker.service", "docker.socket", "postgresql.service", "netns@.service"]


def generate(generator, definitions, output, scope):
    """Units of a directory of definitions. The problems, and the names of the units."""
    environment = {"PATH": os.environ["PATH"], "BAYPLAN_PATH": str(definitions), "BAYPLAN_UNIT_PATH": "/nonexistent",
                   "PODMAN": TRUE, "DOCKER": TRUE, "NSPAWN": TRUE, "HOME": "/nonexistent"}
    environment |= {name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
    result = subprocess.run([generator, f"--{scope}", output], env=environment, capture_output=True, text=True, check=False)
    problems = [line for line in result.stderr.splitlines()]
    if result.returncode:
        problems.append(f"exit status {result.returncode}")
    return problems, sorted(path.name for path in Path(output).iterdir() if path.is_file())


def verify(output, units, scope, libexecdir):
    """What systemd says of the units, with programs that exist in the place of helpers that are not installed."""
    for unit in units:
        path = Path(output) / unit
        path.write_text(re.sub(re.escape(libexecdir) + r"/bayplan-[a-z]+", TRUE, path.read_text()))
    for unit in OTHERS:
        text = f"[Service]\nExecStart={TRUE}\n" if unit.endswith(".service") else f"[Socket]\nListenStream=/run/{unit}\n"
        (Path(output) / unit).write_text(text)
    words = ["systemd-analyze", f"--{scope}", "--man=no", "verify", *[f"{output}/{unit}" for unit in units]]
    environment = os.environ | {"XDG_RUNTIME_DIR": str(output)}
    result = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    return [line for line in (result.stdout + result.stderr).splitlines() if line]


def check_files(generator, libexecdir, files, scope="system", units_wanted=True):
    """files: name → text."""
    with tempfile.TemporaryDirectory() as top:
        definitions, output = Path(top) / "in", Path(top) / "out"
        output.mkdir()
        for name, text in files.items():
            path = definitions / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        problems, units = generate(generator, definitions, output, scope)
        if units_wanted and not units and not list(output.glob("*.d/*.conf")):
            problems.append("no unit")
        if not problems and units and shutil.which("systemd-analyze"):
            problems += verify(output, units, scope, libexecdir)
        return problems


def example_files(directory):
    """Each definition with its drop-ins: name → {name: text}. Quadlet files name each other: a directory is one."""
    examples = {}
    for path in sorted((directory / "quadlet").iterdir()):
        examples[f"quadlet/{path.name}"] = {str(file.relative_to(directory)): file.read_text() for file in sorted(path.rglob("*"))}
    for path in sorted(directory.rglob("*")):
        if path.suffix not in (".ini", ".yaml", ".yml"):
            continue
        files = {path.name: path.read_text()}
        for dropin in sorted(Path(f"{path}.d").glob("*.conf")):
            files[f"{path.name}.d/{dropin.name}"] = dropin.read_text()
        examples[str(path.relative_to(directory))] = files
    return examples


def blocks(text):
    """Definitions that stand in a document, between fences: those that name an image."""
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S):
        if re.search(r"^\[Container", block, re.M) and "Image=" in block:
            yield {"web.ini": block}
        elif re.search(r"^containers:", block, re.M) and "image:" in block:
            yield {"web.yaml": block}


def others(files):
    """The database that an example waits for need not be defined in it."""
    text = "".join(files.values())
    defined = re.search(r"^\[Container db\]|^  db:", text, re.M)
    return {} if defined or not re.search(r"depends_?on.*\bdb\b", text, re.I) else {"db.ini": "[Container]\nImage=a.b/c\n"}


def prove(tap, generator, libexecdir):
    def check(text):
        return check_files(generator, libexecdir, {"web.ini": text})
    tap.finds("a warning of the generator", check("[Container]\nImage=short\n"), "names no registry")
    tap.finds("an error of the generator", check("[Container]\nImage=a.b/c\nPort=80:80:80:80\n"), "[value]", "exit status 1")
    if shutil.which("systemd-analyze"):
        tap.finds("what systemd does not like", check("[Container]\nImage=a.b/c\n[Service]\nNice=lots\n"), "nice priority 'lots'")
    tap.finds("definitions in a document", [str(sorted(files)) for files in blocks(
        "```ini\n[Container]\nImage=x\n```\n```\nmake\n```\n```yaml\ncontainers:\n  a: {image: x}\n```\n")], "web.ini", "web.yaml")


def main():
    top, generator, libexecdir = sys.argv[1:]
    generator = os.path.abspath(generator)
    tap = lint.Tap()
    prove(tap, generator, libexecdir)
    examples = example_files(Path(top) / "contrib/examples")
    together = {}
    for name, files in examples.items():
        user = name.startswith("users/")
        if not user:
            together |= files
        scope = "user" if user else "system"
        has_units = "[Defaults]" not in "".join(files.values())
        tap.ok(f"contrib/examples/{name}", check_files(generator, libexecdir, files, scope, has_units))
    tap.ok("a dozen examples, and all together", check_files(generator, libexecdir, together) +
           ([] if len(examples) >= 12 else ["too few"]))
    for document in ("README.md", "man/containers.d.5.scd"):
        found = list(blocks(lint.read(top, document)))
        for number, files in enumerate(found, 1):
            tap.ok(f"{document}, definition {number}", check_files(generator, libexecdir, files | others(files)))
        if not found:
            tap.ok(f"{document} has definitions", ["it has none"])
    if not shutil.which("systemd-analyze"):
        tap.skip("verified by systemd", "no systemd-analyze")
    tap.done()


main()
