import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { workflowsQuery } from "@/api/queries";
import { useWords } from "@/i18n";
import { useHelp } from "@/i18n/help";
import { Checkbox, SelectField, TextArea, TextField } from "@/ui/Field";
import { ProblemNote } from "@/ui/ProblemNote";
import { SchemaForm, withValue } from "@/ui/schema-form/SchemaForm";
import type { SlotFile } from "@/ui/work/Slot";
import { materialsQuery, whyNot } from "./api";
import { isForWay, PROCESSES, settingsStore, type LaserSettings, type Way } from "./settings";
import { heightFor, widthFor } from "./sizes";
import { words } from "./words";

const OPEN: Readonly<Record<Way, readonly string[]>> = {
  picture: ["dither", "contrast", "invert"],
  sentence: [],
  text: ["text_height_mm", "lettering"],
  box: ["design", "x_mm", "y_mm", "z_mm", "thickness_mm", "labels"],
  testgrid: ["grid", "powers", "speeds"],
};
/** Shown by fields of their own. */
const OWN = new Set(["process", "width_mm", "height_mm", "material", "machine", "text", "formats"]);

function set(name: string, value: unknown): void {
  settingsStore.set((now) => ({ ...now, options: withValue(now.options, name, value) }));
}

/** Everything that is chosen by hand: process, size, material, machine, and the rest as the server says. */
export function Settings({ settings }: { settings: LaserSettings }) {
  const t = useWords(words);
  const workflow = useQuery(workflowsQuery);
  const schema = workflow.data?.find(({ name }) => name === "laser")?.options;
  const { way, options, file } = settings;
  return (
    <div className="flex flex-col gap-4">
      {way === "text" && (
        <TextArea
          label={t("text")}
          maxLength={1000}
          value={typeof options.text === "string" ? options.text : ""}
          onChange={({ target }) => set("text", target.value === "" ? undefined : target.value)}
        />
      )}
      {way === "picture" && (
        <SelectField
          label={t("process")}
          help={t("process.help")}
          value={typeof options.process === "string" ? options.process : "auto"}
          choices={PROCESSES.map((value) => ({ value, label: t(`process.${value}`) }))}
          onChange={({ target }) => set("process", target.value)}
        />
      )}
      {(way === "picture" || way === "text") && (
        <Size options={options} file={way === "picture" ? file : null} />
      )}
      <MaterialFields options={options} way={way} />
      {workflow.isError && <ProblemNote error={workflow.error} onRetry={() => void workflow.refetch()} />}
      {schema && (
        <SchemaForm
          key={way}
          schema={schemaFor(schema, way)}
          names={OPEN[way]}
          values={Object.fromEntries(
            Object.entries(options).filter(([name]) => isForWay(name, way) && !OWN.has(name)),
          )}
          onChange={(values) =>
            settingsStore.set((now) => ({
              ...now,
              options: {
                ...Object.fromEntries(
                  Object.entries(now.options).filter(([name]) => !isForWay(name, way) || OWN.has(name)),
                ),
                ...values,
              },
            }))
          }
        />
      )}
      <Formats options={options} />
    </div>
  );
}

/** The workflow's options without those of other ways and those with fields of their own. */
function schemaFor(schema: Record<string, unknown>, way: Way): Record<string, unknown> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, unknown>);
  return {
    ...schema,
    properties: Object.fromEntries(properties.filter(([name]) => isForWay(name, way) && !OWN.has(name))),
  };
}

function Size({ options, file }: { options: Record<string, unknown>; file: SlotFile | null }) {
  const t = useWords(words);
  const [locked, setLocked] = useState(options.width_mm === undefined || options.height_mm === undefined);
  const number = (name: string): number | null => (typeof options[name] === "number" ? options[name] : null);
  const [width, height] = [number("width_mm"), number("height_mm")];
  const shownHeight = locked && file && width !== null ? heightFor(width, file) : height;
  const shownWidth = locked && file && width === null && height !== null ? widthFor(height, file) : width;
  const change = (name: "width_mm" | "height_mm", value: number): void => {
    const other = name === "width_mm" ? "height_mm" : "width_mm";
    // One side decides the other, so only one is said.
    if (locked) set(other, undefined);
    set(name, Number.isNaN(value) ? undefined : value);
  };
  return (
    <div>
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label={t("width")}
          type="number"
          min={1}
          max={2000}
          step="any"
          placeholder="100"
          value={shownWidth ?? ""}
          onChange={({ target }) => change("width_mm", target.valueAsNumber)}
        />
        <TextField
          label={t("height")}
          type="number"
          min={1}
          max={2000}
          step="any"
          placeholder={file ? String(heightFor(100, file) ?? "") : ""}
          value={shownHeight ?? ""}
          onChange={({ target }) => change("height_mm", target.valueAsNumber)}
        />
      </div>
      <Checkbox
        label={t("lock")}
        help={locked ? undefined : t("lock.off")}
        checked={locked}
        onChange={({ target }) => {
          setLocked(target.checked);
          if (target.checked && width !== null) set("height_mm", undefined);
        }}
      />
    </div>
  );
}

function MaterialFields({ options, way }: { options: Record<string, unknown>; way: Way }) {
  const t = useWords(words);
  const say = useHelp();
  const known = useQuery(materialsQuery);
  if (known.isError) return <ProblemNote error={known.error} onRetry={() => void known.refetch()} />;
  const text = (name: string, usual: string): string =>
    typeof options[name] === "string" ? options[name] : usual;
  const [material, machine] = [text("material", "plywood-3mm"), text("machine", "diode-10w")];
  const chosen = known.data?.materials.find(({ id }) => id === material);
  const process = way === "box" ? "cut" : text("process", "auto");
  const able =
    chosen &&
    (process === "cut" || process === "engrave_and_cut"
      ? chosen.cut
      : process === "score"
        ? chosen.score
        : chosen.engrave);
  const cannot = able !== undefined && !able.includes(machine);
  const reason = chosen && whyNot(chosen.not_with, machine);
  return (
    // Names of machines are long: beside each other only where both fit.
    <div className="grid grid-cols-[repeat(auto-fit,minmax(13rem,1fr))] gap-3">
      <SelectField
        label={t("material")}
        help={chosen === undefined || chosen.caution === "" ? undefined : say(chosen.caution)}
        value={material}
        choices={(known.data?.materials ?? []).map(({ id, title }) => ({ value: id, label: say(title) }))}
        onChange={({ target }) => set("material", target.value)}
      />
      <SelectField
        label={t("machine")}
        error={cannot ? (reason === undefined ? t("machine.cannot") : say(reason)) : undefined}
        value={machine}
        choices={(known.data?.machines ?? []).map(({ id, title }) => ({ value: id, label: say(title) }))}
        onChange={({ target }) => set("machine", target.value)}
      />
    </div>
  );
}

const FORMATS = ["gcode", "svg", "dxf", "lbrn2", "pdf"] as const;

function Formats({ options }: { options: Record<string, unknown> }) {
  const t = useWords(words);
  const chosen = Array.isArray(options.formats) ? options.formats.map(String) : [];
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium">{t("formats")}</legend>
      <div className="flex flex-wrap gap-x-4">
        {FORMATS.map((format) => (
          <Checkbox
            key={format}
            label={t(`format.${format}`)}
            checked={chosen.includes(format)}
            onChange={({ target }) => {
              const next = FORMATS.filter((each) =>
                each === format ? target.checked : chosen.includes(each),
              );
              set("formats", next.length === 0 ? undefined : next);
            }}
          />
        ))}
      </div>
      <p className="text-sm text-muted">{t("formats.help")}</p>
    </fieldset>
  );
}
