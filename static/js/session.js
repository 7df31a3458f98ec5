/* Two minutes before a sign-in ends by itself, say so, with a button that lets it go on.
   The page says how long there is; without this script the sign-in ends just the same, and nothing typed is lost. */
(() => {
  "use strict";

  const notice = document.getElementById("session-notice");
  if (!notice) return;
  const WARN = 120;
  const idle = Number(notice.dataset.idle);
  const longest = Date.now() + Number(notice.dataset.longest) * 1000; // after this no button helps
  const keep = notice.querySelector("button");
  let timers = [];

  const say = (name) => {
    notice.querySelectorAll("[data-say]").forEach((one) => { one.hidden = one.dataset.say !== name; });
    keep.hidden = name !== "soon";
    notice.hidden = false;
  };

  const start = () => {
    timers.forEach(clearTimeout);
    notice.hidden = true;
    const left = Math.min(idle * 1000, longest - Date.now());
    const isLast = left < idle * 1000;
    timers = [
      setTimeout(() => say(isLast ? "last" : "soon"), Math.max(left - WARN * 1000, 0)),
      setTimeout(() => say("over"), left),
    ];
  };

  keep.addEventListener("click", async () => {
    try {
      const answer = await fetch(notice.dataset.keep, { credentials: "same-origin", cache: "no-store" });
      if (answer.ok && !answer.redirected) start();
      else say("over");
    } catch {
      say("unsure"); // no connection: what is typed stays, and may be tried again
      keep.hidden = false;
    }
  });
  /* What the page itself asks of the server keeps the sign-in alive too, unless it says that nobody asked for it. */
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && !("X-Background" in (event.detail.requestConfig?.headers ?? {}))) start();
  });
  start();
})();
