// Photographs: each file that is chosen is sent at once, one after the other, with a bar; the page stays as it is.
// The answer is the page again: its part with the photographs takes the place of the present one.
(function () {
  "use strict";

  function begin(form) {
    const list = form.querySelector(".wl-sending");
    form.querySelector("[data-plain]").hidden = true;
    form.querySelectorAll("input[type=file]").forEach((input) => {
      input.hasChangeListener = true; // the theme's own looks for a line of text to write the name into
      input.addEventListener("change", async () => {
        const files = [...input.files];
        const lines = files.map((file) => line(list, `${form.dataset.photos} ${file.name}`));
        let newest = null;
        for (const [place, file] of files.entries()) {
          const answer = await send(form, input.name, file, (share) => (lines[place].bar.value = share));
          const page = answer && new DOMParser().parseFromString(answer, "text/html");
          const part = page && page.getElementById("photos");
          const fault = !part || part.querySelector(".wl-field-error");
          if (fault) say(lines[place], file, part ? fault.textContent.trim() : form.dataset.failed);
          else {
            lines[place].item.remove();
            newest = part;
          }
        }
        input.value = "";
        if (newest) take(form, newest);
      });
    });
  }

  function line(list, text) {
    const item = document.createElement("li");
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", text);
    item.append(text, bar);
    list.append(item);
    return { item, bar };
  }

  function say({ item }, file, text) {
    item.textContent = `${file.name}: ${text}`;
    item.className = "wl-field-error";
    item.setAttribute("role", "alert");
  }

  function send(form, name, file, tell) {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.append(name, file);
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.upload.addEventListener("progress", (event) => event.lengthComputable && tell(event.loaded / event.total));
      request.addEventListener("load", () => done(request.status === 200 ? request.responseText : null));
      request.addEventListener("error", () => done(null));
      request.send(data);
    });
  }

  // The faults of this form stay to be read beside what has arrived.
  function take(form, part) {
    const faults = [...form.querySelectorAll(".wl-sending .wl-field-error")];
    document.getElementById("photos").replaceWith(document.importNode(part, true));
    const fresh = document.querySelector("#photos form[data-photos]");
    if (!fresh) return;
    fresh.querySelector(".wl-sending").append(...faults);
    begin(fresh);
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form[data-photos]").forEach(begin);
    document.addEventListener("keydown", (event) => {
      const camera = document.querySelector("[data-camera]");
      if (event.key !== "F4" || !camera || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      camera.click();
    });
  });
})();
