// Boxes of people against groups: counts those that were changed and sends them alone. Arrow keys go from box to box.

const form = document.querySelector("form[data-access]");
const review = form.querySelector("button[value=review]");
const status = form.querySelector(".review-bar [role=status]");
const boxes = [...form.querySelectorAll("input[name=in], input[name=listed]")];
const others = [...form.querySelectorAll(".other-changes input")];
// A box of the table and one of the lists stand for the same. The browser may have restored how they were left.
const twins = Map.groupBy?.(boxes, (box) => box.value) ?? boxes.reduce((map, box) => map.set(box.value, [...(map.get(box.value) ?? []), box]), new Map());
const was = (box) => box.defaultChecked !== box.hasAttribute("data-changed");
const changed = () => [...twins.values()].map(([box]) => box).filter((box) => box.checked !== was(box));
const count = () => changed().length + others.filter((one) => one.type === "hidden" || one.checked).length;

const words = (n) => (n === 1 ? "1 change" : `${n} changes`);
const show = () => {
  for (const box of boxes) box.closest("td, li").classList.toggle("changed", box.checked !== was(box));
  const n = count();
  review.textContent = n ? `Review ${words(n)}` : "Review changes";
  return n;
};
for (const [box, twin] of twins.values()) if (twin) twin.checked = box.checked;
show();

form.addEventListener("change", (event) => {
  for (const box of twins.get(event.target.value) ?? []) box.checked = event.target.checked;
  const n = show();
  status.textContent = n ? `${words(n)} not saved` : "No changes";
});

form.addEventListener("formdata", ({ formData }) => {
  for (const name of ["in", "listed", "rows", "was"]) formData.delete(name);
  for (const box of changed()) formData.append(box.checked ? "add" : "remove", box.value);
});

// Leaving the page otherwise than by a button of the form would lose the changes.
let sending = false;
form.addEventListener("submit", () => (sending = true));
form.querySelector("[data-discard]")?.addEventListener("click", () => (sending = true));
addEventListener("pageshow", () => (sending = false));
addEventListener("beforeunload", (event) => {
  if (!sending && changed().length) event.preventDefault();
});

// The table is one stop of the Tab key; the arrow keys move in it.
const inTable = boxes.filter((box) => box.name === "in");
const stop = (box) => {
  for (const one of inTable) one.tabIndex = one === box ? 0 : -1;
};
if (inTable.length) stop(inTable[0]);
const place = (box) => [box.closest("tr").rowIndex, box.closest("td").cellIndex];
const next = {
  ArrowLeft: (box) => inTable.findLast((one) => same(one, box, 0) && place(one)[1] < place(box)[1]),
  ArrowRight: (box) => inTable.find((one) => same(one, box, 0) && place(one)[1] > place(box)[1]),
  ArrowUp: (box) => inTable.findLast((one) => same(one, box, 1) && place(one)[0] < place(box)[0]),
  ArrowDown: (box) => inTable.find((one) => same(one, box, 1) && place(one)[0] > place(box)[0]),
};
const same = (one, other, part) => place(one)[part] === place(other)[part];
form.addEventListener("focusin", (event) => {
  if (event.target.name === "in") stop(event.target);
});
form.addEventListener("keydown", (event) => {
  const box = event.target;
  if (!["in", "listed"].includes(box.name) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.key === "Enter") {
    event.preventDefault();
    form.requestSubmit(review);
  } else if (box.name === "in" && next[event.key]) {
    event.preventDefault();
    next[event.key](box)?.focus();
  }
});
