"""The lint's own check of structure and prose finds what it is for."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(name="check")
def load_check() -> ModuleType:
    spec = importlib.util.spec_from_file_location("house_check", ROOT / "tools" / "house_check.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plant(root: Path, **sources: str) -> None:
    """Modules of a product of one package, ``models``."""
    (root / "models").mkdir()
    for name, source in sources.items():
        (root / "models" / f"{name}.py").write_text(source)


@pytest.mark.parametrize(
    "back",
    [
        "from models import lead",
        "def late():\n    from models.lead import price",
        "if TYPE_CHECKING:\n    from models.lead import Lead",
    ],
)
def test_a_circle_is_found_wherever_the_import_is_written(
    check: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], back: str
) -> None:
    plant(tmp_path, lead="import models.agent  # who gets it", agent=back, price="")
    assert check.main(tmp_path) == 1
    assert "import circle: " in capsys.readouterr().out


def test_odd_prose_and_a_crowded_folder_are_found(
    check: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "screens").mkdir()
    for number in range(check.MOST_MODULES + 1):
        (tmp_path / "screens" / f"place_{number}.py").write_text('"""The place is made anew."""')
    assert check.main(tmp_path) == 1
    out = capsys.readouterr().out
    assert "19 modules" in out
    assert "200.0 odd idioms" in out


def test_banned_words_in_what_a_user_reads_are_listed(
    check: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "\n".join(f'WORD_{number} = "the work goes on {number}"' for number in range(check.MOST_SAID + 1))
    plant(tmp_path, said=f'"""What is said: nothing stands here."""\nNAME = "whom"\n{said}')
    assert check.main(tmp_path) == 1
    out = capsys.readouterr().out
    assert out.count("'goes on' in 'the work goes on") == check.MOST_SAID + 1
    assert "'stands'" not in out
    assert "'whom'" not in out, "a word alone is a name in the code"
