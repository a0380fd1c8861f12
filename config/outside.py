"""What the environment says to the outside parties, by their files."""

from collections.abc import Mapping
from pathlib import Path


def variables_by_file(*packages: Path, environ: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """By each module's name the variables that begin with it: WECHATPAY_MCHID is `MCHID` of `wechatpay.py`."""
    names = {path.stem for package in packages for path in package.glob("*.py")} - {"__init__", "base"}
    return {name: _beginning_with(f"{name.upper()}_", environ) for name in sorted(names)}


def _beginning_with(prefix: str, environ: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in environ.items() if name.startswith(prefix)}
