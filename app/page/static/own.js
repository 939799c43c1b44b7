// Own levels: what follows from them is asked for as they are moved, and they are kept in the
// fragment of the address, which no server sees. Without this file the form is sent as a whole.
const PAUSE = 200; // milliseconds without a move before the server is asked
const LONGEST = 30; // seconds between two tries where nobody answers
const MOST = 400; // levels of other domains that are kept; there are fewer elements
const REFUSED = "That could not be worked out; move a level to try again.";

const form = document.querySelector("[data-own]");
const said = document.querySelector("[data-said]");
const sliders = [...form.querySelectorAll("input[type=range]")];
const elsewhere = new Map(); // levels of other domains, by element
let timer = 0;
let request = null;
let failed = 0; // times in a row

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
// Returns how many.
function take(text) {
  let left = 0;
  const places = new Map(sliders.map((slider) => [element(slider), slider]));
  for (const slider of sliders) slider.value = slider.dataset.start;
  elsewhere.clear();
  for (const [id, level] of new URLSearchParams(text)) {
    const isLevel = /^\d\.[A-Za-z0-9.]+$/.test(id) && /^[0-7](\.\d+)?$/.test(level) && level <= 7;
    if (isLevel && places.has(id)) places.get(id).value = level;
    else if (isLevel && elsewhere.size < MOST) elsewhere.set(id, level);
    else left += 1;
  }
  sliders.forEach(tell);
  return left;
}

function open() {
  const left = take(location.hash.slice(1));
  if (left) said.textContent = `The link has ${left} more that cannot be a level of yours; the rest is here.`;
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
  let answer = null;
  let text = null;
  try {
    answer = await fetch(form.action, { method: "POST", body, signal: mine.signal });
    if (answer.ok) text = await answer.text();
  } catch {
    // Nobody answers, or nobody waits for it: the signal tells which.
  }
  if (mine.signal.aborted) return;
  if (text) {
    if (failed) said.textContent = "Worked out again.";
    failed = 0;
    show(new DOMParser().parseFromString(text, "text/html"));
  } else if (answer && answer.status < 500 && answer.status !== 429) {
    said.textContent = REFUSED;
  } else {
    tryAgain();
  }
}

function tryAgain() {
  const seconds = Math.min(2 ** failed, LONGEST);
  failed += 1;
  const when = seconds === 1 ? "in a second" : `in ${seconds} seconds`;
  said.textContent = `Nobody answers just now; your levels are kept here. Trying again ${when}.`;
  clearTimeout(timer);
  timer = setTimeout(workOut, seconds * 1000);
}

function show(fresh) {
  for (const part of fresh.querySelectorAll("[data-live]")) {
    const shown = document.getElementById(part.id);
    if (shown.innerHTML !== part.innerHTML) shown.replaceChildren(...part.childNodes);
  }
  keep();
}

function changed() {
  failed = 0;
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
  const chosen = event.submitter?.name.match(/^go\.(.+)/)?.[1];
  if (chosen) body.set(chosen, event.submitter.value);
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
  open();
  changed();
});

for (const part of document.querySelectorAll("[data-scripts]")) part.hidden = false;
for (const part of document.querySelectorAll("[data-plain]")) part.hidden = true;
open();
keep();
if (sliders.length > 0 && levels().size > 0) workOut();
