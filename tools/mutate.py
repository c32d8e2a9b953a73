"""Framing and link, broken in one place after the other: which breaks does no test notice?

    python tools/mutate.py [--jobs 2]

mutmut does it as ``[tool.mutmut]`` in pyproject.toml says, in a copy under ``build/mutation``, with help in two places
(remove the copy to start again; otherwise only functions that have changed, and what survived, are tried again):

- It leaves decorated functions alone. The copy has no ``@lru_cache``, which changes nothing but the speed, and each
  property calls a method.
- It chooses the mutant after everything has been imported, and takes a slow one for one that never ends. What survives
  or takes too long has to do so once more in a process of its own, where what happens at import is broken too.

docs/project/mutation.md says what came of it.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
COPY = ROOT / "build" / "mutation"
NEEDED = ("gatts_codec", "tests", "pyproject.toml", "README.md")
_CACHE = re.compile(r"^@lru_cache\(.*\)\n", re.MULTILINE)
# A property of a class, up to the first line that is indented no deeper.
_PROPERTY = re.compile(
    r"^    @property\n    def (\w+)\(self\) -> .*:\n(?:        .*\n|\n(?=        ))+", re.MULTILINE
)


def settings() -> dict[str, Any]:
    """What pyproject.toml says about mutmut."""
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
    return found


def copy() -> None:
    """Bring the copy up to date. What mutmut knows of functions that are as they were, it keeps."""
    for tests in (COPY / "tests", COPY / "mutants" / "tests"):
        shutil.rmtree(tests, ignore_errors=True)
    for path in _files():
        target = COPY / path
        target.parent.mkdir(parents=True, exist_ok=True)
        data = (ROOT / path).read_bytes()
        if any(fnmatch.fnmatch(path.as_posix(), pattern) for pattern in settings()["only_mutate"]):
            data = undecorated(data.decode()).encode()
        if not target.exists() or target.read_bytes() != data:
            target.write_bytes(data)


def _files() -> Iterator[Path]:
    for name in NEEDED:
        paths = (ROOT / name).rglob("*") if (ROOT / name).is_dir() else [ROOT / name]
        yield from (path.relative_to(ROOT) for path in paths if path.is_file() and path.suffix != ".pyc")


def undecorated(source: str) -> str:
    """The same code with no decorators in front of functions."""
    return _PROPERTY.sub(_as_method, _CACHE.sub("", source))


def _as_method(match: re.Match[str]) -> str:
    name = match[1]
    method = match[0].replace(f"    @property\n    def {name}(", f"    def get_{name}(", 1)
    return f"{method}\n    {name} = property(lambda self: self.get_{name}())\n"


def mutmut(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run it in the copy."""
    program = Path(sys.executable).with_name("mutmut")
    return subprocess.run([program, *arguments], cwd=COPY, check=True, text=True, **options)


def results() -> dict[str, str]:
    """What became of each mutant."""
    lines = mutmut("results", "--all", "true", capture_output=True).stdout.splitlines()
    return dict(line.strip().split(": ") for line in lines if ": " in line)


def survives_from_the_start(mutant: str) -> bool:
    """Whether it does so where it is there before anything is imported."""
    options = ["-x", "-q", "--timeout=60", *settings()["pytest_add_cli_args"]]
    command = [sys.executable, "-m", "pytest", *options, *settings()["pytest_add_cli_args_test_selection"]]
    environment = {**os.environ, "MUTANT_UNDER_TEST": mutant}
    where = COPY / "mutants"
    return subprocess.run(command, cwd=where, env=environment, capture_output=True).returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    jobs = parser.parse_args().jobs
    before = results() if (COPY / "mutants").exists() else {}
    copy()
    mutmut("run", "--max-children", str(jobs))
    became = results()
    again = [mutant for mutant, what in became.items() if what == before.get(mutant) == "survived"]
    if again:  # there may be new tests
        mutmut("run", "--max-children", str(jobs), *again)
        became = results()
    doubtful = [mutant for mutant, what in became.items() if what in ("survived", "no tests", "timeout")]
    with ThreadPoolExecutor(jobs) as pool:
        for mutant, survived in zip(doubtful, pool.map(survives_from_the_start, doubtful), strict=True):
            if survived:
                became[mutant] = "survived"
            elif became[mutant] != "timeout":
                became[mutant] = "killed in a process of its own"
    for mutant in (mutant for mutant, what in became.items() if what == "survived"):
        print(mutmut("show", mutant, capture_output=True).stdout)
    counts = Counter(became.values())
    print(f"{len(became)} mutants:", ", ".join(f"{count} {what}" for what, count in counts.items()))


if __name__ == "__main__":
    main()
