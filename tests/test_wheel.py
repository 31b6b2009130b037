"""What is packaged runs alone: a wheel, installed without the checkout and without a network, finds its words."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOOSE = {".gitignore", "__pycache__"}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout; left out, loudly, where it cannot be built."""
    for tool in ("build", "hatchling"):
        if importlib.util.find_spec(tool) is None:
            pytest.skip(f"{tool} is not installed: the wheel was not built and not tried (make install)")
    out = tmp_path_factory.mktemp("wheel")
    done = _run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)], out)
    assert done.returncode == 0, done.stderr[-3000:]
    (made,) = out.glob("*.whl")
    return made


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the wheel's files and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def _run(words: list[str], cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "IVR_CONTENT")}
    return subprocess.run(
        words, cwd=cwd, env=kept | environment, capture_output=True, text=True, timeout=240, check=False
    )  # fmt: skip


def _ivr(installed: Path, cwd: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, from the wheel's files and the libraries of this environment; the checkout is not on the path."""
    libraries = sysconfig.get_path("purelib")
    path = os.pathsep.join([str(installed), libraries])
    code = "import ivr, sys; from ivr.cli import main; sys.argv[0] = 'ivr'; main()"
    return _run([sys.executable, "-P", "-S", "-c", code, *words], cwd, PYTHONPATH=path, **environment)


def test_the_wheel_holds_the_program_and_its_words(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "ivr/_content/line.toml",
        "ivr/_content/en/topics/what-it-is.toml",
        "ivr/_content/es/topics/what-it-is.toml",
        "ivr/channels/web_phone/templates/web_phone/page.html",
        "ivr/channels/web_phone/static/js/main.js",
        "ivr/library/templates/report.html",
        "ivr/store/migrations/env.py",
    ):
        assert needed in names, needed
    assert any(name.startswith("ivr/store/migrations/versions/0001") for name in names)
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"ivr"}, "no tests and no tools"
    command = next(name for name in names if name.endswith(".dist-info/entry_points.txt"))
    assert "ivr = ivr.cli:main" in zipfile.ZipFile(wheel).read(command).decode()


def test_every_file_of_the_package_and_of_the_words_is_in_it(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, prefix in ((ROOT / "ivr", "ivr"), (ROOT / "content", "ivr/_content")):
        for path in sorted(folder.rglob("*")):
            if (
                path.is_file() and not LOOSE & set(path.parts) and path.suffix not in (".pyc", ".png")
            ):  # pictures are for the README
                assert f"{prefix}/{path.relative_to(folder).as_posix()}" in names, path


def test_installed_alone_it_runs_from_anywhere(installed: Path, tmp_path: Path) -> None:
    where = _run(
        [sys.executable, "-P", "-S", "-c", "import ivr; print(ivr.__file__)"], tmp_path,
        PYTHONPATH=os.pathsep.join([str(installed), sysconfig.get_path("purelib")]),
    )  # fmt: skip
    assert where.stdout.strip().startswith(str(installed))
    done = _ivr(installed, tmp_path, "check")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "0 errors" in done.stdout
    assert list(tmp_path.iterdir()) == [], "it writes nothing where it happens to run"


def test_installed_alone_it_migrates_a_database(installed: Path, tmp_path: Path) -> None:
    from ivr.config import demo_environment

    settings = demo_environment(tmp_path, 8080, {})
    done = _ivr(installed, tmp_path, "db", "upgrade", **settings)
    assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "demo.db").exists()


def test_installed_alone_a_call_can_be_played(installed: Path, tmp_path: Path) -> None:
    done = _ivr(installed, tmp_path, "call", "--keys", "1,1,0")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "911" in done.stdout or "nine one one" in done.stdout
