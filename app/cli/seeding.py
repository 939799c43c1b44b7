"""Which release `flask seed` loads, and what it does where O*NET's archive cannot be used."""

from pathlib import Path

import click

from app.cli.progress import download_bar, progress_bar
from app.occupations.holdings import BRINGS_ALL, SEED
from app.settings import RELEASES, Settings
from app.wiring.container import services
from cache.release.reader import open_release
from cache.release.seed import SeedReport, is_seeded, seed
from onet_client.archive.archive import Archive
from onet_client.archive.number import ReleaseNumber
from onet_client.content_model import DOMAINS
from onet_client.errors import CannotStore, OnetError
from onet_client.release_files import ReleaseError

LATEST = "latest"


def load(release: str | None, *, if_empty: bool) -> None:
    """Load the release that is named, or else what SEED_RELEASE says, and print what was done.

    Raises:
        click.ClickException: where that cannot be done; what the database held stays.
        DatabaseUnavailable: where the database cannot be reached or used.
    """
    seeded = is_seeded(services().engine)
    if if_empty and seeded:
        click.echo("The database holds a release already; nothing to seed.")
        _print_what_is_missing()
        return
    wanted = source(release, services().settings)
    reason = ""
    try:
        if isinstance(wanted, Path):
            report = _land(wanted)
        elif release is None and wanted == LATEST and not seeded:
            report, reason = _first_load(services().settings.seed_dir)
        else:
            report = _land(_fetched(wanted))
    except ReleaseError as error:
        more = error.rejected - len(error.problems)
        reasons = f"{error}\n... and {more} more" if more else str(error)
        raise click.ClickException(
            f"the release is refused, nothing changed:\n{reasons}"
        ) from error
    except OnetError as error:
        raise click.ClickException(
            f"{_reason(error, wanted)}; nothing changed. Try again later, or load a release "
            "from a file: flask seed PATH"
        ) from error
    _print_report(report)
    _print_what_is_missing(reason)


def source(release: str | None, settings: Settings) -> Path | str:
    """A folder or .zip, or what O*NET's archive is asked for: `latest` or a number.

    Args:
        release: as named on the command line; None where it was not. A slash makes it a path.
        settings: say what is loaded then.
    """
    if release is None:
        bundled = settings.seed_release == "bundled"
        return settings.seed_dir if bundled else settings.seed_release
    return release if release == LATEST or ReleaseNumber.parse(release) else Path(release)


def _first_load(otherwise: Path) -> tuple[SeedReport, str]:
    """Load the newest release into an empty database, or else the starter data; say why."""
    try:
        return _land(_fetched(LATEST, or_kept=True)), ""
    except (OnetError, ReleaseError) as error:
        reason = _reason(error)
    try:
        return _land(otherwise), reason
    except ReleaseError:
        click.echo(reason, err=True)
        raise


def _fetched(wanted: str, *, or_kept: bool = False) -> Path:
    """Have a release of O*NET's archive, or where that fails the newest that was kept of it."""
    with download_bar() as progress:
        archive = Archive(
            services().settings.onet_archive_url,
            RELEASES,
            identify=_name,
            progress=progress,
            say=lambda line: click.echo(line, err=True),
            ca_bundle=services().settings.onet_ca_bundle,
        )
        number = ReleaseNumber.parse(wanted)
        try:
            return archive.numbered(number) if number else archive.newest()
        except OnetError as error:
            kept = archive.kept() if or_kept else None
            if kept is None:
                raise
            click.echo(f"{_reason(error)}, so {kept} is loaded, downloaded before", err=True)
            return kept
        except KeyboardInterrupt:
            click.echo("Stopped. What has arrived is kept: the next start goes on there.", err=True)
            raise


def _name(path: Path) -> str | None:
    with open_release(path) as release:
        return release.name


def _land(path: Path) -> SeedReport:
    with progress_bar("Landing ratings") as progress:
        return seed(
            services().engine,
            path,
            limits=services().limits,
            now=services().now,
            progress=progress,
        )


def _reason(error: OnetError | ReleaseError, wanted: Path | str = LATEST) -> str:
    """Why a release of the archive cannot be had, in one line."""
    which = "O*NET's newest release" if wanted == LATEST else f"O*NET {wanted}"
    if isinstance(error, OnetError):
        where = f"{error.url}: " if error.url and not isinstance(error, CannotStore) else ""
        return f"{which} cannot be downloaded ({where}{error})"
    more = f" and {error.rejected - 1} more" if error.rejected > 1 else ""
    return f"{which} is refused ({error.problems[0]}{more})"


def _print_what_is_missing(reason: str = "") -> None:
    """Say in one line that the database holds a part, and how to get all."""
    each = [services().catalogue.holding(domain) for domain in DOMAINS]
    held = max(each, key=lambda one: one.rated)  # a whole release need not have every domain
    if reason or held.unknown:
        why = f"{reason}, so the starter data is loaded. " if reason else ""
        click.echo(
            f"{why}The database holds {held.rated:,} rated occupations; `{SEED}` {BRINGS_ALL}.",
            err=True,
        )


def _print_report(report: SeedReport) -> None:
    """Print what a seeding did."""
    click.echo(f"O*NET {report.release or '(release unknown)'} from {report.source}")
    counts = {"occupations": report.occupations, "ratings": report.ratings}
    for domain in report.rated:
        counts[f"{domain}, rated"] = report.rated[domain]
        counts[f"{domain}, empty"] = report.empty[domain]
    for what, count in (*counts.items(), *report.lists.items()):
        click.echo(f"  {what:<20}{count:>8,}")
    for problem in report.left_out:
        click.echo(f"Left out: {problem}")
    kind = "complete" if report.complete else "partial: what it does not hold stays as it was"
    click.echo(f"The release is {kind}.")
    if report.kept:
        click.echo(f"It holds no {' and no '.join(report.kept)}: those ratings stay as they were.")
    click.echo("Published." if report.changed else "Already loaded; nothing changed.")
