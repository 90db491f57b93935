# SPDX-License-Identifier: LGPL-2.1-or-later
"""style TOP - what can be checked cheaply of how the code reads: a licence in each file, nothing left to be done, no
path of somebody's machine, files and functions that fit."""

import re
import sys

import lint

SOURCES = (".c", ".h", ".def", ".py", ".sh", ".scd", ".vim", ".build", ".md")
CODE = (".c", ".h")
EXAMPLES = (".ini", ".yaml", ".yml", ".conf", ".timer")
# Data of tests: files as users write them, and what is expected.
DATA = re.compile(r"^test/(?:cases/[^/]+/|fuzz/(?:corpus|seeds)|.*\.bin$|.*/data/)")
LICENCE = "SPDX-License-Identifier: LGPL-2.1-or-later"
LEFT = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X]|HAC[K])\b")
MACHINE = re.compile(r"(?<![\w./$~-])/(?:wor[k]|far[m])/")
# A value that is put there without def_slot() is not seen by DEF_EACH() (model/def.h).
UNSEEN = re.compile(r"->set\[.*\] = (?!NULL)")
FILE_LINES = 600
FUNCTION_LINES = 60
# Debts: path and name of functions that ask to be split. One that is short enough by now has to leave the list.
LONG_FUNCTIONS = {"lib/base/diag_format.c add_excerpt"}


def is_script(top, name):
    return lint.read(top, name).startswith("#!")


def check_licence(top, name):
    wanted = name.endswith(SOURCES) or (name.startswith("contrib/") and name.endswith(EXAMPLES)) or is_script(top, name)
    if wanted and LICENCE not in "\n".join(lint.read(top, name).split("\n")[:5]):
        return [f"{name}: no line '{LICENCE}'"]
    return []


def check_text(name, text):
    problems = []
    for number, line in enumerate(text.split("\n"), 1):
        if LEFT.search(line):
            problems.append(f"{name}:{number}: left to be done: {line.strip()}")
        if MACHINE.search(line):
            problems.append(f"{name}:{number}: a path of one machine: {line.strip()}")
    return problems


def functions(text):
    """Name, first line and length of each function: braces at the left edge hold its body."""
    lines = text.split("\n")
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            head = start - 1
            while head > 1 and not re.match(r"^[a-zA-Z_].*\(", lines[head - 1]):
                head -= 1
            found = re.search(r"(\w+)\(", lines[head - 1])
            yield found.group(1) if found else "?", start, number - start - 1
            start = None


def check_code(name, text):
    problems = []
    lines = text.split("\n")
    if len(lines) - 1 > FILE_LINES:
        problems.append(f"{name}: {len(lines) - 1} lines, {FILE_LINES} at most")
    for function, line, length in functions(text):
        if length > FUNCTION_LINES and f"{name} {function}" not in LONG_FUNCTIONS:
            problems.append(f"{name}:{line}: {function}() has {length} lines, {FUNCTION_LINES} at most")
    for number, line in enumerate(lines, 1):
        if "\t" in line or line.endswith(" "):
            problems.append(f"{name}:{number}: a tab, or a blank at the end")
        if UNSEEN.search(line):
            problems.append(f"{name}:{number}: a value is set without def_slot()")
    if name.endswith(".h") and "#pragma once" not in text:
        problems.append(f"{name}: no '#pragma once'")
    if text and not text.endswith("\n"):
        problems.append(f"{name}: the last line has no end")
    return problems


def check_debts(top, names):
    """Whether the list of debts has one that was paid."""
    long = {f"{name} {function}" for name in names if name.endswith(CODE)
            for function, _, length in functions(lint.read(top, name)) if length > FUNCTION_LINES}
    return [f"'{debt}' is on the list of long functions, and is none" for debt in sorted(LONG_FUNCTIONS - long)]


def check(top):
    problems = []
    for name in lint.tree(top):
        if DATA.match(name) or name == "LICENSE":
            continue
        text = lint.read(top, name)
        problems += check_licence(top, name) + check_text(name, text)
        if name.endswith(CODE):
            problems += check_code(name, text)
    return problems


def body(lines):
    return f"/* {LICENCE} */\nstatic int long_one(void)\n{{\n" + "        f();\n" * lines + "}\n"


def main():
    tap = lint.Tap()
    licence = f"/* {LICENCE} */\n"
    tap.finds("a file without licence", lint.planted(check, {"a.c": "int x;\n", "run": "#!/bin/sh\n", "notes": "free\n"}),
              "a.c: no line", "run: no line")
    tap.finds("what is left to be done", lint.planted(check, {"a.c": licence + "/* TO" + "DO */\n"}), "a.c:2: left to be done")
    tap.finds("a path of one machine", lint.planted(check, {"notes": "see /wo" + "rk/x\nsee ./wo" + "rk/x\n"}), "notes:1: a path")
    tap.finds("a long file", lint.planted(check, {"a.c": licence + "int x;\n" * FILE_LINES}), "601 lines")
    tap.finds("a long function", lint.planted(check, {"a.c": body(60), "b.c": body(61)}), "b.c:3: long_one() has 61 lines")
    tap.finds("tabs and blanks", lint.planted(check, {"a.c": licence + "\tint x;\nint y; \nint z;"}),
              "a.c:2:", "a.c:3:", "no end")
    tap.finds("a value set behind the back of the set of keys",
              lint.planted(check, {"a.c": licence + "def->set[f(x[0])] = value;\ndef->set[ID] = NULL;\na = def->set[ID], b = c;\n"}),
              "a.c:2: a value is set without def_slot()")
    tap.finds("a header that may be read twice", lint.planted(check, {"a.h": licence}), "no '#pragma once'")
    tap.ok("the tree reads as it should", check(sys.argv[1]))
    tap.ok("long functions are listed", check_debts(sys.argv[1], lint.tree(sys.argv[1])))
    tap.done()


main()
