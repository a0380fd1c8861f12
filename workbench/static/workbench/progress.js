// Asks how far a worker is with what the page shows, until it is finished or at another step; then the page is loaded anew.
window.followProgress = function (job, show) {
  "use strict";
  let pause = 1000;
  const ask = async () => {
    try {
      const answer = await fetch(job.dataset.progress, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const state = await answer.json();
      show(state);
      if (state.finished || (job.dataset.step && state.step !== job.dataset.step)) return location.reload();
      pause = 1000;
    } catch {
      pause = Math.min(pause * 2, 15000);
    }
    setTimeout(ask, pause);
  };
  setTimeout(ask, pause);
};

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-progress]:has([data-done])").forEach((job) =>
    window.followProgress(job, (state) => {
      const bar = job.querySelector("progress");
      if (state.done) { // until then nobody knows how long it takes, and the bar says so
        bar.max = state.total ?? bar.max;
        bar.value = state.done;
      }
      job.querySelector("[data-done]").textContent = state.words ?? state.done;
    }),
  );
});
