// Boxes of the rows of a list: each is kept as it is ticked, so that the next page, a search or a filter finds it. Without
// this file a button keeps those of the page. list.js loads it when a box is about to be used.

import { parse } from "./app.js";

const form = () => document.getElementById("choose");
const rows = () => [...document.querySelectorAll("[data-rows] input[name=ids]")];

// The box in the head says whether all of the page are chosen, some, or none.
const showHead = () => {
  const head = document.querySelector("[data-choose-page]");
  if (!head) return;
  const n = rows().filter((box) => box.checked).length;
  head.checked = n > 0 && n === rows().length;
  head.indeterminate = n > 0 && !head.checked;
};

const unsent = new Map(); // by id, whether it is ticked
let underWay;

const send = async () => {
  while (unsent.size) {
    const { action, elements } = form();
    const body = new URLSearchParams({ as: elements.as.value, list: elements.list.value, do: "keep" });
    for (const [id, ticked] of unsent) {
      body.append("shown", id);
      if (ticked) body.append("ids", id);
    }
    unsent.clear();
    let now;
    try {
      const answer = await fetch(action, { method: "POST", body });
      if (answer.ok) now = parse(await answer.text()).getElementById("choose");
    } catch {
      // The same as for an answer that is not the list.
    }
    if (!now) {
      form().requestSubmit(); // the page says what is wrong
      return;
    }
    form().className = now.className;
    form().querySelector("[data-chosen]").textContent = now.querySelector("[data-chosen]").textContent;
  }
};

// kept ends when all that was ticked is kept.
export const kept = async () => underWay;

const keep = (boxes) => {
  showHead();
  for (const box of boxes) unsent.set(box.value, box.checked);
  if (unsent.size) underWay ??= send().finally(() => (underWay = undefined));
};

// ticked follows a press on a box. With the Shift key it is for all between this box and the one before.
let last;
export const ticked = (box, shift) => {
  let boxes = [box];
  if (box.matches("[data-choose-page]")) boxes = rows();
  else {
    const [from, to] = [rows().indexOf(last), rows().indexOf(box)].sort((a, b) => a - b);
    if (shift && from >= 0) boxes = rows().slice(from, to + 1);
    last = box;
  }
  const changed = boxes.filter((one) => one === box || one.checked !== box.checked);
  for (const one of changed) one.checked = box.checked;
  keep(changed);
};

// What leads away waits until all is kept.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!underWay || !link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  kept().then(() => link.click());
}, true);
document.addEventListener("submit", (event) => {
  if (!underWay || event.target.method !== "post") return;
  event.preventDefault();
  event.stopPropagation();
  const { target, submitter } = event;
  kept().then(() => target.requestSubmit(submitter));
}, true);

new MutationObserver(showHead).observe(document.getElementById("list"), { childList: true });
keep(rows().filter((box) => box.checked !== box.defaultChecked)); // ticked before this module was loaded
