// Makes a picker search during typing. The form is sent as for the Search button, choices included,
// and the picker's part of the answer replaces the list.

import { parse } from "./app.js";

const pause = 200; // milliseconds without a key before the search goes out

for (const picker of document.querySelectorAll("[data-picker]")) {
  const form = picker.closest("form");
  const field = picker.querySelector("[data-find]");
  const results = picker.querySelector("[data-results]");
  const message = results.querySelector("output");
  let timer;
  let underWay; // aborts the search under way
  let last = field.defaultValue;

  const request = (signal) => {
    const data = new URLSearchParams(new FormData(form));
    if (form.method === "post") {
      data.set("action", "find");
      // form.action would be the buttons, which have this name.
      return fetch(form.getAttribute("action"), { method: "POST", body: data, signal });
    }
    const address = `${picker.dataset.findUrl}?${data}`;
    history.replaceState(history.state, "", address);
    return fetch(address, { signal });
  };

  const find = async () => {
    clearTimeout(timer);
    last = field.value;
    underWay?.abort();
    const mine = (underWay = new AbortController());
    results.setAttribute("aria-busy", "true");
    try {
      const answer = await request(mine.signal);
      const page = parse(await answer.text());
      const part = page.querySelector(`[data-results="${results.dataset.results}"]`);
      if (!part) throw new Error("no list in the answer");
      results.querySelector(".options")?.remove();
      const list = part.querySelector(".options");
      if (list) results.prepend(list);
      message.replaceChildren(...part.querySelector("output").childNodes);
    } catch (error) {
      if (error.name === "AbortError") return;
      message.textContent = "The search did not work. Press Search to try it the slow way.";
    }
    if (underWay === mine) {
      underWay = undefined;
      results.removeAttribute("aria-busy");
    }
  };

  const follow = () => {
    clearTimeout(timer);
    if (field.value !== last) timer = setTimeout(find, pause);
  };
  field.addEventListener("input", follow);
  follow(); // for text typed before this module was loaded

  results.addEventListener("change", () => {
    if (underWay) find(); // the answer under way does not have this choice
    const chosen = message.querySelector("[data-chosen]");
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
