// Whatever leads to something that is hidden or folded opens it: an anchor, the browser's search,
// a link of ours. Long outputs are folded until somebody asks for all of them.

const reveal = (element) => {
  const variant = element.closest(".variant[hidden]");
  if (variant) show(words(variant.dataset.for).find((tab) => pageTabs.includes(tab)));
  for (let fold = element.closest("details:not([open])"); fold; fold = fold.parentElement.closest("details:not([open])")) {
    fold.open = true;
  }
  const output = element.closest(".long:not(.whole)");
  if (output) showWhole(output, true);
};

const openTarget = () => {
  const found = target(location.hash);
  if (!found) return;
  const wasVisible = found.checkVisibility({ contentVisibilityAuto: false });
  reveal(found);
  if (!wasVisible) found.scrollIntoView();
};

const showWhole = (box, isWhole) => {
  box.classList.toggle("whole", isWhole);
  const button = box.nextElementSibling;
  const lines = box.textContent.trimEnd().split("\n").length;
  button.textContent = isWhole ? texts.show_less : fill(texts.show_all, { lines });
  button.setAttribute("aria-expanded", String(isWhole));
};

// Only what is visible has a height; the rest is looked at when it is shown.
const foldLongOutputs = () => {
  for (const box of all(".outputs pre:not(.long), .outputs .html:not(.long)")) {
    if (box.scrollHeight <= box.clientHeight + 40 || !box.clientHeight) continue;
    box.classList.add("long");
    const button = make("button", { type: "button", className: "more" });
    box.after(button);
    showWhole(box, false);
  }
};

// Wide things scroll by themselves; what scrolls must be within reach of the keyboard.
const markOverflow = onceAFrame(() => {
  foldLongOutputs();
  for (const box of all(".source pre, .outputs pre, .outputs .html, .formula, .scroll")) {
    const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
});

const startRevealing = () => {
  openTarget();
  addEventListener("hashchange", openTarget);
  addEventListener("resize", markOverflow, { passive: true });
  document.addEventListener("toggle", markOverflow, { capture: true });
  document.addEventListener("beforematch", (event) => {
    const variant = event.target.closest(".variant");
    if (variant) choose(words(variant.dataset.for).find((tab) => pageTabs.includes(tab)));
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".more");
    if (!button) return;
    const box = button.previousElementSibling;
    const isWhole = box.classList.contains("whole");
    keepingPlace(isWhole ? button : box, () => showWhole(box, !isWhole));
  });
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("article details:not([open])");
    for (const fold of closed) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of closed) fold.open = false;
  });
};
