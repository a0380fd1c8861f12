// The keyboard: what is frequent has a key. `data-key` names that of a link or a button, which is pressed as a click would.
(function () {
  "use strict";

  const FIELDS = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";
  const ROWS = "#result_list tbody tr[data-href]";

  const OFF = "wanliu-keys-off";  // who dictates, or uses keys of a program's own, may switch single keys off

  const isOff = () => Boolean(localStorage.getItem(OFF));
  const isShown = (each) => !each.disabled && each.getClientRects().length > 0;
  const linkOf = (row) => row.querySelector("th a");
  const rowInHand = () => document.activeElement && document.activeElement.closest(ROWS);

  function move(step) {
    const rows = [...document.querySelectorAll(ROWS)];
    const place = rows.indexOf(rowInHand());
    const next = rows[place < 0 ? (step > 0 ? 0 : rows.length - 1) : place + step];
    if (!next) return;
    linkOf(next).focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function search() {
    const line = document.querySelector("#content-main .wl-search input");
    const opener = document.querySelector("[data-opens-find]");
    if (line) line.select();
    else if (opener) opener.click();
  }

  const KEYS = {
    j: () => move(1),
    k: () => move(-1),
    o: () => rowInHand() && linkOf(rowInHand()).click(),
    x: () => {
      const box = rowInHand() && rowInHand().querySelector("input[type=checkbox]");
      if (box) box.click();
    },
    "/": search,
    "?": showKeys,
  };

  // What the page has no use for now isn't listed; what has a key of its own is, in the page's words.
  function showKeys() {
    const list = document.querySelector("#keys");
    if (!list) return;
    list.querySelectorAll("[data-of]").forEach((row) => (row.hidden = !document.querySelector(row.dataset.of)));
    list.querySelector("[data-keys-on]").checked = !isOff();
    list.querySelector("[data-own]").replaceChildren(
      ...[...document.querySelectorAll("[data-key]")].filter(isShown).map((each) => {
        const row = document.createElement("div"), key = document.createElement("dt"), words = document.createElement("dd");
        key.append(Object.assign(document.createElement("kbd"), { textContent: each.dataset.key }));
        words.textContent = each.dataset.keyWords || each.lastChild.textContent.trim();
        row.append(key, words);
        return row;
      })
    );
    list.showModal();
  }

  // Ctrl+Enter sends the form that one is in, or the only one that the page is about.
  function send(event) {
    const form = document.activeElement.closest("form[method=post]") || (document.querySelector("#confirm") || {}).form;
    const button = form && form.querySelector("#confirm, .wl-actions button:not([type=button])");
    if (!button || button.disabled) return;
    event.preventDefault();
    form.requestSubmit(button);
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat && !"jk".includes(event.key)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return send(event);
    if (event.ctrlKey || event.metaKey || event.altKey || isOff() || event.target.closest(FIELDS)) return;
    const own = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)].find(isShown);
    if (!own && !Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    if (own) own.click();
    else KEYS[event.key]();
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-keys-on]").forEach((box) =>
      box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")))
    );
    document.querySelectorAll("[data-opens-keys]").forEach((button) => button.addEventListener("click", showKeys));
  });
})();
