// Searching the book: Pagefind finds pages and the places of the words on them; here they are
// put under their sections, with the frameworks they belong to (see search_text.py for how the
// index says so). Words that were looked for are marked on the page that a result leads to.

const RESULTS = 12;
const FEW = 36; // pages, each of which has to be fetched
const SECTIONS = 3;
const CHARACTERS_BEFORE = 50;
const WORDS_AFTER = 20;

// Chinese and Japanese have no blanks between words. In the index each of their characters is one
// (see search_text.py), so what is looked for is put into words likewise: several in a row are a
// phrase, for which Pagefind wants quotation marks.
const CHARACTER = "\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff";
const BETWEEN_WORDS = new RegExp(`[${CHARACTER}](?=[\\p{L}\\p{N}])|[\\p{L}\\p{N}](?=[${CHARACTER}])`, "gu");
const BLANKS = new RegExp(`([${CHARACTER}\\u3000-\\u303f\\uff00-\\uffef“”‘’]) (?=[${CHARACTER}])`, "gu");

const inWords = (query) => query.replace(BETWEEN_WORDS, "$& ");
const joined = (text) => text.replace(BLANKS, "$1");
const isPhrase = (query) => !/\s/.test(query) && inWords(query) !== query;
const asIndexed = (query) => isPhrase(query) ? `"${inWords(query)}"` : inWords(query);
const hasPhrase = (text, query) => text.replace(/\s/g, "").toLowerCase().includes(query.toLowerCase());

const searchButton = document.querySelector(".search-button");
let searchDialog = null;
let loading = null;
let finding = null;

const searchMarkup = () => `
  <form role="search">
    ${searchButton.querySelector("svg").outerHTML}
    <input type="search" autocomplete="off" spellcheck="false" enterkeyhint="search">
    <button class="icon" type="button"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18"/></svg></button>
  </form>
  <fieldset class="choices filter"></fieldset>
  <p class="found" role="status"></p>
  <ol class="results"></ol>`;

const makeDialog = () => {
  const dialog = make("dialog", { className: "search", ariaLabel: texts.search, innerHTML: searchMarkup() });
  const input = dialog.querySelector("input");
  const close = dialog.querySelector("button");
  input.ariaLabel = texts.search_words;
  input.placeholder = texts.search_words;
  close.ariaLabel = texts.close;
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    (dialog.querySelector(".results ol a") || dialog.querySelector(".results a"))?.click();
  });
  input.addEventListener("input", search);
  dialog.addEventListener("keydown", moveAmongResults);
  addFilter(dialog.querySelector(".filter"));
  document.body.append(dialog);
  return dialog;
};

// One framework, or all of them.
const addFilter = (filter) => {
  filter.hidden = frameworkNames.size < 2;
  filter.append(make("legend", { className: "visually-hidden" }, texts.framework));
  for (const [tab, name] of [["", texts.all_frameworks], ...frameworkNames]) {
    const choice = make("input", { type: "radio", name: "search-in", value: tab, checked: tab === searchedTab() });
    filter.append(make("label", {}, choice, make("span", {}, name)));
  }
  filter.addEventListener("change", (event) => {
    memory.set("search", event.target.value);
    search();
  });
};

const searchedTab = () => {
  const tab = memory.get("search");
  return frameworkNames.has(tab) ? tab : "";
};

const openSearch = () => {
  searchDialog ||= makeDialog();
  if (!searchDialog.open) searchDialog.showModal();
  searchDialog.querySelector("input").select();
  loading ||= loadPagefind();
  search();
};

const siteRoot = () => new URL("../", indexFolder());
const indexFolder = () => new URL(`${searchButton.dataset.index}/`, location.href);

// Null where it can't be had, as from disk.
const loadPagefind = async () => {
  if (!location.protocol.startsWith("http")) return null;
  try {
    const pagefind = await import(new URL("pagefind.js", indexFolder()));
    await pagefind.options({ ranking: { pageLength: 0.6 } });
    await pagefind.init();
    return pagefind;
  } catch {
    loading = null;  // the next time that the dialog is opened it is tried again
    return null;
  }
};

const searchedWords = () => searchDialog.querySelector("input").value.trim();

