# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the lints share: the files of the project, and TAP.

A lint is a function from a directory to a list of problems. Each first proves that it can fail: planted() gives it
a small tree with a violation, and the problem has to be found there."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


class Tap:
    """Test Anything Protocol: a line for each result, problems as comments below it."""

    def __init__(self):
        self.count = 0
        self.failed = False

    def ok(self, name, problems=()):
        self.count += 1
        self.failed |= bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.count} - {name}")
        for problem in problems:
            print(f"# {problem}")

    def finds(self, name, problems, *wanted):
        """One problem for each text, in any order, and no other."""
        rest = list(problems)
        missing = []
        for text in wanted:
            match = next((problem for problem in rest if text in problem), None)
            if match is None:
                missing.append(f"did not find '{text}'")
            else:
                rest.remove(match)
        self.ok(f"finds {name}", missing + [f"found '{problem}' too" for problem in rest])

    def skip(self, name, reason):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {reason}")

    def done(self):
        print(f"1..{self.count}")
        sys.exit(self.failed)


def tree(top):
    """The project's files, relative to top, sorted: those git knows, or all where there is no git."""
    top = Path(top)
    git = subprocess.run(["git", "-C", top, "ls-files", "-z"], capture_output=True, text=True, check=False)
    if (top / ".git").exists() and git.returncode == 0:
        names = [name for name in git.stdout.split("\0") if name]
    else:
        names = []
        for directory, below, files in os.walk(top):
            below[:] = [name for name in below if name != ".git" and not name.startswith("build")]
            names += [os.path.relpath(os.path.join(directory, name), top) for name in files]
    return sorted(name for name in names if (top / name).is_file() and not (top / name).is_symlink())


def read(top, name):
    return (Path(top) / name).read_text(encoding="utf-8", errors="replace")


def planted(check, files):
    """The problems that check finds in a tree of these files: name → text."""
    with tempfile.TemporaryDirectory() as top:
        for name, text in files.items():
            path = Path(top) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            path.chmod(0o755)
        return check(top)
