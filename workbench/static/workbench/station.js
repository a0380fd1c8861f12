// The station: a scanner is a keyboard that types fast and ends with Enter, so what is typed belongs in the scan field.
(function () {
  "use strict";

  // Scanners that end with two line feeds must not answer for a person: until the page has settled, Enter in the empty
  // field does nothing.
  const SETTLES = 400;

  document.addEventListener("DOMContentLoaded", () => {
    const scan = document.getElementById("scan");
    const field = scan.querySelector("input");
    const passed = document.getElementById("passed");
    const failed = document.getElementById("failed");
    const aside = document.getElementById("aside"); // nobody announced it: Enter puts it aside
    const answer = passed || aside;
    const counters = [...document.querySelectorAll("[data-counter]")];
    let current = 0;

    const isTyped = (element) => element.matches("input, textarea, select") && element !== field;

    function markCurrent() {
      counters.forEach((counter, place) => counter.closest("li").classList.toggle("is-on", counters.length > 1 && place === current));
    }

    function count(counter, step) {
      const input = counter.querySelector("input");
      const most = Number(input.max);
      const now = input.value === "" ? most : Number(input.value);
      input.value = String(Math.min(most, Math.max(0, now + step)));
      counter.closest("li").classList.toggle("is-short", Number(input.value) < most);
    }

    counters.forEach((counter, place) => {
      count(counter, 0);
      counter.querySelectorAll("button").forEach((button) =>
        button.addEventListener("click", () => {
          current = place;
          count(counter, Number(button.dataset.step));
          markCurrent();
        })
      );
      counter.querySelector("input").addEventListener("input", () => count(counter, 0));
    });
    markCurrent();

    setTimeout(() => scan.removeAttribute("data-settles"), SETTLES);
    // It goes once, as the desk's other forms do: a second Enter while it is on its way would be refused and confuse.
    if (passed) {
      passed.addEventListener("submit", (event) => {
        if (passed.dataset.sent) event.preventDefault();
        passed.dataset.sent = "1";
      });
      window.addEventListener("pageshow", () => delete passed.dataset.sent);
    }

    scan.addEventListener("submit", (event) => {
      if (field.value.trim()) return;
      event.preventDefault();
      if (answer && !scan.hasAttribute("data-settles")) answer.requestSubmit();
    });

    const keys = {
      "+": () => counters.length && count(counters[current], 1),
      "-": () => counters.length && count(counters[current], -1),
      ArrowDown: () => (current = Math.min(counters.length - 1, current + 1)),
      ArrowUp: () => (current = Math.max(0, current - 1)),
      F2: () => {
        if (!failed) return;
        failed.open = true;
        reason.focus();
      },
      F6: () => (location.href = `${scan.action}?unreadable=1`),
      Escape: () => (location.href = scan.action),
    };

    // What is usually wrong: by a touch, or by its digit while nothing is written yet.
    const usual = [...document.querySelectorAll("[data-fill]")];
    const reason = failed && failed.querySelector("[name=note]");
    const fill = (button) => {
      reason.value = button.dataset.fill;
      reason.focus();
    };
    usual.forEach((button) => button.addEventListener("click", () => fill(button)));
    if (reason) {
      reason.addEventListener("keydown", (event) => {
        const button = /^[1-9]$/.test(event.key) && !reason.value && usual[Number(event.key) - 1];
        if (!button) return;
        event.preventDefault();
        fill(button);
      });
    }

    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
      const target = event.target;
      if (event.key === "Escape" && (isTyped(target) || field.value)) {
        event.preventDefault();
        field.value = "";
        field.focus();
        return;
      }
      if (isTyped(target)) return;
      if (keys[event.key] && !field.value) {
        event.preventDefault();
        keys[event.key]();
        markCurrent();
        return;
      }
      // Whatever else has the focus: a number that is scanned now goes into the field.
      if (event.key.length === 1 && target !== field) field.focus();
    });

    // On a phone the keyboard would hide the answers: there it opens by a touch on the field.
    const isTouched = matchMedia("(pointer: coarse)").matches;
    const isUnreadable = aside && !aside.querySelector("[name=number]").value;
    if (failed && failed.open) reason.focus();
    else if (isUnreadable) aside.querySelector("[name=phone_end]").focus();
    else if (isTouched && passed) field.blur();
    else field.focus();
  });
})();
