import { useLanguage, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useOptionNames } from "@/i18n/options";

const DEEPEST = 5;
const MOST_ITEMS = 200;

/** Any JSON value as a table that people can read: objects become rows, lists become lines. */
export function ReportTable({ value, depth = 0 }: { value: unknown; depth?: number }) {
  const names = useOptionNames();
  if (depth > DEEPEST)
    return <code className="font-mono text-xs wrap-anywhere">{JSON.stringify(value)}</code>;
  if (Array.isArray(value)) return <ReportList items={value} depth={depth} />;
  if (typeof value !== "object" || value === null) return <Plain value={value} />;
  return (
    <table className="w-full text-sm">
      <tbody>
        {Object.entries(value as Record<string, unknown>)
          .slice(0, MOST_ITEMS)
          .map(([name, inner]) => (
            <tr key={name} className="border-t border-line align-top first:border-0">
              {isNested(inner) ? (
                // Below its name: beside it, a table in a table in a table is wider than a phone.
                <td colSpan={2} className="py-1.5">
                  <p className="text-muted">{names.option(name)}</p>
                  <div className="border-l-2 border-line pl-3">
                    <ReportTable value={inner} depth={depth + 1} />
                  </div>
                </td>
              ) : (
                <>
                  <th scope="row" className="w-2/5 py-1.5 pr-3 text-left font-normal text-muted">
                    {names.option(name)}
                  </th>
                  <td className="py-1.5">
                    <ReportTable value={inner} depth={depth + 1} />
                  </td>
                </>
              )}
            </tr>
          ))}
      </tbody>
    </table>
  );
}

/** Whether a value is a table of its own, or a list of such. */
function isNested(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isNested);
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function ReportList({ items, depth }: { items: readonly unknown[]; depth: number }) {
  const plain = items.every((item) => typeof item !== "object" || item === null);
  if (items.length === 0) return <span className="text-muted">–</span>;
  if (plain && items.every((item) => typeof item === "number")) return <span>{items.join(" × ")}</span>;
  return (
    <ul className="flex flex-col gap-1">
      {items.slice(0, MOST_ITEMS).map((item, index) => (
        <li key={index}>
          <ReportTable value={item} depth={depth + 1} />
        </li>
      ))}
    </ul>
  );
}

function Plain({ value }: { value: unknown }) {
  const c = useWords(common);
  const language = useLanguage();
  if (value === null || value === undefined || value === "") return <span className="text-muted">–</span>;
  if (typeof value === "boolean") return c(value ? "form.yes" : "form.no");
  if (typeof value === "number") {
    return (
      <span className="tabular-nums">
        {new Intl.NumberFormat(language, { maximumSignificantDigits: 6 }).format(value)}
      </span>
    );
  }
  return <span className="wrap-anywhere">{typeof value === "string" ? value : JSON.stringify(value)}</span>;
}
