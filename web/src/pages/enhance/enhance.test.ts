import { describe, expect, it } from "vitest";
import { bodyOf, EMPTY, previewOf, purposeOf, PURPOSES, readSettings } from "./settings";

const FILE = { id: "b".repeat(64), name: "p.png", mediaType: "image/png", width: 40, height: 30 };

describe("the request of the enhance page", () => {
  it("is none without a file of its kind", () => {
    expect(bodyOf({ ...EMPTY, kind: "clip", picture: FILE })).toBeNull();
    expect(bodyOf({ ...EMPTY, picture: FILE })?.workflow).toBe("image_enhancement");
  });

  it("has the options of its kind only, and a clip in its role", () => {
    const options = { picture: { scale: 3 }, style: { style: "cartoon" }, clip: { fps: 60 } };
    expect(bodyOf({ ...EMPTY, kind: "clip", clip: FILE, options })).toEqual({
      prompt: "",
      workflow: "video_enhancement",
      inputs: [{ role: "clip", asset_id: FILE.id }],
      options: { fps: 60 },
    });
  });

  it("takes a second picture along for a style that needs one, and for no other", () => {
    const like = { ...FILE, id: "d".repeat(64) };
    const settings = { ...EMPTY, kind: "style" as const, picture: FILE, reference: like };
    const rolesWith = (style: string) =>
      bodyOf({ ...settings, options: { ...EMPTY.options, style: { style } } })?.inputs?.map(
        ({ role }) => role,
      );
    expect(rolesWith("texture")).toEqual(["working", "reference"]);
    expect(rolesWith("cartoon")).toEqual(["working"]);
  });

  it("is that of the first seconds for a preview", () => {
    const body = bodyOf({
      ...EMPTY,
      kind: "clip",
      clip: FILE,
      options: { ...EMPTY.options, clip: { fps: 60 } },
    });
    expect(body && previewOf(body).options).toEqual({ fps: 60, preview: "2s" });
  });

  it("is read back as it was kept, and nothing else is", () => {
    const kept = { ...EMPTY, kind: "style" as const, picture: FILE };
    expect(readSettings(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
    expect(readSettings(["no"])).toEqual(EMPTY);
    expect(readSettings({ options: { picture: "no" } })).toEqual(EMPTY);
  });
});

describe("a purpose", () => {
  it("is known by its options, until one of them is changed", () => {
    expect(purposeOf(PURPOSES.print)).toBe("print");
    expect(purposeOf({ ...PURPOSES.print, sharpen: 0.9 })).toBeNull();
    expect(purposeOf({})).toBeNull();
  });
});
