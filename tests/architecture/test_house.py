"""The house's rules that no linter knows: guards, commits, docs, tests that never run."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from shop.core import jobs
from shop.web.access import Guard
from tests.breaks import BREAKS
from tests.soundness import invariants

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("shop", "livestream")
MAY_COMMIT = {"routes", "api", "jobs", "cli", "webhooks"}
COMMIT_EXCEPTIONS = {
    # starting a payment stores the attempt, commits, calls the provider, commits the answer
    "shop/payments/starting.py",
}


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def house_app() -> Flask:
    import wsgi

    return wsgi.create_app(Settings(app_env="testing", public_url="http://localhost"))


def test_every_route_carries_one_guard() -> None:
    app = house_app()
    unguarded = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not isinstance(getattr(app.view_functions[rule.endpoint], "guard", None), Guard)
    ]
    assert unguarded == []


WORKSPACE_GUARDS = {
    "/ban-hang": {"producer", "signed_in"},
    "/clb": {"club", "signed_in"},
    "/can-bo": {"staff", "admin"},
    "/tai-khoan": {"signed_in"},
}


def test_no_workspace_route_is_public() -> None:
    app = house_app()
    for rule in app.url_map.iter_rules():
        for prefix, allowed in WORKSPACE_GUARDS.items():
            if str(rule) == prefix or str(rule).startswith(prefix + "/"):
                guard = app.view_functions[rule.endpoint].guard  # type: ignore[attr-defined]
                found = set(guard.roles) or {guard.kind}
                assert found <= allowed, f"{rule} is open to {found}"


def test_nothing_below_the_edges_commits() -> None:
    found = []
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        is_edge = {path.stem, path.parent.name} & (MAY_COMMIT | {"core"})
        if not is_edge and name not in COMMIT_EXCEPTIONS:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found += [f"{name}:{node.lineno}" for node in ast.walk(tree) if is_commit(node)]
    assert found == []


def is_commit(node: ast.AST) -> bool:
    """Whether this is ``something.commit()``, the session's verb without arguments."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
        and not node.keywords
        and not node.args
    )


def test_get_routes_open_no_write_session() -> None:
    """A GET changes nothing, but for the exceptions named here."""
    may_write = {
        "traceability.scan",  # counts the scan of a printed code
    }
    app = house_app()
    found = []
    for rule in app.url_map.iter_rules():
        if not rule.methods or rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            continue
        view = app.view_functions[rule.endpoint]
        if rule.endpoint in may_write:
            continue
        if "write_session" in view.__code__.co_names:
            found.append(rule.endpoint)
    assert found == []


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    missing = [name.upper() for name in Settings.model_fields if f"`{name.upper()}`" not in text]
    assert missing == []


def test_every_command_and_job_is_documented() -> None:
    app = house_app()
    text = (ROOT / "docs" / "operations" / "commands.md").read_text(encoding="utf-8")
    names = []
    for name, command in app.cli.commands.items():
        if name in {"run", "shell", "routes"}:
            continue
        inner = getattr(command, "commands", None)
        names += [f"{name} {sub}" for sub in inner] if inner else [name]
    assert [name for name in names if f"`{name}" not in text] == []
    assert [job.name for job in jobs.declared_jobs() if f"`{job.name}`" not in text] == []


PLUG_FOLDERS = (
    "shop/marketplaces/profiles",
    "shop/payments/providers",
    "shop/shipping/carriers",
    "shop/traceability/events",
    "shop/notifications/channels",
    "livestream/clubs/policies",
    "livestream/packs/senders",
    "livestream/sessions/rules",
)


def test_every_plug_is_documented() -> None:
    text = (ROOT / "docs" / "plugs.md").read_text(encoding="utf-8")
    plugs = [
        path.stem
        for folder in PLUG_FOLDERS
        for path in (ROOT / folder).glob("*.py")
        if path.stem != "__init__"
    ]
    assert len(plugs) >= 13
    assert [plug for plug in plugs if f"`{plug}`" not in text] == []


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from (inner for inner in node.body if isinstance(inner, ast.FunctionDef))


def test_every_test_function_runs() -> None:
    """A function in a test module that takes fixtures and asserts is a test, so it is named so."""
    fixtures = {"database", "client", "db", "app", "signed_in", "make_app"}
    dead = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for function in _functions(ast.parse(path.read_text(encoding="utf-8"))):
            takes = {argument.arg for argument in function.args.args}
            is_fixture = any("fixture" in ast.unparse(item) for item in function.decorator_list)
            asserts = any(isinstance(node, ast.Assert) for node in ast.walk(function))
            called = re.search(
                rf"\b{function.name}\(",
                path.read_text(encoding="utf-8").replace(f"def {function.name}(", ""),
            )
            if (
                not function.name.startswith("test_")
                and not is_fixture
                and asserts
                and takes & fixtures
                and not called
            ):
                dead.append(f"{path.name}:{function.lineno} {function.name}")
    assert dead == []


def test_migrations_are_numbered_and_head_is_named() -> None:
    from shop.core import schema

    numbers = sorted(path.name[:4] for path in (schema.MIGRATIONS / "versions").glob("*.py"))
    assert numbers == [f"{n:04d}" for n in range(1, len(numbers) + 1)]
    assert (schema.MIGRATIONS / "HEAD").read_text().strip() == schema.head() == numbers[-1]


@pytest.mark.parametrize("package", PACKAGES)
def test_templates_hold_no_inline_script_style_or_handler(package: str) -> None:
    found = []
    for path in sorted((ROOT / package / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for pattern in (r"\sstyle=", r"\son[a-z]+=\"", r"<script>(?!\s*</script>)"):
            found += [f"{path.name}: {match}" for match in re.findall(pattern, text)]
    assert found == []


def test_no_module_is_too_long() -> None:
    """Past this a module becomes a package of the same name."""
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 500
    }
    assert long == {}


def test_tracked_files_name_no_registry() -> None:
    for name in ("requirements.lock", "package-lock.json", "pyproject.toml", "package.json"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "http://" not in text, name
        assert not re.search(r"registry\.|pypi\.org|index-url", text), name


def test_every_invariant_has_its_negative_control() -> None:
    """Statements that break it stand in tests/breaks/<feature>.py."""
    assert set(invariants()) == set(BREAKS)
