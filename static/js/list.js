// Makes a list follow its toolbar: it searches while one types, and applies the order, the number of rows and the filters as
// they are chosen. The server makes the page as for the buttons; the part that changes takes the place of the old one, and the
// address says what is shown, so that it can be kept, sent, and come back to.

import { parse } from "./parse.js";

const pause = 300; // milliseconds without a key before the search goes out: each one costs Tallyfy a call

const form = document.querySelector("[data-list]");
let timer;
let under; // the request under way

const addressOf = (form) => {
  const wanted = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value.trim() !== "" && value !== form.elements[name].dataset?.default) wanted.append(name, value.trim());
  }
  const query = wanted.toString();
  return form.getAttribute("action") + (query && `?${query}`);
};

const show = async () => {
  clearTimeout(timer);
  const address = addressOf(form);
  under?.abort();
  const mine = (under = new AbortController());
  document.documentElement.dataset.loading = "yes";
  try {
    const answer = await fetch(address, { signal: mine.signal });
    const page = parse(await answer.text());
    const parts = page.querySelectorAll("[data-part]");
    if (!answer.ok || parts.length === 0 || !page.querySelector("[data-list]")) {
      location.assign(address); // the page says what is wrong
      return;
    }
    for (const part of parts) {
      document.querySelector(`[data-part="${part.dataset.part}"]`)?.replaceChildren(...part.childNodes);
    }
    history.replaceState(history.state, "", address);
  } catch (error) {
    if (error.name === "AbortError") return;
    location.assign(address);
  }
  if (under === mine) {
    under = undefined;
    delete document.documentElement.dataset.loading;
  }
};

const follow = () => {
  clearTimeout(timer);
  timer = setTimeout(show, pause);
};
form.addEventListener("input", (event) => {
  if (event.target.type === "search") follow();
});
const field = form.querySelector("input[type=search]");
if (field.value !== field.defaultValue) follow(); // typed before this module was there
form.addEventListener("change", (event) => {
  if (event.target.type !== "search") show();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
