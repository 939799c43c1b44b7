// The link to what is shown, as something to press: shared where the device can, else copied.
function offer() {
  for (const link of document.querySelectorAll("[data-share]")) {
    const said = link.parentElement.querySelector("[data-shared]");
    const phone = matchMedia("(pointer: coarse)").matches && navigator.share;
    if (!phone && !navigator.clipboard) continue; // without a secure address the link is what there is
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = phone ? "Share" : "Copy link";
    button.addEventListener("click", async () => {
      const url = link.dataset.share === "here" ? location.href : link.href;
      try {
        if (phone) await navigator.share({ title: document.title, url });
        else {
          await navigator.clipboard.writeText(url);
          said.textContent = "Copied.";
        }
      } catch (error) {
        if (error.name !== "AbortError") said.textContent = "That failed; the address above has it all.";
      }
    });
    link.replaceWith(button);
  }
}

offer();
document.addEventListener("switched", offer);
