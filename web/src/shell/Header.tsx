import { NavLink, Link } from "react-router";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { LookMenu } from "./LookMenu";
import { navigation } from "./routes";

const LINK =
  "flex min-h-10 items-center rounded-md px-2.5 text-sm font-medium text-muted no-underline hover:bg-sunk hover:text-ink " +
  "aria-[current=page]:text-accent aria-[current=page]:underline aria-[current=page]:decoration-2 " +
  "aria-[current=page]:underline-offset-8";

export function Header() {
  const t = useWords(common);
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-paper/95 backdrop-blur">
      <div className="mx-auto flex max-w-7xl items-center gap-4 px-4 py-2 md:px-6">
        <Link to="/" className="font-display text-xl font-semibold tracking-tight text-ink no-underline">
          <span className="text-accent">B</span>ottega
        </Link>
        <nav aria-label={t("nav.label")} className="hidden flex-1 flex-wrap md:flex">
          {navigation.map((page) => (
            <NavLink key={page.name} to={page.path} end={page.path === "/"} className={LINK}>
              {t(`nav.${page.name}`)}
            </NavLink>
          ))}
        </nav>
        <div className="ml-auto">
          <LookMenu />
        </div>
      </div>
    </header>
  );
}
