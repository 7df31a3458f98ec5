/* A button with data-passkey asks the browser for a passkey, puts the answer in its form and sends it.
   What to ask stands in the page (data-options names the element), or is fetched from where the form goes. */
(() => {
  "use strict";

  const told = async (button) => {
    if (button.dataset.options) return JSON.parse(document.getElementById(button.dataset.options).textContent);
    const answer = await fetch(button.form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("no answer");
    return answer.json();
  };

  const ask = async (button) => {
    const data = await told(button);
    if (button.dataset.passkey === "use") return window.webauthnJSON.get(data.request_options);
    const wanted = data.creation_options;
    Object.assign(wanted.publicKey.authenticatorSelection, {
      residentKey: "preferred",
      requireResidentKey: false,
      userVerification: "preferred",
    });
    return window.webauthnJSON.create(wanted);
  };

  for (const button of document.querySelectorAll("[data-passkey]")) {
    const failed = button.form.querySelector("[data-told]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      failed.hidden = true;
      try {
        button.form.elements.credential.value = JSON.stringify(await ask(button));
        button.form.submit();
      } catch {
        failed.hidden = false;
      }
    });
  }
})();
