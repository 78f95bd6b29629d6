"""Files are named by content; plugs are found by listing a folder."""

import sys
from pathlib import Path

import pytest

from shop.core import plugs
from shop.core.storage import Storage


def test_same_content_same_name(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    name = storage.put(b"abc", "jpg")
    assert storage.put(b"abc", "jpg") == name
    assert storage.read(name) == b"abc"
    assert storage.has(name)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(
    "name", ["../x.jpg", "a.jpg", "", "A" * 64 + ".jpg", "0" * 64 + "/../x.jpg", "0" * 64]
)
def test_foreign_names_are_refused(tmp_path: Path, name: str) -> None:
    storage = Storage(tmp_path)
    assert not storage.has(name)
    with pytest.raises(ValueError, match="not a stored"):
        storage.path(name)


class Thing:
    def __init__(self, slug: str) -> None:
        self.slug = slug


def make_package(folder: Path, name: str, modules: dict[str, str]) -> None:
    package = folder / name
    package.mkdir()
    (package / "__init__.py").write_text("")
    for module, body in modules.items():
        (package / f"{module}.py").write_text(body)


@pytest.mark.parametrize(
    ("name", "modules", "fault"),
    [
        ("plugs_good", {"b": "PLUG = T('two')", "a": "PLUG = T('one')"}, None),
        ("plugs_twice", {"a": "PLUG = T('one')", "b": "PLUG = T('one')"}, "two plugs"),
        ("plugs_lacking", {"a": "x = 1"}, "must define PLUG"),
        ("plugs_wrong", {"a": "PLUG = 'one'"}, "must define PLUG"),
    ],
)
def test_loading(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    modules: dict[str, str],
    fault: str | None,
) -> None:
    head = f"from {__name__} import Thing as T\n"
    make_package(tmp_path, name, {key: head + body for key, body in modules.items()})
    monkeypatch.syspath_prepend(tmp_path)
    package = __import__(name)
    try:
        if fault is None:
            assert list(plugs.load(package, "PLUG", Thing)) == ["one", "two"]
        else:
            with pytest.raises(plugs.PlugFault, match=fault):
                plugs.load(package, "PLUG", Thing)
    finally:
        for loaded in [key for key in sys.modules if key.split(".")[0] == name]:
            del sys.modules[loaded]
