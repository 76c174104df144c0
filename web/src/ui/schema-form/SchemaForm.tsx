// A form for any workflow's options, made from its JSON schema: a new workflow needs no code here.
import { useMemo } from "react";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { Details } from "../Surface";
import { fieldsOf, type JsonSchema } from "./schema";
import { SchemaField } from "./SchemaField";

export type Values = Record<string, unknown>;

/** `values` holds only what was given; what is not in it is the default. `names` chooses fields and their order, and
 * the others stand behind "more options"; without it, the first `shown` fields are open. `errors` by field name. */
export function SchemaForm({
  schema,
  values,
  onChange,
  names,
  shown = 6,
  errors = {},
}: {
  schema: Record<string, unknown>;
  values: Values;
  onChange: (values: Values) => void;
  names?: readonly string[];
  shown?: number;
  errors?: Record<string, string>;
}) {
  const t = useWords(common);
  const fields = useMemo(() => fieldsOf(schema as JsonSchema), [schema]);
  const first =
    names === undefined
      ? fields.slice(0, shown)
      : names.flatMap((name) => fields.filter((field) => field.name === name));
  const rest = fields.filter((field) => !first.includes(field));
  const render = (which: typeof fields) => (
    <div className="grid gap-x-5 gap-y-4 @md:grid-cols-2">
      {which.map((field) => (
        <SchemaField
          key={field.name}
          field={field}
          value={values[field.name]}
          error={errors[field.name]}
          onChange={(value) => onChange(withValue(values, field.name, value))}
        />
      ))}
    </div>
  );
  return (
    <div className="@container flex flex-col gap-4">
      {render(first)}
      {rest.length > 0 && (
        <Details
          summary={`${t("form.advanced")} (${rest.length})`}
          open={rest.some((field) => field.name in values || field.name in errors)}
        >
          {render(rest)}
        </Details>
      )}
    </div>
  );
}

/** `undefined` takes a value back: the default counts again. */
export function withValue(values: Values, name: string, value: unknown): Values {
  const others = Object.fromEntries(Object.entries(values).filter(([each]) => each !== name));
  return value === undefined ? others : { ...others, [name]: value };
}
