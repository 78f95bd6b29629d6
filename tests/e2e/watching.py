"""What chromium says about a page: accessibility, overflow, console, foreign requests, policy."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, Request

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RUN_AXE = """tags => axe.run({runOnly: tags, resultTypes: ['violations']}).then(found =>
  found.violations.map(v => v.id + ': ' + v.help + ' at ' +
    v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' [' + n.any.concat(n.all, n.none).map(
      c => c.message).slice(0, 1) + ']').join(' | ')))"""
OVERFLOW = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return '';
  const edge = document.documentElement.clientWidth;
  const who = [...document.querySelectorAll('body *')].find(
    e => e.getBoundingClientRect().right > edge + 1 && !e.closest('.scroll, .tabs'));
  return wide + ' px too wide' + (who ? ': ' + who.outerHTML.slice(0, 140) : '');
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll('button.btn, a.btn')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && box.height < 24;
}).map(e => e.outerHTML.slice(0, 120))"""
LISTEN = """document.addEventListener('securitypolicyviolation', e =>
  console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI));"""


@dataclass
class Watch:
    """Collects what a page should not do, from the moment of watching on."""

    page: Page
    origin: str
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("request", self._asked)
        self.page.add_init_script(LISTEN)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and not request.url.startswith(self.origin):
            self.troubles.append(f"third party: {request.url}")

    def take(self) -> list[str]:
        """What was collected since the last call."""
        found, self.troubles[:] = list(self.troubles), []
        return found


def accessibility(page: Page) -> list[str]:
    """Violations that axe finds on the page as it stands."""
    page.evaluate(AXE_SCRIPT)
    return [f"axe: {line}" for line in page.evaluate(RUN_AXE, list(TAGS))]


def layout(page: Page) -> list[str]:
    """Sideways scrolling and buttons under 24 px."""
    wide = page.evaluate(OVERFLOW)
    small = page.evaluate(SMALL_TARGETS)
    return [f"overflow: {wide}" for _ in [0] if wide] + [f"small: {tag}" for tag in small]
