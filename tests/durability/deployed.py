"""What the files in deploy/ start, read from them."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import yaml
from yaml.constructor import ConstructorError

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
QUEUES = {"wanliu-worker@.service": ("celery", "webhooks", "files")}


class OnceLoader(yaml.SafeLoader):
    """Reads YAML in which no name stands twice in one place, as engines do."""

    def construct_mapping(self, node, deep=False):
        """The mapping; an error for a name that is there already."""
        names = [key.value for key, _value in node.value]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ConstructorError(None, None, f"{twice} twice", node.start_mark)
        return super().construct_mapping(node, deep)


def read(name: str) -> list:
    """The documents of a YAML file of deploy/."""
    return list(yaml.load_all((DEPLOY / name).read_text(), Loader=OnceLoader))


def units() -> dict[str, dict[str, list[str]]]:
    """Each systemd unit by name: its settings with their values."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted((DEPLOY / "systemd").iterdir()):
        settings = found.setdefault(path.name, {})
        for name, value in re.findall(r"^(\w+)=(.*)$", path.read_text(), re.MULTILINE):
            settings.setdefault(name, []).append(value)
    return found


def services() -> dict[str, dict]:
    """The services of the compose file that are ours."""
    [composed] = read("compose.yaml")
    return {name: each for name, each in composed["services"].items() if each["image"] == "wanliu"}


def manifests() -> list[dict]:
    """The documents of the Kubernetes file."""
    return read("kubernetes.yaml")


def pods() -> dict[str, dict]:
    """The pods that the manifests make, by the name of what makes them."""
    found = {}
    for manifest in manifests():
        spec = manifest["spec"].get("jobTemplate", manifest)["spec"]
        if "template" in spec:
            found[manifest["metadata"]["name"]] = spec["template"]["spec"]
    return found


def commands() -> set[tuple[str, ...]]:
    """The arguments of scripts/serve, wherever it is started."""
    return {*of_units(), *(tuple(each["command"]) for each in services().values()), *_of_pods()}


def of_units() -> Iterator[tuple[str, ...]]:
    """The arguments of scripts/serve in systemd's units."""
    for unit, settings in units().items():
        for line in settings.get("ExecStart", []):
            script, *arguments = shlex.split(line)
            if script.endswith("/scripts/serve"):
                for queue in QUEUES.get(unit, ("",)):
                    yield tuple(argument.replace("%i", queue) for argument in arguments)


def _of_pods() -> Iterator[tuple[str, ...]]:
    for pod in pods().values():
        for container in pod["containers"]:
            yield tuple(container["args"])
