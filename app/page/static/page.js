// Suggestions while a title is typed (the ARIA 1.2 combobox with a list), and a word while the
// answer is being made. Without this file the page works the same, with less comfort.
"use strict";

const PAUSE = 150; // milliseconds without a key before the server is asked
const FEWEST = 2; // letters
const MOST = 8; // suggestions

function combobox(field) {
  const input = field.querySelector("input");
  const list = document.createElement("ul");
  const said = document.createElement("p");
  let options = [];
  let active = -1;
  let timer = 0;
  let request = null;

  list.id = `${input.id}-options`;
  list.className = "options";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Occupations");
  said.className = "hidden";
  said.setAttribute("role", "status");
  field.append(list, said);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);

  function close() {
    clearTimeout(timer);
    request?.abort();
    options = [];
    active = -1;
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function activate(index) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = index;
    const option = list.children[active];
    if (!option) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }

  function choose(index) {
    input.value = options[index].title;
    said.textContent = `${options[index].title} chosen.`;
    close();
  }

  function note(found) {
    const notes = [];
    const matched = found.matched;
    if (matched && matched.kind === "alternate") notes.push(`also called ${matched.text}`);
    if (found.rated === false) notes.push("no ratings");
    if (found.rated === null) notes.push("ratings not here yet");
    return notes.join(" · ");
  }

  function show(found) {
    options = found;
    active = -1;
    list.replaceChildren(
      ...found.map((one, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = one.title;
        const more = note(one);
        if (more) {
          const line = document.createElement("span");
          line.textContent = more;
          option.append(line);
        }
        return option;
      }),
    );
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    input.removeAttribute("aria-activedescendant");
    said.textContent =
      found.length === 0
        ? "No suggestions."
        : `${found.length} suggestion${found.length === 1 ? "" : "s"}; choose with the arrow keys.`;
  }

  async function ask() {
    request?.abort();
    const text = input.value.trim();
    if (text.length < FEWEST) {
      close();
      return;
    }
    const mine = new AbortController();
    request = mine;
    const query = new URLSearchParams({ q: text, limit: String(MOST), domain: domain() });
    try {
      const answer = await fetch(`/occupations?${query}`, { signal: mine.signal });
      const found = answer.ok ? (await answer.json()).occupations : [];
      if (request === mine && document.activeElement === input) show(found);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });

  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const last = options.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (last < 0) ask();
      else if (event.key === "ArrowDown") activate(active === last ? 0 : active + 1);
      else activate(active <= 0 ? last : active - 1);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      choose(active);
    } else if (event.key === "Escape") {
      if (!list.hidden) event.preventDefault();
      else input.value = "";
      close();
    } else if (event.key === "Tab" && active >= 0) {
      choose(active);
    } else if (event.key === "Home" || event.key === "End") {
      activate(-1); // back to the text, where the key moves the caret
    }
  });

  // Before the field loses the focus, which closes the list.
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("li");
    if (option) choose([...list.children].indexOf(option));
  });
  input.addEventListener("blur", close);
}

function domain() {
  return document.querySelector("input[name=domain]:checked").value;
}

function loading() {
  const form = document.querySelector("form");
  const status = form.querySelector("[data-status]");

  function set(busy) {
    form.classList.toggle("busy", busy);
    status.textContent = busy
      ? "Comparing. Figures that are not stored here yet are fetched from O*NET, which can take up to half a minute."
      : "";
  }

  form.addEventListener("submit", () => set(true));
  // Also where the browser takes the page as it was from its history.
  window.addEventListener("pageshow", () => set(false));
}

document.querySelectorAll("[data-field]").forEach(combobox);
loading();
