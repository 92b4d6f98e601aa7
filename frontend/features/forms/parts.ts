import { html, type Html, joined } from "@/ui/html";

const LINK = "text-accent underline underline-offset-4";

const LOOKS = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover",
  secondary: "border border-line-strong bg-surface hover:bg-hover",
};

export function heading(title: string, intro: string | null = null): Html {
  return html`<div>
    <h1 class="text-xl font-semibold">${title}</h1>
    ${intro && html`<p class="mt-1 text-sm text-muted">${intro}</p>`}
  </div>`;
}

/** A message in place of a form. */
export function message(title: string, ...paragraphs: (Html | string)[]): Html {
  return html`<div role="status">
    <h1 class="text-xl font-semibold">${title}</h1>
    ${joined(paragraphs.map((one) => html`<p class="mt-2 text-muted">${one}</p>`))}
  </div>`;
}

/** The place of an error that belongs to no field. The script writes there too. */
export function problem(words: string | null): Html {
  const look = "rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger empty:hidden";
  return html`<p role="alert" data-problem class="${look}">${words}</p>`;
}

type FieldOptions = {
  name: string;
  label: string;
  type?: "text" | "email" | "password";
  hint?: string;
  error?: string | undefined;
  /** Kept from the last attempt. A password never is. */
  value?: string;
  autocomplete: string;
  required?: boolean;
  longest: number;
  focus?: boolean;
  /** More attributes. */
  more?: Html;
};

/** A labelled input, with a hint or an error. */
export function field({
  name,
  label,
  type = "text",
  hint,
  error,
  value,
  autocomplete,
  required = false,
  longest,
  focus = false,
  more,
}: FieldOptions): Html {
  const told = error ?? hint;
  return html`<div class="grid gap-1.5">
    <label for="${name}" class="text-sm font-medium">${label}</label>
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      ${type !== "password" && html`dir="auto" value="${value}"`}
      autocomplete="${autocomplete}"
      maxlength="${longest}"
      ${required && html`required`}
      ${focus && html`autofocus`}
      ${error && html`aria-invalid="true"`}
      ${told && html`aria-describedby="${name}-told"`}
      ${more}
      class="h-10 w-full rounded-lg border border-line-strong bg-surface px-3 text-base placeholder:text-muted aria-invalid:border-danger sm:text-sm pointer-coarse:h-11"
    />
    ${told && html`<p id="${name}-told" class="text-sm ${error ? "text-danger" : "text-muted"}">${told}</p>`}
  </div>`;
}

type ButtonOptions = { look?: keyof typeof LOOKS; name?: string; value?: string };

/** A button that sends its form. */
export function button(words: string, { look = "primary", name, value }: ButtonOptions = {}): Html {
  return html`<button
    type="submit"
    ${name && html`name="${name}" value="${value}"`}
    class="inline-flex h-10 shrink-0 items-center justify-center gap-2 rounded-lg px-4 text-sm font-medium whitespace-nowrap transition-colors aria-busy:opacity-55 pointer-coarse:h-11 ${LOOKS[look]}"
  >
    ${words}
  </button>`;
}

type CheckboxOptions = {
  name: string;
  label: string;
  detail: string;
  checked: boolean;
  fixed?: boolean;
};

export function checkbox({ name, label, detail, checked, fixed = false }: CheckboxOptions): Html {
  return html`<div class="flex items-start gap-3">
    <span class="relative mt-0.5 grid size-5 shrink-0 place-items-center">
      <input
        id="${name}"
        name="${name}"
        type="checkbox"
        value="1"
        ${checked && html`checked`}
        ${fixed && html`disabled`}
        class="peer absolute inset-0 cursor-pointer appearance-none rounded-full border-[1.5px] border-line-strong transition-colors checked:border-accent checked:bg-accent enabled:hover:border-accent disabled:cursor-default disabled:opacity-70"
      />
      ${icon(TICK, 3, "pointer-events-none relative hidden size-3 text-on-accent peer-checked:block")}
    </span>
    <label for="${name}" class="text-sm">
      ${label}
      <span class="block text-muted">${detail}</span>
    </label>
  </div>`;
}

/** The field for an e-mail address. */
export function emailField(options: Pick<FieldOptions, "value" | "error" | "focus">): Html {
  return field({
    ...options,
    name: "email",
    label: "E-mail",
    type: "email",
    autocomplete: "username",
    longest: 320,
    required: true,
  });
}

/** An icon of lines, from its paths on a grid of 24 by 24. */
export function icon(paths: Html, width: number, look: string): Html {
  return html`<svg
    aria-hidden="true"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="${width}"
    stroke-linecap="round"
    stroke-linejoin="round"
    class="${look}"
  >
    ${paths}
  </svg>`;
}

export const TICK = html`<path d="M20 6 9 17l-5-5" />`;

export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`;
}

export function link(href: string, words: string | Html): Html {
  return html`<a href="${href}" class="${LINK}">${words}</a>`;
}
