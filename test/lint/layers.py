# SPDX-License-Identifier: LGPL-2.1-or-later
"""layers TOP - includes go down the layers only: base ← input ← model ← backend ← unit ← {generator, cli},
base ← helpers. They spell the layer; libraries of the system stay where they belong; only mains print or exit."""

import re
import sys

import lint

LAYERS = ["base", "input", "model", "backend", "unit"]
# Directory: the layers that it may include.
MAY = {f"lib/{layer}": LAYERS[: i + 1] for i, layer in enumerate(LAYERS)} | {
    "generator": LAYERS,
    "cli": LAYERS + ["cli"],
    "helpers": ["base", "helpers"],
    # Tools of the build, which read the tables.
    "man": ["base", "input", "model", "cli"],
    "contrib": LAYERS + ["cli"],
    "test": LAYERS + ["cli", "helpers"],
}
# What is not a layer: made by the build, and, in directories that are no layers, neighbours.
GENERATED = ["config.h"]
NEIGHBOURS = ["man", "contrib", "test"]
# Header of a library: the directories that may use it.
LIBRARIES = {
    "ini.h": ["lib/input"],
    "yaml.h": ["lib/input", "test"],
    "systemd/": ["helpers", "cli", "test"],
    "netlink/": ["helpers"],
    "stdio.h": ["lib/base/arena.c", "lib/base/buf.c", "lib/base/fs.c", "generator", "cli", "helpers", "man", "contrib", "test"],
}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(?:"([^"]+)"|<([^>]+)>)', re.M)
OUTPUT = re.compile(r"\b(?:v?f?printf|f?puts|putchar|perror|_?exit|abort)[ \t]*\(")
# Out of memory: one line, before anything was written (base/arena.h).
MAY_EXIT = ["lib/base/arena.c"]


def directory_of(name):
    return next((directory for directory in MAY if name.startswith(directory + "/")), None)


def check_layer(name, directory, header):
    layer, slash, _ = header.partition("/")
    if not slash:
        if header in GENERATED or directory in NEIGHBOURS:
            return []
        return [f'{name}: "{header}" does not spell its layer']
    if layer in MAY[directory]:
        return []
    known = layer in LAYERS + ["cli", "helpers", "generator"]
    if directory in NEIGHBOURS and not known:
        return []
    return [f'{name}: "{header}" is up the layers' if known else f'{name}: "{header}" is of no layer']


def check_library(name, header):
    return [
        f"{name}: <{header}> does not belong there"
        for library, homes in LIBRARIES.items()
        if header.startswith(library) and not any(name == home or name.startswith(home + "/") for home in homes)
    ]


def check(top):
    problems = []
    for name in lint.tree(top):
        directory = directory_of(name)
        if not directory or not name.endswith((".c", ".h", ".def")):
            continue
        text = lint.read(top, name)
        for ours, theirs in INCLUDE.findall(text):
            problems += check_layer(name, directory, ours) if ours else check_library(name, theirs)
        code = re.sub(r'/\*.*?\*/|"(?:[^"\\\n]|\\.)*"', " ", text, flags=re.S)
        if directory.startswith("lib/") and name not in MAY_EXIT:
            problems += [f"{name}: calls {call}…)" for call in OUTPUT.findall(code)]
    return problems


def main():
    tap = lint.Tap()
    tap.finds(
        "an include up the layers",
        lint.planted(check, {"lib/base/a.c": '#include "model/option.h"\n', "helpers/b.c": '#include "unit/plan.h"\n',
                             "lib/unit/good.c": '#include "base/str.h"\n#include "config.h"\n'}),
        'lib/base/a.c: "model/option.h" is up', 'helpers/b.c: "unit/plan.h" is up')
    tap.finds("an include without its layer", lint.planted(check, {"lib/unit/a.c": '#include "plan.h"\n'}), "does not spell")
    tap.finds("an include of no layer", lint.planted(check, {"cli/a.c": '#include "src/x.h"\n'}), "of no layer")
    tap.finds("a library in the wrong place", lint.planted(check, {"generator/a.c": "#include <systemd/sd-bus.h>\n"}),
              "<systemd/sd-bus.h> does not belong")
    tap.finds("output of the library", lint.planted(check, {"lib/model/a.c": 'void f(void)\n{\n        puts("exit()");\n}\n'}),
              "calls puts(")
    tap.ok("includes go down the layers", check(sys.argv[1]))
    tap.done()


main()
