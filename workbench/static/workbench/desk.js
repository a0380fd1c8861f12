// Countdowns, character counters, finding, chips, the product picker, filters that submit themselves, rows that are links, forms that are sent once.
(function () {
  "use strict";

  function fill(words, numbers) {
    return words.replace(/%\((\w+)\)d/g, (_, name) => numbers[name]);
  }

  // The server's clock counts: a browser that is five minutes off still shows the right time left.
  let skew = 0;

  function tick() {
    const now = Date.now() + skew;
    for (const clock of document.querySelectorAll(".wl-countdown")) {
      const left = Date.parse(clock.dateTime) - now;
      const minutes = Math.max(0, Math.floor(left / 60000));
      clock.classList.toggle("is-over", left <= 0);
      clock.classList.toggle("is-soon", left > 0 && left < 7200000);
      if (left <= 0) clock.textContent = clock.dataset.over;
      else if (minutes >= 4320) clock.textContent = fill(clock.dataset.days, { d: Math.floor(minutes / 1440), h: Math.floor((minutes % 1440) / 60) });
      else clock.textContent = fill(clock.dataset.hours, { h: Math.floor(minutes / 60), min: minutes % 60 });
    }
  }

  // Characters as people see them: an emoji, a flag or a family counts as one, as on the server.
  function graphemes(text) {
    if (!window.Intl || !Intl.Segmenter) return Array.from(text).length;
    return Array.from(new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)).length;
  }

  function countCharacters(input) {
    const most = Number(input.dataset.count);
    const counter = document.createElement("output");
    counter.className = "wl-counter";
    input.insertAdjacentElement("afterend", counter);
    const show = () => {
      const used = input.dataset.graphemes ? graphemes(input.value) : Array.from(input.value).length;
      counter.textContent = `${used} / ${most}`;
      counter.classList.toggle("is-over", used > most);
      input.setCustomValidity(used > most ? counter.textContent : "");
    };
    input.addEventListener("input", show);
    show();
  }

  function sendOnce(form) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
    });
  }

  // A chip fills the field that it names; people may edit it afterwards.
  function fillIn(id, value) {
    const field = document.getElementById(id);
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    return field;
  }

  // The product picker: search the warehouse, pick one, its item id is in the field. Answers that come late are dropped.
  function pickProducts(picker) {
    const search = picker.querySelector("input"), found = picker.querySelector(".wl-found");
    let waiting = 0, asked = 0;
    const mark = () => {
      const chosen = document.getElementById(picker.dataset.target).value.trim();
      found.querySelectorAll(".wl-product").forEach((product) => product.setAttribute("aria-pressed", product.value === chosen));
    };
    const ask = async () => {
      const mine = ++asked;
      const answer = await fetch(`${picker.dataset.picker}?${new URLSearchParams({ q: search.value, method: picker.dataset.method })}`, { credentials: "same-origin" });
      if (mine !== asked || !answer.ok) return;
      found.innerHTML = await answer.text();
      mark();
    };
    picker.hidden = false;
    search.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 250);
    });
    search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    search.addEventListener("focus", () => found.innerHTML || ask());
    document.getElementById(picker.dataset.target).addEventListener("input", mark);
    found.addEventListener("click", (event) => {
      const product = event.target.closest(".wl-product");
      if (product) fillIn(picker.dataset.target, product.value);
    });
  }

  // The browser's own words for a file field are in its own language; the theme's script writes names into a field of its own.
  function namesFiles(input) {
    const shown = input.previousElementSibling;
    const show = () => (shown.textContent = [...input.files].map((file) => file.name).join(", ") || shown.dataset.none);
    input.hasChangeListener = true;
    input.addEventListener("change", show);
    window.addEventListener("pageshow", show);
    show();
  }

  // What is shown once is copied by a button; without the permission to copy it is marked, for the keyboard.
  function copies(button) {
    const source = document.getElementById(button.dataset.copy), label = button.textContent;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = button.dataset.copied;
        setTimeout(() => (button.textContent = label), 2000);
      } catch {
        getSelection().selectAllChildren(source);
      }
    });
  }

  // Ctrl+K: find from everywhere. Without a script its form opens the same results as a page.
  function finds(dialog) {
    const input = dialog.querySelector("input"), found = dialog.querySelector("[data-hits]");
    let waiting = 0, asked = 0, answered = "";
    const links = () => [...found.querySelectorAll("a")];
    const open = () => {
      if (!dialog.open) dialog.showModal();
      input.select();
    };
    const ask = async () => {
      const mine = ++asked, term = input.value;
      const answer = await fetch(`${dialog.dataset.find}?${new URLSearchParams({ s: term, part: 1 })}`, { credentials: "same-origin" });
      if (mine !== asked || !answer.ok) return;
      found.innerHTML = await answer.text();
      answered = term;
    };
    const step = (by) => {
      const stops = [input, ...links()];
      stops[(stops.indexOf(document.activeElement) + by + stops.length) % stops.length].focus();
    };
    document.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || document.querySelector("dialog[open]:not(.wl-find)")) return;
      event.preventDefault();
      open();
    });
    document.querySelectorAll("[data-opens-find]").forEach((button) => button.addEventListener("click", open));
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 250);
    });
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    });
    // Enter opens the first thing found; while the answer is still under way, the page of all that is found.
    dialog.querySelector("form").addEventListener("submit", (event) => {
      const [first] = links();
      if (!first || answered !== input.value) return;
      event.preventDefault();
      location.href = first.href;
    });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }

  // An interruption: the rest of the page is out of reach until its cause is gone, for the mouse, the keyboard and readers.
  function block(dialog) {
    const show = () => {
      dialog.removeAttribute("open");
      dialog.showModal();
    };
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("close", show);
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Escape") return event.preventDefault();
      if (event.key !== "Tab") return;
      const stops = [...dialog.querySelectorAll("a[href], button")];
      const next = (stops.indexOf(document.activeElement) + (event.shiftKey ? -1 : 1) + stops.length) % stops.length;
      event.preventDefault();
      stops[next].focus();
    });
    show();
  }

  // The theme hides the page until its script runs; if the browser draws it before, it gives up on `autofocus`.
  function focusFirst() {
    const first = document.querySelector("[autofocus]");
    if (first && document.activeElement === document.body) first.focus();
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-blocking]").forEach(block);
    focusFirst();
    document.querySelectorAll("[data-find]").forEach(finds);
    const clock = document.querySelector(".wl-countdown");
    if (clock) {
      skew = Date.parse(clock.dataset.now) - Date.now();
      setInterval(tick, 10000);
    }
    document.querySelectorAll("[data-count]").forEach(countCharacters);
    document.querySelectorAll("[data-fill]").forEach((chip) => chip.addEventListener("click", () => fillIn(chip.dataset.fill, chip.value).focus()));
    document.querySelectorAll("[data-copy]").forEach(copies);
    document.querySelectorAll(".wl-file input").forEach(namesFiles);
    document.querySelectorAll("[data-picker]").forEach(pickProducts);
    // The strip of tabs may be longer than the page.
    document.querySelectorAll(".wl-tabs .is-on").forEach((tab) => (tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 40));
    document.querySelectorAll(".wl-thread").forEach((thread) => (thread.scrollTop = thread.scrollHeight));
    document.querySelectorAll(".wl-form").forEach((form) => form.tagName === "FORM" && sendOnce(form));
    document.querySelectorAll("[data-submit]").forEach((field) => field.addEventListener("change", () => field.form.requestSubmit()));
    document.querySelectorAll("[data-href]").forEach((row) =>
      row.addEventListener("click", (event) => {
        if (!event.target.closest("a, button") && !String(getSelection())) location.href = row.dataset.href;
      })
    );
    document.addEventListener("click", (event) => {
      document.querySelectorAll("details.wl-switcher[open]").forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open"));
    });
  });

  // Coming back with the browser's back button: the form may be sent again.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
})();
