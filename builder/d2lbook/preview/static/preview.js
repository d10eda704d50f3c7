// Keeps a page of the preview as its source is now: puts in what has changed and
// leaves the reader where they are; shows what is wrong. It runs before the scripts
// of the page, so it sees the page as it was sent: that is what is compared.
(() => {
  "use strict";

  const root = document.documentElement;
  const loaded = document.currentScript.dataset;

  // The parts that are put in anew. Where anything else has changed, all is loaded anew.
  const PARTS = ["main", ".page-contents", ".site-contents"];
  const ASSETS = "link[rel=stylesheet], link[rel=icon], script[src]";

  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const source = (parts) => parts.map((part) => part.outerHTML).join("\n");

  const take = (page) => {
    const rest = page.body.cloneNode(true);
    for (const part of all([...PARTS, "script"].join(), rest)) part.remove();
    const { lang } = page.documentElement;
    return {
      parts: PARTS.map((selector) => source(all(selector, page))),
      others: [lang, source(all(ASSETS, page.head)), rest.className, rest.innerHTML.trim()].join("\n"),
    };
  };

  let sent = take(document);
  const shown = { site: loaded.site, pictures: loaded.pictures };

  // Putting in.

  const update = async (news) => {
    const answer = await fetch(location.pathname + location.search);
    showing.isGone = !answer.ok && Boolean(document.querySelector("main"));
    const areOther = String(news.pictures) !== shown.pictures;
    Object.assign(shown, { site: String(news.site), pictures: String(news.pictures) });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const before = sent;
    sent = take(page);
    const fits = PARTS.every((part) => all(part, page).length === all(part).length);
    // Scripts in what is put in would not be run.
    if (!fits || sent.others !== before.others || page.querySelector("main script")) {
      location.reload();
      return;
    }
    if (shown.pictures !== loaded.pictures) renewPictures(page);
    const parts = PARTS.filter((part, index) => (
      sent.parts[index] !== before.parts[index] || (areOther && part === "main")
    ));
    if (parts.length) put(page, parts);
  };

  const put = (page, parts) => {
    const goBack = [rememberPlace(), rememberFolds(), rememberScrolling(parts), rememberFocus()];
    document.title = page.title;
    root.dataset.tabs = page.documentElement.dataset.tabs || "";
    for (const part of parts) {
      document.querySelector(part).replaceWith(document.adoptNode(page.querySelector(part)));
    }
    document.dispatchEvent(new CustomEvent("d2lbook:swapped"));
    for (const go of goBack.reverse()) go();
  };

  // The browser keeps a picture, by its address, for as long as the page is open.
  const renewPictures = (page) => {
    for (const picture of all("main img[src]", page)) {
      const source = picture.getAttribute("src");
      if (!/^[a-z]+:/i.test(source)) picture.setAttribute("src", `${source}?${shown.pictures}`);
    }
  };

  // Where the reader is. Each remembers it, and returns what goes back there.

  const BLOCKS = ":is(h1, h2, h3, h4, h5, h6, p, li, dt, pre, table, figure, .formula)";
  const blocksInView = () => all(`main ${BLOCKS}`)
    .map((block, index) => ({ text: block.textContent, box: block.getBoundingClientRect(), index }))
    .filter(({ box }) => box.height);

  const rememberPlace = () => {
    if (!scrollY) return () => {};
    const top = document.querySelector("header.top")?.getBoundingClientRect().bottom || 0;
    const before = blocksInView();
    const first = before.find(({ box }) => box.bottom > top)?.index ?? 0;
    // The text at the top may be the one that was changed; then what is next to it stays.
    before.sort((a, b) => Math.abs(a.index - first) - Math.abs(b.index - first));
    return () => {
      const now = Map.groupBy(blocksInView(), ({ text }) => text);
      const anchor = before.find(({ text }) => now.has(text));
      if (!anchor) return;
      const distance = ({ index }) => Math.abs(index - anchor.index);
      const same = now.get(anchor.text).reduce((a, b) => (distance(b) < distance(a) ? b : a));
      scrollBy({ top: same.box.top - anchor.box.top, behavior: "instant" });
    };
  };

  // Whether each fold was open when it was sent: others are as the reader wants them.
  const sentOpen = new WeakMap();
  const noteFolds = () => {
    for (const fold of all("details")) if (!sentOpen.has(fold)) sentOpen.set(fold, fold.open);
  };

  const rememberFolds = () => {
    const key = (fold) => (fold.closest("nav")
      ? fold.parentElement.querySelector("a")?.href
      : fold.querySelector("summary")?.textContent);
    const changed = all("details").filter((fold) => fold.open !== sentOpen.get(fold));
    const before = new Map(changed.map((fold) => [key(fold), fold.open]));
    return () => {
      noteFolds();
      for (const fold of all("details")) fold.open = before.get(key(fold)) ?? fold.open;
    };
  };

  const rememberScrolling = (parts) => {
    const before = parts.map((part) => [part, document.querySelector(part).scrollTop]);
    return () => {
      // Asking the browser for nothing spares it a layout.
      for (const [part, top] of before) if (top) document.querySelector(part).scrollTop = top;
    };
  };

  const rememberFocus = () => {
    const { id } = document.activeElement || {};
    return () => {
      if (id && document.activeElement === document.body) {
        document.getElementById(id)?.focus({ preventScroll: true });
      }
    };
  };

  // Showing what is wrong: in a tree of its own, which the styles of the page don't reach.

  const showing = { news: null, isGone: false, isLost: false };
  const host = document.createElement("div");
  host.id = "d2lbook-preview";
  const tree = host.attachShadow({ mode: "open" });
  tree.innerHTML = `
    <link rel="stylesheet" href="/_preview/preview.css">
    <section class="errors" role="alert" hidden>
      <header><strong></strong><button type="button">Hide</button></header>
      <ol></ol>
    </section>
    <details class="notes" hidden><summary role="status"></summary><ul></ul></details>`;
  document.body.append(host);
  const errors = tree.querySelector(".errors");
  const notes = tree.querySelector(".notes");
  let hidden = "";
  errors.querySelector("button").addEventListener("click", () => {
    hidden = errors.textContent;
    errors.hidden = true;
  });

  const element = (name, kind, text) => {
    const made = document.createElement(name);
    made.className = kind;
    made.textContent = text;
    return made;
  };

  const itemOf = (complaint) => {
    const item = document.createElement("li");
    const parts = { place: "code", tab: "span", what: "span", remedy: "span", detail: "pre" };
    for (const [kind, name] of Object.entries(parts)) {
      if (complaint[kind]) item.append(element(name, kind, complaint[kind]), " ");
    }
    return item;
  };

  const count = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

  const showErrors = ({ errors: wrong, failures }) => {
    const head = [
      wrong.length && `${count(wrong.length, "error")}; the page is as it was before`,
      failures.length && `${count(failures.length, "notebook")} failed`,
    ];
    errors.querySelector("strong").textContent = head.filter(Boolean).join(" · ");
    errors.querySelector("ol").replaceChildren(...[...wrong, ...failures].map(itemOf));
    if (errors.textContent !== hidden) hidden = "";
    errors.hidden = Boolean(hidden) || !(wrong.length || failures.length);
  };

  const showNotes = ({ busy, warnings, note, unexecuted }) => {
    const here = unexecuted[root.dataset.name] || [];
    const line = showing.isLost ? ["the preview has ended"] : [
      showing.isGone && "the book no longer has this page",
      busy && `${busy} …`,
      note && note.split(":")[0],
      warnings.length && count(warnings.length, "warning"),
    ].filter(Boolean);
    const list = showing.isLost ? [] : [
      note.includes(":") && element("li", "", note),
      here.length && element("li", "", `on this page: ${here.join(", ")}`),
      ...warnings.map(itemOf),
    ].filter(Boolean);
    notes.querySelector("summary").textContent = line.join(" · ");
    notes.querySelector("ul").replaceChildren(...list);
    notes.classList.toggle("busy", line.length === 1 && Boolean(busy));
    notes.classList.toggle("empty", !list.length);
    notes.hidden = !line.length;
  };

  const showAll = () => {
    if (!showing.news) return;
    showErrors(showing.news);
    showNotes(showing.news);
  };

  // Hearing the news.

  let isUpdating = false;

  const isBehind = () => ["site", "pictures"].some((key) => String(showing.news[key]) !== shown[key]);

  const hear = async (news) => {
    // What was sent before the first build had ended may have lacked its styles.
    const isFirst = loaded.site === "0" && news.site > 0;
    if (news.server !== loaded.server || isFirst) {
      location.reload();
      return;
    }
    showing.news = news;
    showAll();
    if (isUpdating) return;
    isUpdating = true;
    try {
      while (isBehind()) await update(showing.news);
    } catch { /* The server has gone; it is a new one that comes back. */ }
    isUpdating = false;
    showAll();
  };

  const listen = () => {
    const line = new WebSocket(`ws://${location.host}/_preview/news`);
    line.addEventListener("open", () => { showing.isLost = false; });
    line.addEventListener("message", (event) => hear(JSON.parse(event.data)));
    line.addEventListener("close", () => {
      showing.isLost = true;
      showAll();
      setTimeout(listen, 1000);
    });
  };
  noteFolds();
  listen();
})();
