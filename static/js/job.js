// How far a job is, as it goes on. The page says the same without this file, and asks again by itself.

const part = document.querySelector("[data-job]");
const bar = part?.querySelector("progress");
const text = part?.querySelector("[data-progress]");
let source;

// A screen reader hears the sentence every few seconds at most, and the latest one always.
const every = 5000; // milliseconds
let said = 0;
let later;
const say = (sentence) => {
  clearTimeout(later);
  const wait = said + every - Date.now();
  if (wait > 0) {
    later = setTimeout(say, wait, sentence);
    return;
  }
  said = Date.now();
  text.textContent = sentence;
};

const open = () => {
  source = new EventSource(part.dataset.job);
  source.addEventListener("message", (event) => {
    const now = JSON.parse(event.data);
    bar.value = now.done;
    if (!now.moving) {
      source.close();
      location.reload();
    } else {
      say(now.text);
    }
  });
  // The browser asks again by itself, unless another answer came: of a proxy, or of the sign-in
  // page. Then the page is loaded again, and says what is so.
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), every);
  });
};

// A tab that nobody looks at holds no connection: browsers allow six to a host.
if (part?.dataset.job) {
  open();
  document.addEventListener("visibilitychange", () => {
    source.close();
    if (!document.hidden) open();
  });
}
