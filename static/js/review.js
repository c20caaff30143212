// Reviews: a key for each button of a step, and the count of the form that starts one. Both work without this file.

import { changed, key, parse } from "./app.js";

const step = document.querySelector("[data-review]");
const setting = "review-keys"; // in this browser: "off" for somebody who wants no keys of one letter

const stored = () => {
  try {
    return localStorage.getItem(setting);
  } catch {
    return null; // no storage: the keys stay on
  }
};
let on = stored() !== "off";

// press presses a button or follows a link of the page. A decision that needs more goes to its field first.
const press = (selector, field) => () => {
  const button = on && document.querySelector(selector);
  if (!button) return false;
  const needed = field?.();
  if (needed) needed.focus();
  else button.click();
};
const empty = (selector) => () => [document.querySelector(selector)].find((field) => field && !field.value);
const noneTicked = () => !step.querySelector("input[name=add]:checked, input[name=remove]:checked") && step.querySelector("input[name=add], input[name=remove], input[name=find]");

if (step) {
  key("l", press("[data-decide=l]"));
  key("c", press("[data-decide=c]", () => noneTicked() || (step.querySelector("input[name=remove]:checked") && empty("#field-note")())));
  key("d", press("[data-decide=d]", empty("#field-until")));
  key("a", press("[data-decide=a]", empty("#field-note")));
  key("n", press("[data-step=n]"));
  key("p", press("[data-step=p]"));
  key("u", press("[data-step=u]"));

  const line = step.querySelector("[data-review-keys]"); // not where there is nothing to decide
  const button = line?.querySelector("button");
  const show = () => (button.textContent = on ? "Turn these keys off" : "Turn these keys on");
  button?.addEventListener("click", () => {
    on = !on;
    try {
      localStorage.setItem(setting, on ? "on" : "off");
    } catch {
      // No storage: it holds for this page.
    }
    show();
  });
  if (line) {
    show();
    line.hidden = false;
  }
}

// The form that starts a review counts anew after each change.
const form = document.querySelector("form[data-count]");
const pause = 400; // milliseconds of rest before it counts
let timer;
let asked = 0;

const count = async () => {
  const mine = ++asked;
  const fields = new FormData(form);
  fields.set("action", "count");
  // form.action would be the buttons, which have this name.
  let part;
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(fields) });
    if (answer.ok) part = parse(await answer.text()).querySelector("[data-part=count]");
  } catch {
    // The same as for an answer without a count: the one that stands there is of other people.
  }
  if (mine === asked) form.querySelector("[data-part=count]").replaceChildren(...(part?.childNodes ?? []));
};
const countSoon = () => {
  clearTimeout(timer);
  timer = setTimeout(count, pause);
};
for (const kind of ["input", "change"]) {
  form?.addEventListener(kind, (event) => {
    if (!["name", "reviewer"].includes(event.target.name)) countSoon();
  });
}
if (form && changed(form)) countSoon(); // before this module was loaded
