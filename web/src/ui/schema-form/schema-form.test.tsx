import { fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import { fieldsOf } from "./schema";
import { SchemaForm, type Values } from "./SchemaForm";

const SCHEMA = {
  type: "object",
  properties: {
    process: { type: "string", enum: ["engrave", "cut"], default: "engrave", description: "What is burnt." },
    width_mm: { anyOf: [{ type: "number", minimum: 1, maximum: 2000 }, { type: "null" }], default: null },
    invert: { type: "boolean", default: false },
    centerline: { anyOf: [{ type: "boolean" }, { type: "null" }], default: null },
    formats: {
      anyOf: [{ type: "array", items: { type: "string", enum: ["svg", "gcode"] } }, { type: "null" }],
      default: null,
    },
    pose: { $ref: "#/$defs/Pose" },
    odd: { anyOf: [{ type: "string" }, { type: "number" }] },
  },
  $defs: { Pose: { type: "object", properties: { angle: { type: "integer", default: 0 } } } },
};

function Form({ onValues }: { onValues: (values: Values) => void }) {
  const [values, setValues] = useState<Values>({});
  const change = (next: Values): void => {
    setValues(next);
    onValues(next);
  };
  return <SchemaForm schema={SCHEMA} values={values} onChange={change} shown={10} />;
}

function shown(): { last: () => Values } {
  let last: Values = {};
  render(<Form onValues={(values) => (last = values)} />);
  return { last: () => last };
}

describe("a form of a schema", () => {
  it("has a kind of field for each kind of value", () => {
    expect(fieldsOf(SCHEMA).map(({ name, kind }) => [name, kind])).toEqual([
      ["process", "choice"],
      ["width_mm", "number"],
      ["invert", "boolean"],
      ["centerline", "boolean"],
      ["formats", "choices"],
      ["pose", "group"],
      ["odd", "json"],
    ]);
  });

  it("names units", () => {
    shown();
    expect(screen.getByLabelText("Width (mm)")).toBeTruthy();
  });

  it("holds only what was given: a default chosen again is taken back", () => {
    const form = shown();
    fireEvent.change(screen.getByLabelText("Process"), { target: { value: "cut" } });
    expect(form.last()).toEqual({ process: "cut" });
    fireEvent.change(screen.getByLabelText("Process"), { target: { value: "engrave" } });
    expect(form.last()).toEqual({});
  });

  it("gives numbers as numbers and an emptied field as nothing", () => {
    const form = shown();
    fireEvent.change(screen.getByLabelText("Width (mm)"), { target: { value: "62.5" } });
    expect(form.last()).toEqual({ width_mm: 62.5 });
    fireEvent.change(screen.getByLabelText("Width (mm)"), { target: { value: "" } });
    expect(form.last()).toEqual({});
  });

  it("tells no from not said", () => {
    const form = shown();
    fireEvent.change(screen.getByLabelText("Centerline"), { target: { value: "false" } });
    expect(form.last()).toEqual({ centerline: false });
  });

  it("gives the choices of a list in the schema's order", () => {
    const form = shown();
    fireEvent.click(screen.getByLabelText("Gcode"));
    fireEvent.click(screen.getByLabelText("Svg"));
    expect(form.last()).toEqual({ formats: ["svg", "gcode"] });
  });

  it("edits nested values, and what has no control as JSON, once it is valid", () => {
    const form = shown();
    fireEvent.change(screen.getByLabelText("Angle"), { target: { value: "30" } });
    fireEvent.change(screen.getByLabelText("Odd"), { target: { value: "[1" } });
    expect(form.last()).toEqual({ pose: { angle: 30 } });
    expect(screen.getByLabelText("Odd").getAttribute("aria-invalid")).toBe("true");
    fireEvent.change(screen.getByLabelText("Odd"), { target: { value: "[1]" } });
    expect(form.last()).toEqual({ pose: { angle: 30 }, odd: [1] });
  });
});
