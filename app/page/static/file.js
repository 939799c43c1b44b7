// Own levels as a file: what POST /skill-gap takes. It is made and read in the browser alone.
const form = document.querySelector("[data-own]");
const said = document.querySelector("[data-said]");
const UNREADABLE = "That file has no levels: it is none that was saved here.";

document.querySelector("[data-save]")?.addEventListener("click", () => {
  const levels = [...new URLSearchParams(location.hash.slice(1))];
  const question = {
    from: {
      occupations: form.dataset.from.split(" "),
      ratings: Object.fromEntries(levels.map(([id, level]) => [id, Number(level)])),
    },
    to: form.dataset.to,
    domain: form.dataset.domain,
  };
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(question, null, 2)], { type: "application/json" }));
  link.download = "own-levels.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  said.textContent = "Saved.";
});

document.querySelector("[data-reset]")?.addEventListener("click", () => {
  location.hash = "";
  said.textContent = "All levels are those of the jobs again.";
});

document.querySelector("[data-open]")?.addEventListener("change", async (event) => {
  const [file] = event.target.files;
  event.target.value = ""; // so that the same file can be opened again
  try {
    const { from, to, domain } = JSON.parse(await file.text());
    const query = new URLSearchParams([...from.occupations.map((code) => ["from", code]), ["to", to]]);
    if (domain !== "skills") query.set("domain", domain);
    const levels = new URLSearchParams(Object.entries(from.ratings));
    location.assign(`${location.pathname}?${query}#${levels}`);
    said.textContent = "Opened.";
  } catch {
    said.textContent = UNREADABLE;
  }
});
