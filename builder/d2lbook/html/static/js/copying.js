// Copying code, without prompts and outputs.

// No "%", the prompt of few shells: in many languages a comment begins with it.
const PROMPT = /^(?:>>>|\.\.\.|\$|In \[\d*\]:) ?/;
const FIRST_PROMPT = /^(?:>>>|\$|In \[\d*\]:) /;

// What is to be typed of this text; all of it where it has no prompts.
const withoutPrompts = (text) => {
  const lines = text.split("\n");
  if (!FIRST_PROMPT.test(lines.find((line) => line.trim()) || "")) return text;
  return lines
    .filter((line) => PROMPT.test(line))
    .map((line) => line.replace(PROMPT, ""))
    .join("\n");
};

const copy = async (text) => {
  if (navigator.clipboard && window.isSecureContext) {
    try { return await navigator.clipboard.writeText(text); } catch { /* Not allowed: as below. */ }
  }
  // Pages opened from disk have no clipboard of their own in some browsers.
  const area = make("textarea", { value: text, readOnly: true });
  const focused = document.activeElement;
  (focused?.closest("[popover], dialog") || document.body).append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  focused?.focus();
};

const addCopyButtons = () => {
  for (const source of all(".source:not(:has(> .copy))")) {
    source.append(make("button", { type: "button", className: "copy" }, texts.copy));
  }
};

const startCopying = () => {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".copy");
    if (!button) return;
    await copy(withoutPrompts(button.closest(".source").querySelector("code").textContent));
    button.textContent = texts.copied;
    say(texts.copied);
    setTimeout(() => { button.textContent = texts.copy; }, 2000);
  });
};
