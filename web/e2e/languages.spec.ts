// What the server says in English is read in the language of the page.
import { help as french } from "../src/i18n/help/fr";
import { help as russian } from "../src/i18n/help/ru";
import { expect, isReady, test } from "./support/test";

interface Schema {
  properties?: Record<string, { description?: string }>;
  $defs?: Record<string, Schema>;
}

function textsOf({ properties = {}, $defs = {} }: Schema): string[] {
  const own = Object.values(properties).map(({ description = "" }) => description);
  return [...own, ...Object.values($defs).flatMap(textsOf)];
}

test("every text of workflows, options, machines and materials is translated", async ({ page, server }) => {
  const ask = async (path: string): Promise<unknown> =>
    (await page.request.get(`${server.url}/api/v1/${path}`)).json();
  const { workflows } = (await ask("workflows")) as { workflows: { summary: string; options: Schema }[] };
  const { machines, materials } = (await ask("laser/materials")) as {
    machines: { title: string }[];
    materials: { title: string; caution: string; not_with: Record<string, string> }[];
  };
  const texts = [
    ...workflows.flatMap(({ summary, options }) => [summary, ...textsOf(options)]),
    ...machines.map(({ title }) => title),
    ...materials.flatMap(({ title, caution, not_with }) => [title, caution, ...Object.values(not_with)]),
  ].filter((text) => text !== "");
  expect(texts.length).toBeGreaterThan(100);
  expect(texts.filter((text) => !(text in french))).toEqual([]);
  expect(texts.filter((text) => !(text in russian))).toEqual([]);
});

test("the help of an option is in the language of the page", async ({ page, browser, server }) => {
  await page.goto(`${server.url}/enhance`);
  await isReady(page);
  await expect(page.getByText("How many times wider and higher.")).toBeVisible();
  const context = await browser.newContext({ locale: "fr-FR" });
  const second = await context.newPage();
  await second.goto(`${server.url}/enhance`);
  await isReady(second);
  await expect(second.getByText("Combien de fois plus large et plus haut.")).toBeVisible();
  await expect(second.getByText("How many times")).toHaveCount(0);
  await context.close();
});
