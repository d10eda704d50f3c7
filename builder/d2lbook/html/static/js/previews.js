// Previews of what references, citations and footnotes lead to, on hover and on focus. What is on
// this page is copied; of another page the site is asked once. Escape closes a preview, and the
// pointer may move onto it (WCAG 2.2, 1.4.13).

const PREVIEWED = "a.reference, .citation a, a.footnote-ref";
const SHOWN_AFTER = 250;
const HIDDEN_AFTER = 250;

const preview = make("div", { id: "preview", className: "preview", role: "tooltip", popover: "manual" });
let previewedLink = null;
let previewTimer = 0;

// The parts of a document that show what an address leads to.
const excerpt = (page, hash) => {
  const found = hash ? targetIn(page, hash) : page.querySelector("article h1");
  if (!found) return [];
  const heading = found.closest("h1, h2, h3, h4, h5, h6");
  if (!heading) return [found.closest("figure, .equation, li") || found];
  return [heading, ...textAfter(heading.closest("header") || heading)];
};

const targetIn = (page, hash) => {
  let id = hash.slice(1);
  try { id = decodeURIComponent(id); } catch { /* Taken as it is. */ }
  return page.getElementById(id);
};

// The first paragraphs of a section.
const textAfter = (element) => {
  const found = [];
  for (let next = element.nextElementSibling; next && found.length < 2; next = next.nextElementSibling) {
    if (/^H[1-6]$/.test(next.tagName)) break;
    if (next.matches("p, ul, ol")) found.push(next);
  }
  return found;
};

const pages = new Map();

const pageAt = (address) => {
  if (!pages.has(address)) {
    pages.set(address, fetch(address)
      .then((response) => (response.ok ? response.text() : ""))
      .then((text) => new DOMParser().parseFromString(text, "text/html"))
      .catch(() => null));
  }
  return pages.get(address);
};

// What a link leads to; nothing where it can't be had, as from disk.
const previewOf = async (link) => {
  const address = new URL(link.href, location.href);
  const work = document.getElementById("works")?.content.getElementById(address.hash.slice(1));
  if (work) return [work];
  if (address.pathname === location.pathname) return excerpt(document, address.hash);
  const isRemote = location.protocol.startsWith("http") && address.origin === location.origin;
  const page = isRemote ? await pageAt(address.origin + address.pathname) : null;
  return page ? excerpt(page, address.hash) : [];
};

// A copy that can stand on this page: no identifiers, nothing to press, links from here.
const quoted = (part, base) => {
  const copied = document.importNode(part, true);
  for (const each of [copied, ...all("[id]", copied)]) each.removeAttribute("id");
  for (const each of all(".permalink, .back, .copy, .sidenote", copied)) each.remove();
  for (const each of all(".enlarge", copied)) each.replaceWith(...each.children);
  for (const each of all("[tabindex]", copied)) each.removeAttribute("tabindex");
  for (const each of all("[src]", copied)) each.src = new URL(each.getAttribute("src"), base).href;
  for (const each of all("[href]", copied)) each.href = new URL(each.getAttribute("href"), base).href;
  return copied;
};

// Whether a part is one of this page, and all of it on the screen: it needs no preview, which might
// lie over it.
const isOnScreen = (part) => {
  if (!document.contains(part) || !part.checkVisibility()) return false;
  const box = part.getBoundingClientRect();
  return box.top >= document.querySelector(".top").offsetHeight && box.bottom <= innerHeight;
};

const showPreview = async (link) => {
  const found = await previewOf(link);
  if (previewedLink !== link) return;
  if (found.length && found.every(isOnScreen)) {
    hidePreview();
    return;
  }
  const base = link.href.split("#")[0];
  const parts = found.map((part) => quoted(part, base));
  if (!parts.length && link.dataset.title) parts.push(make("p", {}, link.dataset.title));
  if (!parts.length) return;
  preview.replaceChildren(...parts);
  if (!preview.isConnected) document.querySelector("main").append(preview);
  preview.showPopover();
  place(preview, link);
  link.setAttribute("aria-describedby", preview.id);
};

const place = (box, link) => {
  const anchor = link.getClientRects()[0];
  const room = { width: root.clientWidth, height: innerHeight };
  const left = Math.min(Math.max(anchor.left - 24, 12), room.width - box.offsetWidth - 12);
  const isAbove = anchor.bottom + box.offsetHeight + 16 > room.height && anchor.top > room.height / 2;
  box.style.left = `${left}px`;
  box.style.top = isAbove ? `${anchor.top - box.offsetHeight - 8}px` : `${anchor.bottom + 8}px`;
};

const hidePreview = () => {
  clearTimeout(previewTimer);
  previewedLink?.removeAttribute("aria-describedby");
  previewedLink = null;
  if (preview.isConnected && preview.matches(":popover-open")) preview.hidePopover();
};

const startPreviews = () => {
  const wanted = ({ target }) => (preview.contains(target) ? null : target.closest?.(PREVIEWED));
  const begin = (link, delay) => {
    clearTimeout(previewTimer);
    if (link === previewedLink) return;
    hidePreview();
    previewedLink = link;
    previewTimer = setTimeout(() => showPreview(link), delay);
  };
  const end = () => {
    clearTimeout(previewTimer);
    previewTimer = setTimeout(hidePreview, HIDDEN_AFTER);
  };
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const link = wanted(event);
    if (link) begin(link, SHOWN_AFTER);
    else if (preview.contains(event.target)) clearTimeout(previewTimer);
    else if (previewedLink && document.activeElement !== previewedLink) end();
  });
  document.addEventListener("focusin", (event) => {
    const link = wanted(event);
    if (link?.matches(":focus-visible")) begin(link, 0);
    else if (!preview.contains(event.target)) hidePreview();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && previewedLink) hidePreview();
  });
  addEventListener("scroll", () => { if (document.activeElement !== previewedLink) hidePreview(); }, { passive: true });
};
