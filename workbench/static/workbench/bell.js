// The bell asks how much is unread: when a page is opened or come back to, and once a minute while somebody can see it.
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const bell = document.querySelector("[data-bell]");
  if (!bell) return;
  const badge = bell.querySelector("[data-unread]");
  let waiting = 0;
  const ask = async () => {
    clearTimeout(waiting);
    if (document.hidden) return;
    waiting = setTimeout(ask, 60_000);
    try {
      const answer = await fetch(bell.dataset.bell, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      const told = await answer.json();
      badge.textContent = told.unread;
      badge.hidden = !told.unread;
      bell.title = told.label;
      bell.setAttribute("aria-label", told.label);
    } catch {
      // the next one may come through
    }
  };
  document.addEventListener("visibilitychange", ask);
  ask();
});
