// Pictures open large.

const PICTURES = "article figure:not(.table) > img, .outputs img";

// Where a whole picture is small, a tap shows it larger, with what was tapped in the middle.
const isUpright = matchMedia("(max-width: 50rem) and (orientation: portrait)");

const zoom = (image, { offsetX, offsetY }) => {
  const [along, down] = [offsetX / image.clientWidth, offsetY / image.clientHeight];
  image.classList.toggle("zoomed");
  const figure = image.parentElement;
  const box = image.getBoundingClientRect();
  const view = figure.getBoundingClientRect();
  figure.scrollBy({
    left: box.left + along * box.width - view.left - view.width / 2,
    top: box.top + down * box.height - view.top - view.height / 2,
    behavior: "instant",
  });
};

const largePicture = () => {
  const dialog = make("dialog", { className: "large", ariaLabel: texts.picture });
  const close = make("button", {
    type: "button", className: "icon", ariaLabel: texts.close,
    innerHTML: '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18"/></svg>',
  });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    const isImage = event.target.matches("img");
    if (isImage && isUpright.matches) zoom(event.target, event);
    else if (isImage || event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(close);
  return dialog;
};

const openPicture = (image) => {
  const dialog = largePicture();
  const large = image.cloneNode();
  large.removeAttribute("style");
  large.removeAttribute("id");
  const caption = image.closest("figure")?.querySelector("figcaption");
  const parts = [large];
  if (caption) {
    const text = make("figcaption", { innerHTML: caption.innerHTML });
    for (const part of all("[id]", text)) part.removeAttribute("id");
    parts.push(text);
  }
  dialog.append(make("figure", {}, ...parts));
  document.body.append(dialog);
  dialog.showModal();
};

// What screen readers call a picture's button; what they would say of the picture comes after it.
const enlargeButton = (image) => {
  const number = image.closest("figure")?.querySelector("figcaption .number");
  const name = number?.textContent || image.alt || texts.picture;
  const button = make("button", { type: "button", className: "enlarge", ariaLabel: `${texts.enlarge} ${name}` });
  if (image.alt && image.alt !== name) button.setAttribute("aria-description", image.alt);
  return button;
};

const addEnlargeButtons = () => {
  for (const image of all(PICTURES)) {
    // One that is a link leads where it says.
    if (image.closest("a")) continue;
    const button = enlargeButton(image);
    image.replaceWith(button);
    button.append(image);
  }
};

const startPictures = () => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".enlarge");
    if (button) openPicture(button.querySelector("img"));
  });
};
