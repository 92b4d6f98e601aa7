/* The script of the forms for signing in and consent. The forms work without it, apart from the proof
 * of the browser (specs/auth.md), which it keeps in this origin's storage. */
(() => {
  const KEY = "surelist.proof"; // auth/proof.ts reads it
  const TRIED = "surelist.tried";
  const PROOF_HEADER = "X-Surelist-Proof";
  const MOST_PROOFS = 2;
  const BYTES = 32;

  const kept = () => {
    try {
      return (localStorage.getItem(KEY) ?? "").split(" ").filter(Boolean);
    } catch {
      return [];
    }
  };

  const keep = (proofs) => localStorage.setItem(KEY, proofs.slice(0, MOST_PROOFS).join(" "));

  /* The last proof of this tab whose session is not confirmed. */
  const dropTried = () => {
    const tried = sessionStorage.getItem(TRIED);
    if (tried) keep(kept().filter((one) => one !== tried));
    sessionStorage.removeItem(TRIED);
  };

  const newProof = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
    const base64 = btoa(String.fromCharCode(...bytes));
    return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };

  const startSession = () => {
    dropTried();
    const proof = newProof();
    keep([proof, ...kept()]);
    sessionStorage.setItem(TRIED, proof);
    return proof;
  };

  /* A form that is being sent is not sent again. */
  const guard = (form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.busy) {
        event.preventDefault();
        return;
      }
      const field = form.elements.namedItem("proof");
      try {
        if (form.matches("[data-starts]")) field.value = startSession();
        else if (form.matches("[data-shows]") && !field.value) field.value = kept().join(" ");
      } catch {
        event.preventDefault();
        form.querySelector("[data-problem]").textContent = form.dataset.blocked;
        return;
      }
      form.dataset.busy = "true";
      event.submitter?.setAttribute("aria-busy", "true");
    });
  };

  /* After "Back", the browser may show the page as it was left. A consent may be answered by then. */
  addEventListener("pageshow", ({ persisted }) => {
    for (const form of persisted ? document.forms : []) {
      delete form.dataset.busy;
      for (const button of form.querySelectorAll("[aria-busy]")) {
        button.removeAttribute("aria-busy");
      }
      const asked = form.elements.namedItem("oauth_query")?.value;
      if (asked) location.replace(`/consent?${asked}`);
    }
  });

  const addShow = (input) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "justify-self-start text-sm text-accent underline underline-offset-4";
    const say = () => {
      button.textContent = input.type === "password" ? "Show the password" : "Hide the password";
    };
    button.addEventListener("click", () => {
      input.type = input.type === "password" ? "text" : "password";
      say();
    });
    input.form.addEventListener("submit", () => {
      input.type = "password"; // or the browser offers it again as text
    });
    say();
    input.after(button);
  };

  /* A session that was started at another origin cannot consent. */
  const check = async (form) => {
    if (form.elements.namedItem("proof").value) return;
    const proofs = kept();
    const headers = proofs.length > 0 ? { [PROOF_HEADER]: proofs.join(" ") } : {};
    const { ok, status } = await fetch("/api/auth/token", { headers, cache: "no-store" });
    if (status === 403) location.replace(form.dataset.signIn);
    else if (ok) sessionStorage.removeItem(TRIED);
  };

  const finish = async ({ dataset }) => {
    const headers = { [PROOF_HEADER]: kept().join(" ") };
    const answer = await fetch(dataset.finish, { headers, cache: "no-store" });
    const { url } = await answer.json();
    location.replace(url ?? dataset.failed);
  };

  if (document.querySelector("[data-refused]")) {
    try {
      dropTried();
    } catch {
      // Nothing is stored.
    }
  }
  for (const form of document.forms) guard(form);
  for (const input of document.querySelectorAll("input[type=password]")) addShow(input);
  for (const form of document.querySelectorAll("form[data-shows]")) {
    check(form).catch(() => undefined);
  }
  for (const element of document.querySelectorAll("[data-finish]")) {
    finish(element).catch(() => location.replace(element.dataset.failed));
  }
  const onward = document.querySelector("[data-go-on] a");
  if (onward) location.replace(onward.href);
})();
