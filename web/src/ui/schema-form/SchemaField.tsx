import { useState } from "react";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useHelp } from "@/i18n/help";
import { useOptionNames } from "@/i18n/options";
import { Checkbox, Field, INPUT, SelectField, TextArea, TextField } from "../Field";
import { type FieldSpec } from "./schema";
import { withValue, type Values } from "./SchemaForm";

interface Props<Spec extends FieldSpec = FieldSpec> {
  field: Spec;
  value: unknown;
  error?: string | undefined;
  /** undefined: back to the default. */
  onChange: (value: unknown) => void;
}
type Of<Kind extends FieldSpec["kind"]> = Props<Extract<FieldSpec, { kind: Kind }>>;

/** One option: the control that its kind asks for. */
export function SchemaField({ field: found, ...rest }: Props) {
  const names = useOptionNames();
  const help = useHelp();
  const field = { ...found, title: names.option(found.name), description: help(found.description) };
  switch (field.kind) {
    case "choice":
      return <ChoiceField field={field} {...rest} />;
    case "choices":
      return <ChoicesField field={field} {...rest} />;
    case "number":
      return <NumberField field={field} {...rest} />;
    case "boolean":
      return field.nullable ? <MaybeField field={field} {...rest} /> : <FlagField field={field} {...rest} />;
    case "text":
      return <PlainField field={field} {...rest} />;
    case "list":
      return <ListField field={field} {...rest} />;
    case "group":
      return <GroupField field={field} {...rest} />;
    case "json":
      return <JsonField field={field} {...rest} />;
  }
}

const AUTO = "";

function ChoiceField({ field, value, error, onChange }: Of<"choice">) {
  const t = useWords(common);
  const names = useOptionNames();
  const open = field.nullable || (field.default === null && !field.required);
  return (
    <SelectField
      label={field.title}
      help={field.description || undefined}
      error={error}
      value={text(value ?? field.default)}
      choices={[
        ...(open ? [{ value: AUTO, label: t("form.auto") }] : []),
        ...field.choices.map((choice) => ({ value: choice, label: names.choice(field.name, choice) })),
      ]}
      onChange={(event) => {
        const chosen = event.target.value;
        onChange(chosen === text(field.default) || chosen === AUTO ? undefined : chosen);
      }}
    />
  );
}

function MaybeField({ field, value, error, onChange }: Of<"boolean">) {
  const t = useWords(common);
  return (
    <SelectField
      label={field.title}
      help={field.description || undefined}
      error={error}
      value={typeof value === "boolean" ? String(value) : AUTO}
      choices={[
        { value: AUTO, label: t("form.auto") },
        { value: "true", label: t("form.yes") },
        { value: "false", label: t("form.no") },
      ]}
      onChange={({ target }) => onChange(target.value === AUTO ? undefined : target.value === "true")}
    />
  );
}

function FlagField({ field, value, onChange }: Of<"boolean">) {
  return (
    <Checkbox
      label={field.title}
      help={field.description || undefined}
      checked={(value ?? field.default) === true}
      onChange={({ target }) =>
        onChange(target.checked === (field.default === true) ? undefined : target.checked)
      }
    />
  );
}

function NumberField({ field, value, error, onChange }: Of<"number">) {
  const t = useWords(common);
  const { minimum, maximum } = field;
  const range =
    minimum !== undefined && maximum !== undefined ? t("form.between", { low: minimum, high: maximum }) : "";
  return (
    <TextField
      label={field.title}
      help={[field.description, range].filter(Boolean).join(" ") || undefined}
      error={error}
      type="number"
      inputMode={field.integer ? "numeric" : "decimal"}
      step={field.integer ? 1 : "any"}
      min={minimum}
      max={maximum}
      placeholder={field.default === null ? t("form.auto") : text(field.default)}
      value={text(value)}
      onChange={({ target }) =>
        onChange(Number.isNaN(target.valueAsNumber) ? undefined : target.valueAsNumber)
      }
    />
  );
}

