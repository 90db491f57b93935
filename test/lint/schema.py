# SPDX-License-Identifier: LGPL-2.1-or-later
"""schema SCHEMA TOP - the JSON Schema of YAML files is one, takes every YAML file that Bayplan takes (the examples, and
the fixtures of test/cases that have no errors), and refuses what Bayplan refuses."""

import json
import sys
from pathlib import Path

import lint

try:
    import yaml
    from jsonschema import Draft202012Validator
except ImportError as error:
    print(f"1..0 # SKIP {error} (Debian: python3-jsonschema 4, python3-yaml)")
    sys.exit(0)

BAD = {
    "a key that nobody knows": "containers: {web: {image: x, portz: 80}}",
    "a map that nobody knows": "container: {web: {image: x}}",
    "a list where one value stands": "containers: {web: {image: [a, b]}}",
    "a map where one value stands": "containers: {web: {image: {name: a}}}",
    "a word that is not on the list": "containers: {web: {image: x, pull: sometimes}}",
    "a number of one and a half": "containers: {web: {image: x, retry: 1.5}}",
    "a name with a blank": "containers: {'web server': {image: x}}",
    "a definition that is a text": "containers: {web: nginx}",
    "a key of containers in defaults": "defaults: {image: x}",
    "a key that nobody knows in a group": "containers: {web: {image: x, login: {user: me}}}",
    "a map in a directive": "containers: {web: {image: x, service: {Nice: {a: 1}}}}",
}
GOOD = {
    "any spelling of a key": "containers: {web: {Image: x, publish-port: 80, PublishPort: [81], ADD_HOST: 'a:127.0.0.1'}}",
    "names of other vocabularies": "containers: {web: {image: x, ports: [80], cap_add: {NET_ADMIN: yes}, depends_on: [db]}}",
    "anything in x-": "x-a: [1, {b: c}]\ncontainers: {web: {image: x, x-b: {c: d}}}",
    "nothing": "containers:\ndefaults:\n",
}


class Loader(yaml.SafeLoader):
    """Without time stamps, which JSON does not have."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def problems_of(validator, text):
    document = yaml.load(text, Loader)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:150]}" for error in validator.iter_errors(document)]


def sources(top):
    """YAML that Bayplan takes. An error in a case is of one of its files: then none is looked at. A Kubernetes file is
    no definition."""
    for name in lint.tree(top):
        if not name.endswith((".yaml", ".yml")):
            continue
        path = Path(top) / name
        if path.read_text(errors="replace").startswith("apiVersion:"):
            continue
        if name.startswith("contrib/examples/"):
            yield name, path
        elif name.startswith("test/cases/"):
            diags = Path(top, *Path(name).parts[:3], "expected.diags")
            if path.stat().st_size and not (diags.exists() and " error " in diags.read_text()):
                yield name, path


def main():
    schema, top = sys.argv[1:]
    tap = lint.Tap()
    Draft202012Validator.check_schema(json.loads(Path(schema).read_text()))
    validator = Draft202012Validator(json.loads(Path(schema).read_text()))
    for name, text in BAD.items():
        tap.ok(f"refuses {name}", [] if problems_of(validator, text) else ["is taken"])
    for name, text in GOOD.items():
        tap.ok(f"takes {name}", problems_of(validator, text))
    count = 0
    for name, path in sources(top):
        tap.ok(f"takes {name}", problems_of(validator, path.read_text()))
        count += 1
    tap.ok("there are examples", [] if count >= 5 else ["there are none"])
    tap.done()


main()
