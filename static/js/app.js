/* Small helps on top of pages that work without them.
   Everything hangs on data- attributes; nothing is evaluated. All that is kept in the browser: "keys off". */
(() => {
  "use strict";

  const button = (label, css) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = css;
    made.textContent = label;
    return made;
  };

  /* A date field's quick buttons: [data-dates='[["Vandaag", "22-11-2026"], …]'], told by the server's calendar. */
  const addDateButtons = (field) => {
    const row = field.closest(".date-row");
    if (!row || row.querySelector("button")) return;
    for (const [label, value] of JSON.parse(field.dataset.dates)) {
      const choose = button(label, "btn btn-outline-primary btn-sm");
      choose.addEventListener("click", () => {
        field.value = value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.dispatchEvent(new Event("change", { bubbles: true }));
      });
      row.append(choose);
    }
  };

  /* A link in the error summary brings the field into view with its label, and the cursor in it. */
  const followErrorLink = (event) => {
    const link = event.target.closest(".error-summary a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.closest("details:not([open])")?.setAttribute("open", "");
    (field.closest(".field") || field).scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  };

  /* Text that is typed and not yet saved: ask before the page is left. Only forms with data-guard. */
  const unsaved = new Set();
  const guard = (form) => {
    if (form.dataset.guarded) return;
    form.dataset.guarded = "yes";
    if (form.querySelector("[aria-invalid=true]")) unsaved.add(form);
    form.addEventListener("input", () => unsaved.add(form));
    form.addEventListener("submit", () => unsaved.clear());
  };
  window.addEventListener("beforeunload", (event) => {
    if ([...unsaved].some((form) => form.isConnected)) event.preventDefault();
  });
  /* Who keeps a draft on the server says so: form.dispatchEvent(new Event("saved")). */
  document.addEventListener("saved", (event) => unsaved.delete(event.target), true);

  /* <button data-copy="#id" data-copied="Gekopieerd" hidden>: puts a text area's text on the clipboard. */
  const copy = async (control) => {
    const source = document.querySelector(control.dataset.copy);
    const label = control.textContent;
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
      control.textContent = control.dataset.copied || label;
      setTimeout(() => { control.textContent = label; }, 4000);
    } catch {
      source.focus();
      source.select?.();
    }
  };

  /* A child walks up to the desk: F8, or the button in the menu, covers the screen. */
  const cover = document.getElementById("cover");
  const title = document.title;
  const hide = () => {
    if (cover.open) return;
    document.title = "Zorgvuldig";
    cover.showModal();
  };
  cover?.addEventListener("close", () => { document.title = title; });

  /* Who speaks to the computer, or has an unsteady hand, can switch single-letter keys off (WCAG 2.1.4). */
  const keysAreOff = () => localStorage.getItem("keys") === "off";
  const tellKeys = (control) => {
    control.textContent = keysAreOff() ? control.dataset.keysOff : control.dataset.keysOn;
  };
  const switchKeys = (control) => {
    if (keysAreOff()) localStorage.removeItem("keys");
    else localStorage.setItem("keys", "off");
    tellKeys(control);
  };

  /* Keys, only outside a field: an element with data-key="/" is focused when it's a field, else followed. */
  const followKey = (event) => {
    if (event.key === "F8" && cover) {
      event.preventDefault();
      if (cover.open) cover.close();
      else hide();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || cover?.open || keysAreOff()) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const found = [...document.querySelectorAll("[data-key]")].find(
      (one) => one.dataset.key === event.key && one.offsetParent !== null,
    );
    if (!found) return;
    event.preventDefault();
    if (found.matches("input, textarea, select")) found.focus();
    else found.click();
  };

  /* The menus in the head close on Escape and on a click elsewhere. */
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== except) menu.removeAttribute("open");
    }
  };

  /* Buttons that only work with this script are hidden until it runs. */
  const deeds = "[data-copy], [data-print], [data-cover], [data-keys-on]";
  const enliven = (root) => {
    root.querySelectorAll("[data-dates]").forEach(addDateButtons);
    root.querySelectorAll("form[data-guard]").forEach(guard);
    root.querySelectorAll("[data-keys-on]").forEach(tellKeys);
    root.querySelectorAll(deeds).forEach((one) => { one.hidden = false; });
    root.querySelector(".error-summary")?.focus();
  };

  document.addEventListener("click", (event) => {
    followErrorLink(event);
    closeMenus(event.target.closest("details.menu"));
    const control = event.target.closest(deeds);
    if (!control) return;
    if ("copy" in control.dataset) copy(control);
    else if ("print" in control.dataset) window.print();
    else if ("keysOn" in control.dataset) switchKeys(control);
    else hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const open = document.querySelector("details.menu[open]");
      closeMenus(null);
      if (open?.contains(document.activeElement)) open.querySelector("summary").focus();
    }
    followKey(event);
  });
  document.addEventListener("htmx:load", (event) => {
    if (event.target !== document.body) enliven(event.target);
  });
  enliven(document);
})();
