// Enhancements for every page. Every page also works without this file.

// Focus after a step inside the dashboard goes to the messages of a form or to a plan that changed,
// else to the page's heading. A page opened from outside keeps the browser's order, skip link first.
const inside = document.referrer.startsWith(`${location.origin}/`);
if (!location.hash) (document.querySelector("[data-focus]") ?? (inside && document.querySelector("h1[tabindex]")))?.focus?.();

// A bar shows that the next page is loading, once that takes long.
const barAfter = 300; // milliseconds
let barTimer;
const leaving = () => {
  clearTimeout(barTimer);
  barTimer = setTimeout(() => (document.documentElement.dataset.loading = "yes"), barAfter);
};
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.origin === location.origin && !link.hash && !link.hasAttribute("data-file")) leaving();
});

// A form that changes something shows that it was sent, and is not sent twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (form.method !== "post" || button?.value === "find") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  leaving();
  form.setAttribute("aria-busy", "true");
  if (button?.dataset.busy) {
    button.dataset.text = button.textContent;
    button.textContent = button.dataset.busy;
    button.setAttribute("aria-disabled", "true");
  }
});

// A page that comes back from the browser's memory can be used again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  clearTimeout(barTimer);
  delete document.documentElement.dataset.loading;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    for (const button of form.querySelectorAll("[data-text]")) {
      button.textContent = button.dataset.text;
      button.removeAttribute("aria-disabled");
    }
  }
});

// What was typed before the session ended waits in this tab while its owner is at Tallyfy: see answer.js.
document.querySelector("[data-tallyfy] a")?.addEventListener("click", (event) => {
  try {
    sessionStorage.setItem("typed", event.target.closest("[data-tallyfy]").dataset.tallyfy);
  } catch {
    // No storage: it is lost, as it would be without this.
  }
});

// A field with a limit counts its characters by code points, as Go does.
for (const field of document.querySelectorAll("[data-max]")) {
  const counter = document.createElement("p");
  counter.className = "counter";
  const count = () => {
    counter.textContent = `${[...field.value].length} of ${field.dataset.max}`;
  };
  field.addEventListener("input", count);
  count();
  field.after(counter);
}

// Copying needs a secure context. Elsewhere one click selects the text.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = button.textContent;
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = text), 2000);
    });
  }
}

// Keys do nothing in a field. Each has a visible equivalent: the search field, and the link "Keys" in
// the navigation. The list of keys is in views/keys.templ.
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest?.("input, select, textarea, [contenteditable], dialog")) return;
  if (event.key === "/") {
    const field = document.querySelector("input[type=search]");
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  } else if (event.key === "?") {
    const link = document.querySelector("[data-keys]");
    if (!link) return;
    event.preventDefault();
    import("./keyboard_help.js").then((help) => help.show(link.href));
  }
});
document.querySelector("[data-keys]")?.addEventListener("click", (event) => {
  event.preventDefault();
  import("./keyboard_help.js").then((help) => help.show(event.target.href));
});

// Modules that follow typing are loaded after the first paint, which they would delay.
requestAnimationFrame(() => setTimeout(() => {
  if (document.querySelector("[data-picker]")) import("./picker.js");
  if (document.querySelector("[data-list]")) import("./list.js");
}));
