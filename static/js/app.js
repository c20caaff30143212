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
  if (form.method !== "post" || ["find", "add"].includes(button?.value)) return;
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

// parse reads a fetched page of ours. Script in it does not run. The pages' content security policy names this Trusted
// Types policy.
const policy = globalThis.trustedTypes?.createPolicy("app", { createHTML: (html) => html });
export const parse = (html) => new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");

// changed reports whether somebody filled in a form before the module that follows it was loaded.
export const changed = (form) => [...form.elements].some((field) => {
  if (field.options) return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
  return field.checked !== field.defaultChecked || field.value !== (field.defaultValue ?? field.value);
});

// The keys of every page. A module adds those of its page with key; views/keys.go says what each does. An
// action that returns false leaves its key to the browser.
const actions = {};
export const key = (name, action) => (actions[name] = action);

const chordTime = 1500; // milliseconds for the second key of two
let first = ""; // the first key of two
let firstTimer;

// takesLetters are the elements in which keys mean something else: text fields, and menus, which go by letters.
const takesLetters = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=reset])";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.isComposing || ["Shift", "Control", "Meta"].includes(event.key)) return;
  const letter = event.ctrlKey || event.metaKey ? `Ctrl ${event.key.toLowerCase()}` : event.key;
  if (document.querySelector("dialog[open]") || (letter === event.key && event.target.closest?.(takesLetters))) return;
  const action = actions[first ? `${first} ${letter}` : letter] ?? actions[letter];
  clearTimeout(firstTimer);
  first = "";
  if (action) {
    if (action(event) !== false) event.preventDefault();
  } else if (Object.keys(actions).some((name) => name.startsWith(`${letter} `))) {
    first = letter;
    firstTimer = setTimeout(() => (first = ""), chordTime);
  }
});

// visit follows the link of the page that a selector finds.
const visit = (selector) => () => document.querySelector(selector)?.click() ?? false;
// enter puts the cursor into the first field that is there and can be seen, of those that selectors find.
const enter = (...selectors) => () => {
  const field = selectors.flatMap((selector) => [...document.querySelectorAll(selector)]).find((one) => one.checkVisibility());
  if (!field) return false;
  field.focus();
  field.select();
};
key("/", enter("main input[type=search]", "#everywhere"));
key("Ctrl k", () => {
  if (enter("#everywhere")() === false) visit(".everywhere-link")();
});
key("?", () => import("./keyboard_help.js").then((help) => help.show(document.querySelector("[data-keys]").href)));
key("g o", visit("[data-go=o]"));
key("g m", visit("[data-go=m]"));
key("g g", visit("[data-go=g]"));
key("g u", visit("[data-go=u]"));
key("g x", visit("[data-go=x]"));
key("g a", visit("[data-go=a]"));

// A menu closes when the focus or a press goes elsewhere, and with Escape, which gives the focus back to its button.
const openMenus = () => document.querySelectorAll("details[name=menus][open]");
const closeOthers = (event) => {
  for (const menu of openMenus()) menu.open = menu.contains(event.target);
};
document.addEventListener("click", closeOthers);
document.addEventListener("focusin", closeOthers);
key("Escape", () => {
  const [menu] = openMenus();
  if (!menu) return false;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// Modules that follow typing are loaded after the first paint, which they would delay.
requestAnimationFrame(() => setTimeout(() => {
  if (document.querySelector("[data-picker]")) import("./picker.js");
  if (document.querySelector("[data-list]")) import("./list.js");
  if (document.querySelector("[data-access]")) import("./access.js");
  if (document.querySelector("[data-review], [data-count]")) import("./review.js");
}));
