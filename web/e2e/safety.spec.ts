import { picture } from "./support/pictures";
import { isDone, pickPicture, run } from "./support/requests";
import { expect, test } from "./support/test";

const MARKUP = '<img src=x onerror="window.caught=1"><b>bold</b>';

test("the pages' policy allows scripts of the server alone, and none inside the markup", async ({
  page,
  server,
}) => {
  const answer = await page.goto("/");
  const policy = answer?.headers()["content-security-policy"] ?? "";
  const scripts = policy.split(";").find((rule) => rule.trim().startsWith("script-src"));
  expect(scripts?.trim()).toBe("script-src 'self'");
  const html = await (await page.request.get(server.url)).text();
  for (const [, attributes, content] of html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)) {
    expect(attributes).toContain("src=");
    expect(content).toBe("");
  }
  expect(html).not.toMatch(/\son[a-z]+=/);
});

test("a script that was put into a page does not run", async ({ page, expectedFailures }) => {
  await page.goto("/");
  await expect(page.locator("main h1")).toBeVisible();
  expectedFailures.push(/^/);
  const ran = await page.evaluate(
    () =>
      new Promise<boolean>((resolve) => {
        document.addEventListener("securitypolicyviolation", () => resolve(false), { once: true });
        const script = document.createElement("script");
        script.textContent = "window.caught = 1";
        document.body.append(script);
        if ("caught" in window) resolve(true);
      }),
  );
  expect(ran).toBe(false);
});

test("sentences and names of files are shown as the text they are", async ({ page, expectedFailures }) => {
  // The page without scripts names no icon, and browsers look for one at this address.
  expectedFailures.push(/\/favicon\.ico$/);
  const name = "<img src=x onerror=caught=1>.png";
  await page.goto("/");
  await pickPicture(page, picture(41, { name }));
  await expect(page.getByRole("button", { name: `Remove ${name}` })).toBeVisible();
  const sentence = `Sharpen this and double its size ${MARKUP}`;
  await page.getByRole("textbox", { name: "What is wanted" }).fill(sentence);
  await run(page);
  await isDone(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(sentence);
  const job = page.url();

  await page.goto("/gallery");
  await expect(page.getByRole("button", { name: `Open: ${name}` })).toBeVisible();
  await page.goto(job.replace("/jobs/", "/j/"));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(sentence);
  await page.goto("/");
  await expect(page.getByRole("link", { name: /onerror/ })).toBeVisible();

  expect(await page.evaluate(() => "caught" in window)).toBe(false);
  await expect(page.locator("img[src=x], h1 b")).toHaveCount(0);
});

test("a drawing with a script in it is stored or refused, and its script never runs", async ({
  page,
  server,
}) => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title = "caught"</script></svg>';
  const answer = await page.request.post(`${server.url}/api/v1/assets`, {
    multipart: { file: { name: "a.svg", mimeType: "image/svg+xml", buffer: Buffer.from(svg) } },
  });
  if (!answer.ok()) {
    expect(answer.status()).toBeLessThan(500);
    return;
  }
  const { assets } = (await answer.json()) as { assets: { links: { content: string } }[] };
  const content = await page.request.get(`${server.url}${assets[0]?.links.content ?? ""}`);
  expect(content.headers()["content-disposition"] ?? "").toContain("attachment");
});
