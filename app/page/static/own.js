// Own levels: what follows from them is asked for as they are moved, and they are kept in the
// fragment of the address, which no server sees. Without this file the form is sent as a whole.
const PAUSE = 200; // milliseconds without a move before the server is asked
const FAILED = "That could not be worked out just now; move a level to try again.";

const form = document.querySelector("[data-own]");
const said = document.querySelector("[data-said]");
const sliders = [...form.querySelectorAll("input[type=range]")];
const elsewhere = new Map(); // levels of other domains, by element
let timer = 0;
let request = null;

const element = (slider) => slider.id.replace("level-", "");
const isMoved = (slider) => Number(slider.value) !== Number(slider.dataset.start);

function levels() {
  const moved = sliders.filter(isMoved).map((slider) => [element(slider), slider.value]);
  return new Map([...elsewhere, ...moved]);
}

function fragment() {
  const text = new URLSearchParams([...levels()]).toString();
  return text ? `#${text}` : "";
}

// Levels that are none, or of no element, are left out: a link may have been cut or changed.
function take(text) {
  const places = new Map(sliders.map((slider) => [element(slider), slider]));
  for (const slider of sliders) slider.value = slider.dataset.start;
  elsewhere.clear();
  for (const [id, level] of new URLSearchParams(text)) {
    if (!/^\d\.[A-Za-z0-9.]+$/.test(id) || !/^[0-7](\.\d+)?$/.test(level) || level > 7) continue;
    if (places.has(id)) places.get(id).value = level;
    else elsewhere.set(id, level);
  }
  sliders.forEach(tell);
}

function tell(slider) {
  const level = Number(slider.value);
  slider.setAttribute("aria-valuetext", level === 0 ? "not relevant" : String(level));
}

function keep() {
  const kept = fragment();
  history.replaceState(null, "", location.pathname + location.search + kept);
  for (const link of document.querySelectorAll("a[data-carry]")) link.hash = kept;
}

function question() {
  const body = new URLSearchParams({ to: form.dataset.to, domain: form.dataset.domain });
  for (const code of form.dataset.from.split(" ")) body.append("from", code);
  return body;
}

async function workOut() {
  request?.abort();
  const mine = new AbortController();
  request = mine;
  const body = question();
  for (const [id, level] of levels()) body.set(`level.${id}`, level);
  let text = null;
  try {
    const answer = await fetch(form.action, { method: "POST", body, signal: mine.signal });
    if (answer.ok) text = await answer.text();
  } catch {
    // Nobody answers, or nobody waits for it: the signal tells which.
  }
  if (mine.signal.aborted) return;
  said.textContent = text ? "" : FAILED;
  if (text) show(new DOMParser().parseFromString(text, "text/html"));
}

function show(fresh) {
  for (const part of fresh.querySelectorAll("[data-live]")) {
    const shown = document.getElementById(part.id);
    if (shown.innerHTML !== part.innerHTML) shown.replaceChildren(...part.childNodes);
  }
  keep();
}

function changed() {
  keep();
  clearTimeout(timer);
  timer = setTimeout(workOut, PAUSE);
}

form.addEventListener("input", (event) => {
  if (event.target.type !== "range") return;
  tell(event.target);
  changed();
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (["from", "to", "domain"].includes(name) && value) body.append(name, value);
  }
  location.assign(`${location.pathname}?${body}${fragment()}`); // to which the levels come along
});

// The levels stay in the address: where a link leads within the page is shown without it.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  const place = link && document.getElementById(link.hash.slice(1));
  if (!place) return;
  event.preventDefault();
  for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  place.scrollIntoView({ block: "center" });
  if (place.tabIndex < 0 && !place.hasAttribute("tabindex")) place.tabIndex = -1;
  place.focus();
});

addEventListener("hashchange", () => {
  take(location.hash.slice(1));
  changed();
});

for (const part of document.querySelectorAll("[data-scripts]")) part.hidden = false;
for (const part of document.querySelectorAll("[data-plain]")) part.hidden = true;
take(location.hash.slice(1));
keep();
if (sliders.length > 0 && levels().size > 0) workOut();
