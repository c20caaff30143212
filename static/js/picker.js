// Makes a picker search while one types. The server makes the list, as it does for the Search button: the form goes there
// as it stands, choices included, and the picker's part of the answer takes the place of the list.

import { parse } from "./parse.js";

const pause = 200; // milliseconds without a key before the search goes out

for (const picker of document.querySelectorAll("[data-picker]")) {
  const form = picker.closest("form");
  const field = picker.querySelector("[data-find]");
  const results = picker.querySelector("[data-results]");
  const said = results.querySelector("output");
  let timer;
  let under; // the search under way
  let last = field.defaultValue;

  const request = (signal) => {
    const data = new URLSearchParams(new FormData(form));
    if (form.method === "post") {
      data.set("action", "find");
      // Not form.action: that is the buttons, which bear this name.
      return fetch(form.getAttribute("action"), { method: "POST", body: data, signal });
    }
    const address = `${picker.dataset.findUrl}?${data}`;
    history.replaceState(history.state, "", address);
    return fetch(address, { signal });
  };

  const find = async () => {
    clearTimeout(timer);
    last = field.value;
    under?.abort();
    const mine = (under = new AbortController());
    results.setAttribute("aria-busy", "true");
    try {
      const answer = await request(mine.signal);
      const page = parse(await answer.text());
      const part = page.querySelector(`[data-results="${results.dataset.results}"]`);
      if (!part) throw new Error("no list in the answer");
      results.querySelector(".options")?.remove();
      const list = part.querySelector(".options");
      if (list) results.prepend(list);
      said.replaceChildren(...part.querySelector("output").childNodes);
    } catch (error) {
      if (error.name === "AbortError") return;
      said.textContent = "The search did not work. Press Search to try it the slow way.";
    }
    if (under === mine) {
      under = undefined;
      results.removeAttribute("aria-busy");
    }
  };

  const follow = () => {
    clearTimeout(timer);
    if (field.value !== last) timer = setTimeout(find, pause);
  };
  field.addEventListener("input", follow);
  follow(); // for what was typed before this module was there

  results.addEventListener("change", () => {
    if (under) find(); // the answer under way does not know of this choice
    const chosen = said.querySelector("[data-chosen]");
    if (!chosen) return;
    const n = results.querySelectorAll(":checked").length;
    chosen.textContent = `${n} ${n === 1 ? chosen.dataset.one : chosen.dataset.many} chosen.`;
  });

  picker.addEventListener("keydown", (event) => {
    const options = [...results.querySelectorAll("input")];
    if (event.target === field) {
      if (event.key === "Enter") {
        event.preventDefault();
        find();
      } else if (event.key === "ArrowDown" && options.length > 0) {
        event.preventDefault();
        (options.find((option) => option.type === "radio" && option.checked) ?? options[0]).focus();
      }
      return;
    }
    const at = options.indexOf(event.target);
    if (at === 0 && event.key === "ArrowUp") {
      event.preventDefault();
      field.focus();
    } else if (at >= 0 && event.target.type === "checkbox" && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      options[at + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
    }
  });
}
