// Choosing refunds in the queue, and the progress of a bulk sending or decision.
(function () {
  "use strict";

  const TONES = { sent: "green", done: "green", refused: "red", left_out: "red", stopped: "grey", waiting: "grey" };

  function chooseRows(form) {
    const boxes = [...document.querySelectorAll('input[name="refund"][form="bulk"]')];
    const all = document.querySelector("#bulk-all");
    const output = form.querySelector("output");
    const buttons = form.querySelectorAll("[data-needs-choice]");
    const show = () => {
      const chosen = boxes.filter((box) => box.checked).length;
      output.textContent = chosen ? output.dataset.chosen.replace("%(n)d", chosen) : output.dataset.none;
      buttons.forEach((button) => (button.disabled = !chosen));
      form.classList.toggle("has-choice", chosen > 0);
      if (all) {
        all.checked = chosen > 0 && chosen === boxes.length;
        all.indeterminate = chosen > 0 && chosen < boxes.length;
      }
    };
    // The row itself is a link; a click beside the box must not follow it.
    document.querySelectorAll(".cell-pick").forEach((cell) => cell.addEventListener("click", (event) => event.stopPropagation()));
    boxes.forEach((box) => box.addEventListener("change", show));
    if (all) {
      all.hidden = !boxes.length;
      all.addEventListener("change", () => {
        boxes.forEach((box) => (box.checked = all.checked));
        show();
      });
    }
    window.addEventListener("pageshow", show);
    show();
  }

  function showProgress(job, state) {
    job.querySelector("progress").value = state.sent + state.refused;
    job.querySelector('[data-tally="sent"]').textContent = state.sent;
    job.querySelector('[data-tally="refused"]').textContent = state.refused;
    for (const result of state.rows) {
      const row = job.querySelector(`[data-row="${result.id}"]`);
      const badge = row.querySelector(".wl-badge");
      badge.textContent = result.label;
      badge.className = `wl-badge ${TONES[result.status]}`;
      row.querySelector("[data-detail]").textContent = result.detail;
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("#bulk");
    const job = document.querySelector("#bulk-job[data-progress]");
    if (form) chooseRows(form);
    document.addEventListener("undo-over", () => document.querySelector("#stopping")?.removeAttribute("hidden"));
    if (job) window.followProgress(job, (state) => showProgress(job, state));
  });
})();
