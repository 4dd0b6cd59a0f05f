/** The mark and the name. */
export function Brand() {
  return (
    <span class="brand">
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <path d="M10 1.8a8.2 8.2 0 1 1-7.6 5.1" fill="none" stroke-width="2.4" stroke-linecap="round" />
        <circle cx="10" cy="10" r="3.6" stroke="none" />
      </svg>
      Prewarm
    </span>
  );
}
