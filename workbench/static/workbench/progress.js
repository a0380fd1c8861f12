// Asks how far a worker is with what the page shows, until it is finished; then the page is loaded anew.
window.followProgress = function (job, show) {
  "use strict";
  let pause = 1000;
  const ask = async () => {
    try {
      const answer = await fetch(job.dataset.progress, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const state = await answer.json();
      show(state);
      if (state.finished) return location.reload();
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
      job.querySelector("progress").value = state.done;
      job.querySelector("[data-done]").textContent = state.done;
    }),
  );
});
