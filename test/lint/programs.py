# SPDX-License-Identifier: LGPL-2.1-or-later
"""programs PROGRAM… - what every program owes its user: --help on standard output within 80 columns, --version, and a
wrong command line told on standard error with status 2 (helpers: 125, as env(1) does)."""

import re
import subprocess
import sys
from pathlib import Path

import lint


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def check_help(words):
    result = run(*words, "--help")
    name = " ".join([Path(words[0]).name, *words[1:]])
    problems = []
    if result.returncode or result.stderr:
        problems.append(f"{name} --help: status {result.returncode}, '{result.stderr.strip()}' on standard error")
    if len(result.stdout) < 40:
        problems.append(f"{name} --help: says nothing")
    for line in result.stdout.split("\n"):
        if len(line) > 80 or line.endswith(" ") or "\t" in line:
            problems.append(f"{name} --help: not 80 columns of text: '{line}'")
    return problems


def check_version(program):
    result = run(program, "--version")
    name = Path(program).name
    if result.returncode or not re.fullmatch(re.escape(name) + r" \d+\.\d+\S*\n", result.stdout):
        return [f"{name} --version: status {result.returncode}, '{result.stdout.strip()}'"]
    return []


def check_wrong(words, status):
    result = run(*words, "--no-such-option")
    name = " ".join([Path(words[0]).name, *words[1:]])
    problems = []
    if result.returncode != status:
        problems.append(f"{name} --no-such-option: status {result.returncode}, not {status}")
    if result.stdout or not result.stderr.startswith(Path(words[0]).name + ": "):
        problems.append(f"{name} --no-such-option: no line '{Path(words[0]).name}: …' on standard error")
    return problems


def commands_of(program):
    found = re.search(r"^Commands:\n(.*?)(?:\n\n|\Z)", run(program, "--help").stdout, re.M | re.S)
    return re.findall(r"^ +([a-z]+)\b", found.group(1), re.M) if found else []


def check_program(program):
    helper = Path(program).parent.name == "helpers"
    status = 125 if helper else 2
    problems = check_help([program]) + check_version(program) + check_wrong([program], status)
    for command in commands_of(program):
        problems += check_help([program, command]) + check_wrong([program, command], status)
    return problems


GOOD = """#!/bin/sh
case $1 in
--help) echo 'good [OPTION…]'; echo; echo 'Does what it is asked to, and says so.' ;;
--version) echo 'good 1.0' ;;
*) echo 'good: unknown option' >&2; exit 2 ;;
esac
"""


def main():
    tap = lint.Tap()
    bad = GOOD.replace("good", "bad")

    def check(top):
        return [problem for program in sorted(Path(top).iterdir()) for problem in check_program(str(program))]
    tap.finds("nothing wrong with a good program", lint.planted(check, {"good": GOOD}))
    tap.finds("a wide --help", lint.planted(check, {"bad": bad.replace("says so", "says so" + 60 * "!")}), "not 80 columns")
    tap.finds("--help on standard error", lint.planted(check, {"bad": bad.replace("so.' ;;", "so.' >&2 ;;")}), "on standard error",
              "says nothing")
    tap.finds("a version without a name", lint.planted(check, {"bad": bad.replace("'bad 1.0'", "1.0")}), "--version")
    tap.finds("an error with another status", lint.planted(check, {"bad": bad.replace("exit 2", "exit 1")}), "status 1, not 2")
    tap.finds("an error on standard output", lint.planted(check, {"bad": bad.replace("option' >&2", "option'")}), "no line 'bad: …'")
    for program in sys.argv[1:]:
        tap.ok(Path(program).name, check_program(program))
    tap.done()


main()
