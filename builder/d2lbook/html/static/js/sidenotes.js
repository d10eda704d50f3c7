// Footnotes beside the text, where there is room. The list at the end of the page stays.

const hasMargin = matchMedia("(min-width: 105rem)");

const sidenote = (reference) => {
  const note = target(reference.hash)?.cloneNode(true);
  if (!note) return null;
  for (const part of all(".back", note)) part.remove();
  for (const part of all("[id]", note)) part.removeAttribute("id");
  for (const part of all("a, [tabindex]", note)) part.tabIndex = -1;
  // It repeats what the list says, for the eyes alone.
  const made = make("small", { className: "sidenote", ariaHidden: "true" });
  made.append(make("sup", {}, reference.textContent), " ", ...note.childNodes);
  return made;
};

const placeSidenotes = () => {
  for (const old of all(".sidenote")) old.remove();
  if (!hasMargin.matches) return;
  const seen = new Set();
  for (const reference of all("article > :is(p, ul, ol) a.footnote-ref")) {
    if (seen.has(reference.hash)) continue;
    seen.add(reference.hash);
    const made = sidenote(reference);
    if (made) reference.closest("article > *").before(made);
  }
};

const startSidenotes = () => {
  hasMargin.addEventListener("change", placeSidenotes);
};