const search = async () => {
  const query = searchedWords();
  const found = { query, tab: searchedTab(), waiting: [], results: [], shown: 0, hasWords: false, note: "" };
  finding = found;
  if (!query) return showResults(found, "");
  searchDialog.querySelector(".found").textContent ||= texts.searching;
  const pagefind = await loading;
  const isFound = pagefind && await findPages(pagefind, found).then(() => true, () => false);
  // Something else has been typed since.
  if (found !== finding) return undefined;
  if (!isFound) findTitles(found);
  return showResults(found, describeCount(found));
};

const findPages = async (pagefind, found) => {
  const answer = await pagefind.debouncedSearch(asIndexed(found.query), {}, 120);
  found.waiting = answer?.results || [];
  await lookAt(found);
};

// Looks at pages until there are enough to show. Only a page's own text says whether it is for a
// framework: where one is chosen all are looked at, so that their number is right; and a few are
// until one has the words themselves, not only others like them.
const lookAt = async (found) => {
  const { query, tab, waiting, results, shown } = found;
  const areFew = results.length + waiting.length <= FEW;
  while (waiting.length && (tab || (areFew && !found.hasWords) || results.length < shown + RESULTS)) {
    const pages = await Promise.all(waiting.splice(0, RESULTS).map((each) => each.data()));
    const wanted = pages.filter(({ meta }) => !tab || !meta.tabs || words(meta.tabs).includes(tab));
    results.push(...wanted.map((page) => pageResult(page, query, tab)).filter((page) => page.sections.length));
    found.hasWords = results.some((page) => page.hasWords);
  }
};

const describeCount = ({ query, waiting, results, hasWords, note }) => {
  const count = results.length + waiting.length;
  const found = hasWords || waiting.length ? texts.found_pages : texts.found_similar;
  const text = fill(count ? found : texts.found_nothing, { count, query });
  return note ? `${text} · ${note}` : text;
};

// Where there is no index, as from disk, titles are looked for, and that is said.
const findTitles = (found) => {
  const isServed = location.protocol.startsWith("http");
  found.note = isServed ? texts.search_lacks_index : texts.search_needs_server;
  found.waiting = [];
  found.hasWords = true;
  found.results = all(".site-contents .number + span")
    .filter((title) => title.textContent.toLowerCase().includes(found.query.toLowerCase()))
    .map((title) => ({
      title: title.textContent,
      number: title.previousElementSibling.textContent,
      address: title.parentElement.href, sections: [],
    }));
};

