// Tallyfy's answer to a sign-in stands in the fragment of the address. It is handed to the server in a form, after it has been
// taken out of the address bar and the history: it holds a token.

const form = document.querySelector("[data-answer]");

const take = () => {
  const answer = new URLSearchParams(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  if (answer.has("state")) {
    for (const field of form.elements) field.value = answer.get(field.name) ?? "";
    form.submit(); // before the page has loaded, so that the next page takes its place in the history
  } else {
    document.querySelector("[data-answer-none]").hidden = false;
  }
};
take();
addEventListener("hashchange", take); // for an answer that reaches a page which is open already
