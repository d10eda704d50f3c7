// What all parts of the script share. They are put together in one function (see scripts.py):
// what one file defines, the others can use. Everything can be read without any of it; nothing
// here asks a network for anything but the site itself, and the choices stay on the device.

const root = document.documentElement;
const pageName = root.dataset.name;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const words = (value) => (value || "").split(" ").filter(Boolean);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);

const make = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

// What the device can't keep, or no more of, is kept as long as the page is open.
const memory = {
  onPage: new Map(),
  get(key) {
    if (this.onPage.has(key)) return this.onPage.get(key);
    try { return localStorage.getItem(`d2lbook.${key}`); } catch { return null; }
  },
  set(key, value) {
    try {
      localStorage.setItem(`d2lbook.${key}`, value);
      this.onPage.delete(key);
    } catch { this.onPage.set(key, value); }
  },
};

// What was clicked stays where it is, whatever grows or shrinks above it.
const keepingPlace = (anchor, change) => {
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected) {
    window.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
  }
};

// The element that an address ends with, `#…`.
const target = (hash) => {
  let id = hash.slice(1);
  try { id = decodeURIComponent(id); } catch { /* Taken as it is. */ }
  return id ? document.getElementById(id) : null;
};

// At most once per frame.
const onceAFrame = (action) => {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; action(); });
  };
};

// What screen readers say although nothing that has the focus changed.
const say = (() => {
  const region = make("p", { className: "visually-hidden", role: "status" });
  return (text) => {
    if (!region.isConnected) document.body.append(region);
    region.textContent = text;
  };
})();
