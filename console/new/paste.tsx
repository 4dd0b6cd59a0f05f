import { useRef, useState } from "preact/hooks";
import { useFormReader } from "../words/form-reader.ts";
import { BadLines } from "./bad-lines.tsx";
import { readDropped } from "./dropped.ts";
import type { Form } from "./form.ts";
import { UrlBox } from "./url-box.tsx";
import type { UrlLines } from "./url-lines.ts";

interface PasteProps {
  readonly form: Form;
  readonly onForm: (change: Partial<Form>) => void;
  readonly lines: UrlLines;
}

/** Typed, pasted, chosen as files or dropped. */
export function Paste({ form, onForm, lines }: PasteProps) {
  const { say } = useFormReader();
  const [isOver, setOver] = useState(false);
  const [told, setTold] = useState("");
  const picker = useRef<HTMLInputElement>(null);
  const read = async (files: Iterable<File>) => {
    let now = form;
    for (const file of files) {
      const dropped = readDropped(file.name, await file.text(), now);
      if ("nothing" in dropped) setTold(say("fileNothing", { file: file.name }));
      else {
        setTold(say("fileRead", { file: file.name }));
        now = "form" in dropped ? dropped.form : { ...now, urls: joined(now.urls, dropped.lines) };
      }
    }
    onForm(now);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void read(event.dataTransfer?.files ?? []);
  };
  const bad = new Set(lines.bad.map(({ line }) => line));
  const dropBad = () =>
    onForm({
      urls: form.urls
        .split(/\r?\n/)
        .filter((_, i) => !bad.has(i + 1))
        .join("\n"),
    });
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button below does the same without a mouse */}
      <div
        class={isOver ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <UrlBox text={form.urls} lines={lines} onText={(urls) => onForm({ urls })} />
      </div>
      <div class="row small">
        <button type="button" class="button plain" onClick={() => picker.current?.click()}>
          {say("chooseFile")}
        </button>
        <span class="quiet" aria-live="polite">
          {told || say("dropHint")}
        </span>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          accept=".txt,.csv,.json,text/plain,text/csv,application/json"
          onChange={({ currentTarget }) => {
            void read([...(currentTarget.files ?? [])]);
            currentTarget.value = "";
          }}
        />
      </div>
      <BadLines bad={lines.bad} onDrop={dropBad} />
    </>
  );
}

function joined(urls: string, lines: readonly string[]): string {
  const before = urls.replace(/\s+$/, "");
  return before === "" ? lines.join("\n") : `${before}\n${lines.join("\n")}`;
}
