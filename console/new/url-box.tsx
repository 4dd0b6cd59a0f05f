import { useId, useRef, useState } from "preact/hooks";
import { useFormReader } from "../words/form-reader.ts";
import type { UrlLines } from "./url-lines.ts";

const LINE = 19;
const PAD = 7;
const MAX_HEIGHT = 8 * LINE + 2 * PAD;
const MIN_HEIGHT = 6 * LINE + 2 * PAD;
/** Width of a digit, and the gutter's edges. */
const DIGIT = 6.7;
const EDGES = 18;

interface UrlBoxProps {
  readonly text: string;
  readonly lines: UrlLines;
  readonly onText: (text: string) => void;
}

/** A URL a line, with the lines' numbers beside them; those that are no URLs are marked. */
export function UrlBox({ text, lines, onText }: UrlBoxProps) {
  const { say } = useFormReader();
  const id = useId();
  const [top, setTop] = useState(0);
  const box = useRef<HTMLTextAreaElement>(null);
  const height = Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, (lines.lines + 1) * LINE + 2 * PAD));
  const bad = new Set(lines.bad.map(({ line }) => line));
  const first = Math.floor(top / LINE);
  const shown = Array.from(
    { length: Math.min(lines.lines - first, Math.ceil(height / LINE) + 1) },
    (_, i) => first + i + 1,
  );
  const gutter = Math.max(2, String(lines.lines).length) * DIGIT + EDGES;
  return (
    <div class="url-box">
      <svg class="gutter" width={gutter} height={height} aria-hidden="true">
        {shown.map((line) => (
          <g key={line} class={bad.has(line) ? "bad" : ""}>
            {bad.has(line) ? <rect width={gutter} y={(line - 1) * LINE + PAD - top} height={LINE} /> : null}
            <text x={gutter - 9} y={line * LINE + PAD - top - 5} text-anchor="end">
              {line}
            </text>
          </g>
        ))}
      </svg>
      <textarea
        ref={box}
        id={id}
        class="mono"
        rows={Math.round((height - 2 * PAD) / LINE)}
        wrap="off"
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        aria-label={say("urlsLabel")}
        placeholder={say("urlsHint")}
        aria-invalid={bad.size > 0}
        value={text}
        onInput={({ currentTarget }) => onText(currentTarget.value)}
        onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
      />
    </div>
  );
}
