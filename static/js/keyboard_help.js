// Shows the list of keys over the page. Without script the link "Keys" leads to a page with it.

import { parse } from "./app.js";

let dialog;

export const show = async (address) => {
  if (!dialog) {
    const part = parse(await (await fetch(address)).text()).querySelector("[data-part=keys]");
    if (!part) {
      location.assign(address); // the session has ended: sign-in comes first
      return;
    }
    dialog = document.createElement("dialog");
    dialog.className = "keys";
    dialog.setAttribute("aria-label", "Keyboard shortcuts");
    dialog.append(...part.childNodes);
    const close = document.createElement("button");
    close.className = "button";
    close.textContent = "Close";
    close.addEventListener("click", () => dialog.close());
    dialog.append(close);
    document.body.append(dialog);
  }
  if (!dialog.open) dialog.showModal();
};
