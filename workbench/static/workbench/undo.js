// How long something can still be taken back; then its banner goes. The server's clock counts, and decides in the end.
(function () {
  "use strict";

  const UNIT = { style: "unit", unit: "second", unitDisplay: "short" };
  const inWords = new Intl.NumberFormat(document.documentElement.lang || undefined, UNIT);

  function countDown(banner) {
    const left = banner.querySelector("[data-undo-left]");
    const ends = performance.now() + Date.parse(banner.dataset.undoUntil) - Date.parse(banner.dataset.undoNow);
    const show = () => {
      const seconds = Math.ceil((ends - performance.now()) / 1000);
      if (seconds > 0 && left) left.textContent = inWords.format(seconds);
      if (seconds > 0) return setTimeout(show, 250);
      banner.hidden = true;
      banner.dispatchEvent(new Event("undo-over", { bubbles: true }));
    };
    show();
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-undo-until]").forEach(countDown));
})();