// A page with its sections in which the words stand, those with most of them first.
const pageResult = (page, query, tab) => {
  const contents = page.content.split(" ");
  const address = new URL(page.raw_url.replace(/^\//, ""), siteRoot()).href;
  const marks = page.anchors.filter(({ id }) => id.startsWith("@"));
  const headings = page.anchors.filter(({ id, element }) => /^h[1-6]$/.test(element) && !id.startsWith("@"));
  const before = (anchors, place) => anchors.findLast(({ location: start }) => start <= place);
  const sections = new Map();
  for (const { location: place, weight } of page.weighted_locations) {
    if (!isAlike(contents[place], inWords(query))) continue;
    const around = contents.slice(Math.max(0, place - query.length), place + query.length).join(" ");
    if (isPhrase(query) && !hasPhrase(around, query)) continue;
    const [kind, tabs] = (before(marks, place)?.id || "@text:").slice(1).split(":");
    if (tab && tabs && !words(tabs).includes(tab)) continue;
    const heading = before(headings, place);
    const key = `${heading?.id}|${tabs}`;
    const section = sections.get(key) || { heading, kind, tabs: words(tabs), score: 0, places: [] };
    section.score += weight;
    section.places.push(place);
    sections.set(key, section);
  }
  const foundWords = [...sections.values()].flatMap(({ places }) => places.map((place) => plain(contents[place])));
  const found = [...sections.values()].sort((a, b) => b.score - a.score).slice(0, SECTIONS);
  return {
    title: joined(page.meta.title), number: page.meta.number, address,
    // The characters of a phrase have been looked for one by one.
    hasWords: isPhrase(query) || plain(query).split(/\s+/).map(withoutMarks)
      .every((term) => foundWords.some((word) => word.includes(term))),
    sections: found.sort((a, b) => a.places[0] - b.places[0]).map((section) => {
      const place = bestPlace(section.places);
      const terms = foundTerms(place, contents, query);
      return {
        title: joined(section.heading?.text || ""),
        tabs: section.tabs,
        kind: section.kind,
        excerpt: excerptAt(place, contents, page.anchors),
        terms,
        address: resultAddress(address, section, terms, section.heading?.id),
      };
    }),
  };
};

// Small letters without accents.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// A word without what stands around it, as quotation marks.
const withoutMarks = (word) => word.replace(/^[^\p{L}\p{N}_]+|[^\p{L}\p{N}_]+$/gu, "");

// Where nothing is found Pagefind looks for ever shorter beginnings of the word, in the end for
// one letter: what has less than three letters of a word in a row is none of its forms.
const isAlike = (found, query) => {
  const word = plain(found);
  return plain(query).split(/\s+/).some((term) => {
    const letters = [...term];
    const size = Math.min(3, letters.length);
    return letters.some((_, start) => (
      start + size <= letters.length && word.includes(letters.slice(start, start + size).join(""))
    ));
  });
};

// What to mark: the words of the query where they are part of the text, else the word that was
// found for them, as where only the stem is the same.
const foundTerms = (place, contents, query) => {
  const terms = query.split(/\s+/).filter((term) => term.length > 1);
  const word = withoutMarks(contents[place]);
  const isPart = (part, whole) => whole.toLowerCase().includes(part.toLowerCase());
  // Code has no other forms, nor have the words of scripts without capitals.
  const hasForms = (term) => /^(?:\p{Lu}|\p{Ll})+$/u.test(term);
  const isKnown = terms.some((term) => isPart(term, word) || (!hasForms(term) && isPart(word, term)));
  return isKnown ? terms : [...terms, word];
};

// Where most of the words stand close together.
const bestPlace = (places) => {
  const near = (place) => places.filter((each) => each >= place && each < place + WORDS_AFTER).length;
  return places.reduce((best, place) => (near(place) > near(best) ? place : best));
};

// Some words around this one, all of the same frameworks and below the same heading; if this one
// is part of the heading, what stands below it.
const excerptAt = (place, contents, anchors) => {
  const isHeading = ({ element }) => /^h[1-6]$/.test(element);
  const below = (anchor) => anchor.location + (isHeading(anchor) ? anchor.text.split(" ").length : 0);
  const first = Math.max(0, ...anchors.filter((anchor) => anchor.location <= place).map(below));
  const next = anchors.map((anchor) => anchor.location).filter((border) => border > place);
  const last = Math.min(contents.length, ...next);
  const start = Math.max(first, startBefore(place, contents));
  const end = Math.min(Math.max(place, start) + WORDS_AFTER, last);
  const text = joined(contents.slice(start, end).join(" "));
  // Formulas have been left out of the text: where one is cut off, or two follow one another,
  // that is said once.
  return `${start > first ? "… " : ""}${text}${end < last ? " …" : ""}`.replace(/…(?: …)+/g, "…");
};

// Only few lines of an excerpt are shown: so few characters stand before the word that it is in them.
const startBefore = (place, contents) => {
  let start = place;
  for (let room = CHARACTERS_BEFORE; start > 0 && contents[start - 1].length < room; start -= 1) {
    room -= contents[start - 1].length + 1;
  }
  return start;
};

const resultAddress = (address, { tabs }, terms, id) => {
  const found = new URL(address);
  if (tabs.length && !tabs.includes(root.dataset.chosen)) found.searchParams.set("tab", tabs[0]);
  for (const term of terms) found.searchParams.append("find", term);
  if (id) found.hash = encodeURIComponent(id);
  return found.href;
};

const termPattern = (terms) => new RegExp(
  terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).sort((a, b) => b.length - a.length).join("|"),
  "giu",
);

const marked = (text, terms) => {
  if (!terms.length) return [text];
  const parts = [];
  let done = 0;
  for (const match of text.matchAll(termPattern(terms))) {
    parts.push(text.slice(done, match.index), make("mark", {}, match[0]));
    done = match.index + match[0].length;
  }
  return [...parts, text.slice(done)];
};

const showResults = (found, status) => {
  searchDialog.querySelector(".found").textContent = status;
  searchDialog.querySelector(".results").replaceChildren();
  appendResults(found);
};

const appendResults = (found) => {
  const items = found.results.slice(found.shown, found.shown + RESULTS).map(pageItem);
  found.shown += items.length;
  searchDialog.querySelector(".results").append(...items);
  if (found.results.length + found.waiting.length > found.shown) {
    const button = make("button", { type: "button" }, texts.more_pages);
    button.addEventListener("click", () => showMore(found, button));
    searchDialog.querySelector(".results").append(make("li", { className: "rest" }, button));
  }
  return items;
};

const showMore = async (found, button) => {
  button.disabled = true;
  await lookAt(found);
  if (found !== finding) return;
  button.parentElement.remove();
  searchDialog.querySelector(".found").textContent = describeCount(found);
  const [first] = appendResults(found);
  (first?.querySelector("a") || searchDialog.querySelector("input")).focus();
};

const pageItem = (page) => {
  const first = page.sections[0];
  const link = make("a", { href: first ? resultAddress(page.address, first, first.terms, "") : page.address });
  link.append(make("span", { className: "number" }, page.number || ""), make("span", {}, page.title));
  return make("li", {}, link, make("ol", {}, ...page.sections.map(sectionResult)));
};

const sectionResult = ({ title, tabs, kind, excerpt, terms, address }) => {
  const link = make("a", { href: address });
  if (title) link.append(make("strong", {}, ...marked(title, terms)));
  if (tabs.length) link.append(make("span", { className: "of-tabs" }, tabs.map(nameOf).join(", ")));
  if (excerpt) link.append(make("span", { className: `excerpt ${kind}` }, ...marked(excerpt, terms)));
  return make("li", {}, link);
};

const moveAmongResults = (event) => {
  // In a field, Escape would but empty it.
  if (event.key === "Escape") searchDialog.close();
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (!(event.key in steps) || event.target.type === "radio") return;
  const stops = [searchDialog.querySelector("input"), ...all(".results :is(a, button)", searchDialog)];
  const next = stops[stops.indexOf(document.activeElement) + steps[event.key]];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest" });
};

// On the page that a result leads to.

const markFound = () => {
  const query = new URLSearchParams(location.search);
  const terms = query.getAll("find").filter(Boolean);
  if (!terms.length) return;
  query.delete("find");
  const rest = query.size ? `?${query}` : "";
  history.replaceState(history.state, "", `${location.pathname}${rest}${location.hash}`);
  const ranges = rangesOf(document.querySelector("article"), termPattern(terms));
  if (window.CSS?.highlights) CSS.highlights.set("found", new Highlight(...ranges));
  showFirst(ranges);
  showAgainOnceLoaded(ranges);
};

// When all is loaded, the browser goes to the heading that the address names: at once, so that it
// has arrived, and only then to the words; unless the reader has gone elsewhere in the meantime.
const showAgainOnceLoaded = (ranges) => {
  if (document.readyState === "complete") return;
  const moved = new AbortController();
  for (const name of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    addEventListener(name, () => moved.abort(), { passive: true, signal: moved.signal });
  }
  root.style.scrollBehavior = "auto";
  addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(() => {
    if (!moved.signal.aborted) showFirst(ranges);
    moved.abort();
    root.style.scrollBehavior = "";
  })));
};

