// Makes pages smoother; every page works without it.

const every = (selector, act) => document.querySelectorAll(selector).forEach(act);

// Clocks count down by the minute. The words come from the page, so they are in its language.
const MINUTE = 60_000;

function tick(clock) {
  const { due, left, late, time } = clock.dataset;
  const minutes = Math.floor((Date.parse(due) - Date.now()) / MINUTE);
  const size = Math.abs(minutes < 0 ? minutes + 1 : minutes);
  if (size >= 72 * 60) return; // the page's own words name days, too
  const words = time
    .replace("{h}", Math.floor(size / 60))
    .replace("{m}", String(size % 60).padStart(2, "0"));
  clock.querySelector(".words").textContent = (minutes < 0 ? late : left).replace("{}", words);
  // The same limits as in incidents/clockface.py, so that a page left open overnight does not stay calm.
  const tone = minutes < 0 ? "late" : minutes < 6 * 60 ? "red" : minutes < 24 * 60 ? "amber" : "calm";
  clock.classList.remove("calm", "amber", "red", "late");
  clock.classList.add(tone);
}

setInterval(() => every("[data-due]", tick), MINUTE);

// What a page asks for by itself does not keep a session open; typing does, and so does an upload.
const UNASKED = { "X-Background": "yes" };
const ALIVE = 5 * MINUTE;

every("[data-alive]", (place) => {
  let last = Date.now();
  const alive = () => {
    if (Date.now() - last < ALIVE) return;
    last = Date.now();
    fetch(place.dataset.alive, { credentials: "same-origin" }).catch(() => {});
  };
  document.addEventListener("input", alive);
  document.addEventListener("submit", () => setInterval(alive, MINUTE));
});

// A section with data-refresh replaces itself until the answer no longer asks for it; one with
// data-then goes there when the answer has no such section any more.
const WAIT = 3000;

async function refresh(section) {
  try {
    const answer = await fetch(section.dataset.refresh, { credentials: "same-origin", headers: UNASKED });
    if (answer.redirected && section.dataset.then) return location.assign(section.dataset.then);
    if (answer.redirected || [401, 403, 404].includes(answer.status)) return; // logged out, or gone
    const page = new DOMParser().parseFromString(answer.ok ? await answer.text() : "", "text/html");
    const fresh = page.getElementById(section.id);
    if (!fresh && answer.ok && section.dataset.then) return location.assign(section.dataset.then);
    // Never take away the button somebody stands on, or what somebody has opened.
    const busy = section.contains(document.activeElement) || section.querySelector("details[open]");
    if (fresh && !(busy && fresh.dataset.refresh)) {
      section.replaceWith(fresh);
      section = fresh;
      document.title = page.title; // and what the page calls itself
      document.querySelector("main .head")?.replaceWith(page.querySelector("main .head") || "");
    }
  } catch {
    // The network is away: keep what is shown and ask again.
  }
  if (section.dataset.refresh) setTimeout(refresh, WAIT, section);
}

every("[data-refresh]", (section) => setTimeout(refresh, WAIT, section));

// A form with data-guard asks before typed text is left behind.
every("form[data-guard]", (form) => {
  let typed = form.dataset.guard === "always" || Boolean(form.querySelector("[aria-invalid]"));
  const ask = (event) => typed && event.preventDefault();
  form.addEventListener("input", () => (typed = true));
  form.addEventListener("submit", () => (typed = false));
  window.addEventListener("beforeunload", ask);
});

// Buttons that copy the text of another element, and say so.
every("button[data-copy]", (button) => {
  if (!navigator.clipboard) return;
  const words = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText.trim());
    button.textContent = button.dataset.copied || words;
    setTimeout(() => (button.textContent = words), WAIT);
  });
});

// A list with data-keys: j and k go through its links, x ticks the row.
every("[data-keys]", (list) => {
  const links = [...list.querySelectorAll(".title a")];
  every(".keys", (help) => (help.hidden = false));
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [popover]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = document.activeElement.closest(".row");
    const at = links.findIndex((link) => row?.contains(link));
    if (event.key === "j") links[Math.min(at + 1, links.length - 1)]?.focus();
    else if (event.key === "k") links[Math.max(at - 1, 0)]?.focus();
    else if (event.key === "x") row?.querySelector("input[type=checkbox]")?.click();
  });
});

// Who else has this report open: said, and asked, once a minute while the page is seen.
async function here(place) {
  if (document.hidden) return;
  try {
    const body = new URLSearchParams({ csrf_token: place.dataset.token });
    const answer = await fetch(place.dataset.here, { method: "POST", body, credentials: "same-origin", headers: UNASKED });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(place.id);
    if (fresh && fresh.innerText !== place.innerText) place.replaceChildren(...fresh.childNodes);
  } catch {
    // The network is away: the next minute asks again.
  }
}

every("[data-here]", (place) => setInterval(here, MINUTE, place));

// Buttons that print the page.
every("button[data-print]", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

// A code behind the "#" of the address goes into its field, and out of the list of visited pages.
every("input[data-fragment]", (input) => {
  if (input.value || location.hash.length < 9) return;
  input.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
});

// The place where a dragged file may be dropped shows itself.
every('input[type="file"]', (input) => {
  for (const name of ["dragenter", "dragover"]) input.addEventListener(name, () => input.classList.add("over"));
  for (const name of ["dragleave", "drop"]) input.addEventListener(name, () => input.classList.remove("over"));
});

// On a phone the tabs stand on one line that moves: the one we are on is brought into sight.
every(".case .tabs [aria-current]", (tab) => {
  const line = tab.closest(".tabs");
  line.scrollLeft = tab.offsetLeft - (line.clientWidth - tab.offsetWidth) / 2;
});

// What is wrong is read first.
document.querySelector("[data-focus]")?.focus();
