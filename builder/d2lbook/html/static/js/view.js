// How the reader wants to see pages: colours, contrast, long lines, columns, what is printed.

// Attributes of the page by the name of their control; base.html sets them before anything is painted.
const settings = { theme: "auto", contrast: "", wrap: "", print: "" };

const showSetting = (name, value) => {
  root.dataset[name] = value;
  for (const control of all(`.view [name=${name}]`)) {
    control.checked = control.type === "radio" ? control.value === value : Boolean(value);
  }
  if (name === "wrap") markOverflow();
};

const changeView = (event) => {
  const control = event.target;
  if (control.name === "columns") splitEverywhere(control.checked);
  else if (control.name === "second") chooseSecond(control.value);
  else if (control.name in settings) {
    const value = control.type === "radio" || control.checked ? control.value : "";
    memory.set(control.name, value);
    showSetting(control.name, value);
  }
};

const startView = () => {
  for (const [name, usual] of Object.entries(settings)) {
    showSetting(name, memory.get(name) || usual);
    addEventListener("storage", (event) => {
      if (event.key === `d2lbook.${name}`) showSetting(name, event.newValue || usual);
    });
  }
  const view = document.querySelector(".view");
  view.addEventListener("change", changeView);
  // It never lies over what has the focus. A label that is clicked takes the focus from its control
  // in some browsers, and has none itself: the panel stays.
  document.addEventListener("focusin", ({ target: focused }) => {
    if (!focused.closest?.(".view, .view-button")) view.hidePopover();
  });
};
