// Hands Tallyfy's answer to a sign-in to the server, in a form. The answer is in the fragment of the
// address and holds a token, so it leaves the address bar and the history first.

const form = document.querySelector("[data-answer]");

// What was typed before the sign-in was begun, in this tab: see app.js.
const taken = () => {
  try {
    const typed = sessionStorage.getItem("typed") ?? "";
    sessionStorage.removeItem("typed");
    return typed;
  } catch {
    return ""; // no storage
  }
};

const take = () => {
  const answer = new URLSearchParams(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  if (answer.has("state")) {
    answer.set("typed", taken());
    for (const field of form.elements) field.value = answer.get(field.name) ?? "";
    form.submit(); // before the page has loaded, so that the next page replaces it in the history
  } else {
    document.querySelector("[data-answer-none]").hidden = false;
  }
};
take();
addEventListener("hashchange", take); // an answer may reach a page that is open already
