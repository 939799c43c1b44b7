// Suggestions while a title is typed (the ARIA 1.2 combobox with a list). Without this file the
// page works the same, with less comfort.
const PAUSE = 150; // milliseconds without a key before the server is asked
const FEWEST = 2; // letters
const MOST = 8; // suggestions
const FAILED = "Titles cannot be looked up now. Type the title whole, or try again in a moment.";

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
  list.tabIndex = -1; // a list that scrolls would else be where Tab leads, and vanish under it
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Occupations");
  said.setAttribute("role", "status");
  say("");
  field.append(list, said);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);

  function say(words, seen = false) {
    said.textContent = words;
    said.className = seen ? "hint" : "hidden";
  }

  function close() {
    clearTimeout(timer);
    request?.abort();
    if (options.length > 0) say(""); // how many there are
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
    const title = options[index].title;
    input.value = title;
    close();
    say(`${title} chosen.`);
  }

  function note(found) {
    const notes = [];
    const matched = found.matched;
    if (matched && ["alternate", "synonym"].includes(matched.kind)) notes.push(`also called ${matched.text}`);
    if (found.rated === false) notes.push("no ratings");
    if (found.rated === null) notes.push("ratings not here yet");
    return notes.join(" · ");
  }

  function show({ occupations: found, hint }) {
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
    if (found.length === 0) say(hint, true);
    else say(`${found.length} suggestion${found.length === 1 ? "" : "s"}; choose with the arrow keys.`);
  }

  // What was offered for another text cannot be chosen any more, nor what was said of it hold.
  function forget() {
    close();
    say("");
  }

  async function ask() {
    forget();
    const text = input.value.trim();
    if (text.length < FEWEST) return;
    const mine = new AbortController();
    request = mine;
    const query = new URLSearchParams({ q: text, limit: String(MOST), domain: field.closest("form").dataset.domain });
    let found = null;
    try {
      const answer = await fetch(`occupations?${query}`, { signal: mine.signal });
      if (answer.ok) found = await answer.json();
    } catch {
      // Nobody answers, or nobody waits for it: the signal tells which.
    }
    if (mine.signal.aborted) return;
    if (found) show(found);
    else say(FAILED, true);
  }

  input.addEventListener("input", () => {
    forget();
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
      forget();
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
    if (option && event.button === 0 && !event.ctrlKey) choose([...list.children].indexOf(option));
  });
  input.addEventListener("blur", close);
}

document.querySelectorAll("[data-field]").forEach(combobox);
