// The page's behaviour: the choice of a framework, colours, copying. Everything
// can be read without it. No library, no network; the choices stay on the device.
(() => {
  "use strict";

  const root = document.documentElement;
  const texts = document.body.dataset;

  const memory = {
    get(key) {
      try { return localStorage.getItem(`d2lbook.${key}`); } catch { return null; }
    },
    set(key, value) {
      try { localStorage.setItem(`d2lbook.${key}`, value); } catch { /* Kept on this page only. */ }
    },
  };

  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const words = (value) => (value || "").split(" ");
  const frameworkNames = new Map(
    all("[data-choose]").map((button) => [button.dataset.choose, button.textContent]),
  );
  const nameOf = (tab) => frameworkNames.get(tab) || tab;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);

  // Frameworks.

  let pageTabs = [];
  let groups = [];
  let shown = "";

  const showGroup = (group, tab) => {
    const has = words(group.dataset.tabs).includes(tab);
    const note = group.querySelector(".lacks");
    group.classList.toggle("lacking", !has);
    note.hidden = has;
    note.textContent = has ? "" : fill(texts.lacks, { tab: nameOf(tab) });
    const buttons = all("[role=tab]", group);
    for (const button of buttons) {
      const selected = button.dataset.choose === tab;
      button.setAttribute("aria-selected", String(selected));
      button.tabIndex = selected ? 0 : -1;
      if (selected) group.querySelector("[role=tabpanel]").setAttribute("aria-labelledby", button.id);
    }
    if (!has) buttons[0].tabIndex = 0;
  };

  const showVariants = (tab) => {
    for (const variant of all(".variant")) {
      if (words(variant.dataset.for).includes(tab)) variant.removeAttribute("hidden");
      // Hidden, but the browser's own search still finds it.
      else variant.setAttribute("hidden", "until-found");
    }
  };

  const showSwitch = (chosen) => {
    for (const button of all(".frameworks [data-choose]")) {
      button.setAttribute("aria-pressed", String(button.dataset.choose === chosen));
    }
    for (const select of all(".frameworks-menu select")) select.value = chosen;
    for (const notice of all(".notice[data-lacks]")) {
      notice.hidden = pageTabs.includes(chosen);
      notice.textContent = notice.hidden
        ? ""
        : fill(notice.dataset.lacks, { tab: nameOf(chosen), shown: nameOf(root.dataset.tab) });
    }
  };

  const show = (chosen) => {
    shown = chosen;
    root.dataset.tab = pageTabs.includes(chosen) ? chosen : pageTabs[0] || "";
    showVariants(root.dataset.tab);
    for (const group of groups) showGroup(group, root.dataset.tab);
    showSwitch(chosen);
    markOverflow();
  };

  const choose = (tab, anchor) => {
    const before = anchor?.getBoundingClientRect().top;
    memory.set("tab", tab);
    show(tab);
    // What was clicked stays where it is, whatever grew or shrank above it.
    if (anchor) window.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
  };

  const moveFocus = (event) => {
    const bar = event.target.closest("[role=tablist]");
    if (!bar) return;
    const buttons = all("[role=tab]", bar);
    const index = buttons.indexOf(document.activeElement);
    const forward = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
    const steps = { ArrowRight: forward, ArrowLeft: -forward };
    const ends = { Home: 0, End: buttons.length - 1 };
    let next = ends[event.key];
    if (event.key in steps) next = (index + steps[event.key] + buttons.length) % buttons.length;
    if (next === undefined || index < 0) return;
    event.preventDefault();
    buttons[next].focus();
    choose(buttons[next].dataset.choose, buttons[next]);
  };

  const openTarget = () => {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* Taken as it is. */ }
    const target = id && document.getElementById(id);
    const variant = target && target.closest(".variant[hidden]");
    if (!variant) return;
    show(words(variant.dataset.for).find((tab) => pageTabs.includes(tab)));
    target.scrollIntoView();
  };

  // Wide things scroll by themselves; what scrolls must be within reach of the keyboard.

  const markOverflow = () => {
    for (const box of all(".source pre, .outputs pre, .outputs .html, .formula, .scroll")) {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };

  // Colours.

  const themes = ["auto", "light", "dark"];
  const themeButton = document.querySelector("button.theme");

  const showTheme = (theme) => {
    root.dataset.theme = theme;
    const label = `${themeButton.dataset.label}: ${themeButton.dataset[theme]}`;
    themeButton.setAttribute("aria-label", label);
    themeButton.title = label;
  };

  // Copying.

  const addCopyButton = (source) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = texts.copy;
    button.addEventListener("click", async () => {
      await copy(source.querySelector("code").textContent);
      button.textContent = texts.copied;
      setTimeout(() => { button.textContent = texts.copy; }, 2000);
    });
    source.append(button);
  };

  const copy = async (text) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    // Pages opened from disk have no clipboard of their own in some browsers.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };

  // The page's contents follow the reader.

  let sections = [];

  const findSections = () => {
    sections = all(".page-contents a").map((link) => ({
      link, heading: document.getElementById(decodeURIComponent(link.hash.slice(1))),
    })).filter(({ heading }) => heading);
  };

  const markSection = () => {
    const current = sections.findLast(
      ({ heading }) => heading.checkVisibility() && heading.getBoundingClientRect().top < 120,
    );
    for (const { link } of sections) {
      if (link === current?.link) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };

  const followReading = () => {
    let waiting = false;
    addEventListener("scroll", () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; markSection(); });
    }, { passive: true });
  };

  const showPlace = () => {
    const nav = document.querySelector(".site-contents");
    const link = nav.querySelector('[aria-current="page"]');
    if (!link) return;
    const depth = link.getBoundingClientRect().top - nav.getBoundingClientRect().top;
    if (depth > nav.clientHeight * 0.7) nav.scrollTop += depth - nav.clientHeight / 3;
  };

  // Start: once for what is shown, which the preview puts in anew; once for the page.

  const start = () => {
    pageTabs = root.dataset.tabs.split(" ").filter(Boolean);
    groups = all(".tabs");
    for (const source of all(".source:not(:has(> .copy))")) addCopyButton(source);
    show(shown);
    findSections();
    markSection();
  };

  const asked = new URLSearchParams(location.search).get("tab");
  if (frameworkNames.has(asked)) memory.set("tab", asked);
  shown = [asked, memory.get("tab"), ...root.dataset.tabs.split(" ")].find(
    (tab) => frameworkNames.has(tab),
  ) || "";
  start();
  document.addEventListener("d2lbook:swapped", start);
  openTarget();
  addEventListener("hashchange", openTarget);
  addEventListener("resize", markOverflow, { passive: true });
  addEventListener("storage", (event) => {
    if (event.key === "d2lbook.tab" && event.newValue) show(event.newValue);
    if (event.key === "d2lbook.theme" && event.newValue) showTheme(event.newValue);
  });
  document.addEventListener("beforematch", (event) => {
    const variant = event.target.closest(".variant");
    if (variant) choose(words(variant.dataset.for).find((tab) => pageTabs.includes(tab)));
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choose]");
    if (button) choose(button.dataset.choose, button);
    if (event.target.closest("#drawer a")) document.getElementById("drawer").hidePopover?.();
  });
  document.addEventListener("keydown", moveFocus);
  for (const select of all(".frameworks-menu select")) {
    select.addEventListener("change", () => choose(select.value));
  }
  showTheme(themes.includes(memory.get("theme")) ? memory.get("theme") : "auto");
  themeButton.addEventListener("click", () => {
    const theme = themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length];
    memory.set("theme", theme);
    showTheme(theme);
  });
  showPlace();
  followReading();
})();
