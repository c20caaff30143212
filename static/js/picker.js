// Makes a picker search during typing. The form is sent as for the Search button, choices included,
// and the picker's part of the answer replaces the list.

import { parse } from "./app.js";

const pause = 200; // milliseconds without a key before the search goes out

for (const picker of document.querySelectorAll("[data-picker]")) {
  const form = picker.closest("form");
  let field = picker.querySelector("[data-find]"); // a field that takes lists is made anew when it has taken one
  const results = picker.querySelector("[data-results]");
  const message = results.querySelector("output");
  let timer;
  let underWay; // aborts the search under way
  let last = field.defaultValue;

  const request = (action, signal) => {
    const data = new URLSearchParams(new FormData(form));
    if (form.method === "post") {
      data.set("action", action);
      // form.action would be the buttons, which have this name.
      return fetch(form.getAttribute("action"), { method: "POST", body: data, signal });
    }
    const address = `${picker.dataset.findUrl}?${data}`;
    history.replaceState(history.state, "", address);
    return fetch(address, { signal });
  };

  // find searches. With "add", a list in the field is taken.
  const find = async (action = "find") => {
    clearTimeout(timer);
    last = field.value;
    underWay?.abort();
    const mine = (underWay = new AbortController());
    results.setAttribute("aria-busy", "true");
    try {
      const answer = await request(action, mine.signal);
      const page = parse(await answer.text());
      const part = page.querySelector(`[data-results="${results.dataset.results}"]`);
      if (!part) throw new Error("no list in the answer");
      results.querySelector(".options")?.remove();
      const list = part.querySelector(".options");
      if (list) results.prepend(list);
      message.replaceChildren(...part.querySelector("output").childNodes);
      refresh(page, action);
    } catch (error) {
      if (error.name === "AbortError") return;
      message.textContent = "The search did not work. Press Search to try it the slow way.";
    }
    if (underWay === mine) {
      underWay = undefined;
      results.removeAttribute("aria-busy");
    }
  };

  // refresh shows who is chosen now, and after a list was taken what is left of it.
  const refresh = (page, action) => {
    for (const old of picker.querySelectorAll("[data-refresh]")) {
      if (old.dataset.refresh === "field" && action === "find") continue;
      old.replaceChildren(...page.querySelector(`[data-refresh="${old.dataset.refresh}"]`).childNodes);
    }
    if (action === "find" || !picker.querySelector("[data-refresh]")) return;
    field = picker.querySelector("[data-find]");
    last = field.value;
    field.focus();
    field.select();
  };

  const follow = () => {
    clearTimeout(timer);
    if (field.value !== last) timer = setTimeout(() => find(), pause);
  };
  picker.addEventListener("input", (event) => {
    if (event.target !== field) return;
    // A pasted list is taken at once.
    if (event.inputType === "insertFromPaste" && /@[^]*[\n;,]|\n/.test(field.value.trim())) find("add");
    else follow();
  });
  follow(); // for text typed before this module was loaded

  picker.addEventListener("change", async (event) => {
    if (event.target === field) return;
    if (!picker.querySelector("[data-refresh]")) {
      if (underWay) find(); // the answer under way does not have this choice
      return;
    }
    // Who was chosen moves up, and the one behind takes the place, with the focus.
    const list = event.target.closest("ul");
    const at = [...list.querySelectorAll("input")].indexOf(event.target);
    const within = `.${list.className}`;
    await find();
    const boxes = picker.querySelectorAll(`${within} input`);
    (boxes[Math.min(at, boxes.length - 1)] ?? field).focus();
  });

  picker.addEventListener("keydown", (event) => {
    const options = [...results.querySelectorAll("input")];
    if (event.target === field) {
      if (event.key === "Enter") {
        event.preventDefault();
        find(picker.querySelector("[data-refresh=field]") ? "add" : "find"); // a field that takes no lists only searches
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

// Enter in a field of a form with a picker goes on to the next field: the first button of the form is the picker's.
for (const form of document.querySelectorAll("[data-enter]")) {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !["text", "email"].includes(event.target.type)) return;
    event.preventDefault();
    const fields = [...form.querySelectorAll("input:not([type=hidden]), textarea")];
    fields[fields.indexOf(event.target) + 1]?.focus();
  });
}
