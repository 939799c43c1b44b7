"""What axe-core finds wrong with a page for those who do not see it, or use no mouse."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def serious(page: Page, *rules: str) -> list[str]:
    """The rules that axe-core finds broken and calls serious or critical.

    Looked at are these rules, or else all for WCAG 2.2 AA and for good practice.
    """
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    chosen = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": tags}
    # The rest, every node that keeps a rule above all, would take as long again to describe.
    options = {"runOnly": chosen, "resultTypes": ["violations"], "preload": False}
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [one["id"] for one in found if one["impact"] in ("serious", "critical")]
