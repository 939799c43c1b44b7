// Own levels as a file: what POST /skill-gap takes. It is made and read in the browser alone, and so
// is what `flask profile` writes.
const form = document.querySelector("[data-own]");
const said = document.querySelector("[data-said]");
const UNREADABLE = "That file has no levels: it is none that was saved here or by flask profile.";
const LARGEST = 1_000_000; // bytes

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
  const input = event.target;
  const [file] = input.files;
  try {
    if (file.size > LARGEST) throw new Fault("That file is too large to be one of levels.");
    location.assign(addressOf(read(await file.text())));
    said.textContent = "Opened.";
  } catch (error) {
    said.textContent = error instanceof Fault ? error.message : UNREADABLE;
    input.focus();
  }
  input.value = ""; // so that the same file can be opened again
});

class Fault extends Error {}

function read(text) {
  if (text.trimStart().startsWith("{")) return JSON.parse(text);
  const ratings = {};
  for (const [, id, level] of text.matchAll(/^\s*"?(\d\.[\w.]+)"?\s*=\s*([^\s#]+)/gm)) ratings[id] = Number(level);
  const [, occupations = ""] = /^\s*occupations\s*=\s*(\[[^\]]*\])/m.exec(text) ?? [];
  if (!occupations && Object.keys(ratings).length === 0) throw new Fault(UNREADABLE);
  return { from: { occupations: JSON.parse(occupations || "[]"), ratings } };
}

// What a file does not name stays as it is on the page.
function addressOf({ from, to = form.dataset.to, domain = form.dataset.domain }) {
  if (!from?.occupations && !from?.ratings) throw new Fault(UNREADABLE);
  const codes = from.occupations?.length > 0 ? from.occupations : form.dataset.from?.split(" ");
  if (!codes || !to) throw new Fault("That file does not name the jobs; fill them in above, and open it then.");
  const levels = Object.entries(from.ratings ?? {});
  const wrong = levels.find(([, level]) => !(typeof level === "number" && level >= 0 && level <= 7));
  if (wrong) throw new Fault(`That file gives ${wrong[0]} a level that is not from 0 to 7.`);
  const query = new URLSearchParams([...codes.map((code) => ["from", code]), ["to", to]]);
  if (domain !== "skills") query.set("domain", domain);
  return `${location.pathname}?${query}#${new URLSearchParams(levels)}`;
}
