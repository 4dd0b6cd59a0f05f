import { Icon } from "../parts/icon.tsx";
import { useReader } from "../session/reader.ts";
import { FILE_NAME } from "./curl.ts";

/** Saves the body as a file: dropped on the form again, it fills it. */
export function SaveButton({ json }: { readonly json: string }) {
  const { say } = useReader();
  const save = () => {
    const url = URL.createObjectURL(new Blob([json], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = FILE_NAME;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <button type="button" class="button" aria-label={say("saveJson")} title={say("saveJson")} onClick={save}>
      <Icon name="download" />
    </button>
  );
}
