// Two frameworks side by side, in single groups or on all pages. The second column is a copy
// of what the second framework shows; it is made anew whenever a choice changes.

const splittable = () => groups.filter((group) => words(group.dataset.tabs).length > 1);
const groupNumber = (group) => group.querySelector(".panel").id.replace("panel-", "");

const columns = {
  get isEverywhere() { return memory.get("columns") === "all"; },
  get single() { return new Set(words(memory.get(`columns.${pageName}`))); },
  has(group) { return this.isEverywhere || this.single.has(groupNumber(group)); },
  get second() {
    const others = pageTabs.filter((tab) => tab !== root.dataset.tab);
    return others.find((tab) => tab === memory.get("second")) || others[0];
  },
};

const splitGroup = (group, isSplit) => {
  const numbers = new Set(
    splittable().filter((each) => columns.has(each)).map(groupNumber),
  );
  if (isSplit) numbers.add(groupNumber(group));
  else numbers.delete(groupNumber(group));
  memory.set("columns", "");
  memory.set(`columns.${pageName}`, [...numbers].join(" "));
  keepingPlace(group, showColumns);
};

const splitEverywhere = (isSplit) => {
  memory.set("columns", isSplit ? "all" : "");
  if (!isSplit) memory.set(`columns.${pageName}`, "");
  keepingPlace(firstInView(), showColumns);
};

const chooseSecond = (tab, anchor) => {
  memory.set("second", tab);
  const id = anchor?.id;
  keepingPlace(anchor?.closest(".tabs"), () => {
    // The two always differ: who chooses the first one as the second one swaps them.
    if (tab === root.dataset.tab) choose(previousSecond);
    else showColumns();
  });
  if (id) document.getElementById(id)?.focus();
};

let previousSecond = "";

const secondColumn = (group, tab) => {
  const number = groupNumber(group);
  const bar = make("div", { className: "bar second-bar", role: "tablist", ariaLabel: texts.second_framework });
  for (const each of words(group.dataset.tabs)) {
    const button = make("button", { type: "button", role: "tab", id: `second-${number}-${each}` }, nameOf(each));
    button.dataset.second = each;
    button.setAttribute("aria-controls", `second-panel-${number}`);
    bar.append(button);
  }
  const panel = group.querySelector(".panel").cloneNode(true);
  panel.id = `second-panel-${number}`;
  panel.classList.add("second");
  for (const variant of all(".variant", panel)) {
    if (!words(variant.dataset.for).includes(tab)) variant.remove();
    else variant.removeAttribute("hidden");
  }
  for (const part of all("[id]", panel)) part.removeAttribute("id");
  // Nothing is hidden from here by the rules for the first framework.
  for (const part of all("[data-for]", panel)) part.removeAttribute("data-for");
  const selected = all("[role=tab]", bar).find((button) => button.dataset.second === tab);
  selectTab(bar, selected, panel);
  if (!selected) {
    panel.replaceChildren(make("p", { className: "lacks" }, fill(texts.group_lacks_tab, { tab: nameOf(tab) })));
  }
  return [bar, panel];
};

const showColumns = () => {
  const second = columns.second;
  for (const group of splittable()) {
    const isSplit = columns.has(group) && Boolean(second);
    for (const old of all(":scope > .second, :scope > .second-bar", group)) old.remove();
    group.classList.toggle("columns", isSplit);
    if (isSplit) group.append(...secondColumn(group, second));
    const button = group.querySelector(".split");
    if (button) button.setAttribute("aria-pressed", String(isSplit));
  }
  root.classList.toggle("has-columns", splittable().some((group) => columns.has(group)));
  for (const box of all(".view [name=columns]")) box.checked = columns.isEverywhere;
  for (const select of all(".view [name=second]")) {
    for (const option of select.options) option.disabled = option.value === root.dataset.tab;
    select.value = second || "";
  }
  previousSecond = second || "";
  markOverflow();
};

const addSplitButtons = () => {
  for (const group of splittable()) {
    if (group.querySelector(".split")) continue;
    const button = make("button", {
      type: "button", className: "split", title: texts.side_by_side, ariaLabel: texts.side_by_side,
      innerHTML: '<svg viewBox="0 0 24 24" aria-hidden="true"><rect x="3.5" y="5" width="17" height="14" rx="2"/><path d="M12 5v14"/></svg>',
    });
    button.addEventListener("click", () => splitGroup(group, !columns.has(group)));
    group.querySelector(".bar").after(button);
  }
};

const startColumns = () => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-second]");
    if (button) chooseSecond(button.dataset.second, button);
  });
};
