// What was typed into a form of the desk outlives the end of a session and the browser's back button.
//
// Drafts stay in this tab (sessionStorage), hold no password, file or hidden field and no tick that means consent, belong
// to one user, and are gone once their form was accepted, after two hours, or with signing out.
(function () {
  "use strict";

  const PREFIX = "draft:", LASTS = 2 * 3600 * 1000;
  const FORMS = "form.wl-form[method=post]";
  let user = "";

  const addressOf = (form) => new URL(form.getAttribute("action") || location.href, location.href);
  const keyOf = (form) => PREFIX + addressOf(form).pathname + addressOf(form).search;
  const keys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  const forget = () => keys().forEach((key) => sessionStorage.removeItem(key));
  const read = (key) => JSON.parse(sessionStorage.getItem(key) || "null");
  const write = (key, draft) => sessionStorage.setItem(key, JSON.stringify(draft));
  const update = (key, fields) => write(key, { ...read(key), ...fields });

  function fieldsOf(form) {
    const left_out = ["hidden", "password", "file", "submit", "button"];
    return [...form.elements].filter((field) => field.name && !left_out.includes(field.type) && !(field.type === "checkbox" && field.required));
  }

  const isTicked = (field) => field.type === "checkbox" || field.type === "radio";

  function valuesOf(form) {
    return fieldsOf(form)
      .filter((field) => !isTicked(field) || field.checked)
      .map((field) => [field.name, field.value]);
  }

  function restore(form, draft, words) {
    if (JSON.stringify(valuesOf(form)) === JSON.stringify(draft.values)) return;
    for (const field of fieldsOf(form)) {
      const values = draft.values.filter(([name]) => name === field.name).map(([, value]) => value);
      if (isTicked(field)) field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const note = document.createElement("p"), again = document.createElement("a");
    note.className = "wl-restored";
    note.setAttribute("role", "status");
    note.textContent = `${words.restored} `;
    again.href = location.href;
    again.textContent = words.discard;
    again.addEventListener("click", () => sessionStorage.removeItem(keyOf(form)));
    note.append(again);
    (form.querySelector("header") || form).insertAdjacentElement(form.querySelector("header") ? "afterend" : "afterbegin", note);
  }

  // What became of the form since it was typed into: kept (its session ended, or somebody went back), still being
  // looked at or corrected, or done with.
  function judge(form, words, isBack) {
    const key = keyOf(form), draft = read(key);
    if (!draft) return;
    if (draft.user !== user || Date.now() - draft.at > LASTS) return sessionStorage.removeItem(key);
    if (!fieldsOf(form).length) return update(key, { kept: false }); // the look at what would happen
    if (form.querySelector(".has-errors, .wl-error")) return update(key, { kept: false });
    if (draft.kept || isBack) {
      restore(form, draft, words);
      return update(key, { kept: false });
    }
    sessionStorage.removeItem(key);
  }

  function keep(form) {
    const note = () => write(keyOf(form), { user, at: Date.now(), values: valuesOf(form), kept: false });
    form.addEventListener("input", note);
    form.addEventListener("change", note);
  }

  document.addEventListener("DOMContentLoaded", () => {
    const desk = document.querySelector("[data-drafts-of]"), ended = document.querySelector("#session-ended");
    if (ended) {
      keys().forEach((key) => update(key, { kept: true }));
      ended.hidden = !keys().length;
    }
    if (!desk) return;
    user = desk.dataset.draftsOf;
    const [navigation] = performance.getEntriesByType("navigation");
    const forms = [...document.querySelectorAll(FORMS)];
    const here = new Set(forms.map(keyOf));
    forms.forEach((form) => judge(form, desk.dataset, navigation && navigation.type === "back_forward"));
    keys().forEach((key) => here.has(key) || read(key).kept || sessionStorage.removeItem(key));
    forms.forEach(keep);
    document.addEventListener("submit", (event) => addressOf(event.target).pathname.endsWith("/logout/") && forget());
  });
})();
