# SPDX-License-Identifier: LGPL-2.1-or-later
"""manual TOP PAGES TABLES SCDOC PROGRAM… - the manual has not drifted from the code.

PAGES: the directory of the built pages, NAME.SECTION.scd. TABLES: the program of test/cases that prints the tables.
SCDOC may be empty. PROGRAM: has a page of its name with every option of its --help, and no other."""

import re
import subprocess
import sys
from pathlib import Path

import lint

PAGE = "containers.d.5.scd"


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def plain(text):
    """scdoc without its escapes."""
    return re.sub(r"\\(.)", r"\1", text)


def check_keys(page, options):
    problems = []
    for row in options.splitlines():
        _, key, aliases = row.split("\t")[:3]
        # A key of several sections has an entry in each.
        entries = re.findall(rf"^\*{key}=\*\n(.*?)(?=^\*|^#|\Z)", page, re.M | re.S)
        if not entries:
            problems.append(f"{key}= is not in the page")
            continue
        for alias in aliases.split():
            folded = re.sub(r"[-_]", "", alias).lower()
            if folded != key.lower() and not any(f"*{alias}*" in entry for entry in entries):
                problems.append(f"{key}= does not name '{alias}'")
    return problems


def check_codes(page, codes):
    return [f"code '{code}' is not in the page" for code in codes.split() if not re.search(rf"^\*{code}\*", page, re.M)]


def check_denied(page, source):
    """The short list of refused directives is prose in the page, and a table in the code."""
    table = re.search(r"denied\[\] = \{(.*?)\};", source, re.S)
    keys = re.findall(r"\{ STR_INIT\(\"(\w+)\"\)", table.group(1)) if table else []
    part = re.search(r"^## Directives that are refused\n(.*?)^#", page, re.M | re.S)
    if not keys or not part:
        return ["the list of refused directives was not found"]
    # KillMode= depends on its value, and is not in the table.
    said = set(re.findall(r"_(\w+)=_", part.group(1))) - {"KillMode"}
    return [f"{key}= is refused, and the page does not say so" for key in keys if key not in said] + [
        f"{key}= is refused in the page only" for key in sorted(said - set(keys))]


def options_of_help(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


def check_options(name, help_text, page):
    entries = "\n".join(line for line in page.split("\n") if line.startswith("*"))
    documented = options_of_help(entries)
    given = options_of_help(help_text)
    return [f"{name}: {option} is not in its page" for option in sorted(given - documented)] + [
        f"{name}: {option} is in its page, and not in --help" for option in sorted(documented - given)]


def help_of(program):
    """Of the program and of its commands, whose lines begin with two blanks and the command's name."""
    text = run(program, "--help").stdout
    commands = re.search(r"^Commands:\n(.*?)(?:\n\n|\Z)", text, re.M | re.S)
    for name in re.findall(r"^ +([a-z]+)\b", commands.group(1), re.M) if commands else []:
        text += run(program, name, "--help").stdout
    return text


def check_program(program, pages):
    name = Path(program).name
    page = next(iter(sorted(Path(pages).glob(f"{name}.[1-8].scd"))), None)
    if not page:
        return [f"{name} has no page"]
    return check_options(name, help_of(program), plain(page.read_text()))


def check_pages(top, pages, scdoc):
    """All sources are built, and scdoc and the reader of pages have nothing to say."""
    problems = []
    build = (Path(top) / "man/meson.build").read_text()
    for source in sorted((Path(top) / "man").glob("*.scd")):
        if not (Path(pages) / source.name).exists():
            problems.append(f"man/{source.name} is not in man/meson.build")
    for text in sorted((Path(top) / "man/options").glob("*")):
        if f"'options/{text.name}'" not in build:
            problems.append(f"man/options/{text.name} is not in man/meson.build")
    for page in sorted(Path(pages).glob("*.[1-8].scd")) if scdoc else []:
        result = subprocess.run([scdoc], stdin=page.open(), capture_output=True, text=True, check=False)
        if result.returncode or result.stderr or not result.stdout:
            problems.append(f"scdoc {page.name}: {result.stderr.strip() or 'nothing'}")
    return problems


def prove(tap):
    page = "*Image=*\n\tAlso: *pic*.\n\n*cap-both*\n\n## Directives that are refused\n\n_Type=_\n\n# END\n"
    tap.finds("a key without an entry", check_keys(page, "Container\tImage\tpic\tIMAGE\nContainer\tUser\t\tUSER\n"), "User= is not")
    tap.finds("an alias that is not named", check_keys(page, "Container\tImage\tpic image photo\tIMAGE\n"), "'photo'")
    tap.finds("a code without an entry", check_codes(page, "cap-both\nconflict\n"), "'conflict'")
    tap.finds("a refused directive",
              check_denied(page, 'denied[] = { { STR_INIT("PIDFile"), 0 }, };'), "PIDFile= is refused, and", "Type= is refused in")
    tap.finds("options of one side only", check_options("p", "  --one=X  it\n  --two\n", "*--one=*_X_\n\tIt.\n*-t*, *--three*\n"),
              "--two is not in its page", "--three is in its page")

    def pages(top):
        return check_pages(top, f"{top}/built", "")
    tap.finds("a page that is not built",
              lint.planted(pages, {"man/meson.build": "", "man/a.1.scd": "", "man/options/Container.A.scd": ""}),
              "man/a.1.scd is not", "man/options/Container.A.scd is not")


def main():
    top, pages, tables, scdoc, *programs = sys.argv[1:]
    tap = lint.Tap()
    prove(tap)
    page = plain((Path(pages) / PAGE).read_text())
    tap.ok("every key is in containers.d(5)", check_keys(page, run(tables, "options").stdout) if run(tables, "options").stdout
           else ["no table"])
    tap.ok("every code is in containers.d(5)", check_codes(page, run(tables, "diags").stdout) if run(tables, "diags").stdout
           else ["no table"])
    tap.ok("every refused directive is in containers.d(5)", check_denied(page, lint.read(top, "lib/model/directive.c")))
    for program in programs:
        tap.ok(f"--help and page of {Path(program).name} agree", check_program(program, pages))
    tap.ok("all pages are built", check_pages(top, pages, ""))
    if scdoc:
        tap.ok("scdoc takes all pages", check_pages(top, pages, scdoc))
    else:
        tap.skip("scdoc takes all pages", "no scdoc")
    tap.done()


main()
