// Enhancements for every page. Each works on what it finds; without this file every page still does its job.

// After a step inside the dashboard the focus goes to what has something to say: the messages of a form, a plan that changed,
// else the page's heading. A page that was opened from outside keeps the browser's order, skip link first.
const inside = document.referrer.startsWith(`${location.origin}/`);
if (!location.hash) (document.querySelector("[data-focus]") ?? (inside && document.querySelector("h1[tabindex]")))?.focus?.();

// A page that takes long says that it is on its way.
const patience = 300; // milliseconds
let slow;
const leaving = () => {
  clearTimeout(slow);
  slow = setTimeout(() => (document.documentElement.dataset.loading = "yes"), patience);
};
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.origin === location.origin && !link.hash && !link.hasAttribute("data-file")) leaving();
});

// A form that changes something says what it is doing and is not sent twice.
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

// A page that comes back from the browser's memory is ready again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  clearTimeout(slow);
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

// A field with a limit counts its characters as Go does: by code points.
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

// Copying needs a secure context; elsewhere the text can be selected with one click.
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

// Keys. They never fire in a field, and each has a visible equal: the search field, the link "Keys" in the navigation.
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
    import("./keys.js").then((keys) => keys.show(link.href));
  }
});
document.querySelector("[data-keys]")?.addEventListener("click", (event) => {
  event.preventDefault();
  import("./keys.js").then((keys) => keys.show(event.target.href));
});

// What follows typing waits until the page has been drawn, which it would delay.
requestAnimationFrame(() => setTimeout(() => {
  if (document.querySelector("[data-picker]")) import("./picker.js");
  if (document.querySelector("[data-list]")) import("./list.js");
}));
