// Every page of the studio. A page is the default export of `pages/<name>/page.tsx`, loaded when it is first shown; a
// page whose folder is not there is in no menu. `nav` pages stand in the navigation, in this order.
import { lazy, useState, type ComponentType } from "react";
import { matchPath } from "react-router";
import type { IconName } from "@/ui/Icon";

export interface PageRoute {
  name: IconName | "job";
  path: string;
  /** Pressed after `g`, it goes there. */
  key?: string;
}

const PAGES = [
  { name: "studio", path: "/", key: "s" },
  { name: "gallery", path: "/gallery", key: "g" },
  { name: "fashion", path: "/fashion", key: "f" },
  { name: "laser", path: "/laser", key: "l" },
  { name: "enhance", path: "/enhance", key: "e" },
  { name: "batch", path: "/batch", key: "b" },
  { name: "references", path: "/references", key: "r" },
  { name: "insights", path: "/insights", key: "i" },
  { name: "models", path: "/models", key: "m" },
  { name: "settings", path: "/settings", key: "," },
] as const;

export type PageName = (typeof PAGES)[number]["name"];

type Loader = () => Promise<{ default: ComponentType }>;
const found = import.meta.glob<{ default: ComponentType }>("../pages/*/page.tsx");

function loader(name: string): Loader | undefined {
  return found[`../pages/${name}/page.tsx`];
}

/** Pages of the navigation that there are. */
export const navigation = PAGES.filter((page) => loader(page.name) !== undefined);

/** The page of a folder, as a component; and the same, known once `load` has ended. */
function lazyPage(name: string): { Page: ComponentType; load: () => Promise<unknown> } {
  const find = loader(name);
  if (find === undefined) throw new Error(`pages/${name}/page.tsx is missing`);
  let loaded: ComponentType | undefined;
  const load: Loader = async () => {
    const module = await find();
    loaded = module.default;
    return module;
  };
  const Lazy = lazy(load);
  // A page that is here is shown at once: `lazy` would show the fallback even then, and React keeps a fallback for 300 ms.
  function Page() {
    const [Shown] = useState(() => loaded ?? Lazy);
    return <Shown />;
  }
  return { Page, load };
}

/** What the router shows; `/jobs/:id` and others like it are pages without a place in the navigation. */
export const pages = [...navigation, { name: "job", path: "/jobs/:id" } as const].map((page) => ({
  ...page,
  ...lazyPage(page.name),
}));

/** Load the page of an address before anything is rendered, so that no fallback is shown for it. It never fails: the router
 * asks for the same file and shows what went wrong with it. */
export async function preloadPage(pathname: string): Promise<void> {
  const page = pages.find(({ path }) => matchPath(path, pathname) !== null);
  await page?.load().catch(() => undefined);
}
