import { BAD_SHAPES, type Form } from "./forms.ts";

/** Decoration: the word stands beside it. */
export function Shape({ form }: { readonly form: Form }) {
  return (
    <svg class={`shape ${form}`} viewBox="0 0 12 12" aria-hidden="true">
      {drawing(form)}
    </svg>
  );
}

function drawing(form: Form) {
  switch (form) {
    case "warm":
      return <circle cx="6" cy="6" r="5" />;
    case "hit":
      return (
        <>
          <circle class="line" cx="6" cy="6" r="4.6" />
          <path class="full" d="M6 1.4a4.6 4.6 0 0 1 0 9.2z" />
        </>
      );
    case "regional":
      return (
        <>
          <circle class="line" cx="6" cy="6" r="4.6" />
          <circle class="full" cx="6" cy="6" r="1.8" />
        </>
      );
    case "done":
      return <circle class="line" cx="6" cy="6" r="4.4" />;
    case "not_kept":
      return <path class="full" d={BAD_SHAPES.not_kept} />;
    case "failed":
      return <path class="line" d={BAD_SHAPES.failed} />;
    case "under_way":
      return <path class="line" d="M6 1.5A4.5 4.5 0 1 1 1.5 6" />;
    case "waiting":
      return <circle class="full" cx="6" cy="6" r="1.6" />;
    case "stopped":
      return <rect class="full" x="1.5" y="1.5" width="9" height="9" rx="1.5" />;
    case "timed_out":
      return <path class="line" d="M6 1.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6zM6 3.6V6l1.8 1.4" />;
  }
}
