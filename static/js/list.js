// Makes a list follow its toolbar: it searches during typing, and applies filters as they are chosen. The
// server makes the same page as for the buttons. Its parts replace the old ones, and the address changes
// with them, so that it can be bookmarked and sent.

import { changed, key, parse } from "./app.js";

// Milliseconds without a key before a search, which may cost a call of Tallyfy, and before a menu that is
// used with the keyboard: there every arrow is a choice.
const pause = 300;
const menuPause = 400;

const form = document.querySelector("[data-list]");
let timer;
let keyAt = 0; // when a key was pressed last
let underWay; // aborts the request under way
let choosing; // the module for the boxes, once one is about to be used

const addressOf = (form) => {
  const wanted = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value.trim() !== "" && value !== form.elements[name].dataset?.default) wanted.append(name, value.trim());
  }
  const query = wanted.toString();
  return form.getAttribute("action") + (query && `?${query}`);
};

// Menus stay where they are, with the focus and what was chosen in them meanwhile: their words change.
const updateMenus = (part) => {
  for (const menu of part.querySelectorAll("select")) {
    const old = form.elements[menu.name];
    if (!old) continue;
    const same = old.length === menu.length && [...menu].every((option, i) => option.value === old[i].value);
    if (same) {
      for (const [i, option] of [...menu].entries()) {
        if (old[i].text !== option.text) old[i].textContent = option.textContent;
      }
    } else {
      const { value } = old;
      old.replaceChildren(...menu.childNodes);
      old.value = value;
    }
    old.className = menu.className;
  }
};

const show = async () => {
  clearTimeout(timer);
  timer = undefined;
  const address = addressOf(form);
  underWay?.abort();
  const mine = (underWay = new AbortController());
  document.documentElement.dataset.loading = "yes";
  try {
    await (await choosing)?.kept();
    const answer = await fetch(address, { signal: mine.signal });
    const page = parse(await answer.text());
    const parts = page.querySelectorAll("[data-part]");
    if (!answer.ok || parts.length === 0 || !page.querySelector("[data-list]")) {
      location.assign(address); // the page says what is wrong
      return;
    }
    for (const part of parts) {
      if (part.dataset.part === "menus") updateMenus(part);
      else document.querySelector(`[data-part="${part.dataset.part}"]`)?.replaceChildren(...part.childNodes);
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

const follow = (wait) => {
  clearTimeout(timer);
  timer = setTimeout(show, wait);
};
form.addEventListener("input", (event) => {
  if (event.target.type === "search") follow(pause);
});
if (changed(form)) follow(pause);
form.addEventListener("keydown", (event) => {
  if (event.target.type === "search") return;
  keyAt = event.timeStamp;
  if (timer) follow(menuPause);
});
form.addEventListener("change", (event) => {
  if (event.target.type === "search") return;
  if (event.timeStamp - keyAt < menuPause) follow(menuPause);
  else show();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});

// j and k go along the rows, o opens the one that has the focus.
const go = (step) => () => {
  const rows = [...document.querySelectorAll("[data-rows] > tr")];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = at < 0 ? step > 0 && rows[0] : rows[at + step];
  if (!row) return false;
  const link = row.querySelector("a.name");
  if (!link) row.tabIndex = -1; // a row that leads nowhere
  (link ?? row).focus();
};
key("j", go(1));
key("k", go(-1));
key("o", () => {
  const link = document.activeElement.closest("[data-rows] > tr")?.querySelector("a.name");
  if (!link) return false;
  link.click();
});

// The boxes of rows that can be chosen. x ticks the one of the row.
const choose = () => (choosing ??= import("./choose.js"));
if (document.querySelector(".batch.on")) choose();
for (const name of ["pointerover", "focusin"]) {
  document.addEventListener(name, (event) => {
    if (event.target.closest?.(".tick")) choose();
  });
}
document.addEventListener("click", ({ target, shiftKey }) => {
  if (target.type === "checkbox" && target.form?.id === "choose") choose().then((boxes) => boxes.ticked(target, shiftKey));
});
key("x", () => {
  const box = document.activeElement.closest("[data-rows] > tr")?.querySelector("input[name=ids]");
  if (!box || box === document.activeElement) return false;
  box.click();
});

// A link that leads to the same list in another state keeps the focus when it is followed with the keyboard.
const stops = (place) => [...document.querySelectorAll(`${place} :is(a, .off)`)]; // those that lead nowhere keep their place
const places = ["[data-part=tabs]", "thead", ".chips", ".list-foot .pager", ".page-sizes", "[data-part=as-of]"];
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const place = link?.pathname === location.pathname && event.detail === 0 && places.find((one) => link.closest(one));
  if (!place) return;
  const at = stops(place).indexOf(link);
  try {
    sessionStorage.setItem("followed", JSON.stringify([location.pathname, place, at]));
  } catch {
    // No storage: the focus goes to the heading, as on any other page.
  }
});
try {
  const [path, place, at] = JSON.parse(sessionStorage.getItem("followed") ?? "[]");
  sessionStorage.removeItem("followed");
  if (path === location.pathname) stops(place)[at]?.focus();
} catch {
  // No storage, or another version's.
}
