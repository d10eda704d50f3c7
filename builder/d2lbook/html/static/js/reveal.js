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
const OUTPUT = ".outputs :is(pre, .html)";
const isTooLong = (box) => box.clientHeight && box.scrollHeight > box.clientHeight + 40;

const foldOutput = (box) => {
  box.classList.add("long");
  box.after(make("button", { type: "button", className: "more" }));
  showWhole(box, false);
};

// Of a formula in a line only its parts between relations and operators stay together.
const LINE = "article :is(p, li, dd, figcaption)";
const isTooWide = (formula) => {
  const room = formula.closest(LINE.replace("article ", "")).clientWidth;
  return all(".katex-base", formula).some((part) => part.offsetWidth > room);
};

// The heads of rows stay in sight while a table is scrolled, unless there is no room beside them.
const LARGEST_HEAD = 0.4;
const keepsHeads = (box) => {
  const head = box.matches(".scroll") && box.querySelector("th[scope=row]");
  return Boolean(head) && head.offsetWidth <= LARGEST_HEAD * box.clientWidth;
};

// Wide things scroll by themselves; what scrolls must be within reach of the keyboard. All is
// measured before anything is changed: the browser lays the page out but once.
const markOverflow = onceAFrame(() => {
  const wide = isNarrow.matches ? all(`${LINE} .katex:not(.wide)`).filter(isTooWide) : [];
  for (const formula of wide) {
    formula.classList.add("wide");
    formula.tabIndex = 0;
  }
  const boxes = all(`.source pre, ${OUTPUT}, .formula, .scroll`).map((box) => ({
    box,
    scrolls: box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1,
    keepsHeads: keepsHeads(box),
    isLong: box.matches(`${OUTPUT}:not(.long)`) && isTooLong(box),
  }));
  for (const { box, scrolls, keepsHeads, isLong } of boxes) {
    if (scrolls !== box.hasAttribute("tabindex")) box.toggleAttribute("tabindex", scrolls);
    if (scrolls) box.tabIndex = 0;
    if (box.matches(".scroll")) box.classList.toggle("keeps-heads", scrolls && keepsHeads);
    if (isLong) foldOutput(box);
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
