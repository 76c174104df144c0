import { useSearchParams } from "react-router";
import { useWords } from "@/i18n";
import { useTitle } from "@/lib/hooks";
import { PageHead } from "@/ui/Surface";
import { Tabs } from "@/ui/Tabs";
import { BudgetsTab } from "./BudgetsTab";
import { DoctorTab } from "./DoctorTab";
import { ExperimentsTab } from "./ExperimentsTab";
import { KeysTab } from "./KeysTab";
import { LookTab } from "./LookTab";
import { PrivacyTab } from "./PrivacyTab";
import { VendorsTab } from "./VendorsTab";
import { words } from "./words";

const TABS = ["look", "budgets", "keys", "vendors", "experiments", "doctor", "privacy"] as const;
type TabName = (typeof TABS)[number];
const CONTENT: Record<TabName, () => React.ReactNode> = {
  look: LookTab,
  budgets: BudgetsTab,
  keys: KeysTab,
  vendors: VendorsTab,
  experiments: ExperimentsTab,
  doctor: DoctorTab,
  privacy: PrivacyTab,
};

/** What can be set in the browser. What needs the server's environment is shown, with the way to change it. */
export default function SettingsPage() {
  const t = useWords(words);
  useTitle(t("title"));
  const [search, setSearch] = useSearchParams();
  const tab = TABS.find((each) => each === search.get("tab")) ?? "look";
  const Content = CONTENT[tab];
  return (
    <>
      <PageHead title={t("title")} />
      <Tabs<TabName>
        label={t("title")}
        tabs={TABS.map((value) => ({ value, label: t(`tab.${value}`) }))}
        value={tab}
        onChange={(value) => setSearch({ tab: value }, { replace: true })}
      >
        <Content />
      </Tabs>
    </>
  );
}
