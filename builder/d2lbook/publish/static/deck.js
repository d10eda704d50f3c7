// What is too high for a slide is made smaller, as far as a room can still read it. What is
// too high even then is scrolled, and an arrow at the foot of the slide tells so.

const SMALLEST = 0.6;
const STEP = 0.05;

const overflows = (slide) => slide.scrollHeight > slide.clientHeight + 1;

const tellOfMore = (slide) => {
  const below = slide.scrollHeight - slide.clientHeight - slide.scrollTop;
  slide.classList.toggle("has-more", below > 2);
};

// On phones reveal.js puts slides below each other, in a size of its own.
const smallest = () => (Reveal.isScrollView() ? 1 : SMALLEST);

const fit = (slide) => {
  if (!slide || !slide.clientHeight) return;
  slide.classList.remove("has-more");
  let size = 1;
  slide.style.setProperty("--size", size);
  while (overflows(slide) && size - STEP >= smallest()) {
    size = Math.round((size - STEP) * 100) / 100;
    slide.style.setProperty("--size", size);
  }
  tellOfMore(slide);
  slide.onscroll = () => tellOfMore(slide);
};

const fitCurrent = () => {
  if (!Reveal.isPrintView()) fit(Reveal.getCurrentSlide());
};

Reveal.on("ready", fitCurrent);
Reveal.on("slidechanged", fitCurrent);
Reveal.on("resize", fitCurrent);
// Pictures and fonts may come later, and make slides higher.
window.addEventListener("load", () => document.fonts.ready.then(fitCurrent));
