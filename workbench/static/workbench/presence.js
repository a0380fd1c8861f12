// While somebody can see a refund's page it says so, and shows who else looks and what happened since it was opened.
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const place = document.querySelector("[data-looking]");
  const knew = document.querySelector("input[name=as_of]");
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (!place || !knew || !token) return;
  let waiting = 0;

  const body = (more) => new URLSearchParams({ csrfmiddlewaretoken: token.value, as_of: knew.value, ...more });
  const show = (name, words) => {
    const line = place.querySelector(`[data-${name}]`);
    line.hidden = !words;
    line.querySelector("b").textContent = words ?? "";
  };
  const ask = async () => {
    clearTimeout(waiting);
    if (document.hidden) return; // asked again as soon as somebody comes back
    waiting = setTimeout(ask, Number(place.dataset.every) * 1000);
    try {
      const answer = await fetch(place.dataset.looking, { method: "POST", credentials: "same-origin", body: body({}) });
      if (!answer.ok || answer.redirected) return;
      const state = await answer.json();
      show("others", state.others);
      show("news", state.news);
    } catch {
      // the next one may come through
    }
  };
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("pagehide", () => navigator.sendBeacon(place.dataset.looking, body({ leave: 1 })));
  ask();
});
