import type { FormTextName } from "../words/form-reader.ts";
import { useFormReader } from "../words/form-reader.ts";
import type { Tool } from "./use-map-pointer.ts";

const DRAWINGS = {
  move: "M8 1.8v12.4M1.8 8h12.4M6 3.6l2-2 2 2M6 12.4l2 2 2-2M3.6 6l-2 2 2 2M12.4 6l2 2-2 2",
  lasso: "M8 2.4c3.4 0 6 1.7 6 4s-2.6 4-6 4-6-1.7-6-4 2.6-4 6-4M5.4 9.8c1.8.4 1.6 2.6-.4 3.8",
  larger: "M8 3v10M3 8h10",
  smaller: "M3 8h10",
} as const;

interface MapToolsProps {
  readonly tool: Tool;
  readonly onTool: (tool: Tool) => void;
  readonly onLarger: () => void;
  readonly onSmaller: () => void;
}

export function MapTools({ tool, onTool, onLarger, onSmaller }: MapToolsProps) {
  return (
    <div class="map-tools">
      <ToolButton drawing="move" label="mapMove" isOn={tool === "move"} onPress={() => onTool("move")} />
      <ToolButton drawing="lasso" label="mapLasso" isOn={tool === "lasso"} onPress={() => onTool("lasso")} />
      <ToolButton drawing="larger" label="mapLarger" onPress={onLarger} />
      <ToolButton drawing="smaller" label="mapSmaller" onPress={onSmaller} />
    </div>
  );
}

interface ToolButtonProps {
  readonly drawing: keyof typeof DRAWINGS;
  readonly label: FormTextName;
  readonly isOn?: boolean;
  readonly onPress: () => void;
}

function ToolButton({ drawing, label, isOn, onPress }: ToolButtonProps) {
  const { say } = useFormReader();
  return (
    <button
      type="button"
      class="button"
      aria-label={say(label)}
      title={say(label)}
      {...(isOn === undefined ? {} : { "aria-pressed": isOn })}
      onClick={onPress}
    >
      <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
        <path d={DRAWINGS[drawing]} />
      </svg>
    </button>
  );
}
