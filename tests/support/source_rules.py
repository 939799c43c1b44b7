"""Rules about the source itself, read from its syntax tree: which way imports point, and size."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

MODULE_LINES = 250
FUNCTION_LINES = 40

WEB = ("flask", "flask_smorest", "flask_swagger_ui", "werkzeug", "granian")
HTTP = ("requests", "urllib3", "urllib.request", "http")
DATABASE = ("sqlalchemy", "alembic", "MySQLdb", "sqlite3")
CLOCKS = ("time",)
# Modules of `app` that decide and compute, and know of nothing else.
RULES = (
    "app/elements/near.py",
    "app/gaps/certainty.py",
    "app/gaps/compare.py",
    "app/gaps/student_t.py",
    "app/occupations/likeness.py",
    "app/occupations/nearest.py",
    "app/occupations/postings.py",
    "app/occupations/resolve.py",
    "app/occupations/title_index.py",
    "app/occupations/typed_code.py",
    "app/occupations/typed_text.py",
    "app/occupations/vocabulary.py",
    "app/occupations/words.py",
    "app/page/chart.py",
    "app/page/examples.py",
    "app/page/links.py",
    "app/page/messages.py",
    "app/page/steps.py",
    "app/page/words.py",
    "app/profiles/merge.py",
    "app/transitions/choice.py",
    "app/transitions/elements.py",
    "app/transitions/fit.py",
    "app/transitions/job_zones.py",
    "app/transitions/margins.py",
    "app/transitions/readiness.py",
)

WIRING = ("app.wiring", "app.server", "app.problem_responses")
API, PAGE, CLI = "app.api", "app.page", "app.cli"
SUBJECT = (*WEB, *HTTP, *DATABASE, *WIRING, API, PAGE, CLI, "app.response_cache", "app.problems")
# What the modules of a package, or one module, must not import.
FORBIDDEN = {
    **dict.fromkeys(RULES, (*WEB, *HTTP, *DATABASE, *CLOCKS)),
    "onet_client/": (*WEB, *DATABASE, "app", "cache"),
    "cache/": (*WEB, *HTTP, "app"),
    "app/api/": (PAGE, CLI, "app.server"),
    "app/page/": (API, CLI, "app.server"),
    "app/cli/": (API, PAGE),
    "app/server/": (API, PAGE, CLI),
    "app/response_cache/": ("flask", "flask_smorest", *DATABASE, *WIRING, API, PAGE, CLI),
    "app/elements/": (*SUBJECT, "app.gaps", "app.transitions", "app.profiles"),
    "app/occupations/": (*SUBJECT, "app.gaps", "app.transitions", "app.profiles"),
    "app/gaps/": (*SUBJECT, "app.transitions", "app.profiles"),
    "app/transitions/": (*SUBJECT, "app.profiles"),
    "app/profiles/": SUBJECT,
    "cache/policy.py": (*DATABASE, *CLOCKS),
    "cache/release/reader.py": (*DATABASE, *CLOCKS),
    "onet_client/interpret.py": (*HTTP, *CLOCKS),
}
# The roles of the cache, each standing on those before it alone; what is in one line stands side
# by side.
ROLES = (
    ("cache/policy.py", "cache/upstream.py"),
    ("cache/db/", "cache/profile.py", "cache/reading.py"),
    ("cache/entries/", "cache/catalogue.py"),
    ("cache/local/",),
    ("cache/metrics.py",),
    ("cache/fill/", "cache/release/"),
    ("cache/pull_through.py",),
    ("cache/warm/",),
    ("cache/inventory.py",),
)
BESIDE = {("cache/reading.py", "cache/profile.py")}
"""A reading has a profile."""
PURE = tuple(name for name in FORBIDDEN if name.endswith(".py"))
# A service has one reader of the environment; what runs before or beside it has its own.
ENVIRONMENT_READERS = ("app/settings.py", "bench/", "docker/", "scripts/")


def broken_rules(path: str, source: str) -> list[str]:
    """Every rule that a module breaks, as "path:line what"; `path` is relative to the project."""
    tree = ast.parse(source)
    broken = [*_forbidden_imports(path, tree), *_too_long(source, tree)]
    if path in PURE:
        broken += _clock_readings(tree)
    if not path.startswith(ENVIRONMENT_READERS):
        broken += _environment_readings(tree)
    return [f"{path}:{line} {what}" for line, what in sorted(broken)]


def _forbidden_imports(path: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    forbidden = [
        name for place, names in FORBIDDEN.items() if path.startswith(place) for name in names
    ]
    forbidden += _roles_not_below(path)
    for line, imported in _imports(tree):
        if any(f"{imported}.".startswith(f"{name}.") for name in forbidden):
            yield line, f"imports {imported}"


def _roles_not_below(path: str) -> list[str]:
    """The roles, as modules are named, that a module of a role must not import."""
    for level, roles in enumerate(ROLES):
        for role in roles:
            if path.startswith(role):
                others = [other for line in ROLES[level:] for other in line]
                return [
                    other.removesuffix("/").removesuffix(".py").replace("/", ".")
                    for other in others
                    if other != role and (role, other) not in BESIDE
                ]
    return []


def circles(sources: Mapping[str, str], *, folders: bool = False) -> list[str]:
    """Find modules, or folders, that stand on each other; imports in functions count.

    Args:
        sources: by path, relative to the project.
        folders: look at folders of a package in place of their modules.

    Returns:
        One circle, by the names in it; none where there is none.
    """
    names = {_module(path): _folder(path) if folders else _module(path) for path in sources}
    graph: dict[str, set[str]] = {name: set() for name in names.values()}
    for path, source in sources.items():
        own = names[_module(path)]
        for _, imported in _imports(ast.parse(source)):
            module = _known(imported, names)
            if module is not None and names[module] != own:
                graph[own].add(names[module])
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _folder(path: str) -> str:
    """Name the folder of a package that a module is in, or the module at the package's top."""
    package, *rest = path.split("/")
    return f"{package}.{rest[0]}" if len(rest) > 1 else _module(path)


def _known(imported: str, names: Iterable[str]) -> str | None:
    """Return the module that an import loads: of `a.b.Name` it is `a.b`."""
    while imported and imported not in names:
        imported = imported.rpartition(".")[0]
    return imported or None


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Absolute imports, wherever they stand; relative ones cannot leave their package."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, name.name) for name in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield from ((node.lineno, f"{module}.{name.name}") for name in names)
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module")
                | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                yield node.lineno, module


def _clock_readings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr="now" | "utcnow" | "today" as name):
                yield node.lineno, f"reads the clock by {name}"


def _environment_readings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(
                attr="environ", value=ast.Name(id="request") | ast.Attribute(attr="request")
            ):
                pass  # WSGI's, of one request
            case (
                ast.Attribute(attr="environ" | "environb" | "getenv" as name)
                | ast.alias(name="environ" | "environb" | "getenv" as name)
            ):
                yield node.lineno, f"reads the environment by {name}"


def _too_long(source: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    lines = len(source.splitlines())
    if lines > MODULE_LINES:
        yield 1, f"has {lines} lines, of at most {MODULE_LINES}"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield node.lineno, f"{node.name} has {lines} lines, of at most {FUNCTION_LINES}"
