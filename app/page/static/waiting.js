// A word while the answer is being made.
const LONGEST = 45000; // milliseconds that an answer can take

for (const form of document.querySelectorAll("[data-asks]")) {
  const status = form.querySelector("[data-status]");
  let awaited = 0; // submissions: a second one stops the first
  let timer = 0;

  function set(count) {
    awaited = count;
    clearTimeout(timer);
    if (count > 0) timer = setTimeout(set, LONGEST, 0);
    form.classList.toggle("busy", count > 0);
    status.textContent = count > 0
      ? "Comparing. Figures that are not stored here yet are fetched from O*NET, which can take up to half a minute."
      : "";
  }

  form.addEventListener("submit", () => set(awaited + 1));
  // Also where the browser takes the page as it was from its history.
  window.addEventListener("pageshow", () => set(0));
  // The browser's Stop; where browsers do not tell of it, the time ends it.
  window.navigation?.addEventListener("navigateerror", () => set(Math.max(0, awaited - 1)));
}
