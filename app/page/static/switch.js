// The other percentages in place: their pages are fetched once this one is at rest, and what is
// shown gives way to them. Without this file, or where that failed, the links lead to the pages.
const PARTS = ["main", "kept", "held"]; // ids of what the pages differ in
const AGAIN = 10000; // milliseconds before a page that did not come is fetched again
const ahead = new Map(); // by address: the text of a page, and until when it may be shown
const left = new Map(); // by address: what was shown there, as it was left
let shown = here();

function here() {
  return location.pathname + location.search;
}

function freshFor(headers) {
  const control = headers.get("Cache-Control") ?? "";
  const most = /no-(cache|store)/.test(control) ? null : /\bmax-age=(\d+)/.exec(control);
  return most ? 1000 * (most[1] - headers.get("Age")) : 0;
}

async function fetchAhead({ href }) {
  if (ahead.get(href)?.until > Date.now()) return;
  ahead.set(href, { until: Date.now() + AGAIN });
  try {
    const answer = await fetch(href, { cache: "no-cache", priority: "low" });
    const until = Date.now() + freshFor(answer.headers);
    const text = await answer.text();
    if (answer.ok && until > Date.now()) ahead.set(href, { text, until });
  } catch {
    // Nobody answers; the link is there.
  }
}

function fetchAll() {
  document.querySelectorAll("a[data-ahead]").forEach(fetchAhead);
}

// Pages of another version of the product have other files.
function files(page) {
  return [...page.querySelectorAll("[src^='static/'], [href^='static/']")].map((one) => one.src ?? one.href).join();
}

function view(page) {
  const parts = PARTS.map((id) => [id, [...page.getElementById(id).childNodes]]);
  return { title: page.title, domain: page.querySelector("[data-asks]").dataset.domain, parts };
}

function show({ title, domain, parts }) {
  left.set(shown, view(document));
  shown = here();
  document.title = title;
  document.querySelector("[data-asks]").dataset.domain = domain;
  for (const [id, nodes] of parts) document.getElementById(id).replaceChildren(...nodes);
  document.querySelector("a[data-ahead][aria-current]").focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-ahead]:not([aria-current])");
  const held = link && ahead.get(link.href);
  if (!held?.text || held.until < Date.now()) return;
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const page = new DOMParser().parseFromString(held.text, "text/html");
  if (files(page) !== files(document)) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  show(view(page));
  document.dispatchEvent(new Event("switched"));
});

addEventListener("popstate", () => {
  if (here() === shown) return; // a place within what is shown
  if (left.has(here())) show(left.get(here()));
  else location.reload();
});

// What has become too old since is fetched anew when a link is about to be used.
for (const near of ["pointerover", "focusin"]) {
  document.addEventListener(near, (event) => {
    if (event.target.closest("a[data-ahead]")) fetchAll();
  });
}
addEventListener("load", () => (window.requestIdleCallback ?? setTimeout)(fetchAll));
