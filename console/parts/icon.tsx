const PATHS = {
  back: "M10 3 5 8l5 5",
  copy: "M6 6h7v7H6zM10 3.2H3.2V10",
  plus: "M8 3v10M3 8h10",
  search: "M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l3.5 3.5",
  lock: "M4 7.5h8v5.5H4zM5.6 7.5V5.4a2.4 2.4 0 0 1 4.8 0v2.1",
  moon: "M13 9.3A5.4 5.4 0 0 1 6.7 3 5.4 5.4 0 1 0 13 9.3z",
  sun: "M8 5.4a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 0 1 0-5.2zM8 1.6v1.2M8 13.2v1.2M1.6 8h1.2M13.2 8h1.2M3.5 3.5l.8.8M11.7 11.7l.8.8M12.5 3.5l-.8.8M4.3 11.7l-.8.8",
  auto: "M8 2.4a5.6 5.6 0 1 1 0 11.2A5.6 5.6 0 0 1 8 2.4zM8 2.4v11.2",
  stop: "M4 4h8v8H4z",
  retry: "M13 8a5 5 0 1 1-1.6-3.7M13 2.6v2.6h-2.6",
  terminal: "M3 4l4 4-4 4M8.5 12.4H13",
  server: "M3 3.4h10v4H3zM3 8.8h10v4H3zM5.2 5.4h.1M5.2 10.8h.1",
  download: "M8 2.6v7.2M5 7l3 3 3-3M3 13.2h10",
  next: "M6 3l5 5-5 5",
  down: "M3 6l5 5 5-5",
  share: "M8 10V2.6M5 5l3-2.6L11 5M4 8H3v5.4h10V8h-1",
  check: "M3 8.4 6.6 12 13 4.6",
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: what it stands for is said beside it, or by the button that it is in. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
