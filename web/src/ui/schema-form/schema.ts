// What a JSON schema of options says about each field, as far as a form needs it. The schemas come from the server's
// options models (pydantic): objects of plain values, choices, lists and nested objects; anything else is edited as JSON.
import { fieldTitle } from "@/lib/format";

export interface JsonSchema {
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
}

interface FieldBase {
  name: string;
  title: string;
  description: string;
  default: unknown;
  /** null may be given: the server decides. */
  nullable: boolean;
  required: boolean;
}

export type FieldSpec = FieldBase &
  (
    | { kind: "choice"; choices: string[] }
    | { kind: "choices"; choices: string[]; most: number | undefined }
    | { kind: "number"; integer: boolean; minimum: number | undefined; maximum: number | undefined }
    | { kind: "text"; maxLength: number | undefined; pattern: string | undefined }
    | { kind: "list"; of: "text" | "number"; most: number | undefined }
    | { kind: "boolean" }
    | { kind: "group"; fields: FieldSpec[] }
    | { kind: "json" }
  );

/** The fields of an object's schema, in its order. */
export function fieldsOf(schema: JsonSchema, root: JsonSchema = schema): FieldSpec[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([name, property]) =>
    fieldOf(name, property, root, required.has(name)),
  );
}

function fieldOf(name: string, property: JsonSchema, root: JsonSchema, required: boolean): FieldSpec {
  const { schema, nullable } = resolved(property, root);
  const base: FieldBase = {
    name,
    // Not the schema's title: that is made from the name too, and hides the unit.
    title: fieldTitle(name),
    description: property.description ?? schema.description ?? "",
    default: property.default ?? schema.default ?? null,
    nullable,
    required,
  };
  return { ...base, ...kindOf(schema, root) };
}

type Kind = FieldSpec extends infer Spec
  ? Spec extends FieldSpec
    ? Omit<Spec, keyof FieldBase>
    : never
  : never;

function kindOf(schema: JsonSchema, root: JsonSchema): Kind {
  const choices = choicesOf(schema);
  if (choices !== null) return { kind: "choice", choices };
  switch (schema.type) {
    case "boolean":
      return { kind: "boolean" };
    case "integer":
    case "number":
      return {
        kind: "number",
        integer: schema.type === "integer",
        minimum: schema.minimum ?? schema.exclusiveMinimum,
        maximum: schema.maximum ?? schema.exclusiveMaximum,
      };
    case "string":
      return { kind: "text", maxLength: schema.maxLength, pattern: schema.pattern };
    case "array":
      return listOf(schema, root);
    case "object":
      return schema.properties === undefined
        ? { kind: "json" }
        : { kind: "group", fields: fieldsOf(schema, root) };
    default:
      return { kind: "json" };
  }
}

function listOf(schema: JsonSchema, root: JsonSchema): Kind {
  const item = schema.items === undefined ? {} : resolved(schema.items, root).schema;
  const choices = choicesOf(item);
  if (choices !== null) return { kind: "choices", choices, most: schema.maxItems };
  if (item.type === "string") return { kind: "list", of: "text", most: schema.maxItems };
  if (item.type === "number" || item.type === "integer")
    return { kind: "list", of: "number", most: schema.maxItems };
  return { kind: "json" };
}

function choicesOf(schema: JsonSchema): string[] | null {
  const values = schema.const === undefined ? schema.enum : [schema.const];
  return values?.every((value) => typeof value === "string") ? values : null;
}

/** The schema behind references and a union with null. */
function resolved(property: JsonSchema, root: JsonSchema): { schema: JsonSchema; nullable: boolean } {
  const target = property.$ref === undefined ? property : definition(property.$ref, root);
  const union = target.anyOf ?? target.oneOf ?? target.allOf;
  if (union === undefined) return { schema: target, nullable: false };
  const others = union.filter((each) => each.type !== "null");
  const [only] = others;
  if (others.length !== 1 || only === undefined)
    return { schema: {}, nullable: others.length < union.length };
  const inner = resolved(only, root);
  return { schema: inner.schema, nullable: inner.nullable || others.length < union.length };
}

function definition(reference: string, root: JsonSchema): JsonSchema {
  return root.$defs?.[reference.split("/").at(-1) ?? ""] ?? {};
}
