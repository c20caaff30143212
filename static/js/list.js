// Makes a list follow its toolbar: it searches during typing, and applies order, filters and number
// of rows as they are chosen. The server makes the same page as for the buttons. Its parts replace
// the old ones, and the address changes with them, so that it can be bookmarked and sent.

import { parse } from "./parse.js";

const pause = 300; // milliseconds without a key before a search, which costs a call of Tallyfy

const form = document.querySelector("[data-list]");
let timer;
let underWay; // aborts the request under way

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
  underWay?.abort();
  const mine = (underWay = new AbortController());
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
  if (underWay === mine) {
    underWay = undefined;
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
if (field.value !== field.defaultValue) follow(); // typed before this module was loaded
form.addEventListener("change", (event) => {
  if (event.target.type !== "search") show();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
