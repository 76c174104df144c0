// Every page of the studio. A page is the default export of `pages/<name>/page.tsx`, loaded when it is first shown; a
// page whose folder is not there is in no menu. `nav` pages stand in the navigation, in this order.
import { lazy, type ComponentType, type LazyExoticComponent } from "react";
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

function lazyPage(name: string): LazyExoticComponent<ComponentType> {
  const load = loader(name);
  if (load === undefined) throw new Error(`pages/${name}/page.tsx is missing`);
  return lazy(load);
}

/** What the router shows; `/jobs/:id` and others like it are pages without a place in the navigation. */
export const pages = [...navigation, { name: "job", path: "/jobs/:id" } as const].map((page) => ({
  ...page,
  Page: lazyPage(page.name),
}));

/** Begin to load the page of an address before anything is rendered; the router shows it, or what went wrong with it. */
export function preloadPage(pathname: string): void {
  const page = pages.find(({ path }) => path === pathname);
  // `lazy` asks for the same file and raises its failure where it can be shown.
  if (page !== undefined) loader(page.name)?.().catch(() => undefined);
}
