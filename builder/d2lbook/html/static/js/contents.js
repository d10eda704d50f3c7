// The contents of the book and of the page: folded away on request, following the reader.

const menuButton = document.querySelector(".menu");
const drawer = document.getElementById("drawer");
const isNarrow = matchMedia("(max-width: 62rem)");

const showContents = (isShown) => {
  root.dataset.contents = isShown ? "" : "off";
  describeMenu();
};

// On a narrow screen the contents are a drawer over the page, elsewhere a column beside it.
const describeMenu = () => {
  const isOpen = isNarrow.matches ? drawer.matches(":popover-open") : !root.dataset.contents;
  menuButton.setAttribute("aria-expanded", String(isOpen));
  const isDialog = isNarrow.matches && isOpen;
  drawer.role = isDialog ? "dialog" : null;
  drawer.ariaLabel = isDialog ? menuButton.ariaLabel : null;
};

const toggleContents = (event) => {
  if (isNarrow.matches) return;
  event.preventDefault();
  const isShown = Boolean(root.dataset.contents);
  memory.set("contents", isShown ? "" : "off");
  showContents(isShown);
  markOverflow();
};

let sections = [];

const findSections = () => {
  sections = all(".page-contents a")
    .map((link) => ({ link, heading: target(link.hash) }))
    .filter(({ heading }) => heading);
};

const markSection = onceAFrame(() => {
  const visible = sections.filter(({ heading }) => heading.checkVisibility());
  // Where a heading comes to stand when somebody goes to it.
  const top = parseFloat(getComputedStyle(root).scrollPaddingTop) + 8;
  const seen = visible.filter(({ heading }) => heading.getBoundingClientRect().top < top);
  // At the end of the page the last headings may never reach the top.
  const isEnd = innerHeight + scrollY >= root.scrollHeight - 2 && scrollY > 0;
  const current = (isEnd ? visible : seen).at(-1)?.link;
  for (const { link } of sections) {
    if (link !== current) link.removeAttribute("aria-current");
    else if (!link.hasAttribute("aria-current")) {
      link.setAttribute("aria-current", "true");
      keepInView(link.closest("nav"), link);
    }
  }
});

// Scrolls the list, never the page.
const keepInView = (list, item) => {
  const above = item.getBoundingClientRect().top - list.getBoundingClientRect().top;
  const below = above + item.offsetHeight - list.clientHeight;
  if (above < 40) list.scrollTop += above - 80;
  else if (below > -40) list.scrollTop += below + 80;
};

const showPlace = onceAFrame(() => {
  const nav = document.querySelector(".site-contents");
  const link = nav.querySelector('[aria-current="page"]');
  if (!link) return;
  const list = isNarrow.matches ? drawer : nav;
  const depth = link.getBoundingClientRect().top - list.getBoundingClientRect().top;
  const isInView = depth >= 0 && depth + link.offsetHeight <= list.clientHeight;
  if (!isInView) list.scrollTop += depth - list.clientHeight / 3;
});

const startContents = () => {
  menuButton.addEventListener("click", toggleContents);
  drawer.addEventListener("toggle", () => { describeMenu(); showPlace(); });
  isNarrow.addEventListener("change", describeMenu);
  drawer.addEventListener("click", (event) => {
    if (event.target.closest("a") && drawer.matches(":popover-open")) drawer.hidePopover();
  });
  addEventListener("scroll", markSection, { passive: true });
  describeMenu();
};
