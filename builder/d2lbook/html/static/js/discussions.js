// Discussions of the page, embedded when the reader asks for them; not before.

const startDiscussions = () => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".discussion button");
    if (!button) return;
    const frame = make("iframe", {
      src: button.dataset.embed, title: button.textContent.trim(), loading: "lazy", referrerPolicy: "no-referrer-when-downgrade",
    });
    button.replaceWith(frame);
    frame.focus();
  });
  // Discourse tells how high its thread is.
  addEventListener("message", (event) => {
    for (const frame of all(".discussion iframe")) {
      const isFrom = event.source === frame.contentWindow && event.origin === new URL(frame.src).origin;
      if (isFrom && event.data?.type === "discourse-resize") {
        frame.style.height = `${Math.min(Math.max(Number(event.data.height) || 0, 200), 5000)}px`;
      }
    }
  });
};