function PlainField({ field, value, error, onChange }: Of<"text">) {
  const t = useWords(common);
  const shared = {
    label: field.title,
    help: field.description || undefined,
    error,
    maxLength: field.maxLength,
    placeholder: text(field.default) || t("form.auto"),
    value: text(value),
  };
  const change = (given: string): void => onChange(given === "" ? undefined : given);
  // Long texts are sentences.
  return (field.maxLength ?? 0) > 300 ? (
    <TextArea {...shared} rows={2} onChange={({ target }) => change(target.value)} />
  ) : (
    <TextField {...shared} pattern={field.pattern} onChange={({ target }) => change(target.value)} />
  );
}

function ChoicesField({ field, value, error, onChange }: Of<"choices">) {
  const names = useOptionNames();
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  const toggle = (choice: string, on: boolean): void => {
    const next = field.choices.filter((each) => (each === choice ? on : chosen.includes(each)));
    onChange(next.length === 0 ? undefined : next);
  };
  return (
    <fieldset>
      <legend className="text-sm font-medium">{field.title}</legend>
      <div className="flex flex-wrap gap-x-4">
        {field.choices.map((choice) => (
          <Checkbox
            key={choice}
            label={names.choice(field.name, choice)}
            checked={chosen.includes(choice)}
            disabled={!chosen.includes(choice) && field.most !== undefined && chosen.length >= field.most}
            onChange={({ target }) => toggle(choice, target.checked)}
          />
        ))}
      </div>
      {field.description !== "" && <p className="text-sm text-muted">{field.description}</p>}
      {error !== undefined && <p className="text-sm text-bad">{error}</p>}
    </fieldset>
  );
}

function ListField({ field, value, error, onChange }: Of<"list">) {
  const t = useWords(common);
  const [draft, setDraft] = useState(() => (Array.isArray(value) ? value.join("\n") : ""));
  return (
    <TextArea
      label={field.title}
      help={`${field.description} ${t("form.list")}`.trim()}
      error={error}
      value={draft}
      onChange={({ target }) => {
        setDraft(target.value);
        const lines = target.value.split("\n").map((line) => line.trim());
        const items = lines.filter(Boolean).map((line) => (field.of === "number" ? Number(line) : line));
        onChange(items.length === 0 ? undefined : items);
      }}
    />
  );
}

function GroupField({ field, value, onChange }: Of<"group">) {
  const values = typeof value === "object" && value !== null ? (value as Values) : {};
  return (
    <fieldset className="rounded-lg border border-line p-3 @md:col-span-2">
      <legend className="px-1 text-sm font-medium">{field.title}</legend>
      {field.description !== "" && <p className="mb-2 text-sm text-muted">{field.description}</p>}
      <div className="grid gap-4 @md:grid-cols-2">
        {field.fields.map((inner) => (
          <SchemaField
            key={inner.name}
            field={inner}
            value={values[inner.name]}
            onChange={(given) => {
              const next = withValue(values, inner.name, given);
              onChange(Object.keys(next).length === 0 ? undefined : next);
            }}
          />
        ))}
      </div>
    </fieldset>
  );
}

/** What has no control of its own: the value as JSON, taken over when it is valid. */
function JsonField({ field, value, error, onChange }: Of<"json">) {
  const t = useWords(common);
  const [draft, setDraft] = useState(() => (value === undefined ? "" : JSON.stringify(value)));
  const [valid, setValid] = useState(true);
  return (
    <Field
      label={field.title}
      help={`${field.description} ${t("form.json")}`.trim()}
      error={error ?? (valid ? undefined : t("form.notJson"))}
    >
      {(ties) => (
        <textarea
          className={`${INPUT} font-mono text-sm`}
          rows={2}
          value={draft}
          onChange={({ target }) => {
            setDraft(target.value);
            const read = readJson(target.value);
            setValid(read.ok);
            if (read.ok) onChange(read.value);
          }}
          {...ties}
        />
      )}
    </Field>
  );
}

function readJson(draft: string): { ok: true; value: unknown } | { ok: false } {
  if (draft.trim() === "") return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(draft) as unknown };
  } catch {
    return { ok: false };
  }
}

/** A plain value as a control shows it. */
function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
