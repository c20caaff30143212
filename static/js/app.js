// Enhancements for every page. Each works on what it finds; without this file every page still does its job.

// The part of a page that has something to say first gets the focus: the messages of a form, a plan that changed.
document.querySelector("[data-focus]")?.focus();

// A form that changes something says what it is doing and is not sent twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (form.method !== "post" || button?.value === "find") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
  if (button?.dataset.busy) {
    button.dataset.text = button.textContent;
    button.textContent = button.dataset.busy;
    button.setAttribute("aria-disabled", "true");
  }
});

// A page that comes back from the browser's memory is ready again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
    for (const button of form.querySelectorAll("[data-text]")) {
      button.textContent = button.dataset.text;
      button.removeAttribute("aria-disabled");
    }
  }
});

// A field with a limit counts its characters as Go does: by code points.
for (const field of document.querySelectorAll("[data-max]")) {
  const counter = document.createElement("p");
  counter.className = "counter";
  const count = () => {
    counter.textContent = `${[...field.value].length} of ${field.dataset.max}`;
  };
  field.addEventListener("input", count);
  count();
  field.after(counter);
}

// Copying needs a secure context; elsewhere the text can be selected with one click.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = button.textContent;
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = text), 2000);
    });
  }
}

if (document.querySelector("[data-picker]")) {
  import("./picker.js");
}