const rangesOf = (within, pattern) => {
  const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT, (node) => (
    node.parentElement.closest("button, .katex, .permalink, .only, template")
      ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT
  ));
  // Words of code stand in several elements, one for each colour: they are looked for as a whole.
  const pieces = [];
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    pieces.push({ node, start: text.length });
    text += node.data;
  }
  const pointAt = (place) => {
    const piece = pieces.findLast(({ start }) => start <= place);
    return [piece.node, place - piece.start];
  };
  return [...text.matchAll(pattern)].map((match) => {
    const range = new Range();
    range.setStart(...pointAt(match.index));
    const [node, offset] = pointAt(match.index + match[0].length - 1);
    range.setEnd(node, offset + 1);
    return range;
  });
};

// The first of them in the section that the address names.
const showFirst = (ranges) => {
  const heading = target(location.hash);
  const isAfter = (range) => !heading
    || heading.compareDocumentPosition(range.startContainer)
      & (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY);
  const isShown = (range) => !range.startContainer.parentElement.closest(".variant[hidden]");
  const first = ranges.find((range) => isAfter(range) && isShown(range)) || ranges.find(isShown);
  if (!first) return;
  const element = first.startContainer.parentElement;
  reveal(element);
  const box = first.getBoundingClientRect();
  if (box.top >= 80 && box.bottom <= innerHeight - 40) return;
  // The page alone: code and tables keep the beginnings of their lines in view.
  scrollBy({ top: box.top - innerHeight / 2, behavior: "instant" });
};

const startSearch = () => {
  if (!searchButton) return;
  searchButton.addEventListener("click", openSearch);
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
    const isSlash = event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey;
    const isControlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    if (!isSlash && !isControlK) return;
    event.preventDefault();
    openSearch();
  });
};
