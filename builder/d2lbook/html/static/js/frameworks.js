// The choice of a framework: one for all groups, remembered, in the address.

let pageTabs = [];
let groups = [];

const findGroups = () => {
  pageTabs = words(root.dataset.tabs);
  groups = all(".tabs");
};

const frameworkNames = new Map(
  all("header [data-choose]").map((button) => [button.dataset.choose, button.textContent]),
);
const nameOf = (tab) => frameworkNames.get(tab) || tab;

const selectTab = (bar, selected, panel) => {
  const buttons = all("[role=tab]", bar);
  for (const button of buttons) {
    const isSelected = button === selected;
    button.setAttribute("aria-selected", String(isSelected));
    button.tabIndex = isSelected || (!selected && button === buttons[0]) ? 0 : -1;
  }
  if (selected) panel.setAttribute("aria-labelledby", selected.id);
};

const showGroup = (group, tab) => {
  const has = words(group.dataset.tabs).includes(tab);
  const note = group.querySelector(".lacks");
  group.classList.toggle("lacking", !has);
  note.hidden = has;
  note.textContent = has ? "" : fill(texts.group_lacks_tab, { tab: nameOf(tab) });
  const selected = all("[role=tab]", group).find((button) => button.dataset.choose === tab);
  selectTab(group.querySelector(".bar"), selected, group.querySelector(".panel"));
};

// What is hidden the browser's own search still finds.
const showVariants = (within, tab) => {
  for (const variant of all(".variant", within)) {
    if (words(variant.dataset.for).includes(tab)) variant.removeAttribute("hidden");
    else variant.setAttribute("hidden", "until-found");
  }
};

const showSwitch = (chosen) => {
  for (const button of all(".frameworks [data-choose]")) {
    button.setAttribute("aria-pressed", String(button.dataset.choose === chosen));
  }
  for (const select of all(".frameworks-menu select")) select.value = chosen;
  for (const notice of all(".notice.lacks-page")) {
    notice.hidden = !chosen || pageTabs.includes(chosen);
    const values = { tab: nameOf(chosen), shown: nameOf(root.dataset.tab) };
    notice.textContent = notice.hidden ? "" : fill(texts.page_lacks_tab, values);
  }
};

const show = (chosen) => {
  root.dataset.chosen = chosen;
  root.dataset.tab = pageTabs.includes(chosen) ? chosen : pageTabs[0] || "";
  showVariants(document, root.dataset.tab);
  for (const group of groups) showGroup(group, root.dataset.tab);
  showSwitch(chosen);
  showColumns();
  linkWithTab();
  markOverflow();
};

const choose = (tab, anchor) => {
  keepingPlace(anchor, () => {
    memory.set("tab", tab);
    show(tab);
  });
  history.replaceState(history.state, "", addressWithTab(location.hash));
};

const askedTab = () => new URLSearchParams(location.search).get("tab");

// An address that names a framework names the one that is shown.
const correctAddress = () => {
  if (askedTab()) history.replaceState(history.state, "", addressWithTab(location.hash));
};

// What was chosen in another window, or on another page before the reader came back to this one.
const follow = (tab) => {
  if (!frameworkNames.has(tab) || tab === root.dataset.chosen) return;
  keepingPlace(firstInView(), () => show(tab));
  correctAddress();
};

// What is being read, of the parts that every framework has.
const firstInView = () => {
  const top = document.querySelector(".top").offsetHeight;
  const parts = all("article > :not(.variant)").filter((part) => part.getBoundingClientRect().bottom > top);
  const whole = parts.find((part) => part.getBoundingClientRect().top >= top);
  return whole?.getBoundingClientRect().top < innerHeight ? whole : parts[0];
};

// An address on this page that leads to the chosen framework.
const addressWithTab = (hash) => {
  const query = new URLSearchParams(location.search);
  if (root.dataset.chosen) query.set("tab", root.dataset.chosen);
  return `?${query}${hash}`;
};

const PERMALINK = "a.permalink, .equation a.number, figcaption a.number";

const linkWithTab = () => {
  if (pageTabs.length < 2) return;
  for (const link of all(PERMALINK)) link.href = addressWithTab(link.hash);
};

// The address has the framework, and yet the page isn't loaded anew.
const followPermalink = (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  location.hash = link.hash;
  history.replaceState(history.state, "", link.href);
};

// Pages on disk may not share what they remember, or too late: their links take the choice along.
const takeChoiceAlong = (link) => {
  if (location.protocol !== "file:" || link.protocol !== "file:" || !link.pathname.endsWith(".html")) return;
  const [address, chosen] = [new URL(link.href), memory.get("tab")];
  if (!chosen || address.searchParams.has("tab")) return;
  address.searchParams.set("tab", chosen);
  link.href = address;
};

const moveFocus = (event) => {
  const bar = event.target.closest("[role=tablist]");
  const buttons = bar ? all("[role=tab]", bar) : [];
  const index = buttons.indexOf(event.target);
  if (index < 0) return;
  const forward = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
  const steps = { ArrowRight: forward, ArrowLeft: -forward };
  const ends = { Home: 0, End: buttons.length - 1 };
  let next = ends[event.key];
  if (event.key in steps) next = (index + steps[event.key] + buttons.length) % buttons.length;
  if (next === undefined) return;
  event.preventDefault();
  buttons[next].focus();
  buttons[next].click();
};

const startFrameworks = () => {
  // What is shown has been decided before anything was painted (base.html).
  if (askedTab() === root.dataset.chosen) memory.set("tab", root.dataset.chosen);
  else correctAddress();
  addEventListener("storage", (event) => {
    if (event.key === "d2lbook.tab") follow(event.newValue);
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) follow(memory.get("tab"));
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choose]");
    if (button) choose(button.dataset.choose, button.closest("article") ? button : firstInView());
    const link = event.target.closest(PERMALINK);
    if (link) followPermalink(event, link);
    else if (event.target.closest("a[href]")) takeChoiceAlong(event.target.closest("a[href]"));
  });
  document.addEventListener("keydown", moveFocus);
  for (const select of all(".frameworks-menu select")) {
    select.addEventListener("change", () => choose(select.value, firstInView()));
  }
};
