// Choosing orders in the shipping queue, and scanning tracking numbers.
(function () {
  "use strict";

  function chooseRows(form) {
    const boxes = [...document.querySelectorAll('input[name="order"][form="orders-bulk"]')];
    const all = document.querySelector("[data-all]");
    const output = form.querySelector("output");
    const ofTicked = form.querySelectorAll("[data-needs-choice]");
    const ofEverything = form.querySelector("[name=everything]");
    const show = () => {
      const chosen = boxes.filter((box) => box.checked).length;
      output.textContent = chosen ? output.dataset.chosen.replace("%(n)d", chosen) : output.dataset.none;
      form.hidden = !chosen && !ofEverything;
      ofTicked.forEach((button) => (button.disabled = !chosen));
      form.classList.toggle("has-choice", chosen > 0);
      all.checked = chosen > 0 && chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    };
    // The row itself is a link; a click beside the box must not follow it.
    document.querySelectorAll(".cell-pick").forEach((cell) => cell.addEventListener("click", (event) => event.stopPropagation()));
    boxes.forEach((box) => box.addEventListener("change", show));
    all.hidden = !boxes.length;
    all.addEventListener("change", () => {
      boxes.forEach((box) => (box.checked = all.checked));
      show();
    });
    window.addEventListener("pageshow", show);
    if (location.hash === "#delay") boxes.forEach((box) => (box.checked = true)); // who comes to report a delay means them all
    show();
  }

  // A scanner types the number and presses Enter: the cursor waits where it is needed.
  function readyToScan(form) {
    const carrier = form.querySelector("[name=carrier]");
    const number = form.querySelector("[name=tracking_number]");
    (carrier.value ? number : carrier).focus();
  }

  document.addEventListener("DOMContentLoaded", () => {
    const bulk = document.querySelector("#orders-bulk");
    const one = document.querySelector("#ship-one");
    if (bulk) chooseRows(bulk);
    if (one) readyToScan(one);
  });
})();
